"""Photographs to train on: an endless, reproducible stream of windows at three scales."""

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
from .objective import STYLE_SHORT_SIDES, Windows

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
TRIES = 20  # photographs that may be unreadable one after the other
SMALLEST_SHARE = 0.75  # of the short side that a training square takes, so scales vary a little


def find_photos(folder: Path) -> list[Path]:
    """The photographs in a folder and its subfolders, sorted. Raises BrushwarpError("photos-missing") if there are none."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES) if folder.is_dir() else []
    if not found:
        raise BrushwarpError(
            "photos-missing", f"No photographs were found in {folder}.", "Name a folder with JPEG, PNG or WebP pictures."
        )
    return found


def open_rgb(path: Path) -> Image.Image:
    """A picture as 8-bit RGB, upright."""
    with Image.open(path) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def to_tensor(image: Image.Image) -> Tensor:
    """(3, H, W) RGB in 0..1."""
    return torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1).float() / 255


def style_pyramid(path: Path) -> list[Tensor]:
    """The painting with a short side of 256, 512 and 1024. It is never enlarged: its finest scale is its own (DESIGN.md)."""
    image = open_rgb(path)
    pictures = []
    for short_side in STYLE_SHORT_SIDES:
        share = min(1.0, short_side / min(image.size))
        size = tuple(round(side * share) for side in image.size)
        pictures.append(to_tensor(image.resize(size, Image.Resampling.LANCZOS)))
    return pictures


class PhotoWindows(Dataset):
    """Sample `index` depends on (seed, index) alone, so that a resumed training sees what it would have seen."""

    def __init__(self, paths: list[Path], window: int, seed: int) -> None:
        self.paths = paths
        self.window = window
        self.seed = seed

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        draw = random.Random(self.seed * 1_000_003 + index)
        image = self._draw_photo(draw)
        square = min(image.size) * draw.uniform(SMALLEST_SHARE, 1.0)
        left = draw.uniform(0, image.width - square)
        top = draw.uniform(0, image.height - square)
        coarse_side, half = STYLE_SHORT_SIDES[0], self.window // 2
        middle_at = [draw.randint(0, coarse_side - half) for _ in "xy"]
        fine_at = [draw.randint(0, self.window - half) for _ in "xy"]

        def crop(x: float, y: float, extent: float, side: int) -> Tensor:
            """A square of the training square, in pixels of the coarse scale, resampled to side x side."""
            unit = square / coarse_side
            box = (left + x * unit, top + y * unit, left + (x + extent) * unit, top + (y + extent) * unit)
            box = (max(0.0, box[0]), max(0.0, box[1]), min(image.width, box[2]), min(image.height, box[3]))
            return to_tensor(image.resize((side, side), Image.Resampling.BICUBIC, box=box))

        tensors = [
            crop(0, 0, coarse_side, coarse_side),
            crop(*middle_at, half, self.window),
            crop(middle_at[0] + fine_at[0] / 2, middle_at[1] + fine_at[1] / 2, half / 2, self.window),
        ]
        if draw.random() < 0.5:
            tensors = [tensor.flip(-1) for tensor in tensors]
            middle_at[0] = coarse_side - half - middle_at[0]
            fine_at[0] = self.window - half - fine_at[0]
        return *tensors, torch.tensor(middle_at), torch.tensor(fine_at)


    def _draw_photo(self, draw: random.Random) -> Image.Image:
        """A photograph that opens: one broken file in a folder of thousands must not end a training of hours."""
        for _ in range(TRIES):
            path = draw.choice(self.paths)
            try:
                return open_rgb(path)
            except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
                continue
        raise BrushwarpError("photos-damaged", f"{TRIES} photographs in a row can't be read, {path} the last.", "Look through the folder.")


def stream_windows(paths: list[Path], *, window: int, batch: int, seed: int, start: int, loaders: int) -> Iterator[Windows]:
    """Batches of `Windows` for ever, from sample number `start` on."""
    indices = _Counting(start)
    loader = DataLoader(
        PhotoWindows(paths, window, seed),
        batch_size=batch,
        sampler=indices,
        num_workers=loaders,
        pin_memory=torch.cuda.is_available(),
        prefetch_factor=4 if loaders else None,
    )
    for tensors in loader:
        yield Windows(*tensors)


class _Counting:
    """start, start + 1, …: the order in which samples are drawn."""

    def __init__(self, start: int) -> None:
        self.start = start

    def __iter__(self) -> Iterator[int]:
        index = self.start
        while True:
            yield index
            index += 1
