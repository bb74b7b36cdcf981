"""Multimodal Transfer at work: a picture painted at any size and aspect (section 3.3)."""

from __future__ import annotations

import torch
from torch import Tensor

from ..features import denormalise, normalise
from ..progress import OnProgress, Progress, ignore_progress
from .network import MultimodalNetwork, resize_bilinear

STYLE_SHORT_SIDE = 256  # what the style subnet was trained at
SMALLEST_SIDE = 16  # below it, stride-2 convolutions have nothing left to look at


def plan_sizes(size: tuple[int, int], *, brush_scale: float = 1.0, canvas_short_side: int | None = None) -> list[tuple[int, int]]:
    """The (H, W) at which the subnets run: style, enhance, then refine as often as it takes to end at `size`.

    The style subnet sees a canvas whose short side is 256 / brush_scale; each step doubles that, and the last is the picture's
    own. `size` may be a crop of a canvas with the given short side: its strokes are then the canvas' strokes.
    """
    short_side = canvas_short_side or min(size)
    sizes = []
    scale = STYLE_SHORT_SIDE / brush_scale / short_side
    while scale < 1 or len(sizes) < 2:
        sizes.append(_scaled(size, min(scale, 1.0)))
        scale *= 2
    return [*sizes, tuple(size)]


def _scaled(size: tuple[int, int], scale: float) -> tuple[int, int]:
    height, width = (min(side, max(SMALLEST_SIDE, round(side * scale))) for side in size)
    return height, width


@torch.inference_mode()
def paint(
    network: MultimodalNetwork,
    rgb: Tensor,
    *,
    brush_scale: float = 1.0,
    canvas_short_side: int | None = None,
    on_progress: OnProgress = ignore_progress,
) -> Tensor:
    """(3, H, W) sRGB in 0..1 on the network's device to the painted (3, H, W), clamped to 0..1."""
    sizes = plan_sizes(tuple(rgb.shape[-2:]), brush_scale=brush_scale, canvas_short_side=canvas_short_side)
    subnets = [network.style, network.enhance] + [network.refine] * (len(sizes) - 2)
    work = sum(height * width for height, width in sizes)
    done = 0
    x = normalise(resize_bilinear(rgb[None], sizes[0]))
    for subnet, size in zip(subnets, sizes, strict=True):
        on_progress(Progress("painting", done, work))
        x = subnet(resize_bilinear(x, size))
        done += size[0] * size[1]
    on_progress(Progress("painting", work, work))
    return denormalise(x)[0].clamp(0, 1)
