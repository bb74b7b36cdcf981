"""Message boxes, and the guard around everything that Qt calls. No box stops its caller: Krita goes on.

Without a window Krita is about to end, and a box would keep it from that: what there is to say goes to the standard error then.
"""

from __future__ import annotations

import functools
import sys
import traceback
from typing import Any, Callable

from krita import Krita

from .bridge.errors import WorkerError
from .bridge.language import _
from .qt import QMessageBox, Qt


def main_window() -> Any:
    """What our windows belong to; None where Krita shows none."""
    window = Krita.instance().activeWindow()
    return None if window is None else window.qwindow()


def show_problem(error: WorkerError, details: str = "") -> None:
    """What happened, and what to do about it."""
    _say(QMessageBox.Icon.Warning, error.message, error.hint, details)


def show_note(message: str, hint: str = "") -> None:
    """Something to know, where nothing went wrong."""
    _say(QMessageBox.Icon.Information, message, hint)


def ask_first(question: str, hint: str, word: str, act: Callable[[], None]) -> None:
    """Do what `word` says, if the painter presses it."""
    box = _box(QMessageBox.Icon.Question, question, hint)
    box.addButton(word, QMessageBox.ButtonRole.DestructiveRole).clicked.connect(guarded(lambda *_: act()))
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.open()


def offer(message: str, hint: str, word: str, act: Callable[[], None]) -> None:
    """Do what `word` says, if the painter presses it: nothing is lost by it."""
    box = _box(QMessageBox.Icon.Question, message, hint)
    button = box.addButton(word, QMessageBox.ButtonRole.AcceptRole)
    button.clicked.connect(guarded(lambda *_: act()))
    box.setDefaultButton(button)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.open()


def _say(icon: Any, message: str, hint: str, details: str = "") -> None:
    if main_window() is None:
        print(message, hint, details, file=sys.stderr)
        return
    box = _box(icon, message, hint)
    if details:
        box.setDetailedText(details)
    box.open()


def _box(icon: Any, message: str, hint: str) -> QMessageBox:
    box = QMessageBox(main_window())
    box.setObjectName("brushwarp_message")
    box.setIcon(icon)
    box.setWindowTitle("Brushwarp")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(message)
    box.setInformativeText(hint)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box


def guarded(slot: Callable) -> Callable:
    """A slot whose exceptions become a message box: one that reached Krita would stop it with a dialog of its own."""

    @functools.wraps(slot)
    def run(*arguments: Any, **named: Any) -> Any:
        try:
            return slot(*arguments, **named)
        except WorkerError as error:
            show_problem(error)
        except Exception as error:  # noqa: BLE001 - the edge of the plugin
            wrapped = WorkerError("plugin", _("Brushwarp failed: {!r}.").format(error), _("Please report it, with the details below."))
            show_problem(wrapped, traceback.format_exc())
        return None

    return run
