"""Deformable Style Transfer: the layer takes the painting's brushwork and its shapes (Kim et al. 2020)."""

from .deform import Deformation, deform_by_optimisation, deform_painted
from .settings import DeformSettings
from .solve import solve, solve_shape

__all__ = ["Deformation", "DeformSettings", "deform_by_optimisation", "deform_painted", "solve", "solve_shape"]
