"""Small pictures for the dialogs."""

from __future__ import annotations

from typing import Tuple

from bridge.request import Part
from bridge.styles import Thumbnail
from gi.repository import Babl, Gegl
from pixels import choose_layout
from toolkit import GdkPixbuf, Gimp, GLib

BYTES = "R'G'B'A u8"
LARGEST_THUMBNAIL = 1024  # pixels, that GIMP gives
CHECKS = (8, 0xFF666666, 0xFF999999)  # pixels, and the two greys of GIMP's own checkerboard


def pixbuf_of(picture: Thumbnail) -> GdkPixbuf.Pixbuf:
    return GdkPixbuf.Pixbuf.new_from_bytes(
        GLib.Bytes.new(picture.rgb), GdkPixbuf.Colorspace.RGB, False, 8, picture.width, picture.height, picture.width * 3
    )


def fitted(width: int, height: int, box: Tuple[int, int]) -> Tuple[int, int]:
    """The largest size in `box` that has the proportions of width x height."""
    share = min(box[0] / width, box[1] / height)
    return max(1, round(width * share)), max(1, round(height * share))


def scaled(picture: GdkPixbuf.Pixbuf, size: Tuple[int, int]) -> GdkPixbuf.Pixbuf:
    return picture.scale_simple(*size, GdkPixbuf.InterpType.BILINEAR)


def layer_picture(layer: Gimp.Layer, box: Tuple[int, int]) -> GdkPixbuf.Pixbuf:
    """The layer as it fits the box, over a checkerboard where it is transparent."""
    size = fitted(layer.get_width(), layer.get_height(), box)
    return over_checks(layer_pixels(layer, size), size)


def over_checks(pixels: bytes, size: Tuple[int, int]) -> GdkPixbuf.Pixbuf:
    """pixels: as `layer_pixels` has them."""
    return with_alpha(pixels, *size).composite_color_simple(*size, GdkPixbuf.InterpType.NEAREST, 255, *CHECKS)


def layer_pixels(layer: Gimp.Layer, size: Tuple[int, int]) -> bytes:
    """The layer scaled to (width, height): rows of R, G, B and alpha, straight, in bytes of sRGB."""
    picture = scaled(_smaller(layer, 2 * max(size)), size)
    rows, stride = picture.read_pixel_bytes().get_data(), picture.get_rowstride()
    width = size[0] * 4
    return b"".join(rows[at * stride : at * stride + width] for at in range(size[1]))


def part_pixels(layer: Gimp.Layer, part: Part) -> bytes:
    """A part of the layer at its own size, likewise."""
    return layer.get_buffer().get(Gegl.Rectangle.new(part.left, part.top, part.width, part.height), 1.0, BYTES, Gegl.AbyssPolicy.NONE)


def _smaller(layer: Gimp.Layer, side: int) -> GdkPixbuf.Pixbuf:
    """With about that long side.

    GIMP itself makes 12 megapixels small in 0.1 s, and through GEGL they take 1.7 s. But it can so with bytes alone: of finer
    precisions GIMP 3.0 gives no thumbnail, or noise.
    """
    width, height = layer.get_width(), layer.get_height()
    if choose_layout(Babl.get_name(layer.get_format())).wire.depth == "u8":
        side = min(side, LARGEST_THUMBNAIL)
        picture = layer.get_thumbnail(side, side, Gimp.PixbufTransparency.KEEP_ALPHA)
        if picture is not None:
            return picture if picture.get_has_alpha() else picture.add_alpha(False, 0, 0, 0)
    share = min(1.0, side / max(width, height))
    small = max(1, round(width * share)), max(1, round(height * share))
    pixels = layer.get_buffer().get(Gegl.Rectangle.new(0, 0, *small), share, BYTES, Gegl.AbyssPolicy.CLAMP)
    return with_alpha(pixels, *small)


def with_alpha(pixels: bytes, width: int, height: int) -> GdkPixbuf.Pixbuf:
    return GdkPixbuf.Pixbuf.new_from_bytes(GLib.Bytes.new(pixels), GdkPixbuf.Colorspace.RGB, True, 8, width, height, width * 4)
