"""A recipe followed in GIMP: what it asks for of a layer, and the settings with which a dialog would ask for it."""

from __future__ import annotations

import importlib
import os
from typing import Any, Optional

from arrow_paths import count_arrows, insert_strokes, path_names
from bridge.language import _
from bridge.paths import path_from_text, path_to_text
from bridge.recipes import Recipe, are_same, like_missing, style_here
from deform_settings import FILE, GALLERY, LAYER, WEIGHTS
from gi.repository import Gimp, Gio
from keypoints import NAME, NONE, offered, strokes_from_arrows
from layers import Source, find_style_layer, other_layers
from like import Like
from painting import Order, Styles, Verb, choose_style
from warp import RESULT


def verb_of(recipe: Recipe) -> Verb:
    return importlib.import_module(recipe.verb).VERB


def order_of(recipe: Recipe, source: Source, styles: Styles) -> Order:
    """Raises WorkerError for what can't be done, before any work."""
    like = find_like(recipe, source, styles) if recipe.verb == "deform" else None
    name = RESULT
    if like is not None:
        name = like.name
    elif recipe.verb == "stylize":
        told = [recipe.style, *filter(None, (recipe.settings["medium"], recipe.settings["fine"]))]
        name = " + ".join(dict.fromkeys(choose_style(styles, style)[1] for style in told))
    picture = None if like is None else like.picture
    request = recipe.request(source.width, source.height, source.layout.wire, source.canvas_short_side, picture)
    return Order(request, name, None if like is None else like.layer)


def find_like(recipe: Recipe, source: Source, styles: Styles) -> Like:
    """What a deformation was painted like: a trained style, a picture file, or the image's topmost other layer of that name."""
    if not recipe.is_like_picture:
        style, name = choose_style(styles, recipe.style)
        return Like(GALLERY, style, name)
    if os.path.isfile(path_from_text(recipe.style)):
        return Like(FILE, recipe.style, os.path.splitext(os.path.basename(recipe.style))[0])
    layer = next((layer for layer in other_layers(source) if layer.get_name() == recipe.style), None)
    if layer is None:
        raise like_missing(recipe)
    return Like(LAYER, recipe.style, recipe.style, find_style_layer(source, layer))


def fill(config: Any, recipe: Recipe, source: Source, styles: Styles) -> Optional[Gimp.Path]:
    """Have a dialog's settings say what the recipe says. Returns a path that had to be added for it, or None."""
    settings = recipe.settings
    if recipe.verb == "stylize":
        for name in ("style", "medium", "fine"):
            config.set_property(name, _style_here(settings[name], styles))
        for name in ("strength", "brush_scale", "keep_colors"):
            config.set_property(name.replace("_", "-"), settings[name])
        config.set_property("strength-as-opacity", settings["as_opacity"])
    elif recipe.verb == "deform":
        _fill_deform(config, recipe, find_like(recipe, source, styles), styles)
    else:
        config.set_property("exaggeration", settings["exaggeration"])
        config.set_property("smoothness", settings["smoothing"])
    arrows = recipe.arrows(source.width, source.height)
    name = _path_with(source, arrows) if arrows else NONE
    added = None if name else _add_path(source, arrows)
    config.set_property("keypoints", name or added.get_name())
    return added


def _style_here(named: str, styles: Styles) -> str:
    """As a dialog knows it. The painter is told of one that no dialog can show."""
    found = style_here(named, styles)
    if named and not found:
        Gimp.message(_("The style “{}” is not in the gallery any more.\nAdd its pack, or go on with another one.").format(named))
    return found


def _fill_deform(config: Any, recipe: Recipe, like: Like, styles: Styles) -> None:
    settings = recipe.settings
    if like.kind == GALLERY:
        config.set_property("style", _style_here(like.style, styles))
    config.set_property("style-file", Gio.File.new_for_path(path_to_text(like.style)) if like.kind == FILE else None)
    config.set_property("style-layer", like.layer.layer if like.layer else None)
    config.set_property("style-layer-name", like.name if like.kind == LAYER else "")
    config.set_property("method", settings["base"])
    for argument, name in zip(WEIGHTS, ("content_weight", "warp_weight", "tv_weight"), strict=True):
        config.set_property(argument, settings[name])
    config.set_property("unfold", settings["unfold"])
    config.set_property("working-size", settings["size"])
    config.set_property("seed", settings["seed"])


def _path_with(source: Source, arrows: Any) -> Optional[str]:
    """The path that holds these arrows, in the source's pixels, and no others."""
    for name in offered(path_names(source.image)):
        held, _ = count_arrows(source, name)
        if are_same(held, arrows):
            return name
    return None


def _add_path(source: Source, arrows: Any) -> Gimp.Path:
    """The arrows of a result whose path was changed or deleted since."""
    return insert_strokes(source.image, NAME + _(" · as it was"), strokes_from_arrows(arrows, source.left, source.top))
