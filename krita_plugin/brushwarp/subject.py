"""What the docker is about: the layer to bend, and the layers of arrows to choose from.

Krita's own objects are asked for anew each time: a document can be closed, and a layer removed, at any moment.
"""

from __future__ import annotations

from typing import List, Optional

from .bridge.language import _
from .delivery import WARP_NAME
from .document import LAYER_NAME, Document
from .layer import Layer
from .refusal import Refusal

NO_LAYER = (_("There is no paint layer to bend."), _("Add one, or choose one in the Layers docker."))


def arrow_layers(document: Document) -> List[Layer]:
    """Those to choose from: drawn and suggested ones, the newest first, then the solved ones."""
    return document.arrow_layers() + document.solved_layers()


class LayerToBend:
    """The active paint layer; while another kind of layer is active (arrows are edited with theirs active) the one that was before.

    A layer that Apply warp made is not taken, as it becomes active by itself: bent a second time it would surprise.
    """

    def __init__(self) -> None:
        self._id = ""

    def find(self, document: Document, arrow_layer: Layer) -> Layer:
        """Raises Refusal if there is none."""
        active = document.active_layer()
        if active is not None and _is_possible(active):
            self._id = active.id
        layer = document.layer(self._id) if self._id else None
        if layer is None:
            layer = _beneath(document, arrow_layer)
            if layer is None:
                raise Refusal(*NO_LAYER)
            self._id = layer.id
        return layer


def _is_possible(layer: Layer) -> bool:
    return layer.node.type() == "paintlayer" and layer.name != LAYER_NAME.format(WARP_NAME)


def _beneath(document: Document, arrow_layer: Layer) -> Optional[Layer]:
    """The next paint layer below the arrows, which is the one that they were suggested for; else the topmost of all."""
    below = False
    first = None
    for layer in document.layers():
        if below and _is_possible(layer):
            return layer
        below = below or layer.id == arrow_layer.id
        first = first or (layer if _is_possible(layer) else None)
    return first
