"""Deform…: the layer painted like a trained style, another layer or a picture file, and its shape solved with it."""

from __future__ import annotations

from typing import List

from .bridge.client import DeformRequest
from .bridge.language import _
from .bridge.styles import InstalledStyle
from .command import Command, arrow_choices
from .cutout import Cutout
from .deform_dialog import DeformDialog
from .delivery import NewPainting
from .document import Document
from .layer import Layer
from .messages import main_window
from .painting import Task
from .settings import DeformSettings
from .style_sources import ChosenStyle, offers


class DeformCommand(Command):
    name = "deform"
    text = _("&Deform…")
    tip = _("Paint the active layer like a picture, and bend it towards its shapes")
    explanation = _(
        "Paints the active layer like a trained style, another layer or a picture file, solves its shape along the arrows of a vector layer, and"
        " adds the result and the solved arrows above."
    )

    def dialog(self, document: Document, layer: Layer, styles: List[InstalledStyle], kept: str) -> DeformDialog:
        settings = DeformSettings.from_text(kept)
        return DeformDialog(
            main_window(), layer.name, offers(document, layer, styles), arrow_choices(document), settings, document.folder
        )

    def task(self, document: Document, cutout: Cutout, dialog: DeformDialog) -> Task:
        settings, style = dialog.settings, ChosenStyle(document, cutout, dialog.style)
        request = DeformRequest(
            style=style.name,
            base=dialog.base,
            style_picture=style.picture,
            content_weight=settings.content_weight,
            warp_weight=settings.warp_weight,
            tv_weight=settings.tv_weight,
            unfold=settings.unfold,
            size=settings.size,
            **cutout.request_fields(dialog.arrow_layer),
        )
        waits = bool(request.keypoints)
        delivery = NewPainting(dialog.style.name, dialog.style.key, shows_pictures=True, waits_to_be_read=waits, as_mask=settings.as_mask)
        return Task(request, delivery, style.pixels)
