"""Between a file's samples and a Picture's pixels: depth, tone curve, alpha."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from brushwarp.image.colour import profile_to_srgb
from brushwarp.image.icc import Profile, ToneCurve, read_profile, srgb_decode, srgb_encode
from brushwarp.image.picture import Picture

_WHITE = {"u8": 255, "u16": 65535}
_DTYPES = {"u8": np.uint8, "u16": np.uint16, "f16": np.float16, "f32": np.float32}
_DEPTH_OF = {np.dtype(dtype): depth for depth, dtype in _DTYPES.items()}

# Rows are converted in bands of about this many values, so that the float64 in between stays small.
_BAND_VALUES = 1 << 22

# Codes that a rounded curve maps to the same light are kept this far apart, so that they come back as they were.
_SMALLEST_STEP = 1e-9


@dataclass(frozen=True, eq=False)
class Raster:
    """What a file format holds. samples: (H, W, C) uint8, uint16, float16 or float32; C = 1 grey, 2 grey and alpha,
    3 RGB, 4 RGB and straight alpha. icc, ppi: as in Picture."""

    samples: np.ndarray
    icc: bytes | None = None
    ppi: tuple[float, float] | None = None


def picture_of(raster: Raster) -> Picture:
    """The raster as a Picture.

    The profile's tone curves are replaced by sRGB's; its primaries stay. A profile by lookup tables has no curve to
    take off: its numbers are taken as they are (they are perceptual as a rule), and colour.py converts them at the
    network's edge; one that only knows the way in, as of a scanner, is converted to sRGB here, once. A damaged
    profile, or one of another kind of picture, is dropped: the picture is then read as sRGB, as other programs do.
    """
    samples = raster.samples
    bands = samples.shape[2]
    grey = bands < 3
    has_alpha = bands in (2, 4)
    depth = _DEPTH_OF[samples.dtype]
    profile, icc = _profile_for(raster.icc, grey)
    curves = _channel_curves(profile, grey)
    pixels = np.empty((3, *samples.shape[:2]), np.float32)
    for channel in range(1 if grey else 3):
        pixels[channel] = _decoded(samples[..., channel], curves[channel], depth)
    if grey:
        pixels[1:] = pixels[0]
    alpha = _decoded(samples[..., -1], None, depth).clip(0, 1)[None] if has_alpha else None
    tensor = torch.from_numpy(pixels)
    if profile is not None and not profile.two_way:
        tensor, icc = profile_to_srgb(tensor, raster.icc), None
    return Picture(
        pixels=tensor,
        alpha=None if alpha is None else torch.from_numpy(np.ascontiguousarray(alpha)),
        ppi=raster.ppi,
        icc=icc,
        depth=depth,
        grey=grey,
    )


def raster_of(picture: Picture, depth: str | None = None) -> Raster:
    """The picture's samples in `depth` (by default its own); integers are rounded and clamped, floats are not.

    A grey picture gives one channel if its three are equal everywhere; once painted in colour it gives three, and a
    grey profile, which cannot describe them, is left out (grey has sRGB's primaries here, so sRGB is right).
    """
    depth = depth or picture.depth
    pixels = picture.pixels.detach().cpu()
    grey = picture.grey and bool(torch.equal(pixels[0], pixels[1]) and torch.equal(pixels[0], pixels[2]))
    profile, icc = _profile_for(picture.icc, grey)
    curves = _channel_curves(profile, grey)
    colours = 1 if grey else 3
    bands = colours + (picture.alpha is not None)
    samples = np.empty((*picture.size, bands), _DTYPES[depth])
    for channel in range(colours):
        _encode_into(samples[..., channel], pixels[channel].numpy(), curves[channel], depth)
    if picture.alpha is not None:
        _encode_into(samples[..., -1], picture.alpha.detach().cpu()[0].numpy(), None, depth)
    return Raster(samples, icc, picture.ppi)


def _profile_for(icc: bytes | None, grey: bool) -> tuple[Profile | None, bytes | None]:
    """The profile, and its bytes, unless it is damaged or cannot describe a picture of so many channels."""
    profile = read_profile(icc) if icc else None
    # The other way round is common and harmless: grey files that carry an RGB profile for its curve.
    if profile is None or (profile.kind == "grey" and not grey):
        return None, None
    return profile, icc


def _channel_curves(profile: Profile | None, grey: bool) -> tuple[ToneCurve | None, ...]:
    """A curve for each channel, None where it is sRGB's own."""
    if profile is None or not profile.curves:
        return (None,) * 3
    curves = (profile.curves[1],) * 3 if grey else profile.curves
    return tuple(None if curve.is_srgb else curve for curve in curves)


def _decoded(samples: np.ndarray, curve: ToneCurve | None, depth: str) -> np.ndarray:
    if curve is not None and depth in _WHITE:
        return _code_table(curve, _WHITE[depth])[samples]
    values = samples.astype(np.float32)
    if depth in _WHITE:
        values /= _WHITE[depth]
    elif curve is not None:
        for band in _bands(values):
            band[:] = srgb_encode(curve.decode(band.astype(np.float64)))
    return values


def _encode_into(samples: np.ndarray, values: np.ndarray, curve: ToneCurve | None, depth: str) -> None:
    """Fill `samples` (H, W) from `values` (H, W), band by band."""
    boundaries = None
    if curve is not None and depth in _WHITE:
        codes = _code_table(curve, _WHITE[depth])
        middle = ((codes[1:].astype(np.float64) + codes[:-1]) / 2).astype(np.float32)
        # Between neighbouring floats there is no middle: a boundary still belongs to the code below it.
        boundaries = torch.from_numpy(np.where(middle < codes[1:], middle, codes[:-1]))
    for out, band in zip(_bands(samples), _bands(values), strict=True):
        if boundaries is not None:
            out[:] = torch.bucketize(torch.from_numpy(np.ascontiguousarray(band)), boundaries).numpy()
        elif depth in _WHITE:
            out[:] = np.rint(np.nan_to_num(band).clip(0, 1) * np.float32(_WHITE[depth]))
        elif curve is not None:
            out[:] = curve.encode(srgb_decode(band.astype(np.float64)))
        else:
            out[:] = band


def _bands(array: np.ndarray) -> list[np.ndarray]:
    rows = max(1, _BAND_VALUES // max(1, array.shape[1]))
    return [array[top : top + rows] for top in range(0, array.shape[0], rows)]


def _code_table(curve: ToneCurve, white: int) -> np.ndarray:
    """The pixel value of every integer code, (white + 1,) float32, strictly rising: so codes survive a round trip."""
    table = srgb_encode(curve.decode(np.arange(white + 1) / white)).astype(np.float32)
    if np.all(np.diff(table) > 0):
        return table
    for code in range(1, white + 1):
        least = table[code - 1] + max(np.spacing(table[code - 1]), np.float32(_SMALLEST_STEP))
        table[code] = max(table[code], least)
    return table
