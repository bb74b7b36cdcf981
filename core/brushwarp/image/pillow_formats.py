"""JPEG and WEBP, by Pillow.

Its readers are taken one by one rather than through Image.open: nothing else than these formats is ever parsed, and
the size is judged by our limit, from the header.
"""

from __future__ import annotations

import io
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.WebPImagePlugin import WebPImageFile

from brushwarp.errors import BrushwarpError
from brushwarp.image.picture import refuse_size
from brushwarp.image.raster import Raster

from ..bridge.language import _

JPEG_DEPTHS = ("u8",)

# Visually lossless, with colour at full resolution: paint has hard edges between saturated colours.
_JPEG_QUALITY = 95


def read_jpeg(data: bytes) -> Raster:
    """The picture of a JPEG file, turned as its EXIF orientation says."""
    return _raster(JpegImageFile(io.BytesIO(data)))


def read_webp(data: bytes) -> Raster:
    """The picture of a WEBP file."""
    return _raster(WebPImageFile(io.BytesIO(data)))


def refuse_gif(data: bytes) -> None:
    """Raise BrushwarpError: animations have a reason of their own, other GIFs are no format of ours."""
    if GifImageFile(io.BytesIO(data)).is_animated:
        raise _animated("GIF")
    raise BrushwarpError("picture-format", _("Brushwarp does not read GIF files."), _("Export the picture as PNG."))


def write_jpeg(file: BinaryIO, raster: Raster) -> None:
    """Write `raster` (uint8, without alpha)."""
    bands = raster.samples.shape[2]
    image = Image.fromarray(np.ascontiguousarray(raster.samples[..., 0] if bands == 1 else raster.samples))
    dpi = {"dpi": tuple(round(value) for value in raster.ppi)} if raster.ppi else {}
    image.save(file, "JPEG", quality=_JPEG_QUALITY, subsampling=0, icc_profile=raster.icc, **dpi)


def _raster(image: Image.Image) -> Raster:
    refuse_size(*image.size)
    if image.mode == "CMYK":
        raise BrushwarpError(
            "picture-cmyk", _("This picture is in CMYK."), _("Convert it to RGB in your paint program, and save it again.")
        )
    if getattr(image, "is_animated", False):
        raise _animated(image.format or "file")
    icc, ppi = image.info.get("icc_profile"), _resolution(image.info.get("dpi"))
    turned = ImageOps.exif_transpose(image)
    if turned.mode not in ("L", "LA", "RGB", "RGBA"):
        turned = turned.convert("RGBA" if turned.has_transparency_data else "RGB")
    samples = np.array(turned)
    return Raster(samples if samples.ndim == 3 else samples[..., None], icc or None, ppi)


def _resolution(dpi: tuple[float, float] | None) -> tuple[float, float] | None:
    if not dpi or not all(float(value) > 1 for value in dpi):  # 0 or 1: a shape of pixels, or nothing said
        return None
    return float(dpi[0]), float(dpi[1])


def _animated(kind: str) -> BrushwarpError:
    return BrushwarpError(
        "picture-animated", _("This {} is an animation.").format(kind), _("Export the frame you want as a still picture.")
    )
