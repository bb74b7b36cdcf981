"""The recipes that lie with layers, and the one that was followed last; and where the layer is that a result was made from."""

from __future__ import annotations

import base64
import json
from typing import Any, Optional, Sequence, Tuple

from bridge.errors import WorkerError
from bridge.language import _
from bridge.masks import packed, unpacked
from bridge.recipes import Recipe, read_recipe
from gi.repository import Gimp
from layers import all_layers, as_layer

RECIPE, SOURCE, SELECTION, AS_MASK = "brushwarp-recipe", "brushwarp-source", "brushwarp-selection", "brushwarp-selection-as-mask"
SOURCE_NAME = "brushwarp-source-name"  # in a copy of an image a tattoo is another layer's
VERSIONS = "brushwarp-versions"  # the layers whose place a result took, one after the other, and itself
LAST, LAST_AS_MASK = "brushwarp-last", "brushwarp-last-as-mask"
YES = b"yes"
PERSISTENT_UNDOABLE = 1 | 2  # GIMP_PARASITE_PERSISTENT | GIMP_PARASITE_UNDOABLE
THIS_SESSION = 0  # neither
MADE_BY = _("Select a layer that Stylize…, Deform… or Warp… has made.")


def sign(painted: Gimp.Layer, source: Gimp.Layer, recipe: str, selection: Optional[bytes], as_mask: bool) -> None:
    """Leave with a new layer how it was made: by which recipe, from which layer, and through which selection.

    as_mask: a selection is a layer mask on it.
    """
    for earlier in (SELECTION, AS_MASK):  # of a copy
        painted.detach_parasite(earlier)
    _attach(painted, RECIPE, _in_ascii(recipe))
    _attach(painted, SOURCE, str(source.get_tattoo()).encode("ascii"))  # which a layer keeps in a saved image, too
    _attach(painted, SOURCE_NAME, json.dumps(source.get_name()).encode("ascii"))
    if selection is not None:
        _attach(painted, SELECTION, base64.b64encode(packed(selection)))
    if selection is not None and as_mask:
        note_mask(painted)


def number(layer: Gimp.Layer, old: Optional[Gimp.Layer] = None) -> None:
    """Note which layer of its image a result is. old: whose place it takes: what was made from that is made from this now."""
    earlier = () if old is None else (*_versions(old), str(old.get_tattoo()))
    _attach(layer, VERSIONS, " ".join((*earlier, str(layer.get_tattoo()))).encode("ascii"))


def _versions(layer: Gimp.Layer) -> Sequence[str]:
    """The tattoos of the layers whose place it took. (Copies of a layer, and of its image, have its notes, too.)"""
    return () if _is_copy(layer) else (_data(layer.get_parasite(VERSIONS)) or "").split()[:-1]


def _is_copy(layer: Gimp.Layer) -> bool:
    noted = _data(layer.get_parasite(VERSIONS))
    return noted is not None and noted.split()[-1] != str(layer.get_tattoo())


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
    """What a result was made from, or what took its place; of a copy the layer of that name, or in a copy of the image that of the name
    which lies directly below; of results that do not tell the layer directly below.

    Raises WorkerError if it is gone.
    """
    image, parent = layer.get_image(), layer.get_parent()
    below = (image.get_layers() if parent is None else parent.get_children())[image.get_item_position(layer) + 1 :][:1]
    tattoo, name = _data(layer.get_parasite(SOURCE)), _data(layer.get_parasite(SOURCE_NAME))
    if tattoo is None or not tattoo.isdigit():
        found = below
    else:
        later = (each for each in all_layers(image) if tattoo in _versions(each))
        found = [each for each in (image.get_layer_by_tattoo(int(tattoo)), *later) if each is not None]
        if name is not None and _is_copy(layer):
            found = [each for each in (*found, *below) if json.dumps(each.get_name()) == name]
    if not found:
        message = _("The layer that “{}” was made from is not in the image any more.").format(layer.get_name())
        raise WorkerError("source-gone", message, _("Undo its removal, or select another layer and choose Repeat last."))
    return found[0]


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
    layer.attach_parasite(Gimp.Parasite.new(name, PERSISTENT_UNDOABLE, data))


def _data(parasite: Optional[Gimp.Parasite]) -> Optional[str]:
    """GIMP hands out a list of numbers."""
    return None if parasite is None else bytes(parasite.get_data()).decode("utf-8", "replace").rstrip("\0")


def _in_ascii(recipe: str) -> bytes:
    """The same JSON: of Python's bytes, a parasite takes none above 127."""
    return json.dumps(json.loads(recipe), indent=2).encode("ascii")
