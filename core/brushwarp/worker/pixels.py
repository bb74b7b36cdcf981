"""The pixels of a host, in its own layout, and the Picture of the engine.

The numbers pass unharmed: what comes in as integers, or as floats with the sRGB curve, goes out bit for bit the same.
Light (transfer "linear") takes the sRGB curve on its way in and loses it on its way out: exact in integers, within 6e-7
of the value in f32. All works in strips of rows that fit a processor's cache: 12 megapixels of u8 take 0.07 s in and
0.09 s out on one core, of u16 as light 0.10 and 0.17 s (measured: tests/benchmarks/worker.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor

from ..bridge.request import PixelFormat
from ..bridge.styles import Thumbnail
from ..image.colour import linear_to_srgb, luminance, srgb_to_linear
from ..image.picture import Picture
from ..image.resample import shrink

STRIP_PIXELS = 1 << 16
DTYPES = {"u8": np.uint8, "u16": np.uint16, "f16": np.float16, "f32": np.float32}
WHITE = {"u8": 255, "u16": 65535}  # the number of a full channel; 1.0 in floats
PLANES = {"RGBA": (0, 1, 2), "BGRA": (2, 1, 0), "GRAYA": (0, 0, 0)}  # where red, green and blue lie in a pixel
LARGEST_F16 = 65504.0
PREVIEW_SIDE = 192  # pixels of the longer side: 110 kB, as a message carries it
LIGHT_STEPS = 1 << 20  # of the table from sRGB to light in integers: 0.07 of a 16-bit level between two of them


def picture_from_wire(data: bytes, width: int, height: int, layout: PixelFormat) -> tuple[Picture, int]:
    """The picture that `data` holds, and how many of its numbers were none (NaN or infinite; taken as 0 or the largest).

    Alpha is None where every pixel is opaque. Raises BrushwarpError "picture-too-small" for a single pixel.
    """
    raw = np.frombuffer(data, DTYPES[layout.depth]).reshape(height, width, layout.channels)
    pixels = np.empty((3, height, width), np.float32)
    alpha = np.empty((1, height, width), np.float32)
    read, read_alpha = _reader(layout.depth, layout.transfer), _reader(layout.depth, "srgb")
    lost = 0
    for rows in _strips(width, height):
        strip = raw[rows]
        if layout.depth not in WHITE:
            strip, bad = _finite(strip)
            lost += bad
        for plane, channel in enumerate(PLANES[layout.order]):
            read(strip[..., channel], pixels[plane, rows])
        read_alpha(strip[..., -1], alpha[0, rows])
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
    write, write_alpha = _writer(layout.depth, layout.transfer), _writer(layout.depth, "srgb")
    for rows in _strips(picture.width, picture.height):
        strip = pixels[:, rows]
        if layout.order == "GRAYA":
            strip = _grey(strip)
        for plane, channel in enumerate(PLANES[layout.order][: strip.shape[0]]):
            write(strip[plane].numpy(), out[rows, :, channel])
        if alpha is None:
            out[rows, :, -1] = WHITE.get(layout.depth, 1)
        else:
            write_alpha(alpha[0, rows].numpy(), out[rows, :, -1])
    return memoryview(out).cast("B")


def region_from_wire(data: bytes, width: int, height: int) -> Tensor:
    """A selection of one byte a pixel as a (1, H, W) mask in 0..1."""
    mask = np.frombuffer(data, np.uint8).reshape(1, height, width)
    return torch.from_numpy(np.divide(mask, np.float32(255), dtype=np.float32))


def thumbnail_of(rgb: Tensor) -> Thumbnail:
    """(3, H, W) RGB in 0..1, at most PREVIEW_SIDE long."""
    small = shrink(rgb.detach().cpu().float(), PREVIEW_SIDE).clamp(0, 1)
    return Thumbnail(small.shape[2], small.shape[1], (small * 255).round().byte().permute(1, 2, 0).contiguous().numpy().tobytes())


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


Move = Callable[[np.ndarray, np.ndarray], None]  # from the first into the second


def _reader(depth: str, transfer: str) -> Move:
    """How numbers of a host become float32 with the sRGB curve. Light in integers is looked up: it has few values."""
    if depth not in WHITE:
        curve = _light_to_srgb if transfer == "linear" else _as_it_is
        return lambda values, out: np.copyto(out, curve(values))
    white = np.float32(WHITE[depth])
    if transfer == "srgb":
        return lambda values, out: np.divide(values, white, out=out, dtype=np.float32)
    table = _light_to_srgb(np.arange(WHITE[depth] + 1, dtype=np.float32) / white)
    return lambda values, out: np.take(table, values, out=out, mode="clip")


def _writer(depth: str, transfer: str) -> Move:
    """How float32 with the sRGB curve becomes a host's numbers: the inverse of `_reader`."""
    if depth == "f32":
        curve = _srgb_to_light if transfer == "linear" else _as_it_is
        return lambda values, out: np.copyto(out, curve(values))
    if depth == "f16":
        curve = _srgb_to_light if transfer == "linear" else _as_it_is
        return lambda values, out: np.copyto(
            out, np.clip(curve(values), -LARGEST_F16, LARGEST_F16), casting="same_kind"
        )
    if transfer == "srgb":
        return lambda values, out: np.copyto(out, _levels(values, WHITE[depth]), casting="unsafe")
    steps = np.arange(LIGHT_STEPS + 1, dtype=np.float32) / np.float32(LIGHT_STEPS)
    table = _levels(_srgb_to_light(steps), WHITE[depth]).astype(DTYPES[depth])
    return lambda values, out: np.copyto(out, table[_levels(values, LIGHT_STEPS).astype(np.int32)])


def _levels(values: np.ndarray, white: int) -> np.ndarray:
    """0..1 as whole numbers 0..white, in float32."""
    scaled = np.multiply(values, np.float32(white))
    np.rint(scaled, out=scaled)
    return np.clip(scaled, 0, white, out=scaled)


def _as_it_is(values: np.ndarray) -> np.ndarray:
    return values


def _light_to_srgb(values: np.ndarray) -> np.ndarray:
    return linear_to_srgb(torch.from_numpy(values.astype(np.float32))).numpy()


def _srgb_to_light(values: np.ndarray) -> np.ndarray:
    return srgb_to_linear(torch.from_numpy(np.ascontiguousarray(values))).numpy()


def _grey(pixels: Tensor) -> Tensor:
    """(1, H, W): the common value where the channels agree, else their luminance."""
    agree = (pixels[0] == pixels[1]) & (pixels[1] == pixels[2])
    return torch.where(agree, pixels[:1], luminance(pixels))
