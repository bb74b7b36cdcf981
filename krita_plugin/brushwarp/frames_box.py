"""Which frames of an animated layer a dialog is to paint: a check box, and the times of the first and of the last."""

from __future__ import annotations

from typing import Optional

from .bridge.language import _, ngettext
from .frame_range import FrameRange
from .messages import guarded
from .qt import QCheckBox, QHBoxLayout, QLabel, QSpinBox, QWidget, pyqtSignal

TIP = _("Paint every keyframe of these times, all of them the same way, as keyframes of one new layer; between them it holds still")


class FramesBox(QWidget):
    """`range` is what was chosen; emits `changed` with each choice. offered: what stands there first."""

    changed = pyqtSignal()

    def __init__(self, offered: FrameRange) -> None:
        super().__init__()
        self._offered = offered
        self._are_wanted = QCheckBox()
        self._are_wanted.setObjectName("frames")
        self._first, self._last = (_time(name, *offered.clip) for name in ("first_frame", "last_frame"))
        self._count = QLabel()
        self._count.setObjectName("keyframes")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._are_wanted, self._first, QLabel("–"), self._last, self._count):
            widget.setToolTip(TIP)
            layout.addWidget(widget)
        layout.addStretch(1)
        self.setFocusProxy(self._are_wanted)  # where the label's mnemonic leads
        self._first.setValue(offered.first)
        self._last.setValue(offered.last)
        self._first.valueChanged.connect(guarded(lambda time: self._last.setValue(max(time, self._last.value()))))
        self._last.valueChanged.connect(guarded(lambda time: self._first.setValue(min(time, self._first.value()))))
        for change in (self._are_wanted.toggled, self._first.valueChanged, self._last.valueChanged):
            change.connect(guarded(lambda *_: self._follow()))
        self._follow()

    def edit(self, first: int, last: int) -> None:
        """Of a painting of several frames, which can't become one of a single frame."""
        self._are_wanted.setChecked(True)
        self._are_wanted.setEnabled(False)
        self._first.setValue(first)
        self._last.setValue(last)

    @property
    def range(self) -> Optional[FrameRange]:
        """None if the frames are not wanted, or not offered."""
        return self._chosen if self._are_wanted.isChecked() and not self.isHidden() else None

    @property
    def _chosen(self) -> FrameRange:
        return self._offered.between(self._first.value(), self._last.value())

    def _follow(self) -> None:
        for number in (self._first, self._last):
            number.setEnabled(self._are_wanted.isChecked())
        count = len(self._chosen.times)
        self._count.setText(ngettext("{} keyframe", "{} keyframes", count).format(count))
        self.changed.emit()


def _time(name: str, first: int, last: int) -> QSpinBox:
    number = QSpinBox()
    number.setObjectName(name)
    number.setRange(first, last)
    return number
