"""The bent layer in a dialog, small, as the worker draws it: with grid, folds and arrows."""

from __future__ import annotations

from typing import Optional, Sequence, Tuple

from bridge.bend import Bend, preview_size
from bridge.client import Queued, WorkerError
from bridge.language import _
from bridge.live import LiveWarp, Preview
from bridge.request import WarpRequest
from keypoints import Arrow
from layers import Source
from thumbnails import fitted, layer_pixels, over_checks
from toolkit import Gtk

BOX = (480, 400)  # pixels at most. GTK enlarges pictures on a dense screen: to hand it finer ones takes pycairo, which GIMP lacks
LEAST = (300, 240)  # that are kept free for it


class WarpPreview:
    """`widget` is what to show. Ask at any time for the newest; `follow` now and then, for what came.

    The layer is seen as it was when this was made.
    """

    def __init__(self, source: Source) -> None:
        self._layer = source.width, source.height
        self._size = preview_size(*self._layer, limit=max(fitted(*self._layer, BOX)))
        self._pixels = layer_pixels(source.layer, self._size)
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
            self.notes = (_("Waiting until another picture is painted…"),)
        elif isinstance(news, WorkerError):
            self._waiting = False
            self._asked = None  # the same again may go well
            self.notes = tuple(part for part in (news.message, news.hint) if part)
        return self.notes != before

    def close(self) -> None:
        self._live.close()

    def _show(self, pixels: bytes) -> None:
        self.widget.set_from_pixbuf(over_checks(pixels, self._size))
