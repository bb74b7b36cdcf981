"""What the window of Engine… shows of an engine that is installed: the facts, where things lie, and the log."""

from __future__ import annotations

import os
from typing import Callable, List, Sequence, Tuple

from .bridge.engine_log import without_home
from .bridge.engine_words import RECIPES
from .bridge.language import _
from .bridge.paths import log_folder, path_to_text
from .bridge.styles import own_folder
from .fields import push_button
from .messages import show_note
from .qt import (
    QColor,
    QDesktopServices,
    QFontDatabase,
    QGridLayout,
    QGuiApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPalette,
    QPlainTextEdit,
    QPushButton,
    Qt,
    QUrl,
    QVBoxLayout,
    QWidget,
)

LOG_SIZE = (560, 190)  # pixels at least


class FactsPage(QWidget):
    """Headings and what is told under each; below where things lie. facts: as they are shown until more is known."""

    def __init__(self, facts: Sequence[Tuple[str, str]]) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setColumnStretch(1, 1)
        self._texts: List[QLineEdit] = [self._row(heading) for heading, _ in facts]
        _say(self._row(_("Styles")), without_home(path_to_text(own_folder())))
        self._grid.addWidget(folder_button(_("Open &folder"), own_folder()), self._grid.rowCount() - 1, 2)
        _say(self._row(_("Recipes")), RECIPES)
        self.show_facts(facts)

    def show_facts(self, facts: Sequence[Tuple[str, str]]) -> None:
        for field, (_heading, text) in zip(self._texts, facts):  # noqa: B905 - Python 3.8 has no strict
            if field.text() != text:
                _say(field, text)

    def _row(self, heading: str) -> QLineEdit:
        """A text that can be marked and is never too long for the window."""
        field = QLineEdit()
        field.setReadOnly(True)
        field.setFrame(False)
        field.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        palette = field.palette()
        palette.setColor(QPalette.ColorRole.Base, QColor(0, 0, 0, 0))
        field.setPalette(palette)
        row = self._grid.rowCount()
        self._grid.addWidget(QLabel(heading + ":"), row, 0)
        self._grid.addWidget(field, row, 1)
        return field


def _say(field: QLineEdit, text: str) -> None:
    field.setText(text)
    field.setCursorPosition(0)


class LogPage(QWidget):
    """Its last lines, which follow what is added as long as nobody scrolled away. report: all of it as one text, to be copied."""

    def __init__(self, report: Callable[[], str]) -> None:
        super().__init__()
        self._lines: Sequence[str] = ()
        self._text = QPlainTextEdit()
        self._text.setObjectName("log")
        self._text.setReadOnly(True)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._text.setMinimumSize(*LOG_SIZE)
        title = QLabel(_("&Log:"))
        title.setBuddy(self._text)
        tip = _("Copy all of this as one text, for whoever helps: versions, device, the last error and the log")
        copy = push_button("copy_report", _("Co&py report"), tip, lambda: QGuiApplication.clipboard().setText(report()))
        buttons = QHBoxLayout()
        buttons.addWidget(copy)
        buttons.addWidget(folder_button(_("Show &in folder"), log_folder()))
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(title)
        layout.addWidget(self._text, 1)
        layout.addLayout(buttons)

    def show_lines(self, lines: Sequence[str]) -> None:
        if lines == self._lines:
            return
        self._lines = lines
        bar = self._text.verticalScrollBar()
        place, follows = bar.value(), bar.value() >= bar.maximum()
        self._text.setPlainText("\n".join(lines))
        bar.setValue(bar.maximum() if follows else place)


def folder_button(text: str, folder: str) -> QPushButton:
    return push_button("open_folder", text, "", lambda: _open(folder))


def _open(folder: str) -> None:
    os.makedirs(folder, exist_ok=True)  # it is made when the first thing comes into it
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(path_to_text(folder))):
        show_note(_("Krita can't show folders here."), _("It lies at {}.").format(path_to_text(folder)))
