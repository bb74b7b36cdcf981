"""Layered pictures that Krita, GIMP and others open: OpenRaster 0.0.5 (.ora), a zip of PNG files."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

import torch
from torch import Tensor

from brushwarp.image.atomic import atomic_write
from brushwarp.image.colour import to_srgb
from brushwarp.image.picture import Picture
from brushwarp.image.png import DEPTHS, write_png
from brushwarp.image.raster import raster_of
from brushwarp.image.resample import resize

_THUMBNAIL_SIDE = 256  # pixels, the most that the specification allows
_EPOCH = (1980, 1, 1, 0, 0, 0)  # zip's first moment: the same layers give the same file


def save_openraster(path: str | os.PathLike[str], layers: Sequence[tuple[str, Picture]]) -> None:
    """Write `layers`, (name, picture), top layer first and bottom layer last, as one .ora file.

    All are as large as the bottom layer and lie at its origin. Each is stored in its own depth (floats in 16 bits) with
    its own profile; the merged image and the thumbnail, which every reader shows, are sRGB.
    Raises ValueError for no layers or unequal sizes, BrushwarpError "save-folder", "disk-full".
    """
    if not layers:
        raise ValueError("a layered picture needs a layer")
    bottom = layers[-1][1]
    if any(picture.size != bottom.size for _, picture in layers):
        raise ValueError(f"all layers must be as large: {[picture.size for _, picture in layers]}")
    merged = _merged([picture for _, picture in layers])
    with atomic_write(path) as file, zipfile.ZipFile(file, "w") as archive:
        # First and uncompressed, so that the type can be read at a fixed place in the file.
        _add(archive, "mimetype", b"image/openraster")
        _add(archive, "stack.xml", _stack(layers).encode(), zipfile.ZIP_DEFLATED)
        for index, (_, picture) in enumerate(layers):
            _add(archive, _layer_file(index), _png(picture))
        _add(archive, "mergedimage.png", _png(merged))
        _add(archive, "Thumbnails/thumbnail.png", _png(_thumbnail(merged)))


def _stack(layers: Sequence[tuple[str, Picture]]) -> str:
    bottom = layers[-1][1]
    resolution = "".join(
        f' {name}="{value:.0f}"' for name, value in zip(("xres", "yres"), bottom.ppi or (), strict=False)
    )
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<image version="0.0.5" w="{bottom.width}" h="{bottom.height}"{resolution}>',
        "<stack>",
    ]
    lines += [
        f'<layer name={quoteattr(name)} src="{_layer_file(index)}" x="0" y="0" opacity="1.0" visibility="visible"'
        ' composite-op="svg:src-over"/>'
        for index, (name, _) in enumerate(layers)
    ]
    return "\n".join([*lines, "</stack>", "</image>", ""])


def _layer_file(index: int) -> str:
    return f"data/layer{index:03d}.png"


def _add(archive: zipfile.ZipFile, name: str, content: bytes, compression: int = zipfile.ZIP_STORED) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = compression
    info.external_attr = 0o644 << 16
    archive.writestr(info, content)


def _png(picture: Picture) -> bytes:
    depth = picture.depth if picture.depth in DEPTHS else DEPTHS[-1]
    file = io.BytesIO()
    write_png(file, raster_of(picture, depth))
    return file.getvalue()


def _merged(pictures: Sequence[Picture]) -> Picture:
    """The layers over each other, by alpha on encoded sRGB values, as paint programs do by default."""
    bottom = pictures[-1]
    colour, alpha = to_srgb(bottom), _alpha(bottom)
    for picture in reversed(pictures[:-1]):
        above, cover = to_srgb(picture), _alpha(picture)
        both = cover + alpha * (1 - cover)
        share = torch.where(both > 0, cover / both.clamp(min=1e-8), cover)
        colour, alpha = torch.lerp(colour, above, share), both
    is_opaque = bool((alpha >= 1).all())
    return Picture(colour, alpha=None if is_opaque else alpha, ppi=bottom.ppi, depth="u8")


def _alpha(picture: Picture) -> Tensor:
    return torch.ones_like(picture.pixels[:1]) if picture.alpha is None else picture.alpha


def _thumbnail(merged: Picture) -> Picture:
    scale = min(1.0, _THUMBNAIL_SIDE / max(merged.size))
    size = tuple(max(2, round(side * scale)) for side in merged.size)
    if merged.alpha is None:
        return merged.with_pixels(resize(merged.pixels, size))
    weighted, alpha = resize(merged.pixels * merged.alpha, size), resize(merged.alpha, size)
    return merged.with_pixels((weighted / alpha.clamp(min=1e-4)).clamp(0, 1), alpha=alpha.clamp(0, 1))
