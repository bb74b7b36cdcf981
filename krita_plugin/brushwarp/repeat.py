"""Repeat last: what was made last, of the layers that are selected, without a question."""

from __future__ import annotations

import os

from .bridge.detached import find_engine
from .bridge.language import _
from .bridge.recipes import Recipe, read_recipe
from .bridge.styles import id_of, installed_styles
from .command import Entry, active_layer, selected_layers, works_on
from .cutout import Cutout
from .delivery import NewPainting, NewWarp
from .document import Document
from .origin import Origin, style_of
from .painting import Task
from .refusal import Refusal
from .style_choice import LAYER, StyleChoice
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
        recipe, ids = read_recipe(made.recipe), [each.id for each in selected_layers(document, layer)]
        self._desk.begin(document, works_on(document, ids, lambda cutout: task_of(document, cutout, recipe, made.origin)))


def task_of(document: Document, cutout: Cutout, recipe: Recipe, origin: Origin) -> Task:
    """What a recipe asks for, done with another layer."""
    width, height, layout = cutout.place.width, cutout.place.height, cutout.layout["format"]
    key, name = style_of(recipe, origin), origin.name or _name_of(recipe)
    if recipe.verb == "warp":
        return Task(recipe.request(width, height, layout, None), NewWarp())
    kind, _colon, id = key.partition(":")
    style = ChosenStyle(document, cutout, StyleChoice(kind, id, name, name)) if kind == LAYER else None
    request = recipe.request(width, height, layout, document.short_side, None if style is None else style.picture)
    waits = recipe.verb == "deform" and bool(request.keypoints)
    delivery = NewPainting(name, key, shows_pictures=True, waits_to_be_read=waits, follows=recipe, as_mask=origin.as_mask)
    return Task(request, delivery, None if style is None else style.pixels)


def _name_of(recipe: Recipe) -> str:
    """Of its style or picture, as far as the recipe tells it."""
    found = next((style.name for style in installed_styles(find_engine()) if style.id == id_of(recipe.style)), "")
    return found or os.path.basename(recipe.style)
