"""Apply warp: the layer bent along arrows at its own size, with no style, as a new layer above it: of pixels, or with a transform mask."""

from __future__ import annotations

from dataclasses import replace

from .bridge.bend import Bend
from .command import Desk
from .cutout import Cutout
from .delivery import NewMask, NewWarp
from .document import Document
from .painting import Task, Work
from .transform_mask import Lattice


def apply_warp(desk: Desk, document: Document, layer_id: str, arrow_layer: str, bend: Bend, as_mask: bool) -> None:
    """Raises Refusal or WorkerError if the layer can't be bent, or no arrow is to be followed."""
    if desk.is_taken:
        desk.painting.show()
        return
    layer = document.settled_layer(layer_id)
    layer.refuse_unpaintable()
    cutout = Cutout(document, layer)
    arrows = cutout.request_fields(arrow_layer)["keypoints"]
    request = bend.request(arrows, cutout.place.width, cutout.place.height, cutout.layout["format"])
    task = Task(request, NewWarp())
    if as_mask:
        lattice = Lattice.over(cutout.place)
        task = Task(replace(request, lattice=lattice.asked), NewMask(lattice=lattice))
    desk.begin(document, [Work(cutout, task)])
