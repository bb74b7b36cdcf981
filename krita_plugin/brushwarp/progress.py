"""The small window that shows how far a job is. Krita goes on beneath it."""

from __future__ import annotations

from typing import Type, Union

from .bridge.client import Progress, Queued
from .bridge.language import _
from .bridge.request import LayerRequest
from .bridge.tracking import Tracker
from .fields import PictureLabel, pixmap_of
from .qt import QDialog, QDialogButtonBox, QLabel, QProgressBar, QSize, Qt, QVBoxLayout

STEPS = 1000
PICTURE_SIDE = 256  # pixels of the preview's longer side
PICTURE_LEAST = 48


class ProgressWindow(QDialog):
    """kind: what is asked for. words: what is made of what. Emits `rejected` when the painter cancels: by the button, by Escape, or by closing it."""

    def __init__(self, parent, kind: Type[LayerRequest], words: str) -> None:
        super().__init__(parent)
        self.setObjectName("brushwarp_progress")
        self.setWindowTitle("Brushwarp")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        title = QLabel(words)
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._stage = QLabel()
        self._step = QLabel()
        self._step.setObjectName("step")
        self._picture = None
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.rejected.connect(self.reject)
        self._layout = QVBoxLayout(self)
        for widget in (title, self._bar, self._stage, self._step, buttons):
            self._layout.addWidget(widget)
        self._step.hide()
        self.setMinimumWidth(380)
        self._tracker = Tracker(kind)
        self._bar.setRange(0, 0)  # moves to and fro
        self.show_time()

    def reserve_picture(self, width: int, height: int) -> None:
        """Keep a place for pictures of how it stands, of a layer of this size: Cancel shall not move when the first one comes."""
        share = PICTURE_SIDE / max(width, height)
        size = QSize(*(max(PICTURE_LEAST, round(side * share)) for side in (width, height)))
        self._picture = PictureLabel(size, "")
        self._picture.setObjectName("picture")
        self._picture.setToolTip(_("How it stands, before it is bent"))
        self._layout.insertWidget(1, self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        self._step.show()

    def follow(self, event: Union[Progress, Queued]) -> None:
        self._tracker.follow(event)
        share = self._tracker.share
        if share is None or isinstance(event, Queued):
            self._bar.setRange(0, 0)  # how long it takes is not known
        else:
            self._bar.setRange(0, STEPS)
            self._bar.setValue(int(STEPS * share))
        if not isinstance(event, Progress):
            return
        self._step.setText(self._tracker.detail)
        if self._tracker.detail:
            self._step.show()
        if event.preview is not None and self._picture is not None:
            self._picture.show_picture(pixmap_of(event.preview))

    def show_time(self) -> None:
        """Called often: the words show that it goes on, however long a step takes."""
        self._stage.setText(self._tracker.words)

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
