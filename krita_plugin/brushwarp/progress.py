"""The small window that shows how far a job is. Krita goes on beneath it."""

from __future__ import annotations

import time

from .bridge.client import Progress
from .fields import PictureLabel, pixmap_of
from .qt import QDialog, QDialogButtonBox, QLabel, QProgressBar, QSize, Qt, QVBoxLayout

STAGES = {
    "starting": "Starting the engine",
    "preparing": "Preparing the layer",
    "painting": "Painting",
    "warping": "Bending along the arrows",
    "keypoints": "Looking for points that match",
    "bending": "Finding the shape",
    "detail": "Bringing the brushwork to full size",
    "finishing": "Finishing",
}
STEPS = 1000
PICTURE_SIDE = 256  # pixels of the preview's longer side
PICTURE_LEAST = 48


class ProgressWindow(QDialog):
    """words: what is made of what. Emits `rejected` when the painter cancels: by the button, by Escape, or by closing it."""

    def __init__(self, parent, words: str) -> None:
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
        self._began = time.monotonic()
        self._said = STAGES["starting"]
        self._bar.setRange(0, 0)  # moves to and fro
        self.show_time()

    def reserve_picture(self, width: int, height: int) -> None:
        """Keep a place for pictures of how it stands, of a layer of this size: Cancel shall not move when the first one comes."""
        share = PICTURE_SIDE / max(width, height)
        size = QSize(*(max(PICTURE_LEAST, round(side * share)) for side in (width, height)))
        self._picture = PictureLabel(size, "")
        self._picture.setObjectName("picture")
        self._picture.setToolTip("How it stands, before it is bent")
        self._layout.insertWidget(1, self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        self._step.show()

    def show_queue(self, position: int) -> None:
        self._said = "Waiting: {} painted first".format("one other picture is" if position == 1 else "{} others are".format(position))
        self._bar.setRange(0, 0)

    def show_step(self, progress: Progress) -> None:
        self._said = STAGES.get(progress.stage, progress.stage)
        if progress.stage == "starting" or progress.total <= 0 or progress.done <= 0:
            self._bar.setRange(0, 0)  # how long it takes is not known
        else:
            self._bar.setRange(0, STEPS)
            self._bar.setValue(int(STEPS * min(1.0, progress.done / progress.total)))
        if progress.loss is not None:
            self._step.setText("Iteration {} of {}, loss {:.4g}".format(progress.done, progress.total, progress.loss))
            self._step.show()
        elif progress.stage != "painting":
            self._step.setText("")
        if progress.preview is not None and self._picture is not None:
            self._picture.show_picture(pixmap_of(progress.preview))

    def show_time(self) -> None:
        """Called often: the seconds show that it goes on, however long a step takes."""
        self._stage.setText("{}… {:.0f} s".format(self._said, time.monotonic() - self._began))

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
