"""The dialog of Stylize…: what to paint the layer with."""

from __future__ import annotations

from typing import Sequence

from .bridge.styles import InstalledStyle
from .fields import ICON, ArrowChoice, RatioField, ShareField, pixmap_of
from .layer_dialog import LayerDialog
from .qt import QCheckBox, QComboBox, QIcon
from .settings import BRUSH_SCALES, StylizeSettings


class StylizeDialog(LayerDialog):
    """`settings`, `style` and `arrow_layer` are what was chosen."""

    def __init__(
        self, parent, layer_name: str, styles: Sequence[InstalledStyle], choices: Sequence[ArrowChoice], settings: StylizeSettings
    ) -> None:
        super().__init__(parent, "stylize", "Stylize “{}”".format(layer_name), choices)
        self._styles = {style.id: style for style in styles}
        self._preview.setToolTip("A landscape painted in this style")
        self._style = QComboBox()
        self._style.setObjectName("style")
        self._style.setToolTip("Whose brush paints the layer")
        self._style.setIconSize(ICON)
        for style in styles:
            picture = pixmap_of(style.thumbnail)
            self._style.addItem(QIcon() if picture is None else QIcon(picture), style.label, style.id)
        self._strength = ShareField("strength", "0 % leaves the layer as it is, 100 % is the painting")
        self._brush = RatioField("brush_scale", "How broad the brush is on the canvas: × 2 is twice as broad", BRUSH_SCALES, "× ")
        self._keep = QCheckBox("Keep the layer's &colours")
        self._keep.setToolTip("Take brushwork and light from the painting, and leave the colours as they are")
        self._lay_out([
            ("&Style:", self._style), ("S&trength:", self._strength), ("&Brush:", self._brush), ("", self._keep), ("&Arrows:", self._arrows),
        ])
        self._style.currentIndexChanged.connect(lambda _: self._show_preview())
        self._fill(settings)
        self._show_preview()

    @property
    def style(self) -> InstalledStyle:
        return self._styles[self._style.currentData()]

    @property
    def settings(self) -> StylizeSettings:
        return StylizeSettings(self.style.id, self._strength.value, self._brush.value, self._keep.isChecked())

    def _defaults(self) -> StylizeSettings:
        return StylizeSettings(self.style.id)

    def _fill(self, settings: StylizeSettings) -> None:
        index = self._style.findData(settings.style)
        self._style.setCurrentIndex(max(0, index))
        self._strength.set_value(settings.strength)
        self._brush.set_value(settings.brush_scale)
        self._keep.setChecked(settings.keep_colors)

    def _show_preview(self) -> None:
        self._preview.show_picture(pixmap_of(self.style.thumbnail))
