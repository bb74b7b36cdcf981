"""Filters > Brushwarp > Repeat last, Edit this result…, and Recipe…: a recipe followed once more, or shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Optional, Sequence, Tuple

from bridge.client import JobCancelled, JobResult, WorkerError, notes_of
from bridge.detached import find_engine
from bridge.recipes import Recipe, difference, read_recipe, readable
from bridge.styles import installed_styles
from followed import fill, order_of, verb_of
from gi.repository import Gimp
from layers import Source, find_source, find_sources
from painting import (
    Keep,
    Kept,
    OnCancel,
    Order,
    Outcome,
    Show,
    attempt,
    carry_out,
    carry_out_all,
    painted_of,
    text_of,
    with_dialog,
    with_status_bar,
)
from recipes import find_result, is_masked, last_recipe, recipe_of, selection_of, source_of
from results import add_above, put_in_place


def repeat(procedure: Any, run_mode: Gimp.RunMode, image: Gimp.Image, drawables: Sequence[Gimp.Drawable], config: Any) -> Outcome:
    """On the selected layer. There is nothing to ask, and so it is the same in all run modes."""
    return attempt(run_mode, lambda: _repeat(image, drawables, _given(config)))


def edit(procedure: Any, run_mode: Gimp.RunMode, image: Gimp.Image, drawables: Sequence[Gimp.Drawable], config: Any) -> Outcome:
    """Of the selected result: with the dialog that it was made in, or as its recipe or another says."""
    return attempt(run_mode, lambda: _edit(procedure.get_plug_in(), run_mode, drawables, config))


def show(procedure: Any, run_mode: Gimp.RunMode, image: Gimp.Image, drawables: Sequence[Gimp.Drawable], config: Any) -> Outcome:
    """Of the selected result, as text. In a dialog also to be changed for another, and followed."""
    return attempt(run_mode, lambda: _show(run_mode, image, drawables))


def _show(run_mode: Gimp.RunMode, image: Gimp.Image, drawables: Sequence[Gimp.Drawable]) -> str:
    if run_mode != Gimp.RunMode.INTERACTIVE:
        return readable(recipe_of(find_result(drawables)).text)
    from recipe_dialog import RecipeDialog

    dialog = RecipeDialog(_text_at_hand(image, drawables))
    try:
        text = dialog.ask()
    finally:
        dialog.close()
    if text is None:
        raise JobCancelled()
    _repeat(image, drawables, read_recipe(text))
    return text


def _text_at_hand(image: Gimp.Image, drawables: Sequence[Gimp.Drawable]) -> str:
    """The result's own recipe; of another layer the last one, or nothing."""
    for find in (lambda: recipe_of(find_result(drawables)), lambda: last_recipe(image)[0]):
        try:
            return readable(find().text)
        except WorkerError:
            continue
    return ""


def _repeat(image: Gimp.Image, drawables: Sequence[Gimp.Drawable], given: Optional[Recipe]) -> Gimp.Layer:
    """Of the first layer, what is new."""
    sources = find_sources(image, drawables)
    recipe, as_mask = (given, False) if given else last_recipe(image)

    def keep(source: Source, order: Order, result: JobResult, selection: Optional[bytes]) -> Kept:
        return add_above(source, painted_of(order, result, selection)), _notes(recipe, result)

    return _follow(recipe, sources, as_mask, keep)


def _edit(plug_in: Gimp.PlugIn, run_mode: Gimp.RunMode, drawables: Sequence[Gimp.Drawable], config: Any) -> Gimp.Layer:
    old = find_result(drawables)
    own = recipe_of(old)  # of a result, whatever else may be given
    recipe = _given(config) or _as_opaque(own, old)
    source = find_source(old.get_image(), [source_of(old)])
    source = replace(source, clip=selection_of(old, source.width * source.height))

    def keep(source: Source, order: Order, result: JobResult, selection: Optional[bytes]) -> Kept:
        notes = notes_of(result.recipe) if run_mode == Gimp.RunMode.INTERACTIVE else _notes(recipe, result)
        painted = painted_of(order, result, selection)
        if own.opacity is not None and painted.opacity is None:  # its strength is painted from now on
            painted = replace(painted, opacity=1.0)
        return put_in_place(source, painted, old), notes

    if run_mode != Gimp.RunMode.INTERACTIVE:
        return _follow(recipe, [source], is_masked(old), keep)
    verb, styles = verb_of(recipe), installed_styles(find_engine())
    # Looked up among GIMP's procedures, it would come without the arguments that are the dialogs' own.
    procedure = plug_in.do_create_procedure("plug-in-brushwarp-" + recipe.verb)
    settings = procedure.create_config()
    added = fill(settings, recipe, source, styles)
    if is_masked(old) and recipe.verb != "warp":
        settings.set_property("selection-as-mask", True)

    def has_other_mask() -> bool:
        return old.is_valid() and old.get_mask() is not None and not is_masked(old)

    def paint(show: Show, on_cancel: OnCancel) -> Gimp.Layer:
        order = verb.order(source, styles, settings)
        order = replace(order, request=recipe.completed(order.request), as_mask=order.as_mask and not has_other_mask())
        return carry_out(order, source, keep, show, on_cancel)

    dialog = verb.dialog(procedure, settings, styles, source)
    dialog.tell_edited(old.get_name(), has_other_mask(), recipe.completed)
    try:
        return with_dialog(dialog, paint)
    except BaseException:
        if added is not None and added.is_valid():
            source.image.remove_path(added)
        raise


def _as_opaque(recipe: Recipe, layer: Gimp.Layer) -> Recipe:
    """With the opacity that a result has now, where that is its strength: the painter may have changed it."""
    return recipe if recipe.opacity is None else replace(recipe, parameters={**recipe.parameters, "strength": layer.get_opacity() / 100})


def _follow(recipe: Recipe, sources: Sequence[Source], as_mask: bool, keep: Keep) -> Gimp.Layer:
    styles = installed_styles(find_engine())

    def paint(show: Show, on_cancel: OnCancel) -> Gimp.Layer:
        orders = [(source, replace(order_of(recipe, source, styles), as_mask=as_mask)) for source in sources]
        return carry_out_all(orders, keep, show, on_cancel)

    return with_status_bar(paint)


def _given(config: Any) -> Optional[Recipe]:
    """The recipe that a script hands over as text. Raises WorkerError if it is none."""
    text = text_of(config, "recipe")
    return read_recipe(text) if text else None


def _notes(recipe: Recipe, result: JobResult) -> Tuple[str, ...]:
    return (*notes_of(result.recipe), *difference(recipe, result.recipe))
