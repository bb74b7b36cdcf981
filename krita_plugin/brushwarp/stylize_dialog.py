"""The dialog of Stylize…: what to paint the layer with."""

from __future__ import annotations

from typing import Sequence

from .bridge.styles import InstalledStyle
from .fields import ICON, ArrowChoice, RatioField, ShareField, pixmap_of
from .layer_dialog import BendingDialog
from .qt import QCheckBox, QComboBox, QIcon
from .settings import BRUSH_SCALES, StylizeSettings

AS_STYLE = "As the style"


class StylizeDialog(BendingDialog):
    """`settings`, `style_name` and `arrow_layer` are what was chosen."""

    def __init__(
        self, parent, layer_name: str, styles: Sequence[InstalledStyle], choices: Sequence[ArrowChoice], settings: StylizeSettings
    ) -> None:
        super().__init__(parent, "stylize", "Stylize “{}”".format(layer_name), choices)
        self._styles = {style.id: style for style in styles}
        self._preview.setToolTip("A landscape painted in this style")
        self._style = QComboBox()
        self._style.setObjectName("style")
        self._style.setToolTip("Whose brush paints the layer")
        self._mix = QCheckBox("&Mix with other styles")
        self._mix.setObjectName("mix")
        self._mix.setToolTip("Take the medium and the fine strokes from other styles; the coarse ones stay this style's")
        self._mix.setVisible(len(styles) > 1)
        self._others = [QComboBox(), QComboBox()]
        for combo, name in zip(self._others, ("medium", "fine")):
            combo.setObjectName(name)
            combo.setToolTip("Whose {} strokes lie over the coarse ones".format(name))
            combo.addItem(AS_STYLE, "")
        for combo in (self._style, *self._others):
            combo.setIconSize(ICON)
            for style in styles:
                picture = pixmap_of(style.thumbnail)
                combo.addItem(QIcon() if picture is None else QIcon(picture), style.label, style.id)
        self._strength = ShareField("strength", "0 % leaves the layer as it is, 100 % is the painting")
        self._brush = RatioField("brush_scale", "How broad the brush is on the canvas: × 2 is twice as broad", BRUSH_SCALES, "× ")
        self._keep = QCheckBox("Keep the layer's &colours")
        self._keep.setObjectName("keep_colors")
        self._keep.setToolTip("Take brushwork and light from the painting, and leave the colours as they are")
        self._lay_out([
            ("&Style:", self._style), ("", self._mix), ("Me&dium strokes:", self._others[0]), ("&Fine strokes:", self._others[1]),
            ("S&trength:", self._strength), ("&Brush:", self._brush), ("", self._keep), ("&Arrows:", self._arrows),
        ])
        self._style.currentIndexChanged.connect(lambda _: self._show_preview())
        self._mix.toggled.connect(self._unfold)
        self._fill(settings)
        self._show_preview()

    @property
    def style_name(self) -> str:
        """Of the style, or of all that are mixed."""
        settings = self.settings
        ids = (settings.style, *(other or settings.style for other in (settings.medium, settings.fine)))
        return " + ".join(dict.fromkeys(self._styles[each].name for each in ids))

    @property
    def settings(self) -> StylizeSettings:
        medium, fine = (combo.currentData() if self._mix.isChecked() else "" for combo in self._others)
        return StylizeSettings(self._style.currentData(), self._strength.value, self._brush.value, self._keep.isChecked(), medium, fine)

    def _defaults(self) -> StylizeSettings:
        return StylizeSettings(self._style.currentData())

    def _fill(self, settings: StylizeSettings) -> None:
        index = self._style.findData(settings.style)
        self._style.setCurrentIndex(max(0, index))
        self._strength.set_value(settings.strength)
        self._brush.set_value(settings.brush_scale)
        self._keep.setChecked(settings.keep_colors)
        for combo, other in zip(self._others, (settings.medium, settings.fine)):
            combo.setCurrentIndex(max(0, combo.findData(other)))
        self._mix.setChecked(any(combo.currentIndex() > 0 for combo in self._others))
        self._unfold(self._mix.isChecked())

    def _unfold(self, mixed: bool) -> None:
        for combo in self._others:
            combo.setVisible(mixed)
            self._form.labelForField(combo).setVisible(mixed)

    def _show_preview(self) -> None:
        self._preview.show_picture(pixmap_of(self._styles[self._style.currentData()].thumbnail))
