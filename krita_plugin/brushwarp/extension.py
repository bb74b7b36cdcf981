"""The menu: Tools > Brushwarp, and the dockers that it shows."""

from __future__ import annotations

from typing import ClassVar, Type

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
    """An entry that shows a docker of the window that the painter is in. kind, docker: its class and id; the words are as Entry has them."""

    kind: ClassVar[Type[Docker]]
    docker: ClassVar[str]

    def ask(self) -> None:
        main_window().findChild(self.kind, self.docker).come_forward()


class ArrowsCommand(DockerCommand):
    kind, docker = ArrowsDocker, arrows_docker.DOCKER
    name = "arrows"
    text = _("&Arrows…")
    tip = _("Look at the arrows, and at the layer as they bend it")
    explanation = _("Shows the docker Brushwarp arrows: the arrows of the document, and the layer as they bend it, while they are edited.")


class StylesCommand(DockerCommand):
    kind, docker = StylesDocker, styles_docker.DOCKER
    name = "styles"
    text = _("St&yles…")
    tip = _("Look through the styles, and choose the one to paint with")
    explanation = _("Shows the docker Brushwarp styles: the gallery, in which styles are searched, chosen, marked, added and removed.")


class BrushwarpExtension(Extension):
    """Krita keeps one of these, and asks it for its actions for every window that opens."""

    def __init__(self, parent) -> None:
        super().__init__(parent)
        self._desk = Desk()
        self._train = TrainCommand()
        self._engine = EngineCommand()
        self._recipe = RecipeCommand(self._desk)
        stylize, deform = StylizeCommand(self._desk), DeformCommand(self._desk)
        self._commands = [
            stylize,
            deform,
            RepeatCommand(self._desk),
            EditCommand(self._desk, stylize, deform),
            self._recipe,
            SuggestCommand(self._desk),
            ArrowsCommand(),
            StylesCommand(),
            self._train,
            self._engine,
        ]
        self._kept = []  # menus, which Krita's windows do not keep alive; and actions, whose slots name them: Python would sweep both away
        right = DockWidgetFactoryBase.DockRight
        Krita.instance().addDockWidgetFactory(DockWidgetFactory(arrows_docker.DOCKER, right, lambda: ArrowsDocker(self._desk, self._engine)))
        Krita.instance().addDockWidgetFactory(DockWidgetFactory(styles_docker.DOCKER, right, StylesDocker))

    def setup(self) -> None:
        closing = Krita.instance().notifier().applicationClosing
        closing.connect(guarded(self._desk.give_up))
        closing.connect(guarded(self._train.finish))

    def createActions(self, window) -> None:  # noqa: N802 - Krita's name
        title = window.createAction(MENU, "Brushwarp", "tools")
        menu = QMenu(MENU, window.qwindow())
        title.setMenu(menu)
        self._kept.append(menu)
        for command in self._commands:
            action = window.createAction("brushwarp_" + command.name, command.text, "tools/" + MENU)
            self._kept.append(action)
            action.setIconText(command.text.replace("&", "").rstrip("…"))  # on a toolbar
            _keep_tip(action, command.tip)
            action.setStatusTip(command.tip)
            action.setWhatsThis(command.explanation)
            action.triggered.connect(guarded(lambda *_, command=command, action=action: self._ask(command, action)))

    def _ask(self, command, action) -> None:
        """A script that leaves a recipe in the action's data has it followed, once."""
        data = action.data()
        action.setData(None)
        if command is self._engine:
            command.ask()
        elif command is self._recipe and isinstance(data, str):
            self._engine.lead(lambda: command.take(data))
        else:
            self._engine.lead(command.ask)


def _keep_tip(action, tip: str) -> None:
    """Ours, with the keys as Krita's own have them. For each picture that is opened Krita puts the one of brushwarp.action back, which is English."""

    def say() -> None:
        shortcut = action.shortcut()
        keys = shortcut.toString(shortcut.SequenceFormat.NativeText)
        said = f"{tip} ({keys})" if keys else tip
        if action.toolTip() != said:
            action.setToolTip(said)

    action.changed.connect(guarded(say))
    say()
