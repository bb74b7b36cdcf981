"""What the dialogs share: the style as a picture or as a gallery, a form beside it, and OK, Cancel and Restore Defaults below."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional, Sequence, Tuple

from .bridge.language import _
from .bridge.request import LayerRequest
from .bridge.series import title_of_many
from .cutout import Cutout
from .fields import PREVIEW, ArrowBox, ArrowChoice, ButtonBox, PictureLabel
from .qt import QCheckBox, QDialog, QDialogButtonBox, QFormLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from .style_box import StyleBox

MASK_TIP = _(
    "Paint the whole layer, and let a transparency mask on the painting show what is selected.\n"
    "Paint on the mask to show more or less"
)


class LayerDialog(QDialog):
    """`settings` are what was chosen. Show it by `open`: Krita's loop goes on.

    A subclass makes its fields, hands them to `_lay_out` in the order of the Tab key, and knows `settings`, `_fill` and `_defaults`.
    """

    def __init__(self, parent, name: str, title: str) -> None:
        super().__init__(parent)
        self.setObjectName("brushwarp_{}_dialog".format(name))
        self.setWindowTitle(_("Brushwarp – {}").format(title))
        self._form = QFormLayout()
        standard = QDialogButtonBox.StandardButton
        self._buttons = ButtonBox(standard.Ok | standard.Cancel | standard.RestoreDefaults)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._buttons.button(standard.RestoreDefaults).clicked.connect(lambda *_: self._fill(self._defaults()))

    def tell_count(self, layers: int) -> None:
        """How many layers are painted; the active one is the one that is shown."""
        if layers > 1:
            self.setWindowTitle(title_of_many(self.windowTitle(), layers))

    def offer_mask(self, is_clipped: bool) -> None:
        """Whether there is a selection, which may become a mask where the dialog asks for that."""

    def show_preview(self, cutout: Callable[[], Cutout], request: Callable[[Cutout], LayerRequest]) -> None:
        """To be called when the dialog is shown: one with a preview shows there how the layer will be painted.

        cutout: reads of the layer what is to be read once. request: what would be asked for now. Both may raise WorkerErrors.
        """

    def _lay_out(self, rows: Sequence[Tuple[str, Any]], beside: Any, above: Optional[QWidget] = None) -> None:
        """The label and the field of each row, the widget beside them, and one above them, which takes its share of a larger window's room."""
        for label, field in rows:
            self._form.addRow(label, field)
        right = QVBoxLayout()
        if above is not None:
            right.addWidget(above, 1)
            right.addSpacing(6)
        right.addLayout(self._form)
        upper = QHBoxLayout()
        upper.addWidget(beside, int(above is not None))
        upper.addSpacing(12)
        upper.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.addLayout(upper)
        layout.addSpacing(8)
        layout.addWidget(self._buttons)

    def _show_row(self, field: QWidget, is_shown: bool) -> None:
        """With its label, if it has one."""
        for widget in (field, self._form.labelForField(field)):
            if widget is not None:
                widget.setVisible(is_shown)

    def _drop_row(self, field: QWidget) -> None:
        """For good: a hidden row would leave a gap."""
        if self._form.indexOf(field) >= 0:
            field.hide()
            label = self._form.labelForField(field)
            self._form.takeRow(field)
            if label is not None:
                label.setParent(None)

    @property
    def _ok(self) -> QPushButton:
        return self._buttons.button(QDialogButtonBox.StandardButton.Ok)

    @property
    def settings(self) -> Any:
        raise NotImplementedError

    def _fill(self, settings: Any) -> None:
        """Show these settings."""
        raise NotImplementedError

    def _defaults(self) -> Any:
        """What Restore Defaults brings; the style stays."""
        raise NotImplementedError


class ChoicePicture(QWidget):
    """A small picture of what a StyleBox has chosen, with its button for picture files below. tips: by a choice's kind."""

    def __init__(self, styles: StyleBox, tips: Mapping[str, str]) -> None:
        super().__init__()
        self._styles, self._tips = styles, tips
        self._picture = PictureLabel(PREVIEW)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._picture)
        layout.addWidget(styles.file_button())
        layout.addStretch(1)

    def follow(self) -> bool:
        """Show what is chosen; whether anything is."""
        choice = self._styles.choice
        self._picture.show_picture(self._styles.picture)
        self._picture.setToolTip("" if choice is None else self._tips[choice.kind])
        return choice is not None


class BendingDialog(LayerDialog):
    """One that also asks along which arrows, and, as soon as `offer_mask` says so, in which way a selection clips."""

    def __init__(self, parent, name: str, title: str, choices: Sequence[ArrowChoice]) -> None:
        super().__init__(parent, name, title)
        self._arrows = ArrowBox(choices)
        self._as_mask = QCheckBox(_("Selection as a mask that can be ed&ited"))
        self._as_mask.setObjectName("as_mask")
        self._as_mask.setToolTip(MASK_TIP)

    def offer_mask(self, is_clipped: bool) -> None:
        """Whether there is a selection."""
        if not is_clipped:
            self._drop_row(self._as_mask)

    @property
    def arrow_layer(self) -> Optional[str]:
        """The id of the layer whose arrows bend the picture, AS_BEFORE, or None."""
        return self._arrows.layer

    def edit(self, layer_name: str, arrows: int) -> None:
        """Speak of an earlier result, which so many arrows bent."""
        self.setWindowTitle(_("Brushwarp – Edit “{}”").format(layer_name))
        self._arrows.offer_as_before(arrows)
