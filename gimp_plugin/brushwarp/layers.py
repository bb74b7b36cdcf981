"""GIMP, wrapped thinly: the layer to paint, the selection, the paths, and the new layer above."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

from bridge.errors import WorkerError
from gi.repository import Babl, Gegl, Gimp
from keypoints import HOW_TO_DRAW, Arrow, arrows_from_strokes, choose_path, strokes_from_arrows
from pixels import Layout, choose_layout, is_transparent

RECIPE = "brushwarp-recipe"
PERSISTENT_UNDOABLE = 1 | 2  # GIMP_PARASITE_PERSISTENT | GIMP_PARASITE_UNDOABLE


@dataclass(frozen=True)
class Source:
    """A layer that can be painted. left, top: where it lies on the canvas, in pixels."""

    image: Gimp.Image
    layer: Gimp.Layer
    width: int
    height: int
    left: int
    top: int
    layout: Layout

    @property
    def canvas_short_side(self) -> int:
        return min(self.image.get_width(), self.image.get_height())


def find_source(image: Gimp.Image, drawables: Sequence[Gimp.Drawable]) -> Source:
    """The one layer that is selected. Raises WorkerError for all that can't be painted, in words that say what to do."""
    if image.get_base_type() == Gimp.ImageBaseType.INDEXED:
        raise WorkerError("indexed", "Brushwarp can't paint in an indexed image.", "Choose Image > Mode > RGB first.")
    if len(drawables) != 1:
        found = "No layer is selected." if not drawables else "{} layers are selected.".format(len(drawables))
        raise WorkerError("selected-layers", found, "Select the one layer to paint.")
    layer = drawables[0]
    if isinstance(layer, Gimp.LayerMask):  # it stands for its layer: a mask has no picture of its own
        layer = Gimp.Layer.from_mask(layer)
    if not isinstance(layer, Gimp.Layer):
        raise WorkerError("no-layer", "A channel is selected.", "Select the layer to paint.")
    if layer.is_group():
        raise _refusal("group", "“{}” is a group of layers.", layer, "Select one layer in it, or merge a copy of the group.")
    if layer.get_lock_content():
        raise _refusal("locked", "“{}” is locked.", layer, "Unlock its pixels in the Layers dialog, or select another layer.")
    if layer.is_floating_sel():
        raise WorkerError(
            "floating", "A floating selection is selected.", "Anchor it, or turn it into a layer (Layer > To New Layer)."
        )
    width, height = layer.get_width(), layer.get_height()
    if width * height < 2:
        raise _refusal("picture-too-small", "“{}” is a single pixel.", layer, "Select a larger layer.")
    return _source(layer)


def find_style_layer(source: Source, layer: Gimp.Layer) -> Source:
    """The layer to paint like: of any kind that has pixels, shown or hidden. Raises WorkerError if it is the source itself."""
    if layer.get_id() == source.layer.get_id():
        raise _refusal("style-same", "“{}” can't be painted like itself.", layer, "Choose another layer as the style, or a picture file.")
    return _source(layer)


def other_layers(source: Source) -> List[Gimp.Layer]:
    """Those of the image that could be painted like, topmost first: all but the source, and no groups."""
    found: List[Gimp.Layer] = []

    def gather(layers: Sequence[Gimp.Layer]) -> None:
        for layer in layers:
            if layer.is_group():
                gather(layer.get_children())
            elif layer.get_id() != source.layer.get_id():
                found.append(layer)

    gather(source.image.get_layers())
    return found


def _source(layer: Gimp.Layer) -> Source:
    _, left, top = layer.get_offsets()
    layout = choose_layout(Babl.get_name(layer.get_format()))
    return Source(layer.get_image(), layer, layer.get_width(), layer.get_height(), left, top, layout)


def read_pixels(source: Source) -> bytes:
    """The layer's own pixels, straight alpha. Raises WorkerError for a layer on which nothing shows."""
    layout = source.layout
    pixels = source.layer.get_buffer().get(_whole(source), 1.0, layout.babl, Gegl.AbyssPolicy.NONE)
    _check_length(pixels, layout.size(source.width, source.height))
    if source.layer.has_alpha() and is_transparent(pixels, layout.wire):
        raise _refusal("empty-layer", "“{}” is empty: nothing shows on it.", source.layer, "Select a layer with a picture.")
    return pixels


def read_selection(source: Source) -> Optional[bytes]:
    """The selection where the layer lies, one byte a pixel, feathering included; None if it leaves nothing out.

    Raises WorkerError if nothing of the layer is selected.
    """
    if Gimp.Selection.is_empty(source.image):  # to GIMP that means everything
        return None
    # The selection lies in the canvas' coordinates; what a layer has beyond the canvas reads as not selected.
    place = Gegl.Rectangle.new(source.left, source.top, source.width, source.height)
    mask = source.image.get_selection().get_buffer().get(place, 1.0, "Y u8", Gegl.AbyssPolicy.NONE)
    size = source.width * source.height
    _check_length(mask, size)
    if mask.count(0) == size:
        raise _refusal(
            "selection-outside",
            "The selection does not touch “{}”.",
            source.layer,
            "Select a part of the layer, or nothing (Select > None).",
        )
    return None if mask.count(255) == size else mask


def path_names(image: Gimp.Image) -> List[str]:
    """The names of an image's paths, topmost first."""
    return [path.get_name() for path in image.get_paths()]


def read_arrows(source: Source, wanted: str) -> Tuple[Arrow, ...]:
    """The arrows of the path that is wanted (see keypoints.choose_path), in the layer's pixels; none without a path.

    Raises WorkerError if that path is not there, or has no arrow.
    """
    try:
        name = choose_path(path_names(source.image), wanted)
    except KeyError:
        raise WorkerError("keypoints-missing", "There is no path named “{}”.".format(wanted), "Choose another one, or “none”.") from None
    if name is None:
        return ()
    arrows, _ = count_arrows(source, name)
    if not arrows:
        raise WorkerError("keypoints-none", "The path “{}” has no arrows.".format(name), HOW_TO_DRAW + " Or delete the path.")
    return tuple(arrows)


def count_arrows(source: Source, name: str) -> Tuple[List[Arrow], int]:
    """The arrows of the topmost path of that name, and how many of its strokes are none."""
    path = next(path for path in source.image.get_paths() if path.get_name() == name)
    strokes = [path.stroke_get_points(stroke)[1] for stroke in path.get_strokes()]
    return arrows_from_strokes(strokes, source.left, source.top)


@dataclass(frozen=True)
class SolvedPath:
    """Arrows to leave in the image as a path. arrows: in the layer's pixels."""

    name: str
    arrows: Sequence[Arrow]


def add_above(source: Source, name: str, pixels: bytes, recipe: str, solved: Optional[SolvedPath] = None) -> Gimp.Layer:
    """The painted pixels as a new layer directly above the source, selected, in one step of undo; and so a path of arrows.

    The layer is filled before it joins the image, so nothing half-done is ever seen or undone. Raises WorkerError if
    the source went away meanwhile.
    """
    image, layer, layout = source.image, source.layer, source.layout
    _check_length(pixels, layout.size(source.width, source.height))
    if not image.is_valid() or not layer.is_valid():
        raise WorkerError("layer-gone", "The layer was deleted while Brushwarp painted it.", "Undo that, and paint again.")
    grey = image.get_base_type() == Gimp.ImageBaseType.GRAY
    kind = Gimp.ImageType.GRAYA_IMAGE if grey else Gimp.ImageType.RGBA_IMAGE
    if image.get_base_type() == Gimp.ImageBaseType.INDEXED:
        raise WorkerError("indexed", "The image became indexed while Brushwarp painted.", "Choose Image > Mode > RGB, and paint again.")
    painted = Gimp.Layer.new(image, name, source.width, source.height, kind, 100.0, image.get_default_new_layer_mode())
    buffer = painted.get_buffer()
    buffer.set(_whole(source), layout.babl, pixels)  # bytes: anything else takes twenty times as long
    buffer.flush()
    painted.update(0, 0, source.width, source.height)
    painted.attach_parasite(Gimp.Parasite.new(RECIPE, PERSISTENT_UNDOABLE, _in_ascii(recipe)))
    _, left, top = layer.get_offsets()  # it may have been moved meanwhile
    painted.set_offsets(left, top)
    image.undo_group_start()
    try:
        image.insert_layer(painted, layer.get_parent(), image.get_item_position(layer))
        if solved is not None:
            path = Gimp.Path.new(image, solved.name)
            image.insert_path(path, None, 0)
            for stroke in strokes_from_arrows(solved.arrows, left, top):
                path.stroke_new_from_points(Gimp.PathStrokeType.BEZIER, stroke, False)
        image.set_selected_layers([painted])
    finally:
        image.undo_group_end()
    Gimp.displays_flush()
    return painted


def _in_ascii(recipe: str) -> bytes:
    """The same JSON: of Python's bytes, a parasite takes none above 127."""
    return json.dumps(json.loads(recipe), indent=2).encode("ascii")


def _refusal(code: str, message: str, layer: Gimp.Layer, hint: str) -> WorkerError:
    """`message` with the layer's name in it."""
    return WorkerError(code, message.format(layer.get_name()), hint)


def _whole(source: Source) -> Gegl.Rectangle:
    return Gegl.Rectangle.new(0, 0, source.width, source.height)


def _check_length(data: bytes, size: int) -> None:
    """GIMP takes and gives too few bytes without a word."""
    if len(data) != size:
        raise RuntimeError("{} bytes of pixels instead of {}".format(len(data), size))
