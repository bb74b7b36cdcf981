"""The pixels of a host, in its own layout, and the Picture of the engine.

The numbers pass unharmed: what comes in as u8, u16 or f32 with the sRGB curve goes out bit for bit the same, and f16 too.
Light (transfer "linear") takes the sRGB curve on its way in and loses it on its way out: exact in u8 and u16, within
3e-7 of the value in f32. All works in strips of rows that fit a processor's cache, which is twice as fast as whole
planes (measured: tests/benchmarks/bench_wire.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from ..bridge.request import PixelFormat
from ..image.colour import linear_to_srgb, luminance, srgb_to_linear
from ..image.picture import Picture

STRIP_PIXELS = 1 << 16
DTYPES = {"u8": np.uint8, "u16": np.uint16, "f16": np.float16, "f32": np.float32}
WHITE = {"u8": 255.0, "u16": 65535.0}  # the number of a full channel; 1.0 in floats
PLANES = {"RGBA": (0, 1, 2), "BGRA": (2, 1, 0), "GRAYA": (0, 0, 0)}  # where red, green and blue lie in a pixel
LARGEST_F16 = 65504.0


def picture_from_wire(data: bytes, width: int, height: int, layout: PixelFormat) -> tuple[Picture, int]:
    """The picture that `data` holds, and how many of its numbers were none (NaN or infinite; taken as 0 or the largest).

    Alpha is None where every pixel is opaque. Raises BrushwarpError "picture-too-small" for a single pixel.
    """
    raw = np.frombuffer(data, DTYPES[layout.depth]).reshape(height, width, layout.channels)
    pixels = np.empty((3, height, width), np.float32)
    alpha = np.empty((1, height, width), np.float32)
    lost = 0
    for rows in _strips(width, height):
        strip = raw[rows]
        if layout.depth in ("f16", "f32"):
            strip, bad = _finite(strip)
            lost += bad
        white = WHITE.get(layout.depth)
        for plane, channel in enumerate(PLANES[layout.order]):
            _to_float(strip[..., channel], white, pixels[plane, rows])
        _to_float(strip[..., -1], white, alpha[0, rows])
        if layout.transfer == "linear":
            pixels[:, rows] = linear_to_srgb(torch.from_numpy(pixels[:, rows])).numpy()
    opaque = bool((alpha == 1).all())
    picture = Picture(
        torch.from_numpy(pixels),
        None if opaque else torch.from_numpy(alpha),
        depth=layout.depth,
        grey=layout.order == "GRAYA",
    )
    return picture, lost


def picture_to_wire(picture: Picture, layout: PixelFormat) -> memoryview:
    """The picture's bytes in a host's layout. A grey layout gets the luminance; integers are rounded and clamped."""
    pixels, alpha = picture.pixels.detach().cpu(), None if picture.alpha is None else picture.alpha.detach().cpu()
    out = np.empty((picture.height, picture.width, layout.channels), DTYPES[layout.depth])
    white = WHITE.get(layout.depth)
    for rows in _strips(picture.width, picture.height):
        strip = pixels[:, rows]
        if layout.order == "GRAYA":
            strip = _grey(strip)
        if layout.transfer == "linear":
            strip = srgb_to_linear(strip)
        for plane, channel in enumerate(PLANES[layout.order][: strip.shape[0]]):
            _from_float(strip[plane].numpy(), white, out[rows, :, channel])
        if alpha is None:
            out[rows, :, -1] = white or 1.0
        else:
            _from_float(alpha[0, rows].numpy(), white, out[rows, :, -1])
    return memoryview(out).cast("B")


def region_from_wire(data: bytes, width: int, height: int) -> Tensor:
    """A selection of one byte a pixel as a (1, H, W) mask in 0..1."""
    mask = np.frombuffer(data, np.uint8).reshape(1, height, width)
    return torch.from_numpy(np.divide(mask, np.float32(255), dtype=np.float32))


def _strips(width: int, height: int) -> Iterator[slice]:
    step = max(1, STRIP_PIXELS // width)
    for top in range(0, height, step):
        yield slice(top, min(top + step, height))


def _finite(strip: np.ndarray) -> tuple[np.ndarray, int]:
    """One NaN would spread over the whole picture through the network's normalisation."""
    bad = strip.size - int(np.count_nonzero(np.isfinite(strip)))
    if not bad:
        return strip, 0
    return np.nan_to_num(strip, nan=0.0, posinf=LARGEST_F16, neginf=-LARGEST_F16), bad


def _to_float(values: np.ndarray, white: float | None, out: np.ndarray) -> None:
    if white is None:
        out[:] = values
    else:
        np.divide(values, np.float32(white), out=out, dtype=np.float32)


def _from_float(values: np.ndarray, white: float | None, out: np.ndarray) -> None:
    if white is None:
        out[:] = values if out.dtype == np.float32 else np.clip(values, -LARGEST_F16, LARGEST_F16)
        return
    scaled = np.multiply(values, np.float32(white))
    np.rint(scaled, out=scaled)
    np.clip(scaled, 0, white, out=scaled)
    out[:] = scaled


def _grey(pixels: Tensor) -> Tensor:
    """(1, H, W): the common value where the channels agree, else their luminance."""
    agree = (pixels[0] == pixels[1]) & (pixels[1] == pixels[2])
    return torch.where(agree, pixels[:1], luminance(pixels))
