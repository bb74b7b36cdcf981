"""What the dialogs share: a picture of the style beside a form, with OK, Cancel and Restore Defaults below."""

from __future__ import annotations

from typing import Any, Mapping, Optional, Sequence, Tuple

from .fields import PREVIEW, ArrowBox, ArrowChoice, PictureLabel
from .qt import QDialog, QDialogButtonBox, QFormLayout, QHBoxLayout, QVBoxLayout
from .style_box import StyleBox


class LayerDialog(QDialog):
    """`settings` are what was chosen. Show it by `open`: Krita's loop goes on.

    A subclass makes its fields, hands them to `_lay_out` in the order of the Tab key, and knows `settings`, `_fill` and `_defaults`.
    """

    def __init__(self, parent, name: str, title: str) -> None:
        super().__init__(parent)
        self.setObjectName("brushwarp_{}_dialog".format(name))
        self.setWindowTitle("Brushwarp – {}".format(title))
        self._preview = PictureLabel(PREVIEW)
        self._form = QFormLayout()
        standard = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(standard.Ok | standard.Cancel | standard.RestoreDefaults)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._buttons.button(standard.RestoreDefaults).clicked.connect(lambda *_: self._fill(self._defaults()))

    def _lay_out(self, rows: Sequence[Tuple[str, Any]], below_picture: Sequence[Any] = ()) -> None:
        """The label and the field of each row, and what stands below the picture."""
        beside = QVBoxLayout()
        for widget in (self._preview, *below_picture):
            beside.addWidget(widget)
        beside.addStretch(1)
        for label, field in rows:
            self._form.addRow(label, field)
        upper = QHBoxLayout()
        upper.addLayout(beside)
        upper.addSpacing(12)
        upper.addLayout(self._form, 1)
        layout = QVBoxLayout(self)
        layout.addLayout(upper)
        layout.addSpacing(8)
        layout.addWidget(self._buttons)

    def _show_choice(self, styles: StyleBox, tips: Mapping[str, str]) -> None:
        """The picture of the chosen style, with a tip by its kind; without one there is no OK."""
        choice = styles.choice
        self._preview.show_picture(styles.picture)
        self._preview.setToolTip("" if choice is None else tips[choice.kind])
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(choice is not None)

    @property
    def settings(self) -> Any:
        raise NotImplementedError

    def _fill(self, settings: Any) -> None:
        """Show these settings."""
        raise NotImplementedError

    def _defaults(self) -> Any:
        """What Restore Defaults brings; the style stays."""
        raise NotImplementedError


class BendingDialog(LayerDialog):
    """One that also asks along which arrows."""

    def __init__(self, parent, name: str, title: str, choices: Sequence[ArrowChoice]) -> None:
        super().__init__(parent, name, title)
        self._arrows = ArrowBox(choices)

    @property
    def arrow_layer(self) -> Optional[str]:
        """The id of the layer whose arrows bend the picture, or None."""
        return self._arrows.layer
