"""Filters > Brushwarp > Stylize…: from the selected layer to the painted one above it."""

from __future__ import annotations

import sys
import traceback
from typing import Any, Callable, List, Optional, Sequence, Tuple

from bridge.client import JobCancelled, StylizeRequest, JobResult, WorkerError, notes_of
from bridge.paths import INSTALL_HINT, Install, read_install
from bridge.styles import InstalledStyle, installed_styles, read_style
from gi.repository import Gegl, Gimp, GLib
from job import Job
from keypoints import AUTOMATIC, NONE
from layers import Source, add_above, find_source, path_names, read_arrows, read_pixels, read_selection
from stages import Tracker

NO_STYLES_HINT = "Add one with `brushwarp styles add`, or train one with `brushwarp train`."

Outcome = Tuple[Gimp.PDBStatusType, GLib.Error, Optional[Gimp.Layer]]


def run(run_mode: Gimp.RunMode, image: Gimp.Image, drawables: Sequence[Gimp.Drawable], procedure: Any, config: Any) -> Outcome:
    """The whole of it, and every failure as GIMP shows it: one sentence about what happened, one about what to do."""
    try:
        Gegl.init(None)
        return Gimp.PDBStatusType.SUCCESS, GLib.Error(), _stylize(run_mode, image, drawables, procedure, config)
    except JobCancelled:
        return Gimp.PDBStatusType.CANCEL, GLib.Error(), None
    except WorkerError as error:
        return _failed("\n".join(part for part in (error.message, error.hint) if part))
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        return _failed("Brushwarp met an error of its own ({}: {}); the image is as it was.".format(type(error).__name__, error))


def _failed(sentence: str) -> Outcome:
    return Gimp.PDBStatusType.EXECUTION_ERROR, GLib.Error.new_literal(GLib.quark_from_string("brushwarp"), sentence, 0), None


def _stylize(
    run_mode: Gimp.RunMode, image: Gimp.Image, drawables: Sequence[Gimp.Drawable], procedure: Any, config: Any
) -> Gimp.Layer:
    source = find_source(image, drawables)
    styles = installed_styles(_installed())
    if run_mode != Gimp.RunMode.INTERACTIVE:
        if run_mode == Gimp.RunMode.WITH_LAST_VALS:
            _forget_missing_path(source, config)
        Gimp.progress_init("Brushwarp")
        try:
            return _paint(source, styles, config, _status_bar)
        finally:
            Gimp.progress_end()
    if not styles:
        raise WorkerError("style-missing", "There is no style to paint in.", NO_STYLES_HINT)
    from dialog import StylizeDialog  # needs a screen

    _forget_missing_path(source, config)
    dialog = StylizeDialog(procedure, config, styles, source)
    try:
        if not dialog.ask():
            raise JobCancelled()
        return _paint(source, styles, config, dialog.show_progress, dialog.on_cancel)
    finally:
        dialog.close()


def _paint(
    source: Source,
    styles: List[InstalledStyle],
    config: Any,
    show: Callable[[str, float], None],
    on_cancel: Callable[[Callable[[], None]], None] = lambda cancel: None,
) -> Gimp.Layer:
    """on_cancel is told what to call when the user gives up."""
    style, name = _style(styles, _text(config, "style"))
    arrows = read_arrows(source, _text(config, "keypoints"))
    request = StylizeRequest(
        source.width,
        source.height,
        style,
        source.layout.wire,
        strength=config.get_property("strength"),
        brush_scale=config.get_property("brush-scale"),
        keep_colors=config.get_property("keep-colors"),
        keypoints=arrows,
        canvas_short_side=source.canvas_short_side,
    )
    selection = read_selection(source)
    pixels = read_pixels(source)  # last, and not before the request has found nothing wrong: it may be gigabytes
    tracker = Tracker()
    job = Job(request, pixels, selection)
    on_cancel(job.cancel)
    result: JobResult = job.run(lambda event: show(*tracker.follow(event)))
    layer = add_above(source, "{} · Brushwarp".format(name), result.pixels, result.recipe)
    for note in notes_of(result.recipe):
        Gimp.message(note)
    return layer


def _installed() -> Install:
    """Raises WorkerError if there is no worker to be had: known before any work."""
    install = read_install()
    if install is None:
        raise WorkerError("worker-missing", "Brushwarp's engine is not installed.", INSTALL_HINT)
    return install


def _style(styles: List[InstalledStyle], wanted: str) -> Tuple[str, str]:
    """What to ask the worker for, and the style's name. wanted: an id, a pack's path, or nothing for the first there is."""
    if not wanted:
        if not styles:
            raise WorkerError("style-missing", "There is no style to paint in.", NO_STYLES_HINT)
        return styles[0].id, styles[0].name
    style = next((style for style in styles if style.id == wanted), None) or read_style(wanted)
    return wanted, style.name if style else wanted  # the worker says what is wrong with an unknown one


def _forget_missing_path(source: Source, config: Any) -> None:
    """A path that was chosen by name in another image means, in this one, the topmost that there is."""
    wanted = _text(config, "keypoints")
    if wanted not in (AUTOMATIC, NONE) and wanted not in path_names(source.image):
        config.set_property("keypoints", AUTOMATIC)


def _text(config: Any, argument: str) -> str:
    """GIMP hands an empty text on as none at all."""
    return config.get_property(argument) or ""


def _status_bar(sentence: str, share: float) -> None:
    Gimp.progress_set_text(sentence)
    Gimp.progress_update(share)
