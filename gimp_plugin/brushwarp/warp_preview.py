"""The bent layer in a dialog, small, as the worker draws it: with grid, folds and arrows."""

from __future__ import annotations

from typing import Optional, Sequence, Tuple

from bridge.bend import Bend, preview_size
from bridge.client import Queued, WorkerError
from bridge.live import LiveWarp, Preview
from bridge.request import WarpRequest
from keypoints import Arrow
from layers import Source
from thumbnails import fitted
from toolkit import GdkPixbuf, Gimp, GLib, Gtk

BOX = (480, 400)  # pixels at most. GTK enlarges pictures on a dense screen: to hand it finer ones takes pycairo, which GIMP lacks
LEAST = (300, 240)  # that are kept free for it
LARGEST_THUMBNAIL = 1024  # that GIMP gives
CHECKS = (8, 0xFF666666, 0xFF999999)  # pixels, and the two greys of GIMP's own checkerboard


class WarpPreview:
    """`widget` is what to show. Ask at any time for the newest; `follow` now and then, for what came.

    The layer is seen as it was when this was made.
    """

    def __init__(self, source: Source) -> None:
        self._layer = source.width, source.height
        self._size = preview_size(*self._layer, limit=max(fitted(*self._layer, BOX)))
        self._pixels = small_pixels(source.layer, self._size)
        self._live = LiveWarp()
        self._asked: Optional[WarpRequest] = None
        self._waiting = False
        self.notes: Tuple[str, ...] = ()
        self.widget = Gtk.Image(width_request=LEAST[0], height_request=max(LEAST[1], self._size[1]))
        self._show(self._pixels)

    @property
    def is_waiting(self) -> bool:
        return self._waiting

    def ask(self, bend: Bend, arrows: Sequence[Arrow], marked: Optional[int]) -> None:
        """arrows: in the layer's pixels. marked: the place of one among them to be told apart."""
        request = bend.preview(arrows, self._layer, self._size, marked)
        if request != self._asked:
            self._asked, self._waiting = request, True
            self._live.ask(request, self._pixels)

    def follow(self) -> bool:
        """Show what came; True if that changed `notes`, the sentences that go with the picture."""
        news, before = self._live.news(), self.notes
        if isinstance(news, Preview):
            self._waiting = news.request != self._asked
            self.notes = news.notes
            self._show(news.result.pixels)
        elif isinstance(news, Queued):
            self.notes = ("Waiting until another picture is painted…",)
        elif isinstance(news, WorkerError):
            self._waiting = False
            self._asked = None  # the same again may go well
            self.notes = tuple(part for part in (news.message, news.hint) if part)
        return self.notes != before

    def close(self) -> None:
        self._live.close()

    def _show(self, pixels: bytes) -> None:
        width, height = self._size
        picture = GdkPixbuf.Pixbuf.new_from_bytes(GLib.Bytes.new(pixels), GdkPixbuf.Colorspace.RGB, True, 8, width, height, width * 4)
        self.widget.set_from_pixbuf(picture.composite_color_simple(width, height, GdkPixbuf.InterpType.NEAREST, 255, *CHECKS))


def small_pixels(layer: Gimp.Layer, size: Tuple[int, int]) -> bytes:
    """The layer scaled to (width, height): rows of R, G, B and alpha, straight, in bytes.

    GIMP makes it small itself, to no more than twice the size: read through GEGL, 12 megapixels take 1.7 s instead of 0.1 s.
    """
    side = min(LARGEST_THUMBNAIL, 2 * max(size))
    picture = layer.get_thumbnail(side, side, Gimp.PixbufTransparency.KEEP_ALPHA)
    if not picture.get_has_alpha():
        picture = picture.add_alpha(False, 0, 0, 0)
    picture = picture.scale_simple(*size, GdkPixbuf.InterpType.BILINEAR)
    rows, stride = picture.read_pixel_bytes().get_data(), picture.get_rowstride()
    width = size[0] * 4
    if stride == width:
        return rows[: size[1] * width]
    return b"".join(rows[at * stride : at * stride + width] for at in range(size[1]))
