"""The document of Krita that is worked on, in our words. Every method must be called in the thread of the window."""

from __future__ import annotations

from typing import List, Optional

from krita import Krita

from .arrows import Arrow
from .colour import ColorSpace
from .layer import Layer, filled_node, find_layer
from .qt import QByteArray, QUuid
from .rectangle import Rectangle
from .refusal import Refusal

RECIPE_KEY = "brushwarp/recipe/"  # with the id of the layer that it belongs to


class Document:
    """One open picture. It may be closed at any time: ask `is_open` after each wait."""

    def __init__(self, document) -> None:
        self._document = document

    @classmethod
    def active(cls) -> Optional[Document]:
        document = Krita.instance().activeDocument()
        return None if document is None else cls(document)

    @property
    def is_open(self) -> bool:
        return any(other == self._document for other in Krita.instance().documents())

    @property
    def canvas(self) -> Rectangle:
        return Rectangle(0, 0, self._document.width(), self._document.height())

    @property
    def short_side(self) -> int:
        """The shorter side of the canvas: what brush sizes are measured by."""
        return min(self._document.width(), self._document.height())

    def active_layer(self) -> Optional[Layer]:
        node = self._document.activeNode()
        return None if node is None else Layer(node)

    def layer(self, layer_id: str) -> Optional[Layer]:
        """The layer of an id, unless it was removed."""
        return find_layer(self._document, QUuid(layer_id))

    def arrow_layers(self) -> List[Layer]:
        """The vector layers that are named for arrows, the topmost (which is the newest) first."""
        return Layer(self._document.rootNode()).vector_layers()

    def arrows(self, layer: Layer) -> List[Arrow]:
        return layer.arrows(self._document.xRes(), self._document.yRes())

    def settle(self) -> None:
        """Let strokes and moves that are under way come to their end."""
        self._document.waitForDone()

    def place_of(self, layer: Layer) -> Rectangle:
        """The rectangle to paint: all that is on the layer, short of what lies further off than a canvas' length."""
        return layer.bounds.clipped(self.canvas.grown(max(self.canvas.width, self.canvas.height)))

    def selection(self, place: Rectangle) -> Optional[bytes]:
        """How far each pixel of a rectangle is selected (0 to 255), or None if there is no selection.

        Raises Refusal if nothing in it is selected.
        """
        selection = self._document.selection()
        if selection is None:
            return None
        mask = bytes(selection.pixelData(place.x, place.y, place.width, place.height))
        if len(mask) != place.area:
            raise Refusal("The selection can't be read.", "Choose Select > Deselect, then select anew.")
        if not mask.strip(b"\0"):
            raise Refusal("Nothing of the layer is selected.", "Move the selection onto the layer, or choose Select > Deselect.")
        return mask

    def add_above(self, source: Layer, name: str, place: Rectangle, pixels: bytes, sent: ColorSpace) -> Layer:
        """A new paint layer directly above `source`, in the same group and colour space, in one step of undo.

        Krita makes it the active layer by itself, a moment later; told to do so at once, it complains of a failed assertion.
        """
        node = filled_node(self._document, name, place, pixels, sent, source.space)
        source.node.parentNode().addChildNode(node, source.node)
        return Layer(node)

    def keep_recipe(self, layer: Layer, recipe: str) -> None:
        """Store how a layer was made with the document; Krita has no such place in the layer itself."""
        self._document.setAnnotation(RECIPE_KEY + layer.id, "How Brushwarp made a layer", QByteArray(recipe.encode("utf-8")))
