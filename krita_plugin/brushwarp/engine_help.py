"""From no engine to an engine: what to do in a sentence or two, and the command to copy."""

from __future__ import annotations

from typing import Callable

from .bridge.engine_state import EngineState
from .bridge.engine_words import way_out
from .bridge.language import _
from .fields import push_button
from .messages import guarded
from .qt import QFontDatabase, QGuiApplication, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget


class EngineHelp(QWidget):
    """check: looks whether the engine is there by now."""

    def __init__(self, check: Callable[[], None]) -> None:
        super().__init__()
        self._way = QLabel()
        self._way.setWordWrap(True)
        self._command = QLineEdit()
        self._command.setObjectName("command")
        self._command.setReadOnly(True)
        self._command.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        copy = push_button("copy_command", _("C&opy"), _("Copy the command, to paste it into a terminal"))
        copy.clicked.connect(guarded(lambda *_: QGuiApplication.clipboard().setText(self._command.text())))
        again = push_button("check_again", _("C&heck again"), _("Look whether the engine is there by now"))
        again.clicked.connect(guarded(lambda *_: check()))
        line, below = QHBoxLayout(), QHBoxLayout()
        line.addWidget(self._command, 1)
        line.addWidget(copy)
        below.addWidget(again)
        below.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._way)
        layout.addLayout(line)
        layout.addLayout(below)

    def show_state(self, state: EngineState) -> None:
        if state.command and state.command != self._command.text():  # which would take away what is marked in it
            self._way.setText(way_out(state))
            self._command.setText(state.command)
            self._command.setCursorPosition(0)
