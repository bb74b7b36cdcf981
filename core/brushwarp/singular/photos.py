"""Photographs to train a singular network on: each whole, or nearly so, at one small size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from torch import Tensor
from torch.utils.data import Dataset

from ..multimodal.photos import SMALLEST_SHARE
from ..training.parallel import Fellows
from ..training.samples import chances, cut, draw_picture, stream_batches


class PhotoSquares(Dataset):
    """Sample `index`, one (3, side, side) RGB picture in 0..1, depends on (seed, index) alone, as those of `PhotoWindows` do."""

    def __init__(self, paths: list[Path], side: int, seed: int) -> None:
        self.paths = paths
        self.side = side
        self.seed = seed

    def __getitem__(self, index: int) -> tuple[Tensor]:
        draw = chances(self.seed, index)
        image = draw_picture(draw, self.paths)
        square = min(image.size) * draw.uniform(SMALLEST_SHARE, 1.0)
        left = draw.uniform(0, image.width - square)
        top = draw.uniform(0, image.height - square)
        photo = cut(image, (left, top, left + square, top + square), self.side)
        return (photo.flip(-1) if draw.random() < 0.5 else photo,)


def stream_squares(paths: list[Path], *, side: int, batch: int, seed: int, start: int, loaders: int, fellows: Fellows) -> Iterator[Sequence[Tensor]]:
    """Batches [(N, 3, side, side)] for ever, from sample number `start` on."""
    return stream_batches(PhotoSquares(paths, side, seed), batch=batch, start=start, loaders=loaders, fellows=fellows)
