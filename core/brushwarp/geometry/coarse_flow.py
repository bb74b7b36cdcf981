"""The flow of arrows that move while a picture is optimised: what does not depend on them is computed once."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from brushwarp.devices import may_ask
from brushwarp.geometry.cleaning import NEAREST
from brushwarp.geometry.spline import _kernel, _soft_kernel, _squares
from brushwarp.geometry.thin_plate import _SOFT_CELLS, _agreeing, _interpolation, _nodes, border_anchors

STEP = 4
"""Pixels between nodes: at 256 and 512 pixels the flow stays within 0.05 px of the exact one (tests/benchmarks/flow.py)."""

_MEETING = NEAREST
"""Pixels. Targets that come nearer to each other than this need no longer be met exactly, so the equations stay solvable
when arrows meet on their way; the spline then carries both to where their mean belongs. Cleaning leaves out one of them."""


_MOST_LEFT_OUT = 64
"""Anchors that arrows can contradict at once on a CUDA device: those within a tenth of an arrow's length, twelve of one as long as
the picture."""


class MovingFlow:
    """`thin_plate_flow(source, source + displacement, size)` for one `source` and many displacements.

    source: (k, 2) points (x, y) in pixels, on the CPU or a CUDA device. size: (H, W). anchors: (n, 2) points that stay,
    "border" for `border_anchors`. step: 1 evaluates the spline at every pixel and keeps H W (n + 3) float64; above,
    cubic splines interpolate it between nodes of a grid, but for the kernels' cusps, which are added exactly. Pictures
    of which a grid would have more than half as many nodes as pixels are evaluated at every pixel.

    The equations of the anchors and the affine part are factorised once, and the arrows' solved by their
    Schur complement, a system of k unknowns. It differs from `thin_plate_flow` in that targets nearer than `_MEETING`
    pull less instead of being refused. Raises ValueError for other shapes. Source: Bookstein 1989; DST section 3.2.
    """

    def __init__(
        self,
        source: Tensor | np.ndarray,
        size: tuple[int, int],
        *,
        anchors: Tensor | np.ndarray | str = "border",
        step: int = STEP,
        unit: tuple[float, float] = (1.0, 1.0),
    ) -> None:
        self.source = (source.detach() if isinstance(source, Tensor) else torch.tensor(source)).double()
        if self.source.ndim != 2 or self.source.shape[1] != 2:
            raise ValueError(f"source must be (k, 2), not {tuple(self.source.shape)}")
        if isinstance(anchors, str):
            if anchors != "border":
                raise ValueError(f'anchors must be "border" or points, not {anchors!r}')
            anchors = border_anchors(size)
        self.size = size
        self.anchors = torch.as_tensor(anchors).to(self.source)
        self.unit = self.source.new_tensor(unit)  # pixels of this picture to one of the displacements, across and down
        self._origin = self.source.new_tensor([size[1] / 2, size[0] / 2])
        self._scale = max(size) / 2
        self._fixed = self._framed(self.anchors)
        system = self._system()
        self._factors = torch.linalg.lu_factor(system)
        self._answers_to_anchors = torch.linalg.lu_solve(*self._factors, torch.eye(len(system)).to(system)[:, : len(self.anchors)])
        self._place_nodes(step)

    def resized(self, size: tuple[int, int]) -> MovingFlow:
        """The same arrows over the same picture at another size; displacements stay in pixels of the first one."""
        ratio = self.source.new_tensor([size[1] / self.size[1], size[0] / self.size[0]])
        return MovingFlow(
            self.source * ratio, size, anchors=self.anchors * ratio, step=self._asked_step, unit=(self.unit * ratio).tolist()
        )

    def __call__(self, displacement: Tensor) -> Tensor:
        """The flow (2, H, W) in pixels, of the dtype of `displacement` (k, 2) in pixels, in which it is differentiable."""
        if displacement.shape != self.source.shape:
            raise ValueError(f"displacement must be {tuple(self.source.shape)}, not {tuple(displacement.shape)}")
        moved = displacement.double() * self.unit
        target = self.source + moved
        points = self._framed(target)
        weights, fixed_weights = self._solve(target, points, moved)
        near = _squares(self._nodes, points)
        kernel = _kernel(near) if self._step == 1 else _soft_kernel(near, self._soft / self._scale)
        values = (kernel @ weights + self._basis @ fixed_weights).T
        if self._step == 1:
            return values.reshape(2, *self.size).to(displacement.dtype)
        flow = self._down @ values.reshape(2, *self._grid) @ self._across.T
        flow = flow.reshape(2, -1)
        for (index, cusp), weight in (
            (self._cusps(target), weights),
            (self._fixed_cusps, fixed_weights[: len(self.anchors)]),
        ):
            flow = flow.index_add(1, index.flatten(), (weight.T[:, :, None] * cusp).flatten(1))
        return flow.reshape(2, *self.size).to(displacement.dtype)

    def _framed(self, points: Tensor) -> Tensor:
        """In a frame in which the equations are equally well conditioned at any size."""
        return (points - self._origin) / self._scale

    def _against_fixed(self, points: Tensor) -> Tensor:
        """Rows (m, n + 3) of the equations: the anchors' kernels and the plane, at framed points (m, 2)."""
        return torch.cat([_kernel(_squares(points, self._fixed)), points, points.new_ones(len(points), 1)], 1)

    def _system(self) -> Tensor:
        rows = self._against_fixed(self._fixed)
        below = torch.cat([rows[:, -3:].T, rows.new_zeros(3, 3)], 1)
        return torch.cat([rows, below])

    def _solve(self, target: Tensor, points: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Weights of the arrows (k, 2), and of the anchors and the plane (n + 3, 2)."""
        rows = self._against_fixed(points)
        # Factors, not an inverse, which would lose digits (measured: the points are missed by 1e-7 pixels instead of 1e-10).
        answers = torch.linalg.lu_solve(*self._factors, rows.T)
        index, leaves = self._contradicted(target)
        if len(index):
            # What the system without some rows and columns answers, from what the whole one does.
            columns = self._answers_to_anchors[:, index] * leaves
            among = columns[index] * leaves[:, None] + torch.diag(1 - leaves)
            answers = answers - columns @ torch.linalg.solve_ex(among, answers[index] * leaves[:, None])[0]
        slack = torch.diag(_slack(target) / self._scale**2)
        system = _kernel(_squares(points, points)) + slack - rows @ answers
        weights = torch.linalg.solve_ex(system, values)[0]  # `solve` waits for the device, to say whether it could be solved
        return weights, -answers @ weights

    def _contradicted(self, target: Tensor) -> tuple[Tensor, Tensor]:
        """The anchors that `thin_plate_flow` leaves out: indices, and 1 for each that leaves. Of a device that is not to be asked
        how many there are always the same number of indices, the others with a 0."""
        leaving = ~_agreeing(self.anchors, self.source, target.detach())
        if may_ask(leaving):
            index = leaving.nonzero()[:, 0]
            return index, target.new_ones(len(index))
        leaves, index = leaving.double().topk(min(len(leaving), _MOST_LEFT_OUT))
        return index, leaves

    def _place_nodes(self, step: int) -> None:
        height, width = self.size
        self._asked_step = step
        y, x = (_nodes(side, step) for side in self.size)
        self._step = 1 if step == 1 or len(y) * len(x) > height * width / 2 else step
        if self._step == 1:
            y, x = np.arange(height) + 0.5, np.arange(width) + 0.5
        self._grid = len(y), len(x)
        y, x = (torch.from_numpy(side).to(self.source) for side in (y, x))
        self._nodes = self._framed(torch.cartesian_prod(y, x).flip(1))
        self._basis = self._against_fixed(self._nodes)
        if self._step == 1:
            return
        self._soft = float(_SOFT_CELLS * step)
        smooth = _soft_kernel(_squares(self._nodes, self._fixed), self._soft / self._scale)
        self._basis[:, : len(self.anchors)] = smooth
        self._down = _interpolation(height, step, np.arange(height) + 0.5).to(self.source)
        self._across = _interpolation(width, step, np.arange(width) + 0.5).to(self.source)
        self._fixed_cusps = self._cusps(self.anchors)

    def _cusps(self, centres: Tensor) -> tuple[Tensor, Tensor]:
        """What the soft kernels lack around `centres` (m, 2): indices of pixels and values there, both (m, windows)."""
        height, width = self.size
        reach = int(self._soft)
        span = torch.arange(-reach, reach + 1, device=centres.device)
        columns, rows = (centres.detach()[:, axis, None].floor().long() + span for axis in (0, 1))
        across = (columns + 0.5 - centres[:, :1]) ** 2
        down = (rows + 0.5 - centres[:, 1:]) ** 2
        square = (down[:, :, None] + across[:, None, :]) / self._scale**2
        cusp = _kernel(square) - _soft_kernel(square, self._soft / self._scale)
        inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None, :]
        index = rows.clamp(0, height - 1)[:, :, None] * width + columns.clamp(0, width - 1)[:, None, :]
        return index.flatten(1), (cusp * inside).flatten(1)


def _slack(target: Tensor) -> Tensor:
    """By how much each equation may be missed (pixels²), (k,): 0, unless another target is nearer than `_MEETING`."""
    if len(target) < 2:
        return target.new_zeros(len(target))
    gaps = _squares(target, target) + torch.diag(target.new_full((len(target),), torch.inf))
    nearest = gaps.min(1).values / _MEETING**2
    return _MEETING**2 * (1 - nearest).clamp(min=0) ** 2
