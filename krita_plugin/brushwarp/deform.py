"""Deform…: the layer painted like a trained style, another layer or a picture file, and its shape solved with it."""

from __future__ import annotations

from typing import List, Optional, Tuple

from .bridge.client import DeformRequest, StylePicture
from .bridge.styles import InstalledStyle
from .command import Command
from .cutout import Cutout
from .deform_dialog import DeformDialog
from .document import Document
from .fields import PREVIEW, ArrowChoice, pixmap_of
from .layer import Layer
from .messages import main_window
from .painting import Task
from .qt import QPixmap
from .refusal import Refusal
from .settings import DeformSettings
from .style_choice import GALLERY, LAYER, StyleChoice, layer_choice

MOST_THUMBNAILS = 24  # of layers: each is computed while the painter waits for the dialog


class DeformCommand(Command):
    name = "deform"
    text = "&Deform…"

    def _dialog(
        self, document: Document, layer: Layer, styles: List[InstalledStyle], choices: List[ArrowChoice], kept: str
    ) -> DeformDialog:
        listed: List[Tuple[StyleChoice, Optional[QPixmap]]] = [
            (StyleChoice(GALLERY, style.id, style.name, style.label), pixmap_of(style.thumbnail)) for style in styles
        ]
        others = [other for other in document.paint_layers() if other.id != layer.id]
        for index, other in enumerate(others):
            small = other.thumbnail(PREVIEW.width(), PREVIEW.height()) if index < MOST_THUMBNAILS else None
            listed.append((layer_choice(other.id, other.name), small))
        return DeformDialog(main_window(), layer.name, listed, choices, DeformSettings.from_text(kept), document.folder)

    def _task(self, document: Document, cutout: Cutout, dialog: DeformDialog) -> Task:
        settings, choice = dialog.settings, dialog.style
        picture = _style_layer(document, cutout, choice.id) if choice.kind == LAYER else None
        request = DeformRequest(
            style=choice.name if picture is not None else choice.id,
            base=dialog.base,
            style_picture=None if picture is None else StylePicture(**picture.layout),
            content_weight=settings.content_weight,
            warp_weight=settings.warp_weight,
            tv_weight=settings.tv_weight,
            unfold=settings.unfold,
            size=settings.size,
            **cutout.request_fields(dialog.arrow_layer),
        )
        return Task(request, choice.name, None if picture is None else picture.pixels())


def _style_layer(document: Document, cutout: Cutout, layer_id: str) -> Cutout:
    """The layer to paint like. Raises Refusal if there is nothing to learn from it."""
    layer = document.layer(layer_id)
    if layer is None:
        raise Refusal("The layer to paint like is gone.", "Choose another one.")
    if layer.id == cutout.layer.id:
        raise Refusal("“{}” can't be painted like itself.".format(layer.name), "Choose another layer, a style or a picture file.")
    layer.refuse_unreadable()
    return Cutout(document, layer)
