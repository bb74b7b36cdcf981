"""Windows of photographs and paintings for the compact encoder to learn on: endless and reproducible."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import Dataset

from ..training.samples import chances, cut, draw_picture, stream_batches

SMALLEST_SHARE = 0.15  # of a picture's short side that a window shows: brushwork from near and the whole from afar
NOISY = 0.25  # share of windows with noise: a picture that is being optimised is neither photograph nor painting yet
STRONGEST_NOISE = 0.2  # standard deviation, of 0..1


class PictureWindows(Dataset):
    """Sample `index`, (3, window, window) RGB, depends on (seed, index) alone. `groups` take turns: photographs, paintings."""

    def __init__(self, groups: list[list[Path]], window: int, seed: int) -> None:
        self.groups = groups
        self.window = window
        self.seed = seed

    def __getitem__(self, index: int) -> Tensor:
        draw = chances(self.seed, index)
        image = draw_picture(draw, self.groups[index % len(self.groups)])
        square = min(image.size) * SMALLEST_SHARE ** draw.random()
        left, top = draw.uniform(0, image.width - square), draw.uniform(0, image.height - square)
        rgb = cut(image, (left, top, left + square, top + square), self.window, reducing_gap=3.0)
        if draw.random() < 0.5:
            rgb = rgb.flip(-1)
        if draw.random() < NOISY:
            generator = torch.Generator().manual_seed(draw.getrandbits(32))
            noise = torch.randn(rgb.shape, generator=generator)
            rgb = (rgb + draw.uniform(0, STRONGEST_NOISE) * noise).clamp(0, 1)
        return rgb


def stream_windows(groups: list[list[Path]], *, window: int, batch: int, seed: int, start: int, loaders: int) -> Iterator[Tensor]:
    """(batch, 3, window, window) for ever, from sample number `start` on."""
    return stream_batches(PictureWindows(groups, window, seed), batch=batch, start=start, loaders=loaders)
