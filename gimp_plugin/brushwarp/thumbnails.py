"""Small pictures for the dialogs."""

from __future__ import annotations

from typing import Tuple

from bridge.styles import Thumbnail
from toolkit import GdkPixbuf, GLib


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
