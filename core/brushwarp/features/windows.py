"""Windows of photographs and paintings for the compact encoder to learn on: endless and reproducible."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ..errors import BrushwarpError

SMALLEST_SHARE = 0.15  # of a picture's short side that a window shows: brushwork from near and the whole from afar
NOISY = 0.25  # share of windows with noise: a picture that is being optimised is neither photograph nor painting yet
STRONGEST_NOISE = 0.2  # standard deviation, of 0..1
TRIES = 20  # pictures that may be unreadable one after the other


class PictureWindows(Dataset):
    """Sample `index`, (3, window, window) RGB, depends on (seed, index) alone. `groups` take turns: photographs, paintings."""

    def __init__(self, groups: list[list[Path]], window: int, seed: int) -> None:
        self.groups = groups
        self.window = window
        self.seed = seed

    def __getitem__(self, index: int) -> Tensor:
        draw = random.Random(self.seed * 1_000_003 + index)
        image = self._open(draw, self.groups[index % len(self.groups)])
        square = min(image.size) * SMALLEST_SHARE ** draw.random()
        left, top = draw.uniform(0, image.width - square), draw.uniform(0, image.height - square)
        box = (left, top, min(image.width, left + square), min(image.height, top + square))
        image = image.resize((self.window, self.window), Image.Resampling.BICUBIC, box=box, reducing_gap=3.0)
        rgb = torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1).float() / 255
        if draw.random() < 0.5:
            rgb = rgb.flip(-1)
        if draw.random() < NOISY:
            generator = torch.Generator().manual_seed(draw.getrandbits(32))
            noise = torch.randn(rgb.shape, generator=generator)
            rgb = (rgb + draw.uniform(0, STRONGEST_NOISE) * noise).clamp(0, 1)
        return rgb

    def _open(self, draw: random.Random, paths: list[Path]) -> Image.Image:
        for _ in range(TRIES):
            path = draw.choice(paths)
            try:
                with Image.open(path) as image:
                    return ImageOps.exif_transpose(image).convert("RGB")
            except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
                continue
        raise BrushwarpError("photos-damaged", f"{TRIES} pictures in a row can't be read, {path} the last.", "Look through the folder.")


def stream_windows(groups: list[list[Path]], *, window: int, batch: int, seed: int, start: int, loaders: int) -> Iterator[Tensor]:
    """(batch, 3, window, window) for ever, from sample number `start` on."""
    loader = DataLoader(
        PictureWindows(groups, window, seed),
        batch_size=batch,
        sampler=_CountingFrom(start),
        num_workers=loaders,
        prefetch_factor=4 if loaders else None,
    )
    yield from loader


class _CountingFrom:
    """start, start + 1, …: the order in which samples are drawn."""

    def __init__(self, start: int) -> None:
        self.start = start

    def __iter__(self) -> Iterator[int]:
        index = self.start
        while True:
            yield index
            index += 1
