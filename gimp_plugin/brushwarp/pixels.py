"""Which bytes of a layer travel: as few as keep what the image holds. No GIMP in here."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.request import PixelFormat

ENCODED_MODELS = ("R'G'B'", "R'G'B'A", "R~G~B~", "R~G~B~A", "Y'", "Y'A", "Y~", "Y~A")
"""babl's models whose numbers carry a curve: the image's own ('), or sRGB's (~). In sRGB they are the same."""


@dataclass(frozen=True)
class Layout:
    """babl: the format to ask GEGL for, and to hand the result back in; wire: the same, told to the worker."""

    babl: str
    wire: PixelFormat

    def size(self, width: int, height: int) -> int:
        return width * height * self.wire.bytes_per_pixel


def choose_layout(native: str) -> Layout:
    """The layout for a layer whose own format is called `native` by babl, as in "R'G'B' u16".

    Integers with the sRGB curve in sRGB travel as they are, bit for bit. All else travels as linear float: integers of
    another colour space would be clipped to sRGB on their way, and 8 linear bits have too few steps in the dark. (babl
    adds the space to the name, "R'G'B' u8-space-…", unless it is sRGB.) Alpha is always there: the result needs it.
    """
    model, _space, component = native.partition(" ")
    grey = model.startswith("Y")
    order = "GRAYA" if grey else "RGBA"
    if model in ENCODED_MODELS and component in ("u8", "u16"):
        return Layout("{} {}".format("Y'A" if grey else "R'G'B'A", component), PixelFormat(order, component, "srgb"))
    return Layout("{} float".format("YA" if grey else "RGBA"), PixelFormat(order, "f32", "linear"))


def is_transparent(pixels: bytes, wire: PixelFormat) -> bool:
    """True if no pixel shows at all: every byte of every alpha is 0."""
    stride = wire.bytes_per_pixel
    first = stride - stride // wire.channels
    return all(pixels[byte::stride].count(0) * stride == len(pixels) for byte in range(first, stride))
