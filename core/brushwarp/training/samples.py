"""Pictures on disk as samples to train on: endless and reproducible."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from ..bridge.language import _
from ..errors import BrushwarpError
from .parallel import ALONE, Fellows

TRIES = 20  # pictures that may be unreadable one after the other

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels from the top-left corner."""


def open_rgb(path: Path) -> Image.Image:
    """A picture as 8-bit RGB, upright."""
    with Image.open(path) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def to_tensor(image: Image.Image) -> Tensor:
    """(3, H, W) RGB in 0..1."""
    return torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1).float() / 255


def cut(image: Image.Image, box: Box, side: int, *, reducing_gap: float | None = None) -> Tensor:
    """The square `box` of a picture as (3, side, side) RGB in 0..1. reducing_gap: Pillow's, for large pictures in less time."""
    left, top, right, bottom = box
    box = (max(0.0, left), max(0.0, top), min(image.width, right), min(image.height, bottom))  # rounding may step outside
    return to_tensor(image.resize((side, side), Image.Resampling.BICUBIC, box=box, reducing_gap=reducing_gap))


def chances(seed: int, index: int) -> random.Random:
    """What sample `index` is drawn with: nothing but (seed, index), so that a resumed training sees what it would have seen."""
    return random.Random(seed * 1_000_003 + index)


def draw_picture(draw: random.Random, paths: list[Path]) -> Image.Image:
    """A picture that opens: one broken file in a folder of thousands must not end a training of hours.

    Raises BrushwarpError("photos-damaged") after TRIES that do not.
    """
    for _attempt in range(TRIES):
        path = draw.choice(paths)
        try:
            return open_rgb(path)
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
            continue
    raise BrushwarpError("photos-damaged", _("{} pictures in a row can't be read, {} the last.").format(TRIES, path), _("Look through the folder."))


def stream_batches(samples: Dataset, *, batch: int, start: int, loaders: int, fellows: Fellows = ALONE) -> Iterator[Any]:
    """Batches of samples number start, start + 1, … for ever, of these `fellows`' own, read by `loaders` processes (0: by this one)."""
    yield from DataLoader(
        samples,
        batch_size=batch,
        sampler=fellows.samples(start, batch),
        num_workers=loaders,
        pin_memory=torch.cuda.is_available(),
        prefetch_factor=4 if loaders else None,
    )
