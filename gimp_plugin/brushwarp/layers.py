"""GIMP, wrapped thinly: the layer to paint, and the selection. (Its paths: arrow_paths; what is added to an image: results.)"""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

from bridge.client import JobCancelled, WorkerError
from bridge.language import _
from gi.repository import Babl, Gegl, Gimp
from pixels import Layout, choose_layout, is_transparent


@dataclass(frozen=True)
class Source:
    """A layer that can be painted. left, top: where it lies on the canvas, in pixels. clip: one byte a pixel, through which an earlier
    result shows that is to be replaced; it holds while nothing is selected. name: as it was found."""

    image: Gimp.Image
    layer: Gimp.Layer
    width: int
    height: int
    left: int
    top: int
    layout: Layout
    clip: Optional[bytes] = None
    name: str = ""

    @property
    def canvas_short_side(self) -> int:
        return min(self.image.get_width(), self.image.get_height())


def find_source(image: Gimp.Image, drawables: Sequence[Gimp.Drawable]) -> Source:
    """The one layer that is selected. Raises WorkerError for all that can't be painted, in words that say what to do."""
    if len(drawables) > 1:
        raise WorkerError("selected-layers", _("{} layers are selected.").format(len(drawables)), _("Select one layer."))
    return find_sources(image, drawables)[0]


def find_sources(image: Gimp.Image, drawables: Sequence[Gimp.Drawable]) -> List[Source]:
    """Every layer that is selected, one at least; one that can't be painted is refused before any is. Errors as for `find_source`."""
    if image.get_base_type() == Gimp.ImageBaseType.INDEXED:
        raise WorkerError("indexed", _("Brushwarp can't paint in an indexed image."), _("Choose Image > Mode > RGB first."))
    if not drawables:
        raise WorkerError("selected-layers", _("No layer is selected."), _("Select the layer to paint."))
    return [_source(_paintable(as_layer(drawable))) for drawable in drawables]


def _paintable(layer: Gimp.Drawable) -> Gimp.Layer:
    """Itself. Errors as for `find_source`."""
    if not isinstance(layer, Gimp.Layer):
        raise WorkerError("no-layer", _("A channel is selected."), _("Select the layer to paint."))
    if layer.is_group():
        raise _refusal("group", _("“{}” is a group of layers."), layer, _("Select one layer in it, or merge a copy of the group."))
    if layer.get_lock_content():
        raise _refusal("locked", _("“{}” is locked."), layer, _("Unlock its pixels in the Layers dialog, or select another layer."))
    if layer.is_floating_sel():
        raise WorkerError(
            "floating", _("A floating selection is selected."), _("Anchor it, or turn it into a layer (Layer > To New Layer).")
        )
    width, height = layer.get_width(), layer.get_height()
    if width * height < 2:
        raise _refusal("picture-too-small", _("“{}” is a single pixel."), layer, _("Select a larger layer."))
    return layer


def as_layer(drawable: Gimp.Drawable) -> Gimp.Drawable:
    """A mask stands for its layer, for it has no picture of its own."""
    return Gimp.Layer.from_mask(drawable) if isinstance(drawable, Gimp.LayerMask) else drawable


def find_style_layer(source: Source, layer: Gimp.Layer) -> Source:
    """The layer to paint like: of any kind that has pixels, shown or hidden. Raises WorkerError if it is the source itself."""
    if layer.get_id() == source.layer.get_id():
        raise _refusal("style-same", _("“{}” can't be painted like itself."), layer, _("Choose another layer as the style, or a picture file."))
    return _source(layer)


def other_layers(source: Source) -> List[Gimp.Layer]:
    """Those of the image that could be painted like, topmost first: all but the source, and no groups."""
    return [layer for layer in all_layers(source.image) if layer.get_id() != source.layer.get_id() and not layer.is_group()]


def all_layers(image: Gimp.Image) -> List[Gimp.Layer]:
    """Topmost first, each group followed by what is in it."""
    found: List[Gimp.Layer] = []

    def gather(layers: Sequence[Gimp.Layer]) -> None:
        for layer in layers:
            found.append(layer)
            gather(layer.get_children() if layer.is_group() else ())

    gather(image.get_layers())
    return found


def _source(layer: Gimp.Layer) -> Source:
    _, left, top = layer.get_offsets()
    layout = choose_layout(Babl.get_name(layer.get_format()))
    return Source(layer.get_image(), layer, layer.get_width(), layer.get_height(), left, top, layout, name=layer.get_name())


def check_there(source: Source) -> None:
    """Raises JobCancelled where the image was closed meanwhile, WorkerError where the layer is gone."""
    if not source.image.is_valid():
        raise JobCancelled()
    if not source.layer.is_valid():
        raise WorkerError("layer-gone", _("The layer was deleted while Brushwarp painted it."), _("Undo that, and paint again."))


def read_pixels(source: Source) -> bytes:
    """The layer's own pixels, straight alpha. Raises WorkerError for a layer on which nothing shows."""
    check_there(source)
    if (source.layer.get_width(), source.layer.get_height()) != (source.width, source.height):
        raise WorkerError("layer-changed", _("“{}” was scaled or cropped before its turn came.").format(source.name), _("Paint it as it is now."))
    layout = source.layout
    pixels = source.layer.get_buffer().get(whole(source), 1.0, layout.babl, Gegl.AbyssPolicy.NONE)
    check_length(pixels, layout.size(source.width, source.height))
    if source.layer.has_alpha() and is_transparent(pixels, layout.wire):
        raise _refusal("empty-layer", _("“{}” is empty: nothing shows on it."), source.layer, _("Select a layer with a picture."))
    return pixels


def read_selection(source: Source) -> Optional[bytes]:
    """The selection where the layer lies, one byte a pixel, feathering included; None if it leaves nothing out.

    Raises WorkerError if nothing of the layer is selected.
    """
    if Gimp.Selection.is_empty(source.image):  # to GIMP that means everything
        return source.clip
    # The selection lies in the canvas' coordinates; what a layer has beyond the canvas reads as not selected.
    place = Gegl.Rectangle.new(source.left, source.top, source.width, source.height)
    mask = source.image.get_selection().get_buffer().get(place, 1.0, "Y u8", Gegl.AbyssPolicy.NONE)
    size = source.width * source.height
    check_length(mask, size)
    if mask.count(0) == size:
        raise _refusal(
            "selection-outside",
            _("The selection does not touch “{}”."),
            source.layer,
            _("Select a part of the layer, or nothing (Select > None)."),
        )
    return None if mask.count(255) == size else mask


def is_clipped(source: Source) -> bool:
    """Whether anything is selected, or was for the result that is to be replaced."""
    return source.clip is not None or not Gimp.Selection.is_empty(source.image)


def read_small_selection(source: Source, size: Tuple[int, int]) -> Optional[bytes]:
    """The selection as a copy of the layer scaled to `size` has it, (width, height), one byte a pixel; None if there is none."""
    if Gimp.Selection.is_empty(source.image):
        return None if source.clip is None else _sampled(source.clip, source.width, source.height, size)
    share = size[0] / source.width
    place = Gegl.Rectangle.new(round(source.left * share), round(source.top * share), *size)
    mask = source.image.get_selection().get_buffer().get(place, share, "Y u8", Gegl.AbyssPolicy.NONE)
    check_length(mask, size[0] * size[1])
    return mask


def _sampled(mask: bytes, width: int, height: int, size: Tuple[int, int]) -> bytes:
    """The nearest pixel of each: for a preview that is enough."""
    columns = [(2 * x + 1) * width // (2 * size[0]) for x in range(size[0])]
    rows = [(2 * y + 1) * height // (2 * size[1]) * width for y in range(size[1])]
    return bytes(mask[row + column] for row in rows for column in columns)


def _refusal(code: str, message: str, layer: Gimp.Layer, hint: str) -> WorkerError:
    """`message` with the layer's name in it."""
    return WorkerError(code, message.format(layer.get_name()), hint)


def whole(source: Source) -> Gegl.Rectangle:
    return Gegl.Rectangle.new(0, 0, source.width, source.height)


def check_length(data: bytes, size: int) -> None:
    """GIMP takes and gives too few bytes without a word."""
    if len(data) != size:
        raise RuntimeError("{} bytes of pixels instead of {}".format(len(data), size))
