"""The dialog of Deform…: what to paint like, by which method, and how freely."""

from __future__ import annotations

from typing import List, Optional, Sequence

from .bridge.language import _
from .bridge.methods import CONTENT_WEIGHTS, METHODS, PRESET_LABELS, TV_WEIGHTS, WARP_WEIGHTS, fitting, preset_of
from .bridge.presets import PRESETS, Preset
from .fields import ArrowChoice, RatioField, combo
from .layer_dialog import BendingDialog, ChoicePicture
from .messages import guarded
from .qt import QCheckBox, Qt
from .settings import DeformSettings
from .style_box import StyleBox
from .style_choice import FILE, GALLERY, LAYER, StyleChoice, method_for
from .style_sources import Offer

SIZES = {256: _("256 px (quickest)"), 384: "384 px", 512: _("512 px (finest, four times as long)")}
STYLE_TIP = _("What to paint like: a trained style, a layer of this picture, or a picture file")
CUSTOM = "custom"
TIPS = {
    GALLERY: _("A landscape painted in this style"),
    LAYER: _("The layer to paint like"),
    FILE: _("The picture to paint like"),
}


class DeformDialog(BendingDialog):
    """`settings`, `style`, `base` and `arrow_layer` are what was chosen.

    folder: where picture files are looked for first.
    """

    def __init__(
        self,
        parent,
        layer_name: str,
        styles: Sequence[Offer],
        choices: Sequence[ArrowChoice],
        settings: DeformSettings,
        folder: str,
    ) -> None:
        super().__init__(parent, "deform", _("Deform “{}”").format(layer_name), choices)
        self._wanted = settings.method  # the method chosen last for a picture
        self._style = StyleBox(styles, STYLE_TIP, folder, settings.picture)
        self._method = combo("method", _("How it is painted"), [(method.label, method.base) for method in METHODS])
        for index, method in enumerate(METHODS):
            self._method.setItemData(index, method.tip, Qt.ItemDataRole.ToolTipRole)
        presets = [(label, name) for name, label in PRESET_LABELS.items()] + [(_("Custom"), CUSTOM)]
        self._preset = combo("preset", _("Sets the three sliders below"), presets)
        self._content = RatioField(
            "content",
            _("How much of what the layer shows is kept.\nFurther left, more of the style; further right, more of the layer"),
            CONTENT_WEIGHTS,
        )
        self._warp = RatioField("warp", _("How hard the arrows pull.\nFurther right, points come nearer to where their arrows end"), WARP_WEIGHTS)
        self._calm = RatioField(
            "smoothness", _("How calmly it bends.\nFurther left, each arrow for itself; further right, softly and all together"), TV_WEIGHTS
        )
        widest = max(field.number.sizeHint().width() for field in self._weight_fields)
        for field in self._weight_fields:
            field.number.setFixedWidth(widest)  # so that the sliders end at one line
        self._unfold = QCheckBox(_("Smooth &folds away"))
        self._unfold.setToolTip(_("Bend less sharply wherever the picture would be turned over itself"))
        self._size = combo(
            "size", _("Long side at which brushwork and shape are found; the brushwork is then carried up to the layer's own size"),
            [(label, size) for size, label in SIZES.items()],
        )
        rows = [
            (_("&Style:"), self._style), (_("&Method:"), self._method), (_("Pr&eset:"), self._preset), (_("Con&tent:"), self._content),
            (_("&Warp:"), self._warp), (_("Smoot&hness:"), self._calm), (_("&Detail:"), self._size),
            (_("&Arrows:"), self._arrows), ("", self._unfold), ("", self._as_mask),
        ]
        self._picture = ChoicePicture(self._style, TIPS)
        self._lay_out(rows, self._picture)
        self._style.currentIndexChanged.connect(guarded(lambda *_: self._style_changed()))
        self._method.currentIndexChanged.connect(guarded(lambda *_: self._method_changed()))
        self._preset.currentIndexChanged.connect(guarded(lambda *_: self._preset_changed()))
        self._arrows.currentIndexChanged.connect(guarded(lambda *_: self._enable()))
        for field in self._weight_fields:
            field.number.valueChanged.connect(guarded(lambda *_: self._show_preset()))
        self._style.choose(settings.style)
        self._fill(settings)
        self._style_changed()
        self._style.setFocus()

    @property
    def style(self) -> Optional[StyleChoice]:
        return self._style.choice

    @property
    def settings(self) -> DeformSettings:
        weights = (field.value for field in self._weight_fields)
        return DeformSettings(
            self._style.key, self._style.file, self._wanted, *weights, self._unfold.isChecked(), self._size.currentData(),
            self._as_mask.isChecked(),
        )

    @property
    def base(self) -> str:
        """The method, as a request names it."""
        return self._method.currentData()

    @property
    def _weight_fields(self) -> List[RatioField]:
        """In the order of a Preset's fields."""
        return [self._content, self._warp, self._calm]

    def _defaults(self) -> DeformSettings:
        return DeformSettings(self._style.key, self._style.file)

    def _fill(self, settings: DeformSettings) -> None:
        self._wanted = settings.method
        self._fill_weights(Preset(settings.content_weight, settings.warp_weight, settings.tv_weight))
        self._unfold.setChecked(settings.unfold)
        self._as_mask.setChecked(settings.as_mask)
        if self._size.findData(settings.size) < 0:
            self._size.addItem(_("{} px").format(settings.size), settings.size)
        self._size.setCurrentIndex(self._size.findData(settings.size))
        self._show_preset()
        self._choose_method()

    def _fill_weights(self, weights: Preset) -> None:
        for field, value in zip(self._weight_fields, (weights.content_weight, weights.warp_weight, weights.tv_weight)):  # noqa: B905 - Python 3.8
            field.set_value(value)

    # What follows from what.

    def _style_changed(self) -> None:
        self._ok.setEnabled(self._picture.follow())
        self._choose_method()

    def _choose_method(self) -> None:
        """The method wanted last, where it fits the style; those that don't can't be chosen."""
        possible = () if self.style is None else fitting(self.style.is_picture)
        for index, method in enumerate(METHODS):
            self._method.model().item(index).setEnabled(method in possible)
        self._method.setCurrentIndex(self._method.findData(method_for(self.style, self._wanted).base))
        self._enable()

    def _method_changed(self) -> None:
        if self.base in [method.base for method in fitting(is_picture=True)]:
            self._wanted = self.base
        self._enable()

    def _enable(self) -> None:
        """Grey out what decides nothing: without arrows all about bending, with a trained style all about painting."""
        paints = self.style is None or self.style.is_picture
        bends = self.arrow_layer is not None
        decides = {
            self._preset: paints or bends, self._content: paints, self._size: paints,
            self._warp: bends, self._calm: bends, self._unfold: bends,
        }
        for field, matters in decides.items():
            for widget in (field, self._form.labelForField(field)):
                if widget is not None:  # the check box is its own label
                    widget.setEnabled(matters)

    def _preset_changed(self) -> None:
        if self._preset.currentData() != CUSTOM:
            self._fill_weights(PRESETS[self._preset.currentData()])

    def _show_preset(self) -> None:
        self._preset.setCurrentIndex(self._preset.findData(preset_of(*(field.value for field in self._weight_fields)) or CUSTOM))
