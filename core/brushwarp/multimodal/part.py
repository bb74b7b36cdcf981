"""A part of a painting at the painting's own size, soon: to look at the strokes before the whole is painted.

Approximate. Coarse steps are painted whole; of the finer ones the part alone, with a margin, under statistics of some samples of the
picture at that step's own size. (Statistics of a thumbnail, which URST takes for its tiles, are farther away: the network's own maps of a
picture change with its size. Measured: tests/benchmarks/part.py.) The painting itself is never made so: see `streaming`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..features import denormalise
from ..image.box import Box
from ..image.resample import part_of
from ..plan import Plan
from ..progress import OnProgress, Progress, ignore_progress
from ..streaming import Desk, Scaling, StreamPlan, Whole, streamed
from .transfer import Painter

WHOLE = 600_000  # pixels of a step that is painted whole
MARGIN = 64  # pixels around the part: more than what shows itself of a subnet's edge
SAMPLES = ((0.5, 0.5), (0.1, 0.15), (0.15, 0.85), (0.85, 0.1), (0.9, 0.9))  # how far down and across, as shares of what is left beside one
STRIDE = 8  # pixels from one that the deepest layer of a subnet begins at to the next: a part begins at one, too
SAMPLE_SIDE = 256  # pixels; of smaller ones too much is edge


@dataclass(frozen=True, eq=False)
class _Seen:
    """What is known of a picture of `size` (H, W): what lies under `box`, x (1, 3, h, w)."""

    x: Tensor
    box: Box
    size: tuple[int, int]

    def enlarged(self, box: Box, size: tuple[int, int]) -> Tensor:
        return part_of(self.x, self.box, self.size, box, size)


@torch.inference_mode()
def paint_part(
    painter: Painter, rgb: Tensor, plan: Plan, box: Box, whole: tuple[int, int], on_progress: OnProgress = ignore_progress
) -> Tensor:
    """About what lies under `box` in what `painter.paint` makes by `plan`, brought to the size `whole` (H, W): (3, box.height, box.width),
    0..1, on the CPU.

    rgb: (3, h, w) sRGB in 0..1, the whole picture at any size; no larger than the plan's first step is enough. The painter's architecture
    is one that streams. Raises `Cancelled` as on_progress does.
    """
    size = plan.sizes[0]
    part = _Seen(painter.see(rgb, size), _all_of(size), size)
    samples: list[_Seen] = []
    for step, (subnet, size) in enumerate(zip(painter.network.subnets(len(plan.sizes)), plan.sizes, strict=True)):
        on_progress(Progress("painting", step, len(plan.sizes)))
        if size[0] * size[1] <= WHOLE:  # sizes only grow
            part = _Seen(_painted(painter, subnet, part.enlarged(_all_of(size), size))[0], _all_of(size), size)
            continue
        boxes = _sample_boxes(size)
        rows = [seen.enlarged(sample, size) for seen, sample in zip(samples or [part] * len(boxes), boxes, strict=True)]
        painted, known = _painted(painter, subnet, torch.cat(rows, 2))
        samples = [_Seen(x, sample, size) for x, sample in zip(painted.chunk(len(boxes), 2), boxes, strict=True)]
        wanted = _around(box, whole, size)
        part = _Seen(_painted(painter, subnet, part.enlarged(wanted, size), known)[0], wanted, size)
    on_progress(Progress("painting", len(plan.sizes), len(plan.sizes)))
    return denormalise(part.enlarged(box, whole))[0].clamp(0, 1)


def _all_of(size: tuple[int, int]) -> Box:
    return Box(0, 0, size[1], size[0])


def _sample_boxes(size: tuple[int, int]) -> list[Box]:
    """Of each of SAMPLES in a picture of `size` (H, W). Each lies within its own of the same picture at a smaller size."""
    height, width = (min(SAMPLE_SIDE, side) for side in size)
    corners = [(int(down * (size[0] - height)) // STRIDE * STRIDE, int(across * (size[1] - width)) // STRIDE * STRIDE) for down, across in SAMPLES]
    return [Box(left, top, left + width, top + height) for top, left in corners]


def _painted(painter: Painter, subnet: nn.Module, x: Tensor, known: list[Scaling] | None = None) -> tuple[Tensor, list[Scaling]]:
    """What a subnet makes of (1, 3, H, W) under the statistics that are known, or under those that it meets, which come along."""
    desk = Desk(painter.device, painter.dtype, StreamPlan(full_size=True), known=known)
    with torch.autocast(painter.device.type, painter.dtype, enabled=painter.dtype != torch.float32):
        desk.begin(subnet, (x.shape[2], x.shape[3]))
        painted = streamed(subnet, Whole(x, painter.device), desk)
        return torch.cat([rows.float().cpu() for _, rows in desk.strips(painted)], 2), desk.found


def _around(box: Box, size: tuple[int, int], into: tuple[int, int]) -> Box:
    """`box` of a picture of `size` (H, W), in the same picture at another, with a margin."""
    y, x = into[0] / size[0], into[1] / size[1]
    left, top = (max(0, math.floor(begin) - MARGIN) // STRIDE * STRIDE for begin in (box.left * x, box.top * y))
    return Box(left, top, min(into[1], math.ceil(box.right * x) + MARGIN), min(into[0], math.ceil(box.bottom * y) + MARGIN))
