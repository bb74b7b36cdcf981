"""The layer that a style is to be learnt from: the active one, which is only looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from .bridge.language import _
from .bridge.training_words import style_name
from .bridge.trainings import TrainingRequest
from .command import active_layer
from .cutout import Cutout
from .document import Document
from .fields import PREVIEW
from .layer import Layer
from .qt import QPixmap
from .refusal import Refusal


@dataclass(frozen=True)
class Source:
    """A layer that a style can be learnt from. title: what to call the style until the painter says otherwise."""

    layer: str
    width: int
    height: int
    title: str
    picture: Optional[QPixmap]


class SourceLayer:
    """The layer that is active, as the dialog shows it: the one that Train takes."""

    def __init__(self) -> None:
        self._document: Optional[Document] = None
        self._id = ""

    @property
    def has_changed(self) -> bool:
        """Whether another layer is active than when it was looked at. Costs next to nothing."""
        document = Document.active()
        layer = None if document is None else document.active_layer()
        return self._id != ("" if layer is None else layer.id)

    def look(self) -> Source:
        """The layer that is active now. Raises WorkerError if nothing can be learnt from it."""
        self._document, self._id = None, ""
        self._document, layer = active_layer()
        self._id = layer.id
        cutout = _cutout(self._document, layer)
        TrainingRequest(name="any", **cutout.layout)  # refuses what is too small, and too large
        title = style_name(layer.name, self._document.file, len(self._document.paint_layers()) == 1)
        return Source(layer.name, cutout.place.width, cutout.place.height, title, layer.thumbnail(PREVIEW.width(), PREVIEW.height()))

    def cutout(self) -> Cutout:
        """Of the layer that was looked at. Raises Refusal."""
        if self._document is None or not self._document.is_open:
            raise Refusal(_("The picture is closed."), _("Open it again, and choose the layer to learn from."))
        return _cutout(self._document, self._document.settled_layer(self._id))


def _cutout(document: Document, layer: Layer) -> Cutout:
    layer.refuse_unreadable()
    return Cutout(document, layer)
