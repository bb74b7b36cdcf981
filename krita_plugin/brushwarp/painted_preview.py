"""The layer in a dialog as Stylize will paint it: small and whole, forms first, or a spot of it as large as it will be; and as it is,
while one looks back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Optional, Tuple

from .bridge.errors import WorkerError
from .bridge.language import _
from .bridge.previews import CLICK, PAINTING, Picture, StylizePreview, part_around, small_size
from .bridge.request import Part, StylizeRequest
from .cutout import Cutout
from .fields import push_button
from .messages import guarded
from .picture_view import SpotView
from .qt import QHBoxLayout, QImage, QLabel, QPainter, QRect, QSize, Qt, QTimer, QVBoxLayout, QWidget
from .refusal import Refusal
from .small_copy import rgba_bytes, small_mask

ROOM = QSize(400, 270)  # pixels that are asked for
LOOK_MS = 40  # from one look at what came to the next; the dialog comes up in the first, before the layer is read
LINES = 3  # of words have their place: the picture shall not change its size with them
HOLD = _("Show the layer as it is, as long as this is held down: with the mouse, or with the space bar")
WHOLE = _("The layer as it will be painted, small")
BACK = _("A spot of the layer, about as it will be painted.\nClick to see the whole layer again")


@dataclass
class Look:
    """part: what it shows, at its own size; None for the whole layer, small. painted: as far as it is known."""

    part: Optional[Part]
    before: QImage
    painted: Optional[QImage] = None


class PaintedPreview(QWidget):
    """Begins with `follow`, ends with `stop`. It touches no document."""

    def __init__(self) -> None:
        super().__init__()
        self._view = SpotView(ROOM)
        self._view.setObjectName("preview")
        self._original = push_button("original", _("Show original"), HOLD)
        self._back = push_button("whole_layer", _("Whole &layer"), _("Go back from the spot to the whole layer"))
        self._words = QLabel()
        self._words.setObjectName("preview_words")
        self._preview: Optional[StylizePreview] = None
        self._cutout: Optional[Cutout] = None
        self._opaque: Optional[QImage] = None  # where a painting will show, by its alpha
        self._is_clipped = False  # by a selection: beside it the layer shows
        self._whole: Optional[Look] = None
        self._spot: Optional[Look] = None
        self._refusal = ""  # why nothing can be painted as the settings are
        self._has_changed = True
        self._lay_out()
        self._view.clicked.connect(guarded(self._click))
        self._view.resized.connect(guarded(self._fit_spot))
        self._back.clicked.connect(guarded(lambda *_: self._leave_spot()))
        self._original.pressed.connect(guarded(self._show))
        self._original.released.connect(guarded(self._show))
        self._timer = QTimer(self)
        self._timer.timeout.connect(guarded(self._tick))

    def _lay_out(self) -> None:
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._words.setFixedHeight(LINES * self._words.fontMetrics().lineSpacing())
        line, layout = QHBoxLayout(), QVBoxLayout(self)
        for button in (self._original, self._back):
            line.addWidget(button)
        line.addStretch(1)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._view, 1)
        layout.addLayout(line)
        layout.addWidget(self._words)
        self._show()

    def follow(self, cutout: Callable[[], Cutout], request: Callable[[Cutout], StylizeRequest]) -> None:
        """cutout, request: as LayerDialog.show_preview has them."""
        self._make_cutout, self._request = cutout, request
        self._tell(PAINTING)
        self._timer.start(LOOK_MS)

    def ask(self) -> None:
        """Whenever a setting has changed."""
        self._has_changed = True

    def stop(self) -> None:
        """No more previews: the worker is free."""
        self._timer.stop()
        if self._preview is not None:
            self._preview.close()

    def _tick(self) -> None:
        try:
            if self._preview is None:
                self._begin()
            else:
                self._follow_worker()
        except Refusal as error:
            self._timer.stop()
            self._tell(str(error))
        except Exception:
            self._timer.stop()  # what fails once fails again
            raise

    def _begin(self) -> None:
        """Raises Refusal for a layer that can't be shown, and where nothing of it is selected."""
        self._timer.stop()  # Krita goes on while it converts colours
        cutout = self._make_cutout()
        size = small_size(cutout.place.width, cutout.place.height)
        pixels = rgba_bytes(cutout.small(), *size)
        mask = cutout.selection()
        if not self.isVisible():  # left meanwhile
            return
        before = QImage(pixels, *size, 4 * size[0], QImage.Format.Format_RGBA8888).copy()
        selected = None if mask is None else small_mask(mask, cutout.place, size)
        self._cutout, self._is_clipped = cutout, selected is not None
        self._opaque = before if selected is None else _within(before, selected)
        self._whole = Look(None, before)
        self._preview = StylizePreview(pixels, size, None if selected is None else rgba_bytes(selected, *size)[3::4])
        self._show()
        self._timer.start(LOOK_MS)

    def _follow_worker(self) -> None:
        news = self._preview.news()
        if news is not None:
            self._take(news)
        if self._has_changed:
            self._has_changed = False
            try:
                self._preview.ask(self._request(self._cutout), None if self._spot is None else self._spot.part)
                self._refusal = ""
            except WorkerError as error:
                self._refusal = str(error)
        self._tell(self._refusal or self._preview.words or (CLICK if self._has_spots else ""))

    @property
    def _has_spots(self) -> bool:
        """Whether the whole layer is shown smaller than it is."""
        place, room = self._cutout.place, self._view.room
        return self._spot is None and (place.width > room[0] or place.height > room[1])

    def _tell(self, words: str) -> None:
        if words != self._words.text():
            self._words.setText(words)
            self._words.setToolTip(words)

    def _take(self, news: Picture) -> None:
        look = self._whole if news.part is None else self._spot
        if look is None or look.part != news.part:  # left meanwhile
            return
        layout = QImage.Format.Format_RGBA8888 if news.is_final else QImage.Format.Format_RGB888
        painted = QImage(news.pixels, news.width, news.height, news.channels * news.width, layout).copy()
        if not news.is_final:  # of the whole: there are no drafts of a spot
            painted = _within(_scaled(painted, look.before.size()), self._opaque)
        look.painted = _over(painted, look.before) if self._is_clipped else painted
        self._show()

    # A spot of it.

    def _click(self, x: float, y: float) -> None:
        if self._spot is not None:
            self._leave_spot()
        elif self._whole is not None:
            place = self._cutout.place
            self._look_at((x * place.width, y * place.height))

    def _look_at(self, spot: Tuple[float, float]) -> None:
        """spot: in pixels of the layer. Of a layer that is seen whole at its own size there is nothing more to see."""
        layer = (self._cutout.place.width, self._cutout.place.height)
        part = part_around(layer, spot, self._view.room)
        if (part.width, part.height) == layer:
            self._leave_spot()
            return
        whole = self._whole.painted or self._whole.before
        x, y = whole.width() / layer[0], whole.height() / layer[1]
        coarse = whole.copy(QRect(int(part.left * x), int(part.top * y), max(1, round(part.width * x)), max(1, round(part.height * y))))
        self._spot = Look(part, self._cutout.spot(part), _scaled(coarse, QSize(part.width, part.height)))
        self._has_changed = True
        self._show()

    def _fit_spot(self) -> None:
        """The dialog has been made larger, or smaller."""
        part = None if self._spot is None else self._spot.part
        if part is not None:
            self._look_at((part.left + part.width / 2, part.top + part.height / 2))

    def _leave_spot(self) -> None:
        self._spot, self._has_changed = None, True
        self._show()

    def _show(self) -> None:
        look = self._spot or self._whole
        self._back.setEnabled(self._spot is not None)
        self._original.setEnabled(look is not None)
        self._view.setToolTip(WHOLE if self._spot is None else BACK)
        if look is not None:
            self._view.set_shape(look.before.width(), look.before.height())
            self._view.show_picture(look.before if self._original.isDown() or look.painted is None else look.painted)


def _scaled(image: QImage, size: QSize) -> QImage:
    return image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)


def _within(image: QImage, mask: QImage) -> QImage:
    """As far as the mask is opaque."""
    return _composed(image, mask, QPainter.CompositionMode.CompositionMode_DestinationIn)


def _over(image: QImage, ground: QImage) -> QImage:
    return _composed(ground, image, QPainter.CompositionMode.CompositionMode_SourceOver)


def _composed(below: QImage, above: QImage, mode: QPainter.CompositionMode) -> QImage:
    """Two of the same size."""
    composed = below.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(composed)
    painter.setCompositionMode(mode)
    painter.drawImage(0, 0, above)
    painter.end()
    return composed
