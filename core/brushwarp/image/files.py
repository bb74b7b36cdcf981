"""Pictures from files and into files."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import torch

from brushwarp.errors import BrushwarpError
from brushwarp.image import pillow_formats, png, tiff
from brushwarp.image.atomic import atomic_write
from brushwarp.image.picture import Picture
from brushwarp.image.raster import Raster, picture_of, raster_of

from ..bridge.language import _


@dataclass(frozen=True)
class _Writer:
    """A format that we save: its encoder, the depths that it holds (the best last), and whether it holds alpha."""

    name: str
    write: Callable[[BinaryIO, Raster], None]
    depths: tuple[str, ...]
    holds_alpha: bool = True


_PNG = _Writer("PNG", png.write_png, png.DEPTHS)
_JPEG = _Writer("JPEG", pillow_formats.write_jpeg, pillow_formats.JPEG_DEPTHS, holds_alpha=False)
_TIFF = _Writer("TIFF", tiff.write_tiff, tiff.DEPTHS)
_SNIFFED = 16  # bytes: enough to tell the formats apart, before a film or a disk image is read into memory

_WRITERS = {".png": _PNG, ".jpg": _JPEG, ".jpeg": _JPEG, ".tif": _TIFF, ".tiff": _TIFF}


def load_picture(path: str | os.PathLike[str]) -> Picture:
    """The picture in a PNG, JPEG, TIFF or WEBP file, whatever its name says.

    Raises BrushwarpError: "picture-missing", "picture-format", "picture-truncated", "picture-too-small",
    "picture-too-large" (from the header, before anything is decoded), "picture-cmyk", "picture-animated".
    """
    path = Path(path)
    read = _reader_of(_bytes_of(path, _SNIFFED), path)
    data = _bytes_of(path)
    try:
        raster = read(data)
    except BrushwarpError as error:
        raise BrushwarpError(error.code, f"{path.name}: {error.message}", error.hint) from error
    except MemoryError as error:
        raise BrushwarpError(
            "picture-too-large", _("There is not enough memory to open {}.").format(path.name), _("Scale the picture down first.")
        ) from error
    except Exception as error:  # decoders answer damage with whatever they stumbled over, SyntaxError included
        raise BrushwarpError(
            "picture-truncated",
            _("{} is damaged or not complete.").format(path.name),
            _("Copy or download it again, or open it in a paint program and export it anew."),
        ) from error
    return picture_of(raster)


def save_picture(picture: Picture, path: str | os.PathLike[str]) -> None:
    """Write `picture` in the format that the suffix of `path` names: .png, .jpg, .jpeg, .tif, .tiff.

    The depth is the picture's own, or the nearest that the format holds (PNG 16 bits for floats, JPEG 8). Profile, ppi
    and alpha are kept; a picture loaded and saved unchanged in its own integer depth has the very same samples. A grey
    photo that was painted is saved in colour. Either the whole file is written or none.
    Raises BrushwarpError: "save-format", "save-folder", "disk-full".
    """
    path = Path(path)
    writer = _writer_for(path, has_alpha=_is_translucent(picture))
    if not writer.holds_alpha and picture.alpha is not None:
        picture = picture.with_pixels(picture.pixels, alpha=None)
    depth = picture.depth if picture.depth in writer.depths else writer.depths[-1]
    raster = raster_of(picture, depth)
    with atomic_write(path) as file:
        writer.write(file, raster)


def refuse_unsavable(path: str | os.PathLike[str], *, has_alpha: bool = False) -> None:
    """Raise "save-format" or "save-folder" now rather than after long work, if nothing could be saved at `path`."""
    path = Path(path)
    _writer_for(path, has_alpha=has_alpha)
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise BrushwarpError(
            "save-folder",
            _("{} is no folder that can be written to.").format(path.parent),
            _("Choose another folder, or make it first."),
        )


def _is_translucent(picture: Picture) -> bool:
    return picture.alpha is not None and bool(torch.any(picture.alpha < 1))


def _writer_for(path: Path, has_alpha: bool) -> _Writer:
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise BrushwarpError(
            "save-format",
            _("Brushwarp does not write {}.").format(path.suffix or "files without a suffix"),
            _("Name the file .png, .tif or .jpg."),
        )
    if has_alpha and not writer.holds_alpha:
        raise BrushwarpError(
            "save-format",
            _("A {} cannot hold transparency, and this picture has some.").format(writer.name),
            _("Save it as .png or .tif."),
        )
    return writer


def _bytes_of(path: Path, count: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(count)
    except FileNotFoundError as error:
        raise BrushwarpError(
            "picture-missing", _("There is no file {}.").format(path), _("Check the name and the folder.")
        ) from error
    except IsADirectoryError as error:
        raise BrushwarpError("picture-missing", _("{} is a folder.").format(path), _("Name a picture in it.")) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise BrushwarpError(
            "picture-missing", _("{} cannot be read: {}.").format(path, reason), _("Check that you may open it.")
        ) from error


def _reader_of(data: bytes, path: Path) -> Callable[[bytes], Raster]:
    """The decoder for a file that begins with `data`."""
    if not data:
        raise BrushwarpError("picture-truncated", _("{} is empty.").format(path.name), _("Copy or download it again."))
    if data.startswith(png.SIGNATURE):
        return png.read_png
    if data.startswith(b"\xff\xd8\xff"):
        return pillow_formats.read_jpeg
    if data.startswith(tiff.SIGNATURES):
        return tiff.read_tiff
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return pillow_formats.read_webp
    if data.startswith((b"GIF87a", b"GIF89a")):
        return pillow_formats.refuse_gif
    raise BrushwarpError(
        "picture-format",
        _("{} is not a picture that Brushwarp reads.").format(path.name),
        _("Use PNG, JPEG, TIFF or WEBP; paint programs export all four."),
    )
