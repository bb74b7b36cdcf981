"""The small window that shows how far the jobs are. Krita goes on beneath it."""

from __future__ import annotations

from typing import Sequence, Tuple, Type, Union

from .bridge.client import Progress, Queued
from .bridge.language import _
from .bridge.request import LayerRequest
from .bridge.series import Series
from .fields import PictureLabel, pixmap_of
from .qt import QDialog, QDialogButtonBox, QLabel, QProgressBar, QSize, Qt, QVBoxLayout

STEPS = 1000
PICTURE_SIDE = 256  # pixels of the preview's longer side
PICTURE_LEAST = 48


class ProgressWindow(QDialog):
    """`count` the jobs, and `begin` each. Emits `rejected` when the painter cancels: by the button, by Escape, or by closing it."""

    def __init__(self, parent) -> None:
        super().__init__(parent)
        self.setObjectName("brushwarp_progress")
        self.setWindowTitle("Brushwarp")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        self._series = Series([1])
        self._title = QLabel()
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setWordWrap(True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._stage = QLabel()
        self._step = QLabel()
        self._step.setObjectName("step")
        self._picture = None
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.rejected.connect(self.reject)
        self._layout = QVBoxLayout(self)
        for widget in (self._title, self._bar, self._stage, self._step, buttons):
            self._layout.addWidget(widget)
        self._step.hide()
        self.setMinimumWidth(380)
        self._bar.setRange(0, 0)  # moves to and fro

    def count(self, series: Series) -> None:
        self._series = series

    def begin(self, kind: Type[LayerRequest], words: str) -> None:
        """The first job, or the next. kind: what is asked for. words: what is made of what."""
        self._series.begin(kind)
        self._title.setText(words)
        self._step.setText("")
        if self._picture is not None:
            self._picture.show_picture(None)
        self.show_time()

    def reserve_picture(self, sizes: Sequence[Tuple[int, int]]) -> None:
        """Keep a place for pictures of how it stands, of layers of these widths and heights: Cancel shall not move when one comes."""
        sides = [[max(PICTURE_LEAST, round(side * PICTURE_SIDE / max(size))) for side in size] for size in sizes]
        self._picture = PictureLabel(QSize(max(width for width, _ in sides), max(height for _, height in sides)), "")
        self._picture.setObjectName("picture")
        self._picture.setToolTip(_("How it stands, before it is bent"))
        self._layout.insertWidget(1, self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        self._step.show()

    def follow(self, event: Union[Progress, Queued]) -> None:
        self._series.follow(event)
        share = self._series.share
        if share is None or isinstance(event, Queued):
            self._bar.setRange(0, 0)  # how long it takes is not known
        else:
            self._bar.setRange(0, STEPS)
            self._bar.setValue(int(STEPS * share))
        if not isinstance(event, Progress):
            return
        self._step.setText(self._series.detail)
        if self._series.detail:
            self._step.show()
        if event.preview is not None and self._picture is not None:
            self._picture.show_picture(pixmap_of(event.preview))

    def show_time(self) -> None:
        """Called often: the words show that it goes on, however long a step takes."""
        self._stage.setText(self._series.words)

    def show_share(self, title: str, words: str, share: float) -> None:
        """Of what comes before the first job."""
        self._bar.setRange(0, STEPS)
        self._bar.setValue(int(STEPS * share))
        self._title.setText(title)
        self._stage.setText(words)

    def show_wish(self, words: str) -> None:
        """All is done but what the painter is asked for."""
        self._bar.setRange(0, STEPS)
        self._bar.setValue(STEPS)
        self._stage.setText(words)

    def finish(self) -> None:
        """Close without having been cancelled."""
        self.blockSignals(True)
        self.close()
        self.deleteLater()
