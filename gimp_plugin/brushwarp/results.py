"""What a job leaves in the image: a layer above its source or in the place of an earlier one, and paths of arrows."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import Iterator, Optional, Sequence

from arrow_paths import insert_strokes
from bridge.errors import WorkerError
from bridge.language import _
from gi.repository import Gegl, Gimp
from keypoints import Arrow, strokes_from_arrows
from layers import Source, check_length, check_there, whole
from recipes import is_masked, note_mask, selection_of, sign, succeed

NAMED_BY_US = " · Brushwarp"
MASK = "Y float"  # as fine as any mask is
SELECTED = "Y u8"  # as a selection is read
LOCKS = ("lock_content", "lock_position", "lock_visibility", "lock_alpha")


@dataclass(frozen=True)
class SolvedPath:
    """Arrows to leave in the image as a path. arrows: in the layer's pixels."""

    name: str
    arrows: Sequence[Arrow]


@dataclass(frozen=True)
class Painted:
    """What came of a layer. selection: through which it was made, None for all; solved: arrows to leave as a path, where there are some.
    opacity: of the new layer, 0 to 1; None for that of the layer whose place it takes, or else in full. as_mask: the selection becomes a
    layer mask."""

    name: str
    pixels: bytes
    recipe: str
    selection: Optional[bytes] = None
    solved: Optional[SolvedPath] = None
    opacity: Optional[float] = None
    as_mask: bool = False


def add_above(source: Source, painted: Painted) -> Gimp.Layer:
    """A new layer directly above the source, selected, in one step of undo; and so a path of arrows.

    The layer is filled before it joins the image, so nothing half-done is ever seen or undone. Raises WorkerError if
    the source went away meanwhile.
    """
    _check_fits(source, painted)
    layer = _new_layer(source, painted)
    _fill(layer, source, painted)
    place = source.image.get_item_position(source.layer)
    with _one_step(source.image):
        source.image.insert_layer(layer, source.layer.get_parent(), place)
        _mask(layer, painted)
        _leave_arrows(source, painted)
        source.image.set_selected_layers([layer])
    return layer


def put_in_place(source: Source, painted: Painted, old: Gimp.Layer) -> Gimp.Layer:
    """As `add_above`, in the place of an earlier result: it lies, is shown, locked and masked as that was, unless its mask was a selection
    that is another one now, or that clips pixels now; and has its effects, if it is as large."""
    if not old.is_valid():
        raise WorkerError("layer-gone", _("The result was deleted while Brushwarp painted it anew."), _("Undo that, and edit it again."))
    _check_fits(source, painted)
    is_as_large = (old.get_width(), old.get_height()) == (source.width, source.height)
    layer = _copy(old) if is_as_large else _look_alike(old, source, painted)
    _fill(layer, source, painted)
    image = source.image
    with _one_step(image):
        image.insert_layer(layer, old.get_parent(), image.get_item_position(old))
        succeed(layer, old)
        keeps_mask = old.get_mask() is not None and (not is_masked(old) or painted.as_mask and _shows_as(old, source, painted))
        if keeps_mask:
            if layer.get_mask() is None:
                _copy_mask(old, layer)
            if is_masked(old):
                note_mask(layer)
        else:
            if layer.get_mask() is not None:
                layer.remove_mask(Gimp.MaskApplyMode.DISCARD)
            _mask(layer, painted)
        own_name, locks = old.get_name(), {lock: getattr(old, "get_" + lock)() for lock in LOCKS}
        image.remove_layer(old)
        layer.set_name(painted.name if NAMED_BY_US in own_name else own_name)  # the name is free now
        for lock, is_on in locks.items():
            getattr(layer, "set_" + lock)(is_on)
        _leave_arrows(source, painted)
        image.set_selected_layers([layer])
    return layer


def _shows_as(old: Gimp.Layer, source: Source, painted: Painted) -> bool:
    """Whether a mask that was a selection still says what of the layer shows."""
    is_whole = (old.get_width(), old.get_height()) == (source.width, source.height)
    return painted.selection == selection_of(old, source.width * source.height) and (is_whole or painted.selection is None)


def _check_fits(source: Source, painted: Painted) -> None:
    """Raises WorkerError where the image has changed too much meanwhile, JobCancelled where it was closed."""
    check_length(painted.pixels, source.layout.size(source.width, source.height))
    check_there(source)
    if source.image.get_base_type() == Gimp.ImageBaseType.INDEXED:
        raise WorkerError("indexed", _("The image became indexed while Brushwarp painted."), _("Choose Image > Mode > RGB, and paint again."))


def _new_layer(source: Source, painted: Painted) -> Gimp.Layer:
    """Above its source, not yet in the image."""
    image = source.image
    kind = Gimp.ImageType.GRAYA_IMAGE if image.get_base_type() == Gimp.ImageBaseType.GRAY else Gimp.ImageType.RGBA_IMAGE
    layer = Gimp.Layer.new(image, painted.name, source.width, source.height, kind, 100.0, image.get_default_new_layer_mode())
    layer.set_offsets(*source.layer.get_offsets()[1:])  # it may have been moved meanwhile
    return layer


def _copy(old: Gimp.Layer) -> Gimp.Layer:
    """With all that GIMP knows of the layer, its effects and its mask among it, and without its locks: GIMP ends whoever writes on a locked one."""
    layer = old.copy()
    layer.set_edit_mask(False)
    for lock in LOCKS:
        getattr(layer, "set_" + lock)(False)
    if not layer.has_alpha():
        layer.add_alpha()
    return layer


def _look_alike(old: Gimp.Layer, source: Source, painted: Painted) -> Gimp.Layer:
    """A new layer that is shown as the old one of another size was. (Its effects can't be made anew: GIMP 3.0.4 crashes at some of them.)"""
    layer = _new_layer(source, painted)
    for look in ("opacity", "mode", "blend_space", "composite_space", "composite_mode", "visible", "color_tag"):
        getattr(layer, "set_" + look)(getattr(old, "get_" + look)())
    return layer


def _fill(layer: Gimp.Layer, source: Source, painted: Painted) -> None:
    """Before it joins the image."""
    if painted.opacity is not None:
        layer.set_opacity(100.0 * painted.opacity)
        layer.set_composite_space(Gimp.LayerColorSpace.RGB_NON_LINEAR)  # as a strength is reckoned; by itself GIMP does that with light
    buffer = layer.get_buffer()
    buffer.set(whole(source), source.layout.babl, painted.pixels)  # bytes: anything else takes twenty times as long
    buffer.flush()
    layer.update(0, 0, source.width, source.height)
    sign(layer, source.layer, painted.recipe, painted.selection, painted.as_mask)


def _leave_arrows(source: Source, painted: Painted) -> None:
    if painted.solved is not None:
        _known, left, top = source.layer.get_offsets()
        insert_strokes(source.image, painted.solved.name, strokes_from_arrows(painted.solved.arrows, left, top))


def _mask(layer: Gimp.Layer, painted: Painted) -> None:
    """Let a mask show what was selected, where that is wanted."""
    if painted.as_mask and painted.selection is not None:
        _add_mask(layer, Gegl.Rectangle.new(0, 0, layer.get_width(), layer.get_height()), SELECTED, painted.selection)


def _add_mask(layer: Gimp.Layer, place: Gegl.Rectangle, babl: str, values: bytes) -> None:
    """place: of the values, in the layer's pixels; elsewhere the mask is white."""
    mask = layer.create_mask(Gimp.AddMaskType.WHITE)
    layer.add_mask(mask)
    buffer = mask.get_buffer()
    buffer.set(place, babl, values)
    buffer.flush()
    mask.update(0, 0, layer.get_width(), layer.get_height())
    layer.set_edit_mask(False)


def _copy_mask(old: Gimp.Layer, layer: Gimp.Layer) -> None:
    """As it lies on the canvas; where the layers differ in place or size, white is what the old one does not say."""
    (_, x, y), (_, old_x, old_y) = layer.get_offsets(), old.get_offsets()
    place = Gegl.Rectangle.new(0, 0, old.get_width(), old.get_height())
    held = old.get_mask().get_buffer().get(place, 1.0, MASK, Gegl.AbyssPolicy.NONE)
    _add_mask(layer, Gegl.Rectangle.new(old_x - x, old_y - y, old.get_width(), old.get_height()), MASK, held)
    layer.set_apply_mask(old.get_apply_mask())
    layer.set_show_mask(old.get_show_mask())


@contextmanager
def _one_step(image: Gimp.Image) -> Iterator[None]:
    image.undo_group_start()
    try:
        yield
    finally:
        image.undo_group_end()
        Gimp.displays_flush()


def add_arrows(source: Source, name: str, arrows: Sequence[Arrow]) -> Gimp.Path:
    """Arrows in the source's pixels as a path on top of all others, shown and selected, in one step of undo.

    Raises WorkerError if the source went away meanwhile.
    """
    image = source.image
    if not image.is_valid() or not source.layer.is_valid():
        raise WorkerError("layer-gone", _("The layer was deleted while Brushwarp looked at it."), _("Undo that, and ask again."))
    _known, left, top = source.layer.get_offsets()  # it may have been moved meanwhile
    with _one_step(image):
        path = insert_strokes(image, name, strokes_from_arrows(arrows, left, top), shown=True)
        image.set_selected_paths([path])
    return path

