"""The thin-plate spline: the calmest function of the plane that takes given values at given points."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from brushwarp.errors import BrushwarpError

from ..bridge.language import _

# Distances (a centre to a point) that are held at once: 65536 float64 are 512 KB, which stays in a core's cache
# (measured: three times as fast as blocks of 32 MB).
_BLOCK = 1 << 16

# Under this, r² ln r is below the last bit of any flow; it keeps the logarithm and its gradient finite at r = 0.
_SMALLEST_SQUARE = 1e-30

# Relative size of the smallest singular value below which the centres count as lying on one line.
_FLAT = 1e-9


@dataclass(frozen=True, eq=False)
class ThinPlateSpline:
    """f(q) = Σ weights_i φ(|u - centres_i|) + (u, 1) affine, with u = (q - origin) / scale and φ(r) = r² ln r.

    centres (n, 2), weights (n, d), affine (3, d), origin (2,): float64. The scaled frame makes the equations equally
    well conditioned at any picture size; f itself does not depend on it.
    """

    centres: Tensor
    weights: Tensor
    affine: Tensor
    origin: Tensor
    scale: float

    def at(self, points: Tensor, *, soft: float = 0.0) -> Tensor:
        """f at `points` (m, 2): (m, d), float64. Differentiable. Memory is bounded by blocks, unless gradients flow.

        soft > 0 gives f without its kernels' cusps: nearer to a centre than `soft` (pixels), φ is continued by a
        polynomial, and f(points) is this plus the sum of the centres' `cusp`.
        """
        scaled = (points - self.origin) / self.scale
        block = max(1, _BLOCK // len(self.centres))
        values = []
        for part in scaled.split(block):
            square = _squares(part, self.centres)
            kernel = _soft_kernel(square, soft / self.scale) if soft else _kernel(square)
            values.append(kernel @ self.weights + part @ self.affine[:2] + self.affine[2])
        return torch.cat(values)

    def cusp(self, index: int, offsets_x: Tensor, offsets_y: Tensor, soft: float) -> Tensor:
        """What `soft` takes off centre `index`: (d, h, w) at offsets (w,) and (h,) in pixels; 0 beyond `soft`."""
        square = (offsets_x[None, :] ** 2 + offsets_y[:, None] ** 2) / self.scale**2
        missing = _kernel(square) - _soft_kernel(square, soft / self.scale)
        return self.weights[index][:, None, None] * missing

    def centres_in_pixels(self) -> Tensor:
        """(n, 2)."""
        return self.centres * self.scale + self.origin

    def weights_per_pixel(self) -> Tensor:
        """Length of each centre's weight, (n,), for φ taken of pixels instead of the scaled frame."""
        return self.weights.detach().norm(dim=1) / self.scale**2


def fit_thin_plate(centres: Tensor, values: Tensor, *, smoothness: float = 0.0) -> ThinPlateSpline:
    """The spline through `values` (n, d) at `centres` (n, 2), float64, n >= 3 and not all on one line.

    smoothness (pixels², added to the diagonal) lets it miss the values for a calmer field; 0 interpolates.
    Differentiable in both. Raises BrushwarpError "keypoints-collinear". Source: Bookstein 1989; DST section 3.2.
    """
    origin = centres.detach().mean(0)
    spread = centres.detach() - origin
    scale = max(float(spread.abs().max()), 1e-12)
    u = (centres - origin) / scale
    singular = torch.linalg.svdvals(u.detach())
    if len(centres) < 3 or singular[-1] <= _FLAT * singular[0]:
        raise BrushwarpError(
            "keypoints-collinear",
            _("All arrows end on one line, and nothing holds the rest of the picture."),
            _("Add an arrow beside that line, or keep the anchors along the picture's edge."),
        )
    count = len(centres)
    # Scaled, φ is φ of pixels / scale², but for a quadratic that the affine part absorbs; so is the diagonal.
    kernel = _kernel(_squares(u, u)) + smoothness / scale**2 * torch.eye(count, dtype=u.dtype, device=u.device)
    plane = torch.cat([u, u.new_ones(count, 1)], 1)
    system = torch.cat([torch.cat([kernel, plane], 1), torch.cat([plane.T, u.new_zeros(3, 3)], 1)])
    solution = torch.linalg.solve(system, torch.cat([values, values.new_zeros(3, values.shape[1])]))
    return ThinPlateSpline(u, solution[:count], solution[count:], origin, scale)


def _squares(points: Tensor, centres: Tensor) -> Tensor:
    """Squared distances (m, n) of (m, 2) to (n, 2). By differences, not products, so that near points stay exact."""
    return (points[:, None, 0] - centres[None, :, 0]) ** 2 + (points[:, None, 1] - centres[None, :, 1]) ** 2


def _kernel(square: Tensor) -> Tensor:
    """φ = r² ln r, of r²."""
    return 0.5 * square * square.clamp(min=_SMALLEST_SQUARE).log()


def _soft_kernel(square: Tensor, radius: float) -> Tensor:
    """φ beyond `radius`; inside, the polynomial in r² that meets it there in value and three derivatives.

    With s = r² / radius²: φ = radius² (½ s ln s + s ln radius), and ½ s ln s is expanded about s = 1.
    """
    t = square / radius**2 - 1
    inside = radius**2 * (t / 2 + t**2 / 4 - t**3 / 12) + square * math.log(radius)
    return torch.where(t < 0, inside, _kernel(square))
