"""The recipes that lie with layers, and the one that was followed last; and where the layer is that a result was made from."""

from __future__ import annotations

import base64
import json
import os
from typing import Any, Optional, Tuple

from bridge.errors import WorkerError
from bridge.language import _
from bridge.masks import packed, unpacked
from bridge.recipes import Recipe, read_recipe
from gi.repository import Gimp
from layers import all_layers, as_layer

RECIPE, SOURCE, SELECTION, AS_MASK = "brushwarp-recipe", "brushwarp-source", "brushwarp-selection", "brushwarp-selection-as-mask"
ID = "brushwarp-id"  # of a layer that a result was made from
LAST, LAST_AS_MASK = "brushwarp-last", "brushwarp-last-as-mask"
YES = b"yes"
PERSISTENT, UNDOABLE = 1, 2  # GIMP_PARASITE_PERSISTENT, GIMP_PARASITE_UNDOABLE
THIS_SESSION = 0  # neither
MADE_BY = _("Select a layer that Stylize…, Deform… or Warp… has made.")


def sign(painted: Gimp.Layer, source: Gimp.Layer, recipe: str, selection: Optional[bytes], as_mask: bool) -> None:
    """Leave with a new layer how it was made: by which recipe, from which layer, and through which selection.

    as_mask: a selection is a layer mask on it.
    """
    for earlier in (SELECTION, AS_MASK):  # of a copy
        painted.detach_parasite(earlier)
    _attach(painted, RECIPE, _in_ascii(recipe))
    _attach(painted, SOURCE, _reference(source))
    if selection is not None:
        _attach(painted, SELECTION, base64.b64encode(packed(selection)))
    if selection is not None and as_mask:
        note_mask(painted)


def succeed(layer: Gimp.Layer, old: Gimp.Layer) -> None:
    """Have what was made from a result be made from the one that takes its place: both are in the image."""
    own = old.get_parasite(ID)
    if own is not None:
        layer.attach_parasite(own)
    for each in all_layers(layer.get_image()):
        found = None if each.get_parasite(SOURCE) is None else _source(each)
        if found is not None and found.get_id() == old.get_id():
            _attach(each, SOURCE, _reference(layer))


def _reference(layer: Gimp.Layer) -> bytes:
    """By which a layer is found again. Its tattoo, which it keeps in a saved image, is another layer's in a copy of the image; what we leave
    with it goes into copies of the layer, too."""
    if layer.get_parasite(ID) is None:
        layer.attach_parasite(Gimp.Parasite.new(ID, PERSISTENT, os.urandom(8).hex().encode("ascii")))
    return f"{layer.get_tattoo()} {_data(layer.get_parasite(ID))}".encode("ascii")


def note_mask(layer: Gimp.Layer) -> None:
    """That its layer mask is what was selected."""
    _attach(layer, AS_MASK, YES)


def is_masked(layer: Gimp.Layer) -> bool:
    """Whether what was selected for a result became its layer mask."""
    return layer.get_parasite(AS_MASK) is not None


def remember(recipe: str, as_mask: bool) -> None:
    """As the last one, until GIMP ends. as_mask: what is selected becomes a layer mask."""
    Gimp.attach_parasite(Gimp.Parasite.new(LAST, THIS_SESSION, _in_ascii(recipe)))
    Gimp.detach_parasite(LAST_AS_MASK)
    if as_mask:
        Gimp.attach_parasite(Gimp.Parasite.new(LAST_AS_MASK, THIS_SESSION, YES))


def last_recipe(image: Gimp.Image) -> Tuple[Recipe, bool]:
    """Of this session, and whether what is selected becomes a layer mask; else those of the newest result in the image.

    Raises WorkerError if there is none, or it is damaged.
    """
    text, as_mask = _data(Gimp.get_parasite(LAST)), Gimp.get_parasite(LAST_AS_MASK) is not None
    if text is None:
        results = [layer for layer in all_layers(image) if layer.get_parasite(RECIPE) is not None]
        if not results:
            raise WorkerError("recipe-none", _("There is nothing to repeat yet."), _("Use Stylize…, Deform… or Warp… first."))
        newest = max(results, key=lambda layer: layer.get_tattoo())  # later layers have higher ones
        text, as_mask = _data(newest.get_parasite(RECIPE)), is_masked(newest)
    return read_recipe(text), as_mask


def recipe_of(layer: Gimp.Layer) -> Recipe:
    """Raises WorkerError if it is no result, or its recipe is damaged."""
    text = _data(layer.get_parasite(RECIPE))
    if text is None:
        raise WorkerError("recipe-none", _("“{}” was not made by Brushwarp.").format(layer.get_name()), MADE_BY)
    return read_recipe(text)


def source_of(layer: Gimp.Layer) -> Gimp.Layer:
    """What a result was made from, or what took its place. Raises WorkerError if it is gone."""
    found = _source(layer)
    if found is None:
        message = _("The layer that “{}” was made from is not in the image any more.").format(layer.get_name())
        raise WorkerError("source-gone", message, _("Undo its removal, or select another layer and choose Repeat last."))
    return found


def _source(layer: Gimp.Layer) -> Optional[Gimp.Layer]:
    """Of those that have the id that was noted the one whose tattoo was, or the one directly below, or the topmost; of results that do not tell,
    the layer directly below."""
    image, parent = layer.get_image(), layer.get_parent()
    below = (image.get_layers() if parent is None else parent.get_children())[image.get_item_position(layer) + 1 :][:1]
    tattoo, _space, id = (_data(layer.get_parasite(SOURCE)) or "").partition(" ")
    if not tattoo.isdigit():
        return next(iter(below), None)
    noted = image.get_layer_by_tattoo(int(tattoo))
    if not id:  # as an earlier Brushwarp left it
        return noted
    candidates = (*([] if noted is None else [noted]), *below, *all_layers(image))
    return next((each for each in candidates if _data(each.get_parasite(ID)) == id), None)


def selection_of(layer: Gimp.Layer, size: int) -> Optional[bytes]:
    """The selection through which a result was made, one byte a pixel, if it is of that size; None where all was selected."""
    text = _data(layer.get_parasite(SELECTION))
    try:
        return None if text is None else unpacked(base64.b64decode(text), size)
    except ValueError:  # no base64
        return None


def find_result(drawables: Any) -> Gimp.Layer:
    """The one layer that is selected. Raises WorkerError."""
    layer = as_layer(drawables[0]) if len(drawables) == 1 else None
    if not isinstance(layer, Gimp.Layer):
        raise WorkerError("selected-layers", _("This needs exactly one selected layer."), MADE_BY)
    return layer


def _attach(layer: Gimp.Layer, name: str, data: bytes) -> None:
    layer.attach_parasite(Gimp.Parasite.new(name, PERSISTENT | UNDOABLE, data))


def _data(parasite: Optional[Gimp.Parasite]) -> Optional[str]:
    """GIMP hands out a list of numbers."""
    return None if parasite is None else bytes(parasite.get_data()).decode("utf-8", "replace").rstrip("\0")


def _in_ascii(recipe: str) -> bytes:
    """The same JSON: of Python's bytes, a parasite takes none above 127."""
    return json.dumps(json.loads(recipe), indent=2).encode("ascii")
