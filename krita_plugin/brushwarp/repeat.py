"""Repeat last: what was made last, of the layers that are selected, without a question."""

from __future__ import annotations

import os
from typing import Optional, Sequence

from .bridge.detached import find_engine
from .bridge.language import _
from .bridge.paths import path_from_text
from .bridge.recipes import Recipe, like_missing, read_recipe
from .bridge.styles import id_of, installed_styles
from .command import Desk, Entry, active_layer, selected_layers, works_on
from .cutout import Cutout
from .delivery import NewPainting, NewWarp
from .document import Document
from .frame_range import FrameRange
from .layer import Layer
from .origin import Origin, style_of
from .painting import Task
from .refusal import Refusal
from .stylize import steadied
from .style_choice import LAYER, StyleChoice, key_of
from .style_sources import ChosenStyle


class RepeatCommand(Entry):
    """The newest result of this session counts; before there is one, the newest that the document keeps."""

    name = "repeat"
    text = _("&Repeat last")
    tip = _("Do with the active layer what was done last")
    explanation = _("Makes of the active layer what Brushwarp made last, with the same style and the same settings, without a question.")

    def _ask(self) -> None:
        """Begin. Raises Refusal or WorkerError if there is nothing to repeat, or nothing to repeat it with."""
        find_engine()
        document, layer = active_layer()
        made = self._desk.last or document.records.newest()
        if made is None:
            first = _("Stylize… or Deform… a layer first; Repeat last does the same with another one.")
            raise Refusal(_("There is nothing to repeat yet."), first)
        follow(self._desk, document, [each.id for each in selected_layers(document, layer)], read_recipe(made.recipe), made.origin)


def follow(desk: Desk, document: Document, ids: Sequence[str], recipe: Recipe, origin: Origin) -> None:
    """Do with the layers of these ids what a recipe says; the frames of one, where it was made of frames. Raises Refusal or WorkerError."""
    layers = [document.settled_layer(each) for each in ids]
    frames = _frames(document, layers, origin)
    if frames is None:
        desk.begin(document, works_on(document, ids, lambda cutout: task_of(document, cutout, recipe, origin)))
        return
    layer = layers[0]
    layer.refuse_unpaintable()

    def task(common: Cutout) -> Task:
        return steadied(task_of(document, common, recipe, origin), recipe.is_steady)

    desk.begin_frames(document, layer, frames, lambda whole: Cutout(document, layer, whole), task)


def _frames(document: Document, layers: Sequence[Layer], origin: Origin) -> Optional[FrameRange]:
    """Those of the layer that are painted as the frames of another one were; None where single pictures are. Raises Refusal."""
    found = [document.frames(each) for each in layers] if origin.frames else []
    animated = [frames for frames in found if frames is not None]
    if animated and len(layers) > 1:
        raise Refusal(_("Frames were painted last, and those are painted of one layer at a time."), _("Choose one layer, and try again."))
    return animated[0].between(*origin.frames) if animated else None


def task_of(document: Document, cutout: Cutout, recipe: Recipe, origin: Origin) -> Task:
    """What a recipe asks for, done with another layer."""
    width, height, layout = cutout.place.width, cutout.place.height, cutout.layout["format"]
    key, name = _style_here(document, cutout, recipe, origin), origin.name or _name_of(recipe)
    if recipe.verb == "warp":
        return Task(recipe.request(width, height, layout, None), NewWarp())
    kind, _colon, id = key.partition(":")
    style = ChosenStyle(document, cutout, StyleChoice(kind, id, name, name)) if kind == LAYER else None
    request = recipe.request(width, height, layout, document.short_side, None if style is None else style.picture)
    waits = recipe.verb == "deform" and bool(request.keypoints)
    delivery = NewPainting(name, key, shows_pictures=True, waits_to_be_read=waits, follows=recipe, as_mask=origin.as_mask)
    return Task(request, delivery, None if style is None else style.pixels)


def _style_here(document: Document, cutout: Cutout, recipe: Recipe, origin: Origin) -> str:
    """The key of a StyleChoice. A recipe from elsewhere knows a layer that it was painted like by its name: here that is the topmost other
    one so called. Raises WorkerError if there is none."""
    if origin.style or not recipe.is_like_picture or os.path.isfile(path_from_text(recipe.style)):
        return style_of(recipe, origin)
    found = next((each for each in document.paint_layers() if each.name == recipe.style and each.id != cutout.layer.id), None)
    if found is None:
        raise like_missing(recipe)
    return key_of(LAYER, found.id)


def _name_of(recipe: Recipe) -> str:
    """Of its style or picture, as far as the recipe tells it."""
    found = next((style.name for style in installed_styles(find_engine()) if style.id == id_of(recipe.style)), "")
    return found or os.path.basename(recipe.style)
