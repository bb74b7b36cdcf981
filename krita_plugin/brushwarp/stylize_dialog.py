"""The dialog of Stylize…: what to paint the layer with."""

from __future__ import annotations

from typing import Callable, Optional, Sequence

from .bridge.language import _
from .bridge.request import StylizeRequest
from .cutout import Cutout
from .fields import ICON, ArrowChoice, RatioField, ShareField, pixmap_of
from .frame_range import NO_FRAMES, FrameRange
from .frames_box import FramesBox
from .gallery_view import GalleryView
from .layer_dialog import BendingDialog
from .messages import guarded
from .painted_preview import PaintedPreview
from .qt import QCheckBox, QComboBox, QIcon
from .settings import BRUSH_SCALES, StylizeSettings

PICKERS = {
    "style": _("Whose coarse strokes it is painted with"),
    "medium": _("Whose medium strokes it is painted with"),
    "fine": _("Whose fine strokes it is painted with"),
}
AS_STYLE = _("As the style")
STEADY_TIP = _(
    "Paint all frames by the first one's light, contrast and colours, so that what stands still stays still.\n"
    "What moves may still shimmer, and so may grain"
)
OPACITY_TIP = _(
    "Paint the style in full, and let the new layer's opacity be the strength: it can be changed at any time.\n"
    "Where arrows bend the painting, the layer as it was shows through"
)
SIZE = (860, 610)  # room for a dozen styles in three columns


class StylizeDialog(BendingDialog):
    """`settings`, `style_name`, `arrow_layer` and `frames` are what was chosen. clip: of an animated layer."""

    def __init__(
        self, parent, layer_name: str, choices: Sequence[ArrowChoice], settings: StylizeSettings, clip: Optional[FrameRange] = None
    ) -> None:
        super().__init__(parent, "stylize", _("Stylize “{}”").format(layer_name), choices)
        self._gallery = GalleryView()
        self._painted = PaintedPreview()
        self._mix = QCheckBox(_("&Mix styles"))
        self._mix.setObjectName("mix")
        self._mix.setToolTip(_("Take the coarse, the medium and the fine strokes each from a style of its own"))
        self._scales = [_picker(name, tip) for name, tip in PICKERS.items()]
        self._strength = ShareField("strength", _("0 % leaves the layer as it is, 100 % is the painting"))
        self._as_opacity = QCheckBox(_("Strength as the layer's o&pacity"))
        self._as_opacity.setObjectName("as_opacity")
        self._as_opacity.setToolTip(OPACITY_TIP)
        self._brush = RatioField("brush_scale", _("How broad the brush is on the canvas: × 2 is twice as broad"), BRUSH_SCALES, "× ")
        self._keep = QCheckBox(_("Keep the layer's &colours"))
        self._keep.setObjectName("keep_colors")
        self._keep.setToolTip(_("Take brushwork and light from the painting, and leave the colours as they are"))
        self._frames = FramesBox(clip or NO_FRAMES)
        self._steady = QCheckBox(_("Stead&y frames"))
        self._steady.setObjectName("steady")
        self._steady.setToolTip(STEADY_TIP)
        rows = [
            (_("&Strength:"), self._strength), ("", self._as_opacity), (_("&Brush:"), self._brush), ("", self._keep),
            (_("Arro&ws:"), self._arrows),
            (_("F&rames:"), self._frames), ("", self._steady), ("", self._as_mask), ("", self._mix),
            (_("Coars&e strokes:"), self._scales[0]), (_("Me&dium strokes:"), self._scales[1]), (_("&Fine strokes:"), self._scales[2]),
        ]
        self._lay_out(rows, self._gallery, self._painted)
        self.resize(*SIZE)
        self._gallery.refresh()
        self._offer_styles()
        self._gallery.changed.connect(guarded(self._offer_styles))
        self._gallery.picked.connect(guarded(self._show_chosen))
        self._gallery.wanted.connect(self._ok.click)
        self._scales[0].activated.connect(guarded(lambda *_: self._gallery.choose(self._scales[0].currentData())))
        self._mix.toggled.connect(self._unfold)
        for change in (
            self._strength.number.valueChanged, self._brush.number.valueChanged, self._keep.toggled, self._mix.toggled,
            *(combo.currentIndexChanged for combo in (self._arrows, *self._scales)),
        ):
            change.connect(guarded(lambda *_: self._painted.ask()))
        self._frames.changed.connect(guarded(lambda: self._steady.setEnabled(self.frames is not None)))
        self._steady.setEnabled(False)
        if clip is None:
            self._offer_no_frames()
        self._gallery.choose(settings.style)
        self._fill(settings)
        self._gallery.focus_grid()

    def show_preview(self, cutout: Callable[[], Cutout], request: Callable[[Cutout], StylizeRequest]) -> None:
        self._painted.follow(cutout, request)

    def done(self, result: int) -> None:
        """Closed, however: the worker is free before anything else is asked of it."""
        self._painted.stop()
        super().done(result)

    def tell_count(self, layers: int) -> None:
        super().tell_count(layers)
        if layers > 1:
            self._offer_no_frames()

    def edit_frames(self, frames: Sequence[int]) -> None:
        """Of an earlier result: the first and the last time of its range; nothing of a single picture."""
        if frames:
            self._frames.edit(*frames)
        else:
            self._offer_no_frames()

    def _offer_no_frames(self) -> None:
        for field in (self._frames, self._steady):
            self._drop_row(field)

    @property
    def frames(self) -> Optional[FrameRange]:
        """Those of an animated layer that are to be painted; None for its present frame alone."""
        return self._frames.range

    @property
    def style_name(self) -> str:
        """Of the style, or of all that are mixed."""
        settings = self.settings
        names = {style.id: style.name for style in self._gallery.styles}
        ids = (settings.style, *(other or settings.style for other in (settings.medium, settings.fine)))
        return " + ".join(dict.fromkeys(names[each] for each in ids))

    @property
    def settings(self) -> StylizeSettings:
        medium, fine = (combo.currentData() if self._mix.isChecked() else "" for combo in self._scales[1:])
        boxes = {"steady": self._steady, "as_mask": self._as_mask, "as_opacity": self._as_opacity}
        flags = {name: box.isChecked() for name, box in boxes.items()}
        return StylizeSettings(
            self._scales[0].currentData(), self._strength.value, self._brush.value, self._keep.isChecked(), medium, fine, **flags
        )

    def _defaults(self) -> StylizeSettings:
        return StylizeSettings(self._scales[0].currentData())

    def _fill(self, settings: StylizeSettings) -> None:
        self._strength.set_value(settings.strength)
        self._brush.set_value(settings.brush_scale)
        self._as_opacity.setChecked(settings.as_opacity)
        self._keep.setChecked(settings.keep_colors)
        self._steady.setChecked(settings.steady)
        self._as_mask.setChecked(settings.as_mask)
        for combo, other in zip(self._scales[1:], (settings.medium, settings.fine)):
            combo.setCurrentIndex(max(0, combo.findData(other)))
        self._mix.setChecked(any(combo.currentIndex() > 0 for combo in self._scales[1:]))
        self._show_chosen()
        self._unfold(self._mix.isChecked())

    def _offer_styles(self) -> None:
        """In the pickers, as the gallery has them now; what was chosen stays, as far as it is still there."""
        styles = self._gallery.styles
        for combo in self._scales:
            chosen = combo.currentData()
            combo.clear()
            if combo is not self._scales[0]:
                combo.addItem(AS_STYLE, "")
            for style in styles:
                picture = pixmap_of(style.thumbnail)
                combo.addItem(QIcon() if picture is None else QIcon(picture), style.name, style.id)
            combo.setCurrentIndex(max(0, combo.findData(chosen)))
        self._mix.setEnabled(len(styles) > 1)
        self._show_chosen()

    def _show_chosen(self) -> None:
        """The gallery's choice in the picker of the coarse strokes."""
        style = self._gallery.style
        self._scales[0].setCurrentIndex(-1 if style is None else self._scales[0].findData(style.id))
        self._ok.setEnabled(style is not None)

    def _unfold(self, is_mixed: bool) -> None:
        for combo in self._scales:
            self._show_row(combo, is_mixed)


def _picker(name: str, tip: str) -> QComboBox:
    """Of a style for the strokes of one scale."""
    combo = QComboBox()
    combo.setObjectName(name)
    combo.setToolTip(tip)
    combo.setIconSize(ICON)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(18)
    return combo
