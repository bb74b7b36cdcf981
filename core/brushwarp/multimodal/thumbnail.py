"""A style's thumbnail: our own rendered landscape, painted in it."""

from __future__ import annotations

from dataclasses import replace

import torch

from ..image.resample import resize
from ..sample import render_sample
from ..styles.pack import StylePack
from .transfer import Painter

SIZE = (512, 768)  # at which the landscape is painted
THUMBNAIL_SIZE = (128, 192)


def with_thumbnail(pack: StylePack) -> StylePack:
    """The pack with a thumbnail, (128, 192, 3) uint8."""
    landscape = render_sample(SIZE[1], SIZE[0])
    painter = Painter(pack, torch.device("cpu"))
    painted = painter.paint(landscape, painter.plan_freely(SIZE))
    small = resize(painted, THUMBNAIL_SIZE).permute(1, 2, 0)
    return replace(pack, thumbnail=(small * 255).round().to(torch.uint8))
