"""The dialog of Suggest keypoints…: towards which picture, and how many arrows."""

from __future__ import annotations

from typing import Optional, Sequence

from .bridge.language import _
from .bridge.request import MOST_SUGGESTED
from .layer_dialog import ChoicePicture, LayerDialog
from .messages import guarded
from .qt import QCheckBox, QLabel, QSpinBox, Qt
from .settings import SuggestSettings
from .style_box import StyleBox
from .style_choice import FILE, GALLERY, LAYER, StyleChoice
from .style_sources import Offer

STYLE_TIP = _("Whose shapes the arrows lead to: a layer of this picture, a picture file, or a trained style that keeps its painting")
TIPS = {
    GALLERY: _("A landscape painted in this style; what is matched is the painting that it was learnt from"),
    LAYER: _("The layer whose shapes the arrows lead to"),
    FILE: _("The picture whose shapes the arrows lead to"),
}
EXPLANATION = _("The arrows come on a vector layer of their own. A selection limits where they begin.")


class SuggestDialog(LayerDialog):
    """`settings` and `style` are what was chosen. folder: where picture files are looked for first."""

    def __init__(self, parent, layer_name: str, styles: Sequence[Offer], settings: SuggestSettings, folder: str) -> None:
        super().__init__(parent, "suggest", _("Suggest keypoints for “{}”").format(layer_name))
        self._style = StyleBox(styles, STYLE_TIP, folder, settings.picture)
        self._count = QSpinBox()
        self._count.setObjectName("count")
        self._count.setRange(1, MOST_SUGGESTED)
        self._count.setToolTip(_("How many arrows at most; fewer come where fewer points match well"))
        self._mirror = QCheckBox(_("The picture may be &mirrored"))
        self._mirror.setObjectName("mirror")
        self._mirror.setToolTip(_("For a face, say, that looks the other way in the picture"))
        explanation = QLabel(EXPLANATION)
        explanation.setTextFormat(Qt.TextFormat.PlainText)
        explanation.setWordWrap(True)
        rows = [(_("&Style:"), self._style), (_("&Arrows:"), self._count), ("", self._mirror), ("", explanation)]
        self._picture = ChoicePicture(self._style, TIPS)
        self._lay_out(rows, self._picture)
        self._style.currentIndexChanged.connect(guarded(lambda *_: self._style_changed()))
        self._style.choose(settings.style)
        self._fill(settings)
        self._style_changed()
        self._style.setFocus()

    @property
    def style(self) -> Optional[StyleChoice]:
        return self._style.choice

    @property
    def settings(self) -> SuggestSettings:
        return SuggestSettings(self._style.key, self._style.file, self._count.value(), self._mirror.isChecked())

    def _defaults(self) -> SuggestSettings:
        return SuggestSettings(self._style.key, self._style.file)

    def _fill(self, settings: SuggestSettings) -> None:
        self._count.setValue(settings.count)
        self._mirror.setChecked(settings.mirror)

    def _style_changed(self) -> None:
        self._ok.setEnabled(self._picture.follow())
