"""Which of Krita's colour spaces travel to the worker as they are, which are converted first, and which can't be painted.

The worker takes sRGB's primaries, with sRGB's curve or linear. Krita says what a layer's numbers mean by the name of its
profile alone, so only names that are known go as they are; Krita converts all others (exact in 8 bits, 3/65535 in 16
bits, 6e-7 in float, measured) and keeps what lies outside of sRGB.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Tuple

from .bridge.language import _
from .bridge.request import PixelFormat
from .refusal import Refusal

DEPTHS = {"U8": "u8", "U16": "u16", "F16": "f16", "F32": "f32"}

RGB_CURVES = {
    "sRGB-elle-V2-srgbtrc.icc": "srgb",
    "sRGB-elle-V4-srgbtrc.icc": "srgb",
    "sRGB built-in": "srgb",
    "sRGB IEC61966-2.1": "srgb",
    "sRGB-elle-V2-g10.icc": "linear",
    "sRGB-elle-V4-g10.icc": "linear",
    "scRGB (linear)": "linear",
}
GREY_CURVES = {
    "Gray-D50-elle-V2-srgbtrc.icc": "srgb",
    "Gray-D50-elle-V4-srgbtrc.icc": "srgb",
    "Gray-D50-elle-V2-g10.icc": "linear",
    "Gray-D50-elle-V4-g10.icc": "linear",
}

WAYS_TO_RGB = _("Work on a copy in RGB: Layer > New > Duplicate Layer or Mask, then Layer > Convert > Convert Layer Color Space…")


@dataclass(frozen=True)
class ColorSpace:
    """A layer's colours as Krita names them: "RGBA", "U16", "sRGB-elle-V2-g10.icc"."""

    model: str
    depth: str
    profile: str


LINEAR_RGB = ColorSpace("RGBA", "F32", "sRGB-elle-V2-g10.icc")
LINEAR_GREY = ColorSpace("GRAYA", "F32", "Gray-D50-elle-V2-g10.icc")

_MODELS: Dict[str, Tuple[Dict[str, str], ColorSpace]] = {
    "RGBA": (RGB_CURVES, LINEAR_RGB),
    "GRAYA": (GREY_CURVES, LINEAR_GREY),
}
_NAMES = {"CMYKA": "CMYK", "LABA": "Lab", "XYZA": "XYZ", "YCBCRA": "YCbCr"}


def space_to_send(space: ColorSpace, layer: str) -> ColorSpace:
    """The space in which the pixels of a layer travel: its own, or the one to convert to. Raises Refusal, by the layer's name, for CMYK, Lab, …"""
    if space.model not in _MODELS or space.depth not in DEPTHS:
        name = _NAMES.get(space.model.upper(), space.model)
        raise Refusal(_("“{}” has {} colours, which can't be painted.").format(layer, name), WAYS_TO_RGB)
    curves, linear = _MODELS[space.model]
    return space if space.profile in curves else linear


def pixel_format(sent: ColorSpace) -> PixelFormat:
    """How the bytes of a space that `space_to_send` gave are laid out. Krita: integers are B, G, R, A; floats R, G, B, A."""
    curves, _ = _MODELS[sent.model]
    order = "GRAYA" if sent.model == "GRAYA" else "BGRA" if sent.depth in ("U8", "U16") else "RGBA"
    return PixelFormat(order, DEPTHS[sent.depth], curves[sent.profile])
