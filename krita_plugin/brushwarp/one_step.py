"""Adding what was built of parts in one step of undo.

Krita notes every part as a step of its own, even of nodes that belong to no document's tree yet: shapes drawn on a vector layer
("Create 8 shapes"), a layer put into a group ("Add Layer"). Each would have to be undone before the painter's own last step is. So
these are taken back, and what is added is a copy that was made before that: one "Add Layer", seen in Krita 5.2.
"""

from __future__ import annotations

from typing import Any

from krita import Krita


def add_in_one_step(document: Any, built: Any, steps: int, above: Any) -> Any:
    """Add a copy of the node `built`, which took so many steps, directly above a node; the copy.

    Krita undoes in the document before the painter alone: in another one the steps stay, as ones that change nothing to be seen.
    """
    undo = Krita.instance().action("edit_undo")
    added = built.duplicate()
    document.waitForDone()
    if Krita.instance().activeDocument() == document:
        for _ in range(steps):
            undo.trigger()
            document.waitForDone()
    above.parentNode().addChildNode(added, above)
    _draw(added)
    return added


def _draw(node: Any) -> None:
    """Of a copied vector layer Krita shows nothing until something happens to a shape of it."""
    if node.type() == "vectorlayer":
        for shape in node.shapes():
            shape.update()
    for child in node.childNodes():
        _draw(child)
