"""What a job leaves in the image: a new layer above the source, and paths of arrows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Optional, Sequence

from arrow_paths import insert_strokes
from bridge.errors import WorkerError
from gi.repository import Gimp
from keypoints import Arrow, strokes_from_arrows
from layers import Source, check_length, whole

RECIPE = "brushwarp-recipe"
PERSISTENT_UNDOABLE = 1 | 2  # GIMP_PARASITE_PERSISTENT | GIMP_PARASITE_UNDOABLE


@dataclass(frozen=True)
class SolvedPath:
    """Arrows to leave in the image as a path. arrows: in the layer's pixels."""

    name: str
    arrows: Sequence[Arrow]


def add_above(source: Source, name: str, pixels: bytes, recipe: str, solved: Optional[SolvedPath] = None) -> Gimp.Layer:
    """The painted pixels as a new layer directly above the source, selected, in one step of undo; and so a path of arrows.

    The layer is filled before it joins the image, so nothing half-done is ever seen or undone. Raises WorkerError if
    the source went away meanwhile.
    """
    image, layer, layout = source.image, source.layer, source.layout
    check_length(pixels, layout.size(source.width, source.height))
    if not image.is_valid() or not layer.is_valid():
        raise WorkerError("layer-gone", "The layer was deleted while Brushwarp painted it.", "Undo that, and paint again.")
    grey = image.get_base_type() == Gimp.ImageBaseType.GRAY
    kind = Gimp.ImageType.GRAYA_IMAGE if grey else Gimp.ImageType.RGBA_IMAGE
    if image.get_base_type() == Gimp.ImageBaseType.INDEXED:
        raise WorkerError("indexed", "The image became indexed while Brushwarp painted.", "Choose Image > Mode > RGB, and paint again.")
    painted = Gimp.Layer.new(image, name, source.width, source.height, kind, 100.0, image.get_default_new_layer_mode())
    buffer = painted.get_buffer()
    buffer.set(whole(source), layout.babl, pixels)  # bytes: anything else takes twenty times as long
    buffer.flush()
    painted.update(0, 0, source.width, source.height)
    painted.attach_parasite(Gimp.Parasite.new(RECIPE, PERSISTENT_UNDOABLE, _in_ascii(recipe)))
    _, left, top = layer.get_offsets()  # it may have been moved meanwhile
    painted.set_offsets(left, top)
    image.undo_group_start()
    try:
        image.insert_layer(painted, layer.get_parent(), image.get_item_position(layer))
        if solved is not None:
            insert_strokes(image, solved.name, strokes_from_arrows(solved.arrows, left, top))
        image.set_selected_layers([painted])
    finally:
        image.undo_group_end()
    Gimp.displays_flush()
    return painted


def add_arrows(source: Source, name: str, arrows: Sequence[Arrow]) -> Gimp.Path:
    """Arrows in the source's pixels as a path on top of all others, shown and selected, in one step of undo.

    Raises WorkerError if the source went away meanwhile.
    """
    image = source.image
    if not image.is_valid() or not source.layer.is_valid():
        raise WorkerError("layer-gone", "The layer was deleted while Brushwarp looked at it.", "Undo that, and ask again.")
    _, left, top = source.layer.get_offsets()  # it may have been moved meanwhile
    image.undo_group_start()
    try:
        path = insert_strokes(image, name, strokes_from_arrows(arrows, left, top), shown=True)
        image.set_selected_paths([path])
    finally:
        image.undo_group_end()
    Gimp.displays_flush()
    return path


def _in_ascii(recipe: str) -> bytes:
    """The same JSON: of Python's bytes, a parasite takes none above 127."""
    return json.dumps(json.loads(recipe), indent=2).encode("ascii")
