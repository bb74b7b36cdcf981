"""Where a warp carries points to. Flows tell the opposite, where pixels come from; hosts that move a mesh ask this way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import grid_sample

from brushwarp.errors import BrushwarpError
from brushwarp.geometry.keypoints import KeypointPairs
from brushwarp.geometry.thin_plate import PlateFlow

from ..bridge.language import _

# The warp is followed from none to all of it in so many steps, one of Newton's each, then as many again: what does not fold is
# met to the last bit of float32 by then (measured: 1e-12 px in float64).
_STEPS = 8

# Pixels. Nodes that are missed by more lie where the warp folds: it carries nothing there, or several points.
_MISSED = 0.05

# Samples of the flow between two nodes of the lattice: its own bilinear cells err sixteen times as much.
_SAMPLES = 4


def carried(pairs: KeypointPairs, size: tuple[int, int], columns: Sequence[float], rows: Sequence[float], *, smoothness: float = 0.0) -> np.ndarray:
    """Where `warp` carries the nodes of a lattice over a picture of `size` = (H, W): (rows, columns, 2) float32, x and y in pixels.

    columns, rows: coordinates of the nodes in pixels, ascending; those beyond the picture go along with its edge.
    smoothness: as `warp` has it. Raises BrushwarpError "warp-folds" where parts are turned over, and as `KeypointPairs.validated`.
    """
    pairs = pairs.validated(size)
    flow = _Sampled(pairs, size, smoothness, max(1, int(min(_gap(columns), _gap(rows)) // _SAMPLES)))
    start = torch.stack(torch.meshgrid(torch.tensor(columns).double(), torch.tensor(rows).double(), indexing="xy"))
    end = start
    for step in range(1, 2 * _STEPS + 1):
        end = _nearer(flow, start, end, min(1.0, step / _STEPS))
    missed = (end - flow.at(end) - start).norm(dim=0)
    if not (missed <= _MISSED).all() or _turned_over(end):  # "not": a step from a fold's edge may leave the numbers
        raise BrushwarpError(
            "warp-folds",
            _("The warp turns a part of the picture over itself, where arrows cross or pull too hard, and a mesh can't follow."),
            _("Shorten an arrow, smooth more, or have it as pixels."),
        )
    return end.permute(1, 2, 0).float().contiguous().numpy()


class _Sampled:
    """A flow known at every `every`-th pixel, bilinear between, its edge's own beyond."""

    def __init__(self, pairs: KeypointPairs, size: tuple[int, int], smoothness: float, every: int) -> None:
        self._every = every
        plate = PlateFlow.through(torch.tensor(pairs.source), torch.tensor(pairs.target), size, smoothness=smoothness)
        strip = 64 * every  # rows: a whole number of samples; all rows of a large picture would be as large as it
        strips = [plate.rows(top, min(top + strip, size[0]))[:, ::every, ::every] for top in range(0, size[0], strip)]
        self._flow = torch.cat([each.contiguous() for each in strips], 1).double()

    def at(self, points: Tensor) -> Tensor:
        """(2, h, w) at points (2, h, w), both in pixels."""
        across, down = ((points[axis] - 0.5) / self._every for axis in range(2))
        height, width = self._flow.shape[1:]
        grid = torch.stack([2 * across / max(1, width - 1) - 1, 2 * down / max(1, height - 1) - 1], -1)
        return grid_sample(self._flow[None], grid[None], "bilinear", "border", align_corners=True)[0]

    def slopes_at(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """How the flow changes by a pixel across and down, (2, h, w) each."""
        half = self._every / 2
        right, down = (points.new_tensor(way)[:, None, None] * half for way in ((1, 0), (0, 1)))
        return tuple((self.at(points + way) - self.at(points - way)) / self._every for way in (right, down))


def _nearer(flow: _Sampled, start: Tensor, end: Tensor, share: float) -> Tensor:
    """One step of Newton's towards the points q with q - share · flow(q) = start."""
    across, down = flow.slopes_at(end)
    miss = end - share * flow.at(end) - start
    a, b, c, d = 1 - share * across[0], -share * down[0], -share * across[1], 1 - share * down[1]
    determinant = a * d - b * c
    return end - torch.stack([d * miss[0] - b * miss[1], a * miss[1] - c * miss[0]]) / determinant


def _turned_over(nodes: Tensor) -> bool:
    """Whether any corner of any cell is."""
    right, down = nodes[:, :, 1:] - nodes[:, :, :-1], nodes[:, 1:] - nodes[:, :-1]
    corners = [right[0, at] * down[1, :, side] - right[1, at] * down[0, :, side] for at in _ENDS for side in _ENDS]
    return any(bool((corner <= 0).any()) for corner in corners)


_ENDS = (slice(None, -1), slice(1, None))


def _gap(nodes: Sequence[float]) -> float:
    """The widest between two neighbours: those at the ends may be nearer."""
    return float(np.diff(nodes).max())
