"""The styles that a dialog offers for a layer, and the pixels of the one that was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, List, Optional

from .bridge.client import StylePicture
from .bridge.language import _
from .bridge.styles import InstalledStyle
from .cutout import Cutout
from .document import Document
from .fields import PREVIEW, pixmap_of
from .layer import Layer
from .qt import QPixmap
from .refusal import Refusal
from .style_choice import GALLERY, LAYER, StyleChoice, layer_choice

MOST_THUMBNAILS = 24  # of layers: each is computed while the painter waits for the dialog


@dataclass(frozen=True)
class Offer:
    """A style with a small picture of it, if there is one."""

    choice: StyleChoice
    picture: Optional[QPixmap]


def offers(document: Document, layer: Layer, styles: Iterable[InstalledStyle]) -> List[Offer]:
    """These styles of the gallery, then the other paint layers of the document."""
    found = [Offer(StyleChoice(GALLERY, style.id, style.name, style.label), pixmap_of(style.thumbnail)) for style in styles]
    others = [other for other in document.paint_layers() if other.id != layer.id]
    for index, other in enumerate(others):
        small = other.thumbnail(PREVIEW.width(), PREVIEW.height()) if index < MOST_THUMBNAILS else None
        found.append(Offer(layer_choice(other.id, other.name), small))
    return found


class ChosenStyle:
    """What a request says of it: `name` and `picture`; `pixels`, if they are to travel with it, reads them. Raises Refusal if the layer has
    nothing to look at."""

    def __init__(self, document: Document, cutout: Cutout, choice: StyleChoice) -> None:
        layer = _style_layer(document, cutout, choice.id) if choice.kind == LAYER else None
        self.name = choice.id if layer is None else choice.name
        self.picture = None if layer is None else StylePicture(**layer.layout)
        self.pixels = None if layer is None else layer.pixels


def _style_layer(document: Document, cutout: Cutout, layer_id: str) -> Cutout:
    layer = document.layer(layer_id)
    if layer is None:
        raise Refusal(_("The layer to paint like is gone."), _("Choose another one."))
    if layer.id == cutout.layer.id:
        raise Refusal(_("“{}” can't be painted like itself.").format(layer.name), _("Choose another layer, a style or a picture file."))
    layer.refuse_unreadable()
    return Cutout(document, layer)
