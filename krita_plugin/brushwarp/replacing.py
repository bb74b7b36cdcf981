"""A layer in the place of another one, in one step of undo.

Krita has one such step that a script can take: Convert to Paint Layer, which removes a layer and adds a paint layer that looks as it
did. So for that moment the layer looks as the new one shall, and then again as it did: Krita notes neither. Undo brings the old layer
with its own pixels, redo the new one (seen in Krita 5.2).
"""

from __future__ import annotations

from typing import Any, Optional

from krita import Krita

from .layer import Layer, find_layer
from .messages import guarded
from .qt import QTimer

POLL_MS = 100
CONVERT = "convert_to_paint_layer"


def put_in_place(document: Any, old: Any, new: Any) -> Optional[Any]:
    """The node that is there then; None where Krita does not let `old` go. old: of a paint layer, whose masks don't go along; new: of one in
    its colour space that belongs to no parent. The document must be the active one: behind others Krita crashes, later, of a layer that went.
    """
    document.waitForDone()  # a stroke that is being painted meanwhile comes to its end
    parent, place = old.parentNode(), _place_of(old)
    document.setActiveNode(old)
    active = document.activeNode()
    if active is None or active.uniqueId() != old.uniqueId():
        return None
    _convert(document, old, new)
    found = parent.childNodes()[place]
    if found.uniqueId() == old.uniqueId():
        return None
    take_over(old, found)
    found.setName(new.name())
    _keep_drawn(document, found.uniqueId())
    return found


def _keep_drawn(document: Any, id: Any) -> None:
    """After Undo of a conversion Krita draws the layer that came back over the one that went, until all is drawn anew (seen in Krita 5.2).

    It tells no script of Undo, so it is asked whether the node of an id is there, as long as the document is open.
    """
    timer = QTimer(Krita.instance())
    seen = [True]

    def look() -> None:
        if document not in Krita.instance().documents():
            timer.stop()
            timer.deleteLater()
        elif (find_layer(document, id) is not None) != seen[0]:
            seen[0] = not seen[0]
            document.refreshProjection()

    timer.timeout.connect(guarded(look))
    timer.start(POLL_MS)


def _convert(document: Any, old: Any, new: Any) -> None:
    is_locked = old.locked()
    masks = [mask for mask in old.childNodes() if mask.visible()]
    for mask in masks:
        mask.setVisible(False)  # else what they clip now would be cut away for good
    box = Layer(old).bounds.joined(Layer(new).bounds)
    place = (box.x, box.y, box.width, box.height)
    own, fresh = old.pixelData(*place), new.pixelData(*place)
    opacity = old.opacity()
    old.setLocked(False)
    old.setPixelData(fresh, *place)
    old.setOpacity(new.opacity())
    try:
        Krita.instance().action(CONVERT).trigger()
        document.waitForDone()
    finally:
        old.setPixelData(own, *place)
        old.setOpacity(opacity)
        old.setLocked(is_locked)
        for mask in masks:
            mask.setVisible(True)


def _place_of(node: Any) -> int:
    """Among its siblings."""
    return [child.uniqueId() for child in node.parentNode().childNodes()].index(node.uniqueId())


def take_over(old: Any, new: Any) -> None:
    """Of a layer's looks what Krita does not take over by itself where it converts one."""
    new.setVisible(old.visible())
    new.setLocked(old.locked())
    new.setInheritAlpha(old.inheritAlpha())
    new.setAlphaLocked(old.alphaLocked())
    new.setColorLabel(old.colorLabel())
    effects = old.layerStyleToAsl()
    if effects:
        new.setLayerStyleFromAsl(effects)
