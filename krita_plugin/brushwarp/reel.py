"""The frames of an animated layer, read and painted in a document that nobody sees: the painter's own time stays where it is.

Krita writes pixels into the frame of its document's current time, lets no script add a keyframe, and notes every change of the time as
a step of undo. But a copy of a layer has all its keyframes, crops them all at once, and may be moved through time in another document;
a copy of that, added to the painter's own, is one step (seen in Krita 5.2).
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import cached_property
from typing import Any, Iterator, List, Optional

from .aside import aside
from .colour import ColorSpace
from .frame_range import FrameRange
from .layer import Layer, converted
from .qt import QByteArray
from .rectangle import Rectangle
from .transparency_mask import mask_of

NOWHERE = (-(10**6), -(10**6), 1, 1)  # pixels: to be cropped to that leaves nothing
NO_EFFECTS = (
    '<asl><node classId="null" name="" type="Descriptor"><node unit="#Prc" key="Scl " value="100" type="UnitFloat"/></node>'
    '<node classId="Styl" name="" type="Descriptor"><node classId="documentMode" name="" key="documentMode" type="Descriptor"/></node></asl>'
)  # a layer style


class Reel:
    """The keyframes of a layer in a range, and those of what is painted of them; `painted` are the times of these. `close` it in the end."""

    def __init__(self, layer: Layer, frames: FrameRange) -> None:
        self.times = list(frames.times)
        self.painted: List[int] = []
        self._clip = frames.clip
        self._space = layer.space
        self._open = ExitStack()
        self._document = self._open.enter_context(aside())
        self._source = self._taken_in(layer.node.duplicate())
        self._result = self._taken_in(self._source.duplicate())
        self._result.cropNode(*NOWHERE)
        self._document.waitForDone()

    def bounds(self) -> Iterator[Rectangle]:
        """Where there is anything on each, one after the other: it may take a while."""
        for time in self.times:
            self._go_to(time)
            yield Layer(self._source).bounds

    def read(self, time: int, place: Rectangle, space: ColorSpace) -> bytes:
        """The pixels of one keyframe in a colour space."""
        self._go_to(time)
        pixels = bytes(self._source.pixelData(place.x, place.y, place.width, place.height))
        return converted(self._document, self._source.name(), pixels, place, self._space, space)

    def write(self, time: int, place: Rectangle, pixels: bytes, space: ColorSpace) -> None:
        """What was painted of it, once. Raises Refusal for a wrong length."""
        own = converted(self._document, self._source.name(), pixels, place, space, self._space)
        self._go_to(time)
        self._result.setPixelData(QByteArray(own), place.x, place.y, place.width, place.height)
        self._document.setModified(False)  # else Krita would save it by itself after some minutes
        self.painted.append(time)

    def node(self, name: str, place: Rectangle, mask: Optional[bytes]) -> Any:
        """A new layer's node with all that was painted, which belongs to no parent yet; its other keyframes are blank. mask: how far each
        pixel of a rectangle shows, in all frames, for a transparency mask on it.

        Of the layer's looks it takes on an animated opacity alone: it fades as the layer does.
        """
        node = self._result.duplicate()
        node.setName(name)
        if not self.fades:
            node.setOpacity(255)
        if node.layerStyleToAsl():
            node.setLayerStyleFromAsl(NO_EFFECTS)
        node.setBlendingMode("normal")
        node.setVisible(True)
        node.setColorLabel(0)
        node.setInheritAlpha(False)
        node.setAlphaLocked(False)
        if mask is not None:
            node.addChildNode(mask_of(self._document, mask, place), None)
        self._document.waitForDone()
        return node

    def close(self) -> None:
        self._open.close()

    @cached_property
    def fades(self) -> bool:
        """Whether the layer's opacity is animated. Krita tells a script no more than what it is at a time."""
        found = set()
        for time in (*self._clip, *self.times):
            self._go_to(time)
            found.add(self._source.opacity())
        return len(found) > 1

    def _taken_in(self, node: Any) -> Any:
        """A copy, without its masks; asked for anew, for what is done to the node itself is noted where it came from."""
        root = self._document.rootNode()
        root.addChildNode(node, None)
        self._document.waitForDone()
        found = root.childNodes()[-1]
        found.setLocked(False)
        for mask in found.childNodes():
            mask.remove()
        self._document.waitForDone()
        return found

    def _go_to(self, time: int) -> None:
        self._document.setCurrentTime(time)
        self._document.waitForDone()
