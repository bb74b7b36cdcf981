"""The small window that shows how far a job is. Krita goes on beneath it."""

from __future__ import annotations

import time

from .qt import QDialog, QDialogButtonBox, QLabel, QProgressBar, Qt, QVBoxLayout

STAGES = {
    "starting": "Starting the engine",
    "preparing": "Preparing the layer",
    "painting": "Painting",
    "warping": "Bending along the arrows",
    "finishing": "Finishing",
}
STEPS = 1000


class ProgressWindow(QDialog):
    """Emits `rejected` when the painter cancels: by the button, by Escape, or by closing it."""

    def __init__(self, parent, layer_name: str, style_name: str) -> None:
        super().__init__(parent)
        self.setObjectName("brushwarp_progress")
        self.setWindowTitle("Brushwarp")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        title = QLabel("“{}” in the style of {}".format(layer_name, style_name))
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._stage = QLabel()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (title, self._bar, self._stage, buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(380)
        self._began = time.monotonic()
        self._said = STAGES["starting"]
        self._bar.setRange(0, 0)  # moves to and fro
        self.show_time()

    def show_queue(self, position: int) -> None:
        self._said = "Waiting: {} painted first".format("one other picture is" if position == 1 else "{} others are".format(position))
        self._bar.setRange(0, 0)

    def show_stage(self, stage: str, done: int, total: int) -> None:
        self._said = STAGES.get(stage, stage)
        if stage == "starting" or total <= 0 or done <= 0:
            self._bar.setRange(0, 0)  # how long it takes is not known
        else:
            self._bar.setRange(0, STEPS)
            self._bar.setValue(int(STEPS * min(1.0, done / total)))

    def show_time(self) -> None:
        """Called often: the seconds show that it goes on, however long a step takes."""
        self._stage.setText("{}… {:.0f} s".format(self._said, time.monotonic() - self._began))

    def finish(self) -> None:
        """Close without having been cancelled."""
        self.blockSignals(True)
        self.close()
        self.deleteLater()
