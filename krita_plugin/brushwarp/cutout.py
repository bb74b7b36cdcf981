"""What of a layer travels to the worker: the part that has anything on it, in colours that the worker takes; and how it looks."""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple

from .bridge.language import _
from .bridge.request import Arrow, Part
from .colour import pixel_format, space_to_send
from .document import Document
from .layer import Layer
from .qt import QImage
from .rectangle import Rectangle
from .refusal import Refusal
from .small_copy import image_at, small_copy


class Cutout:
    """place: in the document's pixels, or None for all that is on the layer. sent: the colour space of the pixels. Raises Refusal for
    colours that can't be painted, and for a layer that lies out of reach."""

    def __init__(self, document: Document, layer: Layer, place: Optional[Rectangle] = None) -> None:
        self._document, self._layer = document, layer
        self.place = document.place_of(layer.bounds if place is None else place)
        self._offset = layer.offset
        self.sent = space_to_send(layer.space, layer.name)
        self._selection: Optional[bytes] = None
        self._has_looked = False
        if self.place.is_empty:
            raise Refusal(_("“{}” lies far outside of the canvas.").format(layer.name), _("Move it onto the canvas."))

    @property
    def layer(self) -> Layer:
        return self._layer

    def follow(self) -> None:
        """Let `place` be where it lies now, if the layer was moved meanwhile. Which of an animated one's keyframes was, nobody can tell."""
        if not self._layer.node.animated():
            (x, y), (was_x, was_y) = self._layer.offset, self._offset
            self.place, self._offset = self.place.moved(x - was_x, y - was_y), (x, y)

    @property
    def layout(self) -> Dict[str, Any]:
        """Fields of a request, or of a StylePicture, that say what the bytes are."""
        return {"width": self.place.width, "height": self.place.height, "format": pixel_format(self.sent)}

    def pixels(self) -> bytes:
        """As it lies now: layers that wait for their turn may be moved, and those to paint like."""
        self.follow()
        return self._layer.read(self.place, self.sent)

    def small(self) -> QImage:
        """All of it, small, as it looks on the screen. Raises Refusal."""
        return small_copy(self._document, self._layer).image

    def spot(self, part: Part) -> QImage:
        """A part of it likewise, at its own size."""
        return image_at(self._layer, Rectangle(self.place.x + part.left, self.place.y + part.top, part.width, part.height))

    def selection(self) -> Optional[bytes]:
        """How far each pixel is selected, as it was when this was asked for first; None if there is no selection. Raises Refusal."""
        if not self._has_looked:
            self._selection = self._document.selection(self._layer, self.place)
            self._has_looked = True
        return self._selection

    def request_fields(self, arrow_layer: Optional[str]) -> Dict[str, Any]:
        """What every request about this layer has. arrow_layer: the id of the layer with the arrows, or None."""
        return dict(self.layout, keypoints=self._keypoints(arrow_layer), canvas_short_side=self._document.short_side)

    def _keypoints(self, arrow_layer: Optional[str]) -> Tuple[Arrow, ...]:
        x, y = self.place.x, self.place.y
        return tuple((a - x, b - y, c - x, d - y) for a, b, c, d in self._document.arrows_of(arrow_layer))
