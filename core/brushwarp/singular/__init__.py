"""Singular Transfer: the networks that paint in one pass, at one scale, against which Multimodal Transfer is held."""

from . import strips  # noqa: F401 - tells `streaming` of the networks here
from .lengstrom import Lengstrom
from .networks import johnson, johnson_batchnorm, ulyanov
from .pyramid import ulyanov_2016

__all__ = ["Lengstrom", "johnson", "johnson_batchnorm", "ulyanov", "ulyanov_2016"]
