"""The menu: Tools > Brushwarp, and the docker that it shows."""

from __future__ import annotations

from krita import DockWidgetFactory, DockWidgetFactoryBase, Extension, Krita

from .arrows_docker import DOCKER, ArrowsDocker
from .command import Desk
from .deform import DeformCommand
from .messages import guarded, main_window
from .qt import QMenu
from .stylize import StylizeCommand
from .suggest import SuggestCommand
from .train import TrainCommand

MENU = "brushwarp"


class ArrowsCommand:
    """An entry that shows the docker of the window that the painter is in."""

    name = "arrows"
    text = "&Arrows…"

    def ask(self) -> None:
        main_window().findChild(ArrowsDocker, DOCKER).come_forward()


class BrushwarpExtension(Extension):
    """Krita keeps one of these, and asks it for its actions for every window that opens."""

    def __init__(self, parent) -> None:
        super().__init__(parent)
        self._desk = Desk()
        self._train = TrainCommand()
        self._commands = [
            StylizeCommand(self._desk), DeformCommand(self._desk), SuggestCommand(self._desk), ArrowsCommand(), self._train,
        ]
        self._menus = []  # Krita's windows do not keep them alive
        right = DockWidgetFactoryBase.DockRight
        Krita.instance().addDockWidgetFactory(DockWidgetFactory(DOCKER, right, lambda: ArrowsDocker(self._desk)))

    def setup(self) -> None:
        closing = Krita.instance().notifier().applicationClosing
        closing.connect(guarded(self._desk.give_up))
        closing.connect(guarded(self._train.finish))

    def createActions(self, window) -> None:  # noqa: N802 - Krita's name
        title = window.createAction(MENU, "Brushwarp", "tools")
        menu = QMenu(MENU, window.qwindow())
        title.setMenu(menu)
        self._menus.append(menu)
        for command in self._commands:
            action = window.createAction("brushwarp_" + command.name, command.text, "tools/" + MENU)
            action.triggered.connect(guarded(lambda *_, command=command: command.ask()))
