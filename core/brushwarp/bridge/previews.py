"""The preview of Stylize: a small copy of the layer, painted in the worker as the layer itself would be.

    size = small_size(*layer)                           # (width, height) of the small copy; it may be shown smaller still
    preview = StylizePreview(pixels, size)              # RGBA bytes of it
    preview.ask(request)                                # the request for the layer itself, whenever a setting changed; returns at once
    preview.ask(request, part_around(layer, spot, room))  # to look at the strokes there, as large as they will be
    preview.news()                                      # now and then: a picture to show, or None
    preview.words                                       # what there is to say of it
    preview.close()

The forms come first, then ever finer strokes. Nothing of this touches a document.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Optional, Tuple

from .bend import preview_size
from .client import Queued, WorkerError
from .language import _
from .live import Draft, Live, Preview
from .request import Part, PixelFormat, StylizeRequest

# Pixels of the small copy at most. A network's strokes have a size in pixels, so that a smaller one gets coarser strokes than its layer:
# with a short side of 512 (384, 290) the preview and the layer's painting, made as small, correlate by 0.95 (0.79, 0.70).
SHORT_SIDE, LONG_SIDE = 512, 1024
CALM = 0.12  # seconds without another change, before the worker is asked
WAITING = _("Waiting until another picture is painted…")
CLICK = _("Click on a spot to see its strokes as large as they will be.")
PAINTING = _("Painting the preview…")
PAINTING_PART = _("Painting this spot as large as it will be: that takes some seconds…")
LAYOUT = PixelFormat("RGBA", "u8", "srgb")


@dataclass(frozen=True)
class Picture:
    """Rows of R, G, B bytes, or (channels 4) of R, G, B and straight alpha, without padding; to be shown at the size of the small copy.
    is_final: has all strokes; what came before has no alpha. part: what it shows, at its own size, where that is not the whole layer."""

    width: int
    height: int
    channels: int
    pixels: bytes
    is_final: bool
    part: Optional[Part] = None


class StylizePreview:
    """The newest request is painted, what is older is dropped. Call it from one thread."""

    def __init__(self, pixels: bytes, size: Tuple[int, int], selection: Optional[bytes] = None) -> None:
        """pixels: of the small copy, RGBA. size: its (width, height). selection: one byte a pixel; it clips what comes."""
        self._pixels, self._size, self._selection = pixels, size, selection
        self._live = Live(CALM, drops_stale=True)
        self._asked: Optional[StylizeRequest] = None
        self.is_waiting = False  # for a picture with all its strokes
        self.words = ""

    def ask(self, request: StylizeRequest, part: Optional[Part] = None) -> None:
        """request: for the layer itself. part: of it, to be shown in the place of the whole."""
        small = replace(shrunk(request, self._size), part=part)
        if small != self._asked:
            self._asked, self.is_waiting = small, True
            self.words = self._painting
            self._live.ask(small, self._pixels, self._selection)

    def news(self) -> Optional[Picture]:
        """What came since the last call, if it shows what was asked for last. `words` and `is_waiting` are then as new."""
        news = self._live.news()
        if isinstance(news, (Draft, Preview)) and (self._asked is None or news.request.part != self._asked.part):
            return None
        if isinstance(news, Queued):
            self.words = WAITING
        elif isinstance(news, WorkerError):
            self.words, self.is_waiting = str(news), False
            self._asked = None  # the same again may go well
        elif isinstance(news, Draft):
            self.words = self._painting
            if news.picture is None:
                return None
            return Picture(news.picture.width, news.picture.height, 3, news.picture.rgb, False, news.request.part)
        elif isinstance(news, Preview):
            self.is_waiting = news.request != self._asked
            self.words = self._painting if self.is_waiting else " ".join(news.notes)
            shown = news.request.part or news.request
            return Picture(shown.width, shown.height, LAYOUT.channels, news.result.pixels, True, news.request.part)
        return None

    @property
    def _painting(self) -> str:
        return PAINTING if self._asked is None or self._asked.part is None else PAINTING_PART

    def close(self) -> None:
        """Returns at once; what is being painted is dropped."""
        self._live.close()


def small_size(width: int, height: int) -> Tuple[int, int]:
    """Of a layer's small copy; never enlarged, no side under two pixels."""
    return preview_size(width, height, min(LONG_SIDE, round(SHORT_SIDE * max(width, height) / min(width, height))))


def part_around(layer: Tuple[int, int], spot: Tuple[float, float], room: Tuple[int, int]) -> Part:
    """As much of a layer, (width, height), around a spot in it as there is room for at its own size. All in pixels."""
    sides = [min(pair) for pair in zip(layer, room)]  # noqa: B905 - Python 3.8
    corner = [max(0, min(whole - side, round(at - side / 2))) for whole, side, at in zip(layer, sides, spot)]  # noqa: B905
    return Part(*layer, *corner, *sides)


def shrunk(request: StylizeRequest, size: Tuple[int, int]) -> StylizeRequest:
    """The request for a small copy, (width, height), of its layer, in RGBA bytes: arrows and strokes are where and as broad as they
    will be."""
    x, y = size[0] / request.width, size[1] / request.height
    share = max(size) / max(request.width, request.height)
    canvas = request.canvas_short_side or min(request.width, request.height)
    return replace(
        request,
        width=size[0],
        height=size[1],
        format=LAYOUT,
        keypoints=tuple((a * x, b * y, c * x, d * y) for a, b, c, d in request.keypoints),
        smoothness=request.smoothness * share**2,
        canvas_short_side=max(1, round(canvas * share)),
        as_opacity=False,  # shown as it will be seen; but where arrows bend it, without the layer that shows through
    )
