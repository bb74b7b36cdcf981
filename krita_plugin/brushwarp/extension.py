"""The menu: Tools > Brushwarp. A docker would be registered beside this, and use the same `StylizeCommand`."""

from __future__ import annotations

from krita import Extension, Krita

from .messages import guarded
from .qt import QMenu
from .stylize import StylizeCommand

MENU = "brushwarp"


class BrushwarpExtension(Extension):
    """Krita keeps one of these, and asks it for its actions for every window that opens."""

    def __init__(self, parent) -> None:
        super().__init__(parent)
        self._stylize = StylizeCommand()
        self._menus = []  # Krita's windows do not keep them alive

    def setup(self) -> None:
        Krita.instance().notifier().applicationClosing.connect(guarded(self._stylize.give_up))

    def createActions(self, window) -> None:  # noqa: N802 - Krita's name
        title = window.createAction(MENU, "Brushwarp", "tools")
        menu = QMenu(MENU, window.qwindow())
        title.setMenu(menu)
        self._menus.append(menu)
        action = window.createAction("brushwarp_stylize", "&Stylize…", "tools/" + MENU)
        action.triggered.connect(guarded(lambda *_: self._stylize.ask()))
