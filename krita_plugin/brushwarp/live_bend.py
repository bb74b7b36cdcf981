"""The preview of a warp that follows layer, arrows and sliders: it asks whenever what it would ask has changed. No Krita."""

from __future__ import annotations

import time
from typing import Optional, Sequence, Tuple

from .arrows import Arrow
from .bridge.bend import Bend
from .bridge.client import Queued, WorkerError
from .bridge.language import _
from .bridge.live import LiveWarp, Preview
from .bridge.request import WarpRequest
from .qt import QImage
from .small_copy import SmallCopy, rgba_bytes

PATIENCE = 0.5  # seconds in a queue that are not worth a word
WAITING = _("Waiting: something else is painted first.")


class LiveBend:
    """`image` is the newest preview, or None; `words` what there is to say of it, or of why there is none."""

    def __init__(self) -> None:
        self._live: Optional[LiveWarp] = None
        self._asked: Optional[Tuple[WarpRequest, SmallCopy]] = None
        self._small: Optional[Tuple[SmallCopy, int, bytes]] = None
        self._queued_since: Optional[float] = None
        self._words = ""
        self.image: Optional[QImage] = None

    @property
    def words(self) -> str:
        is_waiting = self._queued_since is not None and time.monotonic() - self._queued_since > PATIENCE
        return WAITING if is_waiting else self._words

    def ask(self, copy: SmallCopy, arrows: Sequence[Arrow], bend: Bend, shown: Tuple[int, int], marked: Optional[int]) -> None:
        """arrows: in the document's pixels. shown: the preview's size. Raises WorkerError for more arrows than can be."""
        x, y = copy.place.x, copy.place.y
        local = [(a - x, b - y, c - x, d - y) for a, b, c, d in arrows]
        request = bend.preview(local, (copy.place.width, copy.place.height), shown, marked)
        if self._asked is not None and self._asked[1] is copy and self._asked[0] == request:
            return
        self._asked = (request, copy)
        if self._small is None or self._small[0] is not copy or self._small[1] != shown[0]:
            self._small = (copy, shown[0], rgba_bytes(copy.image, *shown))
        if self._live is None:
            self._live = LiveWarp()
        self._live.ask(request, self._small[2])

    def listen(self) -> bool:
        """Take what came since the last call; whether anything did."""
        news = None if self._live is None else self._live.news()
        if news is None:
            return False
        if isinstance(news, Queued):
            self._queued_since = self._queued_since or time.monotonic()
            return True
        self._queued_since = None
        if isinstance(news, Preview):
            width, height = news.request.width, news.request.height
            self.image = QImage(news.result.pixels, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
            self._words = " ".join(news.notes)
        elif isinstance(news, WorkerError):
            self.image, self._words = None, str(news)
        return True

    def forget(self) -> None:
        """There is nothing to show; hang up."""
        if self._live is not None:
            self._live.close()
        self.__init__()
