"""The image's paths, wrapped thinly: arrows are read from them, edited in them, and added as a path of their own."""

from __future__ import annotations

from typing import Dict, List, Optional, Sequence, Tuple

from arrow_rows import Rows, strokes_of
from bridge.errors import WorkerError
from bridge.language import _
from gi.repository import Gimp
from keypoints import HOW_TO_DRAW, Arrow, Stroke, arrows_from_strokes, choose_path, in_vector_layers, is_ours, muted_name
from layers import Source, all_layers


def find_paths(image: Gimp.Image) -> Dict[str, Gimp.Path]:
    """By their names, which GIMP keeps apart, topmost first; then those in vector layers, where GIMP has such (3.2)."""
    paths = {path.get_name(): path for path in image.get_paths()}
    kind = getattr(Gimp, "VectorLayer", None)
    for name, path in in_vector_layers(all_layers(image) if kind else (), kind).items():
        paths.setdefault(name, path)
    return paths


def path_names(image: Gimp.Image) -> List[str]:
    """Topmost first."""
    return list(find_paths(image))


def shape_of_all(image: Gimp.Image) -> Optional[str]:
    """Something that changes with every path: names, order, strokes (to the hundredth of a pixel). None if the image is gone.

    One call, a third of a millisecond with a dozen arrows: cheap enough to ask many times a second. (measured: GIMP 3.0.4)
    """
    return image.export_path_to_string(None)


def read_strokes(path: Optional[Gimp.Path]) -> List[Stroke]:
    """None without a path. It takes a call a stroke."""
    if path is None:
        return []
    told = [path.stroke_get_points(stroke) for stroke in path.get_strokes()]
    return [Stroke(tuple(points), closed) for _, points, closed in told]


def read_drawn(image: Gimp.Image) -> Dict[str, List[Stroke]]:
    """What all paths of arrows hold, by their names, topmost first: the painter's own, muted ones, those that were solved."""
    return {name: read_strokes(path) for name, path in find_paths(image).items() if is_ours(name)}


def count_arrows(source: Source, name: str) -> Tuple[List[Arrow], int]:
    """The arrows of the path so named, in the layer's pixels, and how many of its strokes are none."""
    return arrows_from_strokes(read_strokes(find_paths(source.image)[name]), source.left, source.top)


def read_arrows(source: Source, wanted: str) -> Tuple[Arrow, ...]:
    """The arrows of the path that is wanted (see keypoints.choose_path), in the layer's pixels; none without a path.

    Raises WorkerError if that path is not there, or has no arrow.
    """
    names = path_names(source.image)
    try:
        name = choose_path(names, wanted)
    except KeyError:
        missing = _("There is no path named “{}”.").format(wanted)
        raise WorkerError("keypoints-missing", missing, _("Choose another one, or “none”.")) from None
    if name is None:
        return ()
    arrows, _left = count_arrows(source, name)
    if not arrows and muted_name(name) in names:
        message, hint = _("All arrows of the path “{}” are muted."), _("Switch some on in Filters > Brushwarp > Warp…, or choose no path.")
        raise WorkerError("keypoints-none", message.format(name), hint)
    if not arrows:
        raise WorkerError("keypoints-none", _("The path “{}” has no arrows.").format(name), HOW_TO_DRAW + _(" Or delete the path."))
    return tuple(arrows)


def insert_strokes(image: Gimp.Image, name: str, strokes: Sequence[Stroke], shown: bool = False) -> Gimp.Path:
    """A new path on top of the others, in the caller's step of undo."""
    path = Gimp.Path.new(image, name)
    path.set_visible(shown)
    image.insert_path(path, None, 0)
    _write(path, strokes)
    return path


def write_rows(image: Gimp.Image, name: str, rows: Rows) -> None:
    """Have the path so named, and the muted one beside it, hold what the list says, in one step of undo.

    Raises WorkerError if a path is locked, or gone.
    """
    paths = find_paths(image)
    path, resting = paths.get(name), paths.get(muted_name(name))
    if path is None:
        raise WorkerError("keypoints-missing", _("There is no path named “{}” any more.").format(name), _("Choose another one."))
    for each in (path, resting):
        if each is not None and each.get_lock_content():
            raise WorkerError("path-locked", _("The path “{}” is locked.").format(each.get_name()), _("Unlock it in the Paths dialog."))
    muted = strokes_of(rows, True)
    image.undo_group_start()
    try:
        _write(path, strokes_of(rows, False))
        if resting is not None and muted:
            _write(resting, muted)
        elif resting is not None:
            image.remove_path(resting)
        elif muted:
            selected = image.get_selected_paths()
            resting = insert_strokes(image, muted_name(name), muted)
            image.reorder_item(resting, None, len(image.get_paths()) - 1)  # out of the way, below all others
            image.set_selected_paths(selected)  # the path tool goes on with the painter's own
    finally:
        image.undo_group_end()
    Gimp.displays_flush()


def _write(path: Gimp.Path, strokes: Sequence[Stroke]) -> None:
    """Strokes can be added at the end alone: from the first that differs on, all are written anew."""
    held = read_strokes(path)
    same = 0
    while same < min(len(held), len(strokes)) and held[same] == strokes[same]:
        same += 1
    for stroke in path.get_strokes()[same:]:
        path.remove_stroke(stroke)
    for stroke in strokes[same:]:
        path.stroke_new_from_points(Gimp.PathStrokeType.BEZIER, list(stroke.points), stroke.closed)
