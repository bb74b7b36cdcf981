"""A pair of the development data at a working size, as the benchmarks of deformable transfer take it."""

from __future__ import annotations

import os
from pathlib import Path

from torch import Tensor

from brushwarp.geometry import KeypointPairs
from brushwarp.geometry.pairs import align, read_pairs
from brushwarp.multimodal.photos import open_rgb, to_tensor
from brushwarp.optimization import at_long_side


def development_data() -> Path:
    return Path(os.environ["BRUSHWARP_DEV_DATA"])


def open_pair(name: str, size: int) -> tuple[Tensor, Tensor, KeypointPairs]:
    """Content and style picture (3, H, W), their long sides `size`, and the arrows on the content."""
    folder = development_data() / "pairs" / name
    whole, painting = (to_tensor(open_rgb(folder / f"{what}.jpg")) for what in ("content", "style"))
    arrows = align(read_pairs(folder / "keypoints.txt"), tuple(whole.shape[1:]), tuple(painting.shape[1:])).arrows
    content, style = at_long_side(whole, size), at_long_side(painting, size)
    return content, style, arrows.scaled(content.shape[2] / whole.shape[2], content.shape[1] / whole.shape[1])
