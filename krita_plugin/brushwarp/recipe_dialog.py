"""The dialog of Recipe…: a text, what it asks for, and Copy all, Follow and Close."""

from __future__ import annotations

from .bridge.language import _
from .bridge.recipes import judged
from .fields import ButtonBox, push_button
from .messages import guarded
from .qt import QDialog, QDialogButtonBox, QFontDatabase, QGuiApplication, QLabel, QPlainTextEdit, Qt, QVBoxLayout

SIZE = (560, 460)
LINES = 3  # of words, kept free so that the dialog does not jump


class RecipeDialog(QDialog):
    """Accepted, it wants `text` to be followed. Show it by `open`: Krita's loop goes on."""

    def __init__(self, parent, text: str) -> None:
        super().__init__(parent)
        self.setObjectName("brushwarp_recipe_dialog")
        self.setWindowTitle(_("Brushwarp – {}").format(_("Recipe")))
        self._text = QPlainTextEdit(text)
        self._text.setObjectName("recipe")
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._text.setTabChangesFocus(True)
        self._words = QLabel()
        self._words.setObjectName("words")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._words.setMinimumHeight(LINES * self._words.fontMetrics().lineSpacing())
        self._lay_out()
        self._text.textChanged.connect(guarded(self._settle))
        self._settle()
        self.resize(*SIZE)

    @property
    def text(self) -> str:
        return self._text.toPlainText()

    def _lay_out(self) -> None:
        buttons = ButtonBox(QDialogButtonBox.StandardButton.Close)
        roles = QDialogButtonBox.ButtonRole
        self._copy = push_button("copy", _("Copy &all"), _("Copy the text, to paste it in another Krita, in GIMP, or into a file for `brushwarp recipe`"))
        self._follow = push_button("follow", _("&Follow"), _("Do this to the selected layer, on a new layer above it"))
        buttons.addButton(self._copy, roles.ActionRole)
        buttons.addButton(self._follow, roles.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._copy.clicked.connect(guarded(lambda *_: self._copy_all()))
        layout = QVBoxLayout(self)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._words)
        layout.addSpacing(4)
        layout.addWidget(buttons)

    def _settle(self) -> None:
        """Say what it asks for, or what is wrong with it."""
        words, can_be_followed = judged(self.text)
        self._words.setText(words)
        self._follow.setEnabled(can_be_followed)
        self._copy.setEnabled(bool(self.text.strip()))

    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
        self._words.setText(_("Copied."))
