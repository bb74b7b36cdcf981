"""Suggest keypoints…: arrows from points of the layer to where a style's picture has them, on a vector layer of their own."""

from __future__ import annotations

from typing import List

from .bridge.client import SuggestRequest
from .bridge.language import _
from .bridge.styles import InstalledStyle
from .command import Command
from .cutout import Cutout
from .delivery import NewArrows
from .document import Document
from .layer import Layer
from .messages import main_window
from .painting import Task
from .settings import SuggestSettings
from .style_choice import GALLERY
from .style_sources import ChosenStyle, offers
from .suggest_dialog import SuggestDialog


class SuggestCommand(Command):
    name = "suggest"
    text = _("Suggest &keypoints…")
    tip = _("Draw arrows from the active layer's points to where a picture has them")
    explanation = _(
        "Finds points of the active layer that a picture has as well, and adds a vector layer with an arrow from each to where the picture has it."
    )
    takes_many = False

    def dialog(self, document: Document, layer: Layer, styles: List[InstalledStyle], kept: str) -> SuggestDialog:
        with_picture = [style for style in styles if style.has_painting]  # the others have nothing to look at
        settings = SuggestSettings.from_text(kept)
        return SuggestDialog(main_window(), layer.name, offers(document, layer, with_picture), settings, document.folder)

    def task(self, document: Document, cutout: Cutout, dialog: SuggestDialog) -> Task:
        settings, style = dialog.settings, ChosenStyle(document, cutout, dialog.style)
        request = SuggestRequest(
            style=style.name,
            style_picture=style.picture,
            trained=dialog.style.kind == GALLERY,
            count=settings.count,
            mirror=settings.mirror,
            **cutout.request_fields(None),
        )
        return Task(request, NewArrows(dialog.style.name), style.pixels)
