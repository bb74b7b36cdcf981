"""Stylize…: the layer repainted in a trained style, then bent along arrows."""

from __future__ import annotations

from typing import List

from .bridge.client import StylizeRequest
from .bridge.styles import InstalledStyle
from .command import Command, arrow_choices
from .cutout import Cutout
from .delivery import NewPainting
from .document import Document
from .layer import Layer
from .messages import main_window
from .painting import Task
from .refusal import Refusal
from .settings import StylizeSettings
from .stylize_dialog import StylizeDialog


class StylizeCommand(Command):
    name = "stylize"
    text = "&Stylize…"

    def _dialog(self, document: Document, layer: Layer, styles: List[InstalledStyle], kept: str) -> StylizeDialog:
        if not styles:
            raise Refusal("There are no styles yet.", "Add one: brushwarp styles add PACK.safetensors")
        return StylizeDialog(main_window(), layer.name, styles, arrow_choices(document), StylizeSettings.from_text(kept))

    def _task(self, document: Document, cutout: Cutout, dialog: StylizeDialog) -> Task:
        settings = dialog.settings
        request = StylizeRequest(
            style=settings.style,
            medium=settings.medium,
            fine=settings.fine,
            strength=settings.strength,
            brush_scale=settings.brush_scale,
            keep_colors=settings.keep_colors,
            **cutout.request_fields(dialog.arrow_layer),
        )
        return Task(request, NewPainting(dialog.style_name, shows_pictures=True))
