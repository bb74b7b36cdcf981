"""The dialog: what to paint the layer with."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Optional, Sequence

from .bridge.styles import InstalledStyle, Thumbnail
from .layer import ARROWS_BEGIN
from .qt import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QIcon,
    QImage,
    QLabel,
    QPixmap,
    QSize,
    QSlider,
    QSpinBox,
    Qt,
    QVBoxLayout,
    QWidget,
)
from .settings import BRUSH_SCALES, Settings

ICON = QSize(48, 32)
PREVIEW = QSize(192, 128)
OCTAVE = 100  # steps of the brush's slider for a brush twice as broad


@dataclass(frozen=True)
class ArrowChoice:
    """A layer that may hold arrows: its id, its name, how many it holds."""

    layer: str
    name: str
    count: int


class StylizeDialog(QDialog):
    """`settings`, `style` and `arrow_layer` are what was chosen. Show it by `open`: Krita's loop goes on."""

    def __init__(self, parent, layer_name: str, styles: Sequence[InstalledStyle], choices: Sequence[ArrowChoice], settings: Settings) -> None:
        super().__init__(parent)
        self.setObjectName("brushwarp_stylize_dialog")
        self.setWindowTitle("Brushwarp – Stylize “{}”".format(layer_name))
        self._styles = {style.id: style for style in styles}
        self._preview = QLabel()
        self._preview.setFixedSize(PREVIEW)
        self._preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._preview.setToolTip("A landscape painted in this style")
        self._style = self._style_box(styles)
        self._strength = StrengthField()
        self._brush = BrushField()
        self._keep = QCheckBox("Keep the layer's &colours")
        self._keep.setToolTip("Take brushwork and light from the painting, and leave the colours as they are")
        self._arrows = self._arrow_box(choices)
        form = QFormLayout()
        form.addRow("&Style:", self._style)
        form.addRow("S&trength:", self._strength)
        form.addRow("&Brush:", self._brush)
        form.addRow("", self._keep)
        form.addRow("&Arrows:", self._arrows)
        upper = QHBoxLayout()
        upper.addWidget(self._preview, 0, Qt.AlignmentFlag.AlignTop)
        upper.addSpacing(12)
        upper.addLayout(form, 1)
        layout = QVBoxLayout(self)
        layout.addLayout(upper)
        layout.addSpacing(8)
        layout.addWidget(self._buttons())
        self._style.currentIndexChanged.connect(lambda _: self._show_preview())
        self._fill(settings)
        self._show_preview()

    @property
    def style(self) -> InstalledStyle:
        return self._styles[self._style.currentData()]

    @property
    def settings(self) -> Settings:
        return Settings(self.style.id, self._strength.value, self._brush.value, self._keep.isChecked())

    @property
    def arrow_layer(self) -> Optional[str]:
        """The id of the layer whose arrows bend the picture, or None."""
        return self._arrows.currentData()

    def _style_box(self, styles: Sequence[InstalledStyle]) -> QComboBox:
        box = QComboBox()
        box.setObjectName("style")
        box.setToolTip("Whose brush paints the layer")
        box.setIconSize(ICON)
        for style in styles:
            picture = _pixmap(style.thumbnail)
            box.addItem(QIcon() if picture is None else QIcon(picture), style.label, style.id)
        return box

    def _arrow_box(self, choices: Sequence[ArrowChoice]) -> QComboBox:
        box = QComboBox()
        box.setObjectName("arrows")
        box.addItem("None", None)
        for choice in choices:
            count = "no arrows" if choice.count == 0 else "1 arrow" if choice.count == 1 else "{} arrows".format(choice.count)
            box.addItem("{} ({})".format(choice.name, count), choice.layer)
        drawn = [index for index, choice in enumerate(choices, 1) if choice.count]
        box.setCurrentIndex(drawn[0] if drawn else 0)
        box.setToolTip(
            "Bends the painting: each line of two nodes moves the point where it begins to where it ends.\n"
            "Draw the lines on a vector layer whose name begins “{}”.".format(ARROWS_BEGIN)
        )
        return box

    def _buttons(self) -> QDialogButtonBox:
        standard = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(standard.Ok | standard.Cancel | standard.RestoreDefaults)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        buttons.button(standard.RestoreDefaults).clicked.connect(lambda *_: self._fill(Settings(self.style.id)))
        return buttons

    def _fill(self, settings: Settings) -> None:
        index = self._style.findData(settings.style)
        self._style.setCurrentIndex(max(0, index))
        self._strength.set_value(settings.strength)
        self._brush.set_value(settings.brush_scale)
        self._keep.setChecked(settings.keep_colors)

    def _show_preview(self) -> None:
        picture = _pixmap(self.style.thumbnail)
        if picture is None:
            self._preview.setText("No preview")
        else:
            self._preview.setPixmap(
                picture.scaled(PREVIEW, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
            )


class SliderField(QWidget):
    """A slider and a number that say the same. Subclasses tell how a step of the slider and a number belong together."""

    def __init__(self, name: str, tip: str, number: Any, steps: Sequence[int]) -> None:
        super().__init__()
        self._number = number
        self._number.setObjectName(name)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(*steps)
        self._slider.setPageStep((steps[1] - steps[0]) // 10)
        self._slider.setMinimumWidth(140)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._number)
        for widget in (self._slider, self._number):
            widget.setToolTip(tip)
        self.setFocusProxy(self._slider)  # where the label's mnemonic leads
        self._slider.valueChanged.connect(self._slid)
        self._number.valueChanged.connect(self._typed)

    def _step_of(self, number: float) -> int:
        raise NotImplementedError

    def _number_of(self, step: int) -> Any:
        raise NotImplementedError

    def _slid(self, step: int) -> None:
        if step != self._step_of(self._number.value()):  # else the number is the finer of both: leave it
            self._number.setValue(self._number_of(step))

    def _typed(self, number: float) -> None:
        self._slider.setValue(self._step_of(number))


class StrengthField(SliderField):
    def __init__(self) -> None:
        percent = QSpinBox()
        percent.setRange(0, 100)
        percent.setSuffix(" %")
        super().__init__("strength", "0 % leaves the layer as it is, 100 % is the painting", percent, (0, 100))

    @property
    def value(self) -> float:
        return self._number.value() / 100.0

    def set_value(self, value: float) -> None:
        self._number.setValue(round(value * 100))

    def _step_of(self, number: float) -> int:
        return int(number)

    def _number_of(self, step: int) -> int:
        return step


class BrushField(SliderField):
    def __init__(self) -> None:
        times = QDoubleSpinBox()
        times.setRange(*BRUSH_SCALES)
        times.setDecimals(2)
        times.setSingleStep(0.05)
        times.setPrefix("× ")
        steps = [round(math.log2(end) * OCTAVE) for end in BRUSH_SCALES]
        super().__init__("brush_scale", "How broad the brush is on the canvas: × 2 is twice as broad", times, steps)

    @property
    def value(self) -> float:
        return self._number.value()

    def set_value(self, value: float) -> None:
        self._number.setValue(value)

    def _step_of(self, number: float) -> int:
        return round(math.log2(number) * OCTAVE)

    def _number_of(self, step: int) -> float:
        return 2.0 ** (step / OCTAVE)


def _pixmap(thumbnail: Optional[Thumbnail]) -> Optional[QPixmap]:
    if thumbnail is None:
        return None
    image = QImage(thumbnail.rgb, thumbnail.width, thumbnail.height, 3 * thumbnail.width, QImage.Format.Format_RGB888)
    return QPixmap.fromImage(image)
