"""Fields that the dialogs share: sliders with a number, lists to choose from, pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Callable, Optional, Sequence, Tuple

from .arrow_layer import ARROWS_BEGIN
from .bridge.bend import count_in_words
from .bridge.language import _
from .bridge.styles import Thumbnail
from .messages import guarded
from .qt import (
    QComboBox,
    QDialogButtonBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QImage,
    QImageReader,
    QLabel,
    QPixmap,
    QPushButton,
    QSize,
    QSizePolicy,
    QSlider,
    QSpinBox,
    Qt,
    QWidget,
)

AS_BEFORE = "as before"  # in the place of a layer's id: no layer has it
ICON = QSize(48, 32)
PREVIEW = QSize(192, 128)
LARGEST_SHOWN = 100 * 1000 * 1000  # pixels of a picture file that is opened for a thumbnail
OCTAVE = 100  # steps of a slider for a number twice as large


@dataclass(frozen=True)
class ArrowChoice:
    """A layer that may hold arrows: its id, its name, how many it holds."""

    layer: str
    name: str
    count: int


class ArrowBox(QComboBox):
    """Which layer's arrows bend the picture, or none."""

    def __init__(self, choices: Sequence[ArrowChoice]) -> None:
        super().__init__()
        self.setObjectName("arrows")
        self.addItem(_("None"), None)
        for choice in choices:
            self.addItem("{} ({})".format(choice.name, count_in_words(choice.count)), choice.layer)
        drawn = [index for index, choice in enumerate(choices, 1) if choice.count]
        self.setCurrentIndex(drawn[0] if drawn else 0)
        tip = _(
            "Bends the painting: each line of two nodes moves the point where it begins to where it ends.\n"
            "Draw the lines on a vector layer whose name begins “{}”."
        )
        self.setToolTip(tip.format(ARROWS_BEGIN))

    @property
    def layer(self) -> Optional[str]:
        """The id of the chosen layer."""
        return self.currentData()

    def offer_as_before(self, count: int) -> None:
        """Choose the arrows that an earlier result was bent along, which can be chosen then, or none if there were none."""
        if count:
            self.insertItem(0, _("As before ({})").format(count_in_words(count)), AS_BEFORE)
        self.setCurrentIndex(0)


class PictureLabel(QLabel):
    """A picture as large as its place allows, or words where there is none."""

    def __init__(self, size: QSize, words: str = _("No preview")) -> None:
        super().__init__()
        self._words = words
        self.setFixedSize(size)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def show_picture(self, picture: Optional[QPixmap]) -> None:
        if picture is None or picture.isNull():
            self.clear()  # an empty text alone would leave the picture
            self.setText(self._words)
        else:
            self.setPixmap(picture.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation))


def pixmap_of(thumbnail: Optional[Thumbnail]) -> Optional[QPixmap]:
    if thumbnail is None:
        return None
    image = QImage(thumbnail.rgb, thumbnail.width, thumbnail.height, 3 * thumbnail.width, QImage.Format.Format_RGB888)
    return QPixmap.fromImage(image)


def small_picture(path: str, size: QSize = PREVIEW) -> Optional[QPixmap]:
    """A picture file, twice as large as it is shown; None for one that Qt does not read (the engine reads more) or that is very large."""
    reader = QImageReader(path)
    reader.setAutoTransform(True)
    found = reader.size()
    if not found.isValid() or found.width() * found.height() > LARGEST_SHOWN:
        return None
    reader.setScaledSize(found.scaled(2 * size, Qt.AspectRatioMode.KeepAspectRatio))
    picture = QPixmap.fromImage(reader.read())
    return None if picture.isNull() else picture


def combo(name: str, tip: str, entries: Sequence[Tuple[str, Any]]) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setToolTip(tip)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    for label, data in entries:
        box.addItem(label, data)
    return box


class SliderField(QWidget):
    """A slider and a number that say the same. Subclasses tell how a step of the slider and a number belong together."""

    def __init__(self, name: str, tip: str, number: Any, steps: Sequence[int]) -> None:
        super().__init__()
        self.number = number
        self.number.setObjectName(name)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(*steps)
        self._slider.setPageStep((steps[1] - steps[0]) // 10)
        self._slider.setMinimumWidth(140)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self.number)
        for widget in (self._slider, self.number):
            widget.setToolTip(tip)
        self.setFocusProxy(self._slider)  # where the label's mnemonic leads
        self._slider.valueChanged.connect(self._slid)
        self.number.valueChanged.connect(self._typed)

    def _step_of(self, number: float) -> int:
        raise NotImplementedError

    def _number_of(self, step: int) -> Any:
        raise NotImplementedError

    def _slid(self, step: int) -> None:
        if step != self._step_of(self.number.value()):  # else the number is the finer of both: leave it
            self.number.setValue(self._number_of(step))

    def _typed(self, number: float) -> None:
        self._slider.setValue(self._step_of(number))


class ShareField(SliderField):
    """A share of the whole, shown in percent. most: of them; more than 100 is more than the whole."""

    def __init__(self, name: str, tip: str, most: int = 100) -> None:
        percent = QSpinBox()
        percent.setRange(0, most)
        percent.setSuffix(" %")
        self._exact = 0.0  # what was set: it stays that, unless it is changed
        super().__init__(name, tip, percent, (0, most))

    @property
    def value(self) -> float:
        percent = self.number.value()
        return self._exact if round(self._exact * 100) == percent else percent / 100.0

    def set_value(self, value: float) -> None:
        self._exact = value
        self.number.setValue(round(value * 100))

    def _step_of(self, number: float) -> int:
        return int(number)

    def _number_of(self, step: int) -> int:
        return step


class RatioField(SliderField):
    """A number of which twice as much is always as far to the right."""

    def __init__(self, name: str, tip: str, ends: Tuple[float, float], prefix: str = "") -> None:
        number = QDoubleSpinBox()
        number.setDecimals(2)
        number.setRange(*ends)
        number.setSingleStep(0.05)
        number.setPrefix(prefix)
        super().__init__(name, tip, number, [round(math.log2(end) * OCTAVE) for end in ends])

    @property
    def value(self) -> float:
        return self.number.value()

    def set_value(self, value: float) -> None:
        self.number.setValue(value)

    def _step_of(self, number: float) -> int:
        return round(math.log2(number) * OCTAVE)

    def _number_of(self, step: int) -> float:
        return 2.0 ** (step / OCTAVE)


def push_button(name: str, text: str, tip: str, act: Optional[Callable[[], None]] = None) -> QPushButton:
    """One that is not pressed by Enter elsewhere in its window. act: what it does."""
    button = QPushButton(text)
    button.setObjectName(name)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    if act is not None:
        button.clicked.connect(guarded(lambda *_: act()))
    return button


class ButtonBox(QDialogButtonBox):
    """Whose buttons Tab goes through from left to right. Qt's own leads it to the leftmost one, and from that past those that come before it
    on other desktops: OK could not be reached."""

    def showEvent(self, event) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self.layout().activate()
        buttons = sorted(self.buttons(), key=lambda button: button.x())
        for before, after in zip(buttons, buttons[1:]):  # noqa: B905 - Python 3.8
            QWidget.setTabOrder(before, after)
