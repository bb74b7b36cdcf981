"""The small pictures in a pack: our own rendered landscape, painted in the style, and the painting that it was learnt from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from ..image.resample import resize, shrink
from ..sample import render_sample
from ..styles.pack import StylePack
from ..training.samples import open_rgb, to_tensor
from .transfer import Painter

SIZE = (512, 768)  # at which the landscape is painted
THUMBNAIL_SIZE = (128, 192)
PAINTING_SIDE = 384  # pixels of the long side: half as much again as keypoints are looked for on


def with_thumbnail(pack: StylePack) -> StylePack:
    """The pack with a thumbnail, (128, 192, 3) uint8."""
    landscape = render_sample(SIZE[1], SIZE[0])
    painter = Painter(pack, torch.device("cpu"))
    painted = painter.paint(landscape, painter.plan_freely(SIZE))
    return replace(pack, thumbnail=_bytes(resize(painted, THUMBNAIL_SIZE)))


def small_painting(painting: Path) -> Tensor:
    """A small copy of the painting, (H, W, 3) uint8, for its pack."""
    return _bytes(shrink(to_tensor(open_rgb(painting)), PAINTING_SIDE))


def _bytes(rgb: Tensor) -> Tensor:
    """(3, H, W) in 0..1 as (H, W, 3) uint8."""
    return (rgb.permute(1, 2, 0).clamp(0, 1) * 255).round().to(torch.uint8)
