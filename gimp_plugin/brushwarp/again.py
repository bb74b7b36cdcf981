"""Filters > Brushwarp > Repeat last, and Edit this result…: a recipe followed once more."""

from __future__ import annotations

from typing import Any, Optional, Sequence, Tuple

from bridge.client import JobResult, notes_of
from bridge.recipes import Recipe, difference, read_recipe
from bridge.styles import installed_styles
from followed import fill, order_of, verb_of
from gi.repository import Gimp
from layers import Source, find_source, read_selection
from painting import Kept, OnCancel, Order, Outcome, Show, attempt, carry_out, installed, painted_of, text_of, with_dialog, with_status_bar
from recipes import find_result, last_recipe, recipe_of, selection_of, source_of
from results import add_above, put_in_place


def repeat(run_mode: Gimp.RunMode, image: Gimp.Image, drawables: Sequence[Gimp.Drawable], config: Any) -> Outcome:
    """On the selected layer. There is nothing to ask, and so it is the same in all run modes."""
    return attempt(lambda: _repeat(image, drawables, config))


def edit(run_mode: Gimp.RunMode, image: Gimp.Image, drawables: Sequence[Gimp.Drawable], config: Any) -> Outcome:
    """Of the selected result: with the dialog that it was made in, or as its recipe or another says."""
    return attempt(lambda: _edit(run_mode, drawables, config))


def _repeat(image: Gimp.Image, drawables: Sequence[Gimp.Drawable], config: Any) -> Gimp.Layer:
    source = find_source(image, drawables)
    recipe = _given(config) or last_recipe(image)

    def keep(source: Source, order: Order, result: JobResult, selection: Optional[bytes]) -> Kept:
        return add_above(source, painted_of(order, result, selection)), _notes(recipe, result)

    return _follow(recipe, source, keep, lambda: read_selection(source))


def _edit(run_mode: Gimp.RunMode, drawables: Sequence[Gimp.Drawable], config: Any) -> Gimp.Layer:
    old = find_result(drawables)
    recipe = recipe_of(old)  # of a result, whatever else may be given
    recipe = _given(config) or recipe
    source = find_source(old.get_image(), [source_of(old)])

    def keep(source: Source, order: Order, result: JobResult, selection: Optional[bytes]) -> Kept:
        notes = notes_of(result.recipe) if run_mode == Gimp.RunMode.INTERACTIVE else _notes(recipe, result)
        return put_in_place(source, painted_of(order, result, selection), old), notes

    def selected() -> Optional[bytes]:
        """What is selected now; where nothing is, what was when the result was made."""
        if Gimp.Selection.is_empty(source.image):
            return selection_of(old, source.width * source.height)
        return read_selection(source)

    if run_mode != Gimp.RunMode.INTERACTIVE:
        return _follow(recipe, source, keep, selected)
    verb, styles = verb_of(recipe), installed_styles(installed())
    procedure = Gimp.get_pdb().lookup_procedure("plug-in-brushwarp-" + recipe.verb)
    settings = procedure.create_config()
    added = fill(settings, recipe, source, styles)

    def paint(show: Show, on_cancel: OnCancel) -> Gimp.Layer:
        return carry_out(verb.order(source, styles, settings), source, verb.stages, keep, selected, show, on_cancel)

    try:
        return with_dialog(verb.dialog(procedure, settings, styles, source), paint)
    except BaseException:
        if added is not None and added.is_valid():
            source.image.remove_path(added)
        raise


def _follow(recipe: Recipe, source: Source, keep: Any, read: Any) -> Gimp.Layer:
    styles = installed_styles(installed())

    def paint(show: Show, on_cancel: OnCancel) -> Gimp.Layer:
        return carry_out(order_of(recipe, source, styles), source, verb_of(recipe).stages, keep, read, show, on_cancel)

    return with_status_bar(paint)


def _given(config: Any) -> Optional[Recipe]:
    """The recipe that a script hands over as text. Raises WorkerError if it is none."""
    text = text_of(config, "recipe")
    return read_recipe(text) if text else None


def _notes(recipe: Recipe, result: JobResult) -> Tuple[str, ...]:
    return (*notes_of(result.recipe), *difference(recipe, result.recipe))
