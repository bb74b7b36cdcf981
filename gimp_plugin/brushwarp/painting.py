"""What all verbs share: from the selected layer, by way of the dialog or without it, to what is new in the image."""

from __future__ import annotations

import sys
import traceback
from dataclasses import dataclass
from typing import Any, Callable, List, Optional, Sequence, Tuple

from arrow_paths import path_names
from bridge.client import JobCancelled, JobResult, Progress, WorkerError, notes_of, solved_of
from bridge.detached import find_engine
from bridge.language import _
from bridge.recipes import read_recipe
from bridge.request import LayerRequest
from bridge.series import OTHERS_DONE, Series, left_out, stopped_at
from bridge.styles import InstalledStyle, Thumbnail, installed_styles, read_style
from engine import help_install
from gi.repository import Gegl, Gimp, GLib
from job import Job
from keypoints import AUTOMATIC, NONE, SOLVED
from layers import Source, check_there, find_source, find_sources, read_pixels, read_selection
from recipes import remember
from results import NAMED_BY_US, Painted, SolvedPath, add_above

NO_STYLES_HINT = _("Learn one by Filters > Brushwarp > Train style from layer…, or add one with `brushwarp styles add`.")

Outcome = Tuple[Gimp.PDBStatusType, GLib.Error, Any]
"""The last is what the procedure returns, or None."""

Kept = Tuple[Any, Sequence[str]]
"""What is new in the image, or None; and sentences for the painter."""

Show = Callable[[str, float, Optional[Thumbnail]], None]
"""Of a job: a sentence, a share of the whole, and a picture of how it stands now and then."""

OnCancel = Callable[[Callable[[], None]], None]
"""Is told what to call when the user gives up."""

Styles = List[InstalledStyle]


@dataclass(frozen=True)
class Order:
    """What to ask the worker for. name: what the result is named for. like: the layer whose pixels are the request's style picture.
    as_mask: what is selected becomes a layer mask on the result, all of which is painted."""

    request: LayerRequest
    name: str
    like: Optional[Source] = None
    as_mask: bool = False


Keep = Callable[[Source, Order, Any, Optional[bytes]], Kept]


@dataclass(frozen=True)
class Verb:
    """order: reads the settings; raises WorkerError for what can't be done, before any work. dialog: a JobDialog, imported
    when it is called, for it needs a screen. recall: makes settings of the last time fit this image. keep: puts the worker's answer
    to what was selected into the image. takes_many: several selected layers, one after the other."""

    order: Callable[[Source, Styles, Any], Order]
    dialog: Callable[[Any, Any, Styles, Source], Any]
    recall: Callable[[Source, Any], None]
    keep: Keep
    takes_many: bool = True


def keep_layer(source: Source, order: Order, result: JobResult, selection: Optional[bytes]) -> Kept:
    """As a new layer above the source, and with it the arrows as they were solved, where they were."""
    return add_above(source, painted_of(order, result, selection)), notes_of(result.recipe)


def painted_of(order: Order, result: JobResult, selection: Optional[bytes]) -> Painted:
    """What goes into the image; from now on its recipe is the last."""
    remember(result.recipe, order.as_mask)
    arrows = solved_of(result.recipe)
    solved = SolvedPath("{} · {}".format(SOLVED, order.name), arrows) if arrows else None
    opacity = read_recipe(result.recipe).opacity
    return Painted(order.name + NAMED_BY_US, result.pixels, result.recipe, selection, solved, opacity, order.as_mask)


def run(verb: Verb, run_mode: Gimp.RunMode, image: Gimp.Image, drawables: Sequence[Gimp.Drawable], procedure: Any, config: Any) -> Outcome:
    return attempt(run_mode, lambda: _run(verb, run_mode, image, drawables, procedure, config))


def attempt(run_mode: Gimp.RunMode, work: Callable[[], Any]) -> Outcome:
    """The whole of a procedure that needs the engine, and every failure as GIMP shows it."""
    def whole() -> Any:
        help_install(run_mode)
        return work()

    return outcome_of(whole)


def outcome_of(work: Callable[[], Any]) -> Outcome:
    """As `attempt`, of what needs no engine."""
    try:
        Gegl.init(None)
        return Gimp.PDBStatusType.SUCCESS, GLib.Error(), work()
    except JobCancelled:
        return Gimp.PDBStatusType.CANCEL, GLib.Error(), None
    except Exception as error:
        told = GLib.Error.new_literal(GLib.quark_from_string("brushwarp"), explain(error), 0)
        return Gimp.PDBStatusType.EXECUTION_ERROR, told, None


def explain(error: Exception) -> str:
    """One sentence about what happened, and on a line of its own one about what to do."""
    if isinstance(error, WorkerError):
        return "\n".join(part for part in (error.message, error.hint) if part)
    traceback.print_exception(type(error), error, error.__traceback__, file=sys.stderr)
    return _("Brushwarp met an error of its own ({}: {}); the image is as it was.").format(type(error).__name__, error)


def _run(
    verb: Verb, run_mode: Gimp.RunMode, image: Gimp.Image, drawables: Sequence[Gimp.Drawable], procedure: Any, config: Any
) -> Any:
    sources = find_sources(image, drawables) if verb.takes_many else [find_source(image, drawables)]
    styles = installed_styles(find_engine())

    def paint(show: Show, on_cancel: OnCancel) -> Any:
        orders = [(source, verb.order(source, styles, config)) for source in sources]
        return carry_out_all(orders, verb.keep, show, on_cancel)

    if run_mode != Gimp.RunMode.NONINTERACTIVE:
        verb.recall(sources[0], config)
    if run_mode != Gimp.RunMode.INTERACTIVE:
        return with_status_bar(paint)
    dialog = verb.dialog(procedure, config, styles, sources[0])
    dialog.tell_count(len(sources))
    return with_dialog(dialog, paint)


def with_status_bar(paint: Callable[[Show, OnCancel], Any]) -> Any:
    Gimp.progress_init("Brushwarp")
    try:
        return paint(_status_bar, lambda cancel: None)
    finally:
        Gimp.progress_end()


def with_dialog(dialog: Any, paint: Callable[[Show, OnCancel], Any]) -> Any:
    """dialog: a JobDialog."""
    try:
        if not dialog.ask():
            raise JobCancelled()
        return paint(dialog.show_progress, dialog.on_cancel)
    finally:
        dialog.close()


def carry_out_all(orders: Sequence[Tuple[Source, Order]], keep: Keep, show: Show, on_cancel: OnCancel) -> Any:
    """One after the other, each a step of undo of its own; then all that is new is selected. Returns what came of the first.

    What is selected of each is read at once, the layers when their turn comes: those that are gone by then are left out, and told of.
    """
    if len(orders) == 1:
        source, order = orders[0]
        return carry_out(order, source, keep, show, on_cancel)
    series = Series([source.width * source.height for source, _ in orders])
    selections = [read_selection(source) for source, _ in orders]
    found, gone = [], []
    for (source, order), selection in zip(orders, selections, strict=True):
        try:
            found.append(_carry_out(order, source, selection, keep, show, on_cancel, series))
        except JobCancelled:
            raise
        except WorkerError as error:
            if source.layer.is_valid():
                raise stopped_at(error, source.name) from error
            gone.append(source.name)
    if not found:
        raise WorkerError("layer-gone", left_out(gone), _("Undo that, and paint again."))
    if gone:
        Gimp.message(left_out(gone) + "\n" + OTHERS_DONE)
    if len(found) > 1:
        orders[0][0].image.set_selected_layers(found)
    return found[0]


def carry_out(order: Order, source: Source, keep: Keep, show: Show, on_cancel: OnCancel) -> Any:
    """Have the worker do it, and put the answer into the image. Returns what is new there."""
    return _carry_out(order, source, read_selection(source), keep, show, on_cancel, Series([1]))


def _carry_out(
    order: Order, source: Source, selection: Optional[bytes], keep: Keep, show: Show, on_cancel: OnCancel, series: Series
) -> Any:
    """Likewise, as the next of a series."""
    series.begin(type(order.request))
    check_there(source)
    if order.like is not None and not order.like.layer.is_valid():
        raise WorkerError("style-gone", _("The layer to paint like is gone."), _("Choose another one."))
    like = read_pixels(order.like) if order.like else None
    pixels = read_pixels(source)  # last, and not before the request has found nothing wrong: it may be gigabytes
    job = Job(order.request, pixels, None if order.as_mask else selection, like)
    on_cancel(job.cancel)

    def follow(event: Any) -> None:
        if not source.image.is_valid():  # whoever closed it does not wait for anything
            job.cancel()
            return
        series.follow(event)
        words = " · ".join(filter(None, (series.words, series.detail)))
        show(words, series.share or 0.0, event.preview if isinstance(event, Progress) else None)

    kept, notes = keep(source, order, job.run(follow), selection)
    if notes:
        Gimp.message("\n".join(notes))
    return kept


def choose_style(styles: Styles, wanted: str) -> Tuple[str, str]:
    """What to ask the worker for, and the style's name. wanted: an id, a pack's path, or nothing for the first there is."""
    if not wanted:
        check_any(styles)
        return styles[0].id, styles[0].name
    style = next((style for style in styles if style.id == wanted), None) or read_style(wanted)
    return wanted, style.name if style else wanted  # the worker says what is wrong with an unknown one


def check_any(styles: Styles) -> None:
    """Raises WorkerError if there is no style."""
    if not styles:
        raise WorkerError("style-missing", _("There is no style to paint in."), NO_STYLES_HINT)


def forget_missing_path(source: Source, config: Any) -> None:
    """A path that was chosen by name in another image means, in this one, the topmost that there is."""
    wanted = text_of(config, "keypoints")
    if wanted not in (AUTOMATIC, NONE) and wanted not in path_names(source.image):
        config.set_property("keypoints", AUTOMATIC)


def text_of(config: Any, argument: str) -> str:
    """GIMP hands an empty text on as none at all."""
    return config.get_property(argument) or ""


def _status_bar(sentence: str, share: float, _: Optional[Thumbnail]) -> None:
    Gimp.progress_set_text(sentence)
    Gimp.progress_update(share)
