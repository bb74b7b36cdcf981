"""The menu: Tools > Brushwarp, and the dockers that it shows."""

from __future__ import annotations

from typing import Type

from krita import DockWidgetFactory, DockWidgetFactoryBase, Extension, Krita

from . import arrows_docker, styles_docker
from .arrows_docker import ArrowsDocker
from .bridge.language import _
from .command import Desk
from .deform import DeformCommand
from .docker import Docker
from .edit import EditCommand
from .engine import EngineCommand
from .messages import guarded, main_window
from .qt import QMenu
from .recipe import RecipeCommand
from .repeat import RepeatCommand
from .styles_docker import StylesDocker
from .stylize import StylizeCommand
from .suggest import SuggestCommand
from .train import TrainCommand

MENU = "brushwarp"


class DockerCommand:
    """An entry that shows a docker of the window that the painter is in. name, text: as Command has them; kind, docker: its class and id."""

    def __init__(self, name: str, text: str, kind: Type[Docker], docker: str) -> None:
        self.name, self.text = name, text
        self._kind, self._docker = kind, docker

    def ask(self) -> None:
        main_window().findChild(self._kind, self._docker).come_forward()


class BrushwarpExtension(Extension):
    """Krita keeps one of these, and asks it for its actions for every window that opens."""

    def __init__(self, parent) -> None:
        super().__init__(parent)
        self._desk = Desk()
        self._train = TrainCommand()
        self._engine = EngineCommand()
        stylize, deform = StylizeCommand(self._desk), DeformCommand(self._desk)
        self._commands = [
            stylize,
            deform,
            RepeatCommand(self._desk),
            EditCommand(self._desk, stylize, deform),
            RecipeCommand(self._desk),
            SuggestCommand(self._desk),
            DockerCommand("arrows", _("&Arrows…"), ArrowsDocker, arrows_docker.DOCKER),
            DockerCommand("styles", _("St&yles…"), StylesDocker, styles_docker.DOCKER),
            self._train,
            self._engine,
        ]
        self._menus = []  # Krita's windows do not keep them alive
        right = DockWidgetFactoryBase.DockRight
        Krita.instance().addDockWidgetFactory(DockWidgetFactory(arrows_docker.DOCKER, right, lambda: ArrowsDocker(self._desk)))
        Krita.instance().addDockWidgetFactory(DockWidgetFactory(styles_docker.DOCKER, right, StylesDocker))

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
            action.triggered.connect(guarded(lambda *_, command=command: self._ask(command)))

    def _ask(self, command) -> None:
        if command is self._engine:
            command.ask()
        else:
            self._engine.lead(command.ask)
