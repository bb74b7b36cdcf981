"""The flow that carries points of a picture to other places, the picture's edge held fast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from brushwarp.geometry.keypoints import first_of_each, refuse_coincident
from brushwarp.geometry.spline import ThinPlateSpline, fit_thin_plate

ANCHORS_PER_EDGE = 80
"""Between two corners; as in DST's code."""

FLOW_TOLERANCE = 0.05
"""Pixels. How far the flow of a large picture may lie from the spline's own: far less than a visible shift."""

# An anchor and an arrow's target nearer than this (pixels), or than this share of the arrow's length, contradict each
# other so sharply that the spline overshoots far beyond both: the arrow wins.
_NEAREST_ANCHOR = 0.5
_NEAREST_ANCHOR_SHARE = 0.1

_COARSEST_STEP = 32
_MARGIN = 4  # cells of the coarse grid beyond the picture, where a cubic spline's ends are inexact

# The kernels' cusps are taken off within this many cells of their centres before the rest is put on a grid of step h,
# and are added again exactly: cubic splines miss φ by up to 0.34 h², and φ without its cusp by 0.0064 h² (measured over
# centres in all positions of a cell; it holds for every h because φ(hr) = h² φ(r) plus a quadratic).
_SOFT_CELLS = 4

# A grid is taken if at the points where it errs most it stays within this share of the tolerance.
_SAFETY = 0.5

# Arrows that contradict each other throw the picture about by thousands of pixels, torn and folded; to follow that to
# a twentieth of a pixel would take minutes. Relative to the largest flow; below 500 px it makes no difference.
_RELATIVE_TOLERANCE = 1e-4


def thin_plate_flow(
    source: Tensor | np.ndarray,
    target: Tensor | np.ndarray,
    size: tuple[int, int],
    *,
    smoothness: float = 0.0,
    anchors: Tensor | np.ndarray | str | None = "border",
    tolerance: float = FLOW_TOLERANCE,
    dtype: torch.dtype | None = None,
) -> Tensor:
    """Backward flow of the thin-plate spline that carries `source` points to `target` points.

    source, target: (k, 2) points (x, y) in pixels. size: (H, W). Returns (2, H, W) in pixels, on the points' device, of
    `dtype` (by default theirs): output(q) = input(q - flow(q)) at pixel centres q.
    smoothness (pixels²) trades exactness at the points for a calmer field; 0 interpolates.
    anchors: points that stay where they are; "border" takes `border_anchors`, None takes none (then at least three
    targets off one line are needed). Those that contradict a target are left out.
    tolerance (pixels): where a coarse grid is this exact (or to 1/10,000 of the largest flow), the spline is evaluated
    there and interpolated by cubic splines; 0 evaluates it at every pixel. Solved in float64. Differentiable in both
    arguments. Raises BrushwarpError "keypoints-coincident" if two targets lie closer than 0.01 px (identical arrows are
    one), "keypoints-collinear". Source: Bookstein 1989; DST section 3.2.
    """
    # Copies of arrays, for those of KeypointPairs are read-only, which torch cannot express.
    source, target = (p if isinstance(p, Tensor) else torch.tensor(p) for p in (source, target))
    flow = PlateFlow.through(source, target, size, smoothness=smoothness, anchors=anchors, tolerance=tolerance)
    return flow.rows(0, size[0], dtype or torch.promote_types(source.dtype, target.dtype)).to(target.device)


@dataclass(frozen=True, eq=False)
class PlateFlow:
    """A flow that is computed strip by strip: what takes memory is the strip, not the picture.

    spline: the exact flow. size: (H, W). step: cells of the coarse grid in pixels, 0 for none; grid: (2, h, w) flow at
    its nodes, the first of which lies `_MARGIN` cells beyond the top-left corner. cusps: left out of the grid, to be added exactly.
    """

    spline: ThinPlateSpline
    size: tuple[int, int]
    step: int = 0
    grid: Tensor | None = None
    cusps: bool = True

    @classmethod
    def through(
        cls,
        source: Tensor,
        target: Tensor,
        size: tuple[int, int],
        *,
        smoothness: float = 0.0,
        anchors: Tensor | np.ndarray | str | None = "border",
        tolerance: float = FLOW_TOLERANCE,
    ) -> PlateFlow:
        """The flow of `thin_plate_flow`, which says what the arguments are."""
        spline = _spline(source, target, size, smoothness, anchors)
        step = _COARSEST_STEP
        # A grid of half as many nodes as there are pixels saves nothing worth its error.
        while tolerance > 0 and step >= 2 and _node_count(size, step) < size[0] * size[1] / 2:
            grid = _evaluated(spline, size, step)
            allowed = max(tolerance, _RELATIVE_TOLERANCE * float(grid.detach().abs().max()))
            if _measured_error(spline, grid, size, step) <= _SAFETY * allowed:
                return cls(spline, size, step, grid)
            step //= 2
        return cls(spline, size)

    @classmethod
    def roughly(
        cls, source: Tensor, target: Tensor, size: tuple[int, int], *, smoothness: float = 0.0, step: int = _COARSEST_STEP // 2
    ) -> PlateFlow:
        """For the eye, and quickly: the flow at every `step` pixels, interpolated. Arguments as above."""
        spline = _spline(source, target, size, smoothness, "border")
        y, x = (torch.from_numpy(_nodes(side, step)) for side in size)
        grid = spline.at(torch.cartesian_prod(y, x).flip(1)).T.reshape(2, len(y), len(x))
        return cls(spline, size, step, grid, cusps=False)

    def rows(self, top: int, bottom: int, dtype: torch.dtype = torch.float32) -> Tensor:
        """Rows `top`..`bottom` of the flow: (2, bottom - top, W)."""
        width = self.size[1]
        device = self.spline.centres.device
        if self.grid is None:
            y = torch.arange(top, bottom, dtype=torch.float64, device=device) + 0.5
            x = torch.arange(width, dtype=torch.float64, device=device) + 0.5
            points = torch.cartesian_prod(y, x).flip(1)
            return self.spline.at(points).T.reshape(2, bottom - top, width).to(dtype)
        grid = self.grid.to(dtype)
        down = _interpolation(self.size[0], self.step, np.arange(top, bottom) + 0.5).to(grid)
        across = _interpolation(width, self.step, np.arange(width) + 0.5).to(grid)
        flow = down @ (grid @ across.T)
        if self.cusps:
            self._add_cusps(flow, top, bottom)
        return flow

    def _add_cusps(self, flow: Tensor, top: int, bottom: int) -> None:
        radius = _SOFT_CELLS * self.step
        for index, (x, y) in enumerate(self.spline.centres_in_pixels()):
            left, right = max(0, int(x) - radius), min(self.size[1], int(x) + radius + 1)
            first, last = max(top, int(y) - radius), min(bottom, int(y) + radius + 1)
            if left >= right or first >= last:
                continue
            offsets_x = torch.arange(left, right, dtype=torch.float64, device=flow.device) + 0.5 - x
            offsets_y = torch.arange(first, last, dtype=torch.float64, device=flow.device) + 0.5 - y
            cusp = self.spline.cusp(index, offsets_x, offsets_y, radius)
            flow[:, first - top : last - top, left:right] += cusp.to(flow)


def border_anchors(size: tuple[int, int], per_edge: int = ANCHORS_PER_EDGE) -> np.ndarray:
    """Points (n, 2) along the edge of a picture of `size` = (H, W): the corners, and up to `per_edge` between two.

    Evenly spaced and never nearer than a pixel, so none coincide on the smallest pictures (DST's code spaces them by
    the rounded-down side / 81, which puts all of them into the corners below 81 pixels).
    """
    height, width = size
    x = np.linspace(0, width, min(per_edge, width - 1) + 2)
    y = np.linspace(0, height, min(per_edge, height - 1) + 2)[1:-1]
    edges = [
        np.stack([x, np.zeros_like(x)], 1),
        np.stack([x, np.full_like(x, height)], 1),
        np.stack([np.zeros_like(y), y], 1),
        np.stack([np.full_like(y, width), y], 1),
    ]
    return np.concatenate(edges)


def fold_share(flow: Tensor) -> float:
    """Share of the picture, 0..1, that `flow` (2, H, W) turns over: where the Jacobian of q - flow(q) is not positive.

    There the picture is mirrored or torn, and arrows cross or pull harder than the picture can follow.
    """
    right = flow[:, :-1, 1:] - flow[:, :-1, :-1]
    down = flow[:, 1:, :-1] - flow[:, :-1, :-1]
    determinant = (1 - right[0]) * (1 - down[1]) - right[1] * down[0]
    return float((determinant <= 0).double().mean())


def _spline(
    source: Tensor,
    target: Tensor,
    size: tuple[int, int],
    smoothness: float,
    anchors: Tensor | np.ndarray | str | None,
) -> ThinPlateSpline:
    """Centres are the targets: the flow is asked for where things arrive."""
    if source.ndim != 2 or source.shape[1] != 2 or source.shape != target.shape:
        raise ValueError(f"source and target must both be (k, 2), not {tuple(source.shape)} and {tuple(target.shape)}")
    source, target = (points.to("cpu" if points.device.type == "mps" else points.device) for points in (source, target))
    source, target = source.double(), target.double()
    once = _unrepeated(source, target)
    source, target = source[once], target[once]
    refuse_coincident(target.detach().cpu().numpy())
    if isinstance(anchors, str):
        if anchors != "border":
            raise ValueError(f'anchors must be "border", None or points, not {anchors!r}')
        anchors = border_anchors(size)
    fixed = torch.empty(0, 2) if anchors is None else torch.as_tensor(anchors)
    fixed = fixed.to(target)
    fixed = fixed[_agreeing(fixed, source.detach(), target.detach())]
    centres = torch.cat([target, fixed])
    values = torch.cat([target - source, torch.zeros_like(fixed)])
    return fit_thin_plate(centres, values, smoothness=smoothness)


def _unrepeated(source: Tensor, target: Tensor) -> Tensor:
    """Indices of the arrows without those that repeat an earlier one."""
    ends = torch.cat([source, target], 1).detach().cpu().numpy()
    return torch.as_tensor(first_of_each(ends), device=source.device)


def _agreeing(anchors: Tensor, source: Tensor, target: Tensor) -> Tensor:
    """Whether each anchor stays, (n,) bool: those do not that an arrow ends upon, or so near that it contradicts them."""
    if len(target) == 0 or len(anchors) == 0:
        return torch.ones(len(anchors), dtype=torch.bool, device=anchors.device)
    reach = (_NEAREST_ANCHOR_SHARE * (target - source).norm(dim=1)).clamp(min=_NEAREST_ANCHOR)
    return (torch.cdist(anchors, target) >= reach).all(1)


def _nodes(side: int, step: int) -> np.ndarray:
    """Coordinates of the coarse grid's nodes along a side, `_MARGIN` cells or more beyond either end."""
    return (np.arange(-(-side // step) + 1 + 2 * _MARGIN) - _MARGIN) * float(step)


def _node_count(size: tuple[int, int], step: int) -> int:
    return len(_nodes(size[0], step)) * len(_nodes(size[1], step))


def _evaluated(spline: ThinPlateSpline, size: tuple[int, int], step: int) -> Tensor:
    """The flow without cusps on the coarse grid: (2, h, w)."""
    y, x = (torch.from_numpy(_nodes(side, step)).to(spline.centres.device) for side in size)
    nodes = torch.cartesian_prod(y, x).flip(1)
    return spline.at(nodes, soft=_SOFT_CELLS * step).T.reshape(2, len(y), len(x))


def _interpolation(side: int, step: int, at: np.ndarray) -> Tensor:
    """(m, nodes): what each node along a side gives to the coordinates `at` (m,), by cubic splines (not-a-knot)."""
    from scipy.interpolate import (
        CubicSpline,  # half a second to load: a fifth of the worker's start, and many jobs have no arrows
    )

    nodes = _nodes(side, step)
    return torch.from_numpy(CubicSpline(nodes, np.eye(len(nodes)))(at))


def _measured_error(spline: ThinPlateSpline, grid: Tensor, size: tuple[int, int], step: int) -> float:
    """The largest distance (pixels) between the flow and its interpolation, in and around the cells of all centres.

    That is where the flow bends most: away from its centre a kernel's share of the error falls with the square of the
    distance.
    """
    centres = spline.centres_in_pixels().detach().cpu().numpy()
    offsets = np.array([(0, 0), (0.5, 0), (-0.5, 0), (0, 0.5), (0, -0.5), (1.5, 1), (-1, 1.5), (-1.5, -1), (1, -1.5)])
    points = (centres[:, None] + step * offsets).reshape(-1, 2).clip(0, (size[1], size[0]))
    across = _interpolation(size[1], step, points[:, 0]).to(grid)
    down = _interpolation(size[0], step, points[:, 1]).to(grid)
    with torch.no_grad():
        exact = spline.at(torch.from_numpy(points).to(grid), soft=_SOFT_CELLS * step)
        interpolated = ((grid @ across.T) * down.T).sum(1).T
        return float((exact - interpolated).norm(dim=1).max())
