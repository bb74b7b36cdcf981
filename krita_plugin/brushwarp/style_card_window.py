"""A style's card: what it paints like, whose it is, and how it was learnt."""

from __future__ import annotations

from .bridge.gallery import card_lines
from .bridge.language import _
from .bridge.styles import InstalledStyle
from .fields import PREVIEW, PictureLabel, pixmap_of
from .qt import QDialog, QDialogButtonBox, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, Qt, QVBoxLayout, QWidget

WIDTH = 380  # pixels of the lines


class StyleCardWindow(QDialog):
    """Show it by `open`. Raises WorkerError if the pack can't be read any more."""

    def __init__(self, parent: QWidget, style: InstalledStyle) -> None:
        super().__init__(parent)
        self.setObjectName("brushwarp_style_card")
        self.setWindowTitle(_("Brushwarp – Card of “{}”").format(style.name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picture = PictureLabel(PREVIEW)
        picture.setToolTip(_("A landscape painted in this style"))
        picture.show_picture(pixmap_of(style.thumbnail))
        lines = QGridLayout()
        for row, (heading, text) in enumerate(card_lines(style)):
            lines.addWidget(QLabel(heading + ":"), row, 0, Qt.AlignmentFlag.AlignTop)
            lines.addWidget(_said(text), row, 1)
        upper = QHBoxLayout()
        upper.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        upper.addSpacing(12)
        upper.addLayout(lines, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(upper)
        layout.addSpacing(8)
        layout.addWidget(buttons)


def _said(text: str) -> QLabel:
    """To be read, and copied from."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setWordWrap(True)
    label.setMinimumWidth(WIDTH)
    label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    return label
