"""Photographs to train on: an endless, reproducible stream of windows at three scales."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset

from ..bridge.language import _
from ..errors import BrushwarpError
from ..training.parallel import Fellows
from ..training.samples import chances, cut, draw_picture, open_rgb, stream_batches, to_tensor
from .grain import with_grain
from .objective import STYLE_SHORT_SIDES

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
SAMPLES_SUFFIX = ".samples"  # of a folder with what a training painted, which is nothing to practise on
SMALLEST_PAINTING = 64  # pixels, of its short side
SMALLEST_PHOTO = 64  # likewise: a quarter of what the coarse strokes are practised on
SMALLEST_SHARE = 0.75  # of the short side that a training square takes, so scales vary a little


def find_photos(folder: Path) -> list[Path]:
    """The photographs in a folder and its subfolders, sorted. Raises BrushwarpError("photos-missing") if there are none."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES) if folder.is_dir() else []
    found = [path for path in found if path.parent.suffix != SAMPLES_SUFFIX]
    if not found:
        raise BrushwarpError(
            "photos-missing", _("No photographs were found in {}.").format(folder), _("Name a folder with JPEG, PNG or WebP pictures.")
        )
    return found


def worth_practising(photos: list[Path]) -> tuple[list[Path], int]:
    """Those that can be opened and are no icons, and how many are not. Reads the files' heads alone; what is broken farther in is
    passed over while training. Raises BrushwarpError("photos-missing") if none is left."""
    good = [path for path in photos if _short_side(path) >= SMALLEST_PHOTO]
    if not good:
        raise BrushwarpError(
            "photos-missing",
            _("None of the {} pictures can be practised on: they are unreadable, or smaller than {} pixels.").format(len(photos), SMALLEST_PHOTO),
            _("Name a folder with photographs."),
        )
    return good, len(photos) - len(good)


def _short_side(path: Path) -> int:
    try:
        with Image.open(path) as image:
            return min(image.size)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return 0


def style_pyramid(path: Path) -> list[Tensor]:
    """The painting with a short side of 256, 512 and 1024. It is never enlarged: its finest scale is its own (DESIGN.md).

    Raises BrushwarpError("style-picture") for one that can't be read, is smaller than SMALLEST_PAINTING, or shows nothing.
    """
    try:
        image = open_rgb(path)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BrushwarpError("style-picture", _("{} can't be read as a picture.").format(path), _("Choose a PNG, JPEG or WebP file.")) from error
    if min(image.size) < SMALLEST_PAINTING:
        raise BrushwarpError(
            "style-picture", _("{} is {} × {} pixels, which shows no brushwork.").format(path.name, image.width, image.height),
            _("Use a picture of at least {} × {}, better of 1024 and more.").format(SMALLEST_PAINTING, SMALLEST_PAINTING),
        )
    if all(low == high for low, high in image.getextrema()):
        raise BrushwarpError("style-picture", _("{} is one flat colour.").format(path.name), _("Choose a picture with brushwork in it."))
    pictures = []
    for short_side in STYLE_SHORT_SIDES:
        share = min(1.0, short_side / min(image.size))
        size = tuple(round(side * share) for side in image.size)
        pictures.append(to_tensor(image.resize(size, Image.Resampling.LANCZOS)))
    return pictures


class PhotoWindows(Dataset):
    """Sample `index` depends on (seed, index) alone, so that a resumed training sees what it would have seen."""

    def __init__(self, paths: list[Path], sides: tuple[int, int], seed: int) -> None:
        """sides: of the middle and the fine window, in pixels; the fine one's is at most twice the other's."""
        self.paths = paths
        self.sides = sides
        self.seed = seed

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        draw = chances(self.seed, index)
        image = draw_picture(draw, self.paths)
        square = min(image.size) * draw.uniform(SMALLEST_SHARE, 1.0)
        left = draw.uniform(0, image.width - square)
        top = draw.uniform(0, image.height - square)
        coarse_side, (middle, fine) = STYLE_SHORT_SIDES[0], self.sides
        middle_at = [draw.randint(0, coarse_side - middle // 2) for _ in "xy"]
        fine_at = [draw.randint(0, middle - fine // 2) for _ in "xy"]

        def crop(x: float, y: float, extent: float, side: int) -> Tensor:
            """A square of the training square, in pixels of the coarse scale, resampled to side x side."""
            unit = square / coarse_side
            box = (left + x * unit, top + y * unit, left + (x + extent) * unit, top + (y + extent) * unit)
            return cut(image, box, side)

        tensors = [
            with_grain(crop(0, 0, coarse_side, coarse_side)),  # as it is painted
            crop(*middle_at, middle / 2, middle),
            crop(middle_at[0] + fine_at[0] / 2, middle_at[1] + fine_at[1] / 2, fine / 4, fine),
        ]
        if draw.random() < 0.5:
            tensors = [tensor.flip(-1) for tensor in tensors]
            middle_at[0] = coarse_side - middle // 2 - middle_at[0]
            fine_at[0] = middle - fine // 2 - fine_at[0]
        return *tensors, torch.tensor(middle_at), torch.tensor(fine_at)


def stream_windows(
    paths: list[Path], *, sides: tuple[int, int], batch: int, seed: int, start: int, loaders: int, fellows: Fellows
) -> Iterator[Sequence[Tensor]]:
    """Batches of what `Windows` is made of for ever, from sample number `start` on."""
    return stream_batches(PhotoWindows(paths, sides, seed), batch=batch, start=start, loaders=loaders, fellows=fellows)
