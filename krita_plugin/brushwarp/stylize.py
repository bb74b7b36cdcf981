"""Stylize…: the layer repainted in a trained style, then bent along arrows."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Callable, List, Sequence

from krita import Krita

from .bridge.client import StylizeRequest
from .bridge.language import _
from .bridge.styles import InstalledStyle
from .command import SETTINGS_GROUP, Command, arrow_choices, works_on
from .cutout import Cutout
from .delivery import NewPainting
from .document import Document
from .layer import Layer
from .messages import main_window
from .painting import Task
from .refusal import Refusal
from .settings import StylizeSettings
from .style_choice import GALLERY, key_of
from .stylize_dialog import StylizeDialog


def chosen_style() -> str:
    """The id of the style that Stylize… opens with; nothing before the first time."""
    return _settings().style


def choose_style(style: str) -> None:
    """Let Stylize… open with it."""
    Krita.instance().writeSetting(SETTINGS_GROUP, StylizeCommand.name, replace(_settings(), style=style).to_text())


def for_frames(task: Task, dialog: StylizeDialog) -> Callable[[Cutout], Task]:
    """What a task asks of a single picture, of what all frames have in common, as the dialog has it, which may be closed by then."""
    arrows, of_all = dialog.arrow_layer, steadied(task, dialog.settings.steady)
    return lambda common: replace(of_all, request=replace(of_all.request, **common.request_fields(arrows)))


def steadied(task: Task, is_wanted: bool) -> Task:
    """For all frames of one sequence, which no other has."""
    return replace(task, request=replace(task.request, steady=uuid.uuid4().hex if is_wanted else ""))


def _settings() -> StylizeSettings:
    return StylizeSettings.from_text(Krita.instance().readSetting(SETTINGS_GROUP, StylizeCommand.name, ""))


def _no_styles() -> Refusal:
    return Refusal(_("There are no styles yet."), _("Add one in the docker Brushwarp styles, or learn one: Tools > Brushwarp > Train style from layer…."))


class StylizeCommand(Command):
    name = "stylize"
    text = _("&Stylize…")
    tip = _("Repaint the active layer in a painter's style")
    explanation = _(
        "Repaints the active layer in a painter's style, bends it along the arrows of a vector layer, and adds the result as a new layer above."
    )

    def dialog(self, document: Document, layer: Layer, styles: List[InstalledStyle], kept: str) -> StylizeDialog:
        if not styles:
            raise _no_styles()
        settings, clip = StylizeSettings.from_text(kept), document.frames(layer)
        return StylizeDialog(main_window(), layer.name, arrow_choices(document), settings, clip)

    def _begin(self, document: Document, ids: Sequence[str], dialog: StylizeDialog) -> None:
        if dialog.frames is None:
            super()._begin(document, ids, dialog)
            return
        self._remember(dialog)
        (work,) = works_on(document, ids, lambda cutout: self.task(document, cutout, dialog))
        layer = work.cutout.layer
        self._desk.begin_frames(document, layer, dialog.frames, lambda whole: Cutout(document, layer, whole), for_frames(work.task, dialog))

    def task(self, document: Document, cutout: Cutout, dialog: StylizeDialog) -> Task:
        settings = dialog.settings
        if not settings.style:
            raise _no_styles()
        request = StylizeRequest(
            style=settings.style,
            medium=settings.medium,
            fine=settings.fine,
            strength=settings.strength,
            as_opacity=settings.as_opacity,
            brush_scale=settings.brush_scale,
            keep_colors=settings.keep_colors,
            **cutout.request_fields(dialog.arrow_layer),
        )
        return Task(request, NewPainting(dialog.style_name, key_of(GALLERY, settings.style), shows_pictures=True, as_mask=settings.as_mask))
