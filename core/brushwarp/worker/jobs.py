"""A host's request as calls of the engine, and the result as a host takes it."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from torch import Tensor

from .. import api
from ..bridge.language import _
from ..bridge.request import DeformRequest, LayerRequest, Part, PictureRequest, StylizeRequest, SuggestRequest, WarpRequest
from ..deformable import DeformSettings
from ..bridge.standing import Device
from ..devices import choose_device, device_in_use
from ..features import ENCODERS, is_here
from ..geometry import KeypointPairs, carried, folded_share
from ..image import Box, Picture, load_picture
from ..image.region import apply_region, mask_bounds
from ..image.resample import part_of
from ..multimodal.transfer import Painter
from ..progress import OnProgress, Progress
from ..recipe import make_recipe
from ..styles import load_style, painting_of
from ..styles.library import find_style
from .pixels import picture_from_wire, picture_to_wire, region_from_wire, thumbnail_of
from .recent import RecentPainter

WARM_STYLES = 4  # painters kept in memory, some 20 MB each
SEQUENCES = 8  # of frames that are kept steady; those of which a frame was painted last

# What `brushwarp stylize` and `brushwarp deform` need to paint the same, and the size it was painted at.
STYLIZE_PARAMETERS = (
    "medium", "fine", "strength", "as_opacity", "brush_scale", "keep_colors", "smoothness", "canvas_short_side", "width", "height"
)
WARP_PARAMETERS = ("exaggeration", "smoothness", "width", "height")
DEFORM_PARAMETERS = ("base", "content_weight", "warp_weight", "tv_weight", "unfold", "size", "canvas_short_side", "width", "height")


class Engine:
    """What the worker serves. Keeps the styles that were used last, ready to paint, and the sequences of frames that were painted last."""

    def __init__(self) -> None:
        self._warm: OrderedDict[tuple[tuple[str, int], ...], Painter] = OrderedDict()
        self._sequences: OrderedDict[str, api.Steady] = OrderedDict()

    def stylize(
        self, request: StylizeRequest, pixels: bytes, selection: bytes | None, on_progress: OnProgress
    ) -> tuple[memoryview, str]:
        """Painted, then bent along the arrows, then clipped by the selection: painting and arrows see what is around it.

        Returns the bytes in the request's layout and the recipe. on_progress gets previews as thumbnails. Raises BrushwarpError and Cancelled as the engine does.
        """
        layer = _Layer(request, pixels, selection, on_progress)
        del pixels  # as large as the layer
        painter = self._painter(request.style, request.medium, request.fine)
        if request.part is not None:
            part = _part(request, request.part, layer, painter, on_progress)
            return layer.finished(part, "stylize", painter.pack.sha256, STYLIZE_PARAMETERS, str(painter.device))
        steady = self._sequence(request.steady) if request.steady else None
        painted = api.stylize(
            layer.picture,
            painter,
            strength=request.painted_strength,
            brush_scale=request.brush_scale,
            keep_colors=request.keep_colors,
            canvas_short_side=request.canvas_short_side,
            steady=steady,
            on_progress=_with_thumbnails(on_progress),
            on_note=layer.notes.append,
        )
        if len(layer.pairs):
            on_progress(Progress("warping", 0, 1))
            painted = api.warp(painted, layer.pairs, smoothness=request.smoothness)
        told = {} if steady is None else {"steady": request.steady, "steadied": steady.steadied}
        return layer.finished(painted, "stylize", painter.pack.sha256, STYLIZE_PARAMETERS, str(painter.device), **told)

    def deform(
        self, request: DeformRequest, pixels: bytes, selection: bytes | None, style: bytes | None, on_progress: OnProgress
    ) -> tuple[memoryview, str]:
        """Painted and bent together, then clipped by the selection. The recipe tells the arrows as they were solved.

        Errors as for `stylize`.
        """
        layer = _Layer(request, pixels, selection, on_progress)
        del pixels
        if request.base == "multimodal":
            like = self._painter(request.style)
            style_hash = like.pack.sha256
        else:
            like = _style_picture(request, style, layer.notes.append)
            style_hash = sha256(Path(request.style).read_bytes() if style is None else style).hexdigest()
        found = api.deform(
            layer.picture,
            like,
            layer.pairs,
            base=request.base,
            settings=DeformSettings(
                content_weight=request.content_weight,
                warp_weight=request.warp_weight,
                tv_weight=request.tv_weight,
                unfold=request.unfold,
                size=request.size,
                seed=request.seed,
            ),
            encoder=_encoder_here(request, layer.notes.append),
            canvas_short_side=request.canvas_short_side,
            on_progress=_with_thumbnails(on_progress),
        )
        layer.notes.extend(found.notes)
        return layer.finished(
            found.picture, "deform", style_hash, DEFORM_PARAMETERS, str(choose_device()), found.pairs.rows(), encoder=found.encoder
        )

    def warp(
        self, request: WarpRequest, pixels: bytes, selection: bytes | None, on_progress: OnProgress
    ) -> tuple[memoryview, str]:
        """Bent along the arrows, then clipped by the selection; or a preview of that, if the request wants anything shown over it; or, if
        it has a lattice, where the lattice's nodes go."""
        layer = _Layer(request, pixels, selection, on_progress)
        del pixels
        pairs = layer.pairs.exaggerated(request.exaggeration).within(layer.picture.size)
        on_progress(Progress("warping", 0, 1))
        if request.lattice is not None:
            nodes = carried(pairs, layer.picture.size, *request.lattice, smoothness=request.smoothness)
            return memoryview(nodes).cast("B"), layer.recipe("warp", "", WARP_PARAMETERS, "cpu")
        if request.show:
            preview = api.preview_warp(layer.picture, pairs, smoothness=request.smoothness, show=request.show, marked=request.marked)
            bent, folded = preview.picture, preview.folded
        else:
            bent = api.warp(layer.picture, pairs, smoothness=request.smoothness)
            folded = folded_share(pairs, layer.picture.size, request.smoothness)
        if folded:
            share = f"{folded:.0%}" if folded >= 0.01 else _("A little")
            layer.notes.append(
                _("{} of the picture is turned over itself, where arrows cross or pull too hard: shorten one of them, or smooth more.").format(share)
            )
        return layer.finished(bent, "warp", "", WARP_PARAMETERS, "cpu")

    def suggest(
        self, request: SuggestRequest, pixels: bytes, selection: bytes | None, style: bytes | None, on_progress: OnProgress
    ) -> tuple[list[list[float]], list[str]]:
        """Arrows from what is selected to where the request's picture has it, and sentences for the painter."""
        layer = _Layer(request, pixels, selection, on_progress)
        del pixels
        if request.trained:
            like = painting_of(load_style(request.style))
        else:
            like = _style_picture(request, style, layer.notes.append)
        found = api.suggest_keypoints(
            layer.picture, like, count=request.count, encoder=request.encoder, mirror=request.mirror, seed=request.seed, region=layer.region,
            canvas_short_side=request.canvas_short_side, on_progress=on_progress,
        )
        return found.pairs.rows(), [*layer.notes, *found.notes]

    def device(self) -> Device:
        """What it paints on. Raises BrushwarpError if that can't be had."""
        return device_in_use()

    def _sequence(self, name: str) -> api.Steady:
        steady = self._sequences.pop(name, None) or api.Steady()
        self._sequences[name] = steady
        while len(self._sequences) > SEQUENCES:
            self._sequences.popitem(last=False)
        return steady

    def _painter(self, style: str, medium: str = "", fine: str = "") -> Painter:
        mix = (medium or style, fine or style) if medium or fine else ()
        paths = [find_style(name) for name in (style, *mix)]
        key = tuple((str(path), _changed(path)) for path in paths)
        painter = self._warm.pop(key, None)
        if painter is None:
            painter = api.load_painter(paths[0], mix=paths[1:], kind=RecentPainter)
        self._warm[key] = painter
        while len(self._warm) > WARM_STYLES:
            self._warm.popitem(last=False)
        return painter


class _Layer:
    """What came from the host: read, checked before any work, and given back as it came."""

    def __init__(self, request: LayerRequest, pixels: bytes, selection: bytes | None, on_progress: OnProgress) -> None:
        on_progress(Progress("preparing", 0, 1))
        self.request, self.notes, self._on_progress = request, [], on_progress
        self.picture, lost = picture_from_wire(pixels, request.width, request.height, request.format)
        if lost:
            self.notes.append(_("{} of the layer's numbers were infinite or none, and were replaced.").format(lost))
        self.region: Tensor | None = None
        if selection is not None:
            self.region = region_from_wire(selection, request.width, request.height)
            mask_bounds(self.region)  # refuses an empty selection
        self.pairs = KeypointPairs.from_rows(request.keypoints).validated(self.picture.size)

    def finished(
        self, painted: Picture, verb: str, style_hash: str, names: tuple[str, ...], device: str, solved: Any = None, **more: Any
    ) -> tuple[memoryview, str]:
        """The bytes of the result, clipped by the selection, and its recipe with the request's fields `names` and `more`."""
        self._on_progress(Progress("finishing", 0, 1))
        if self.region is not None:
            painted = apply_region(painted, self.region)
        if self.request.format.order == "GRAYA":
            self.notes.append(_("The layer is grey: the painting's luminance alone was kept."))
        return picture_to_wire(painted, self.request.format), self.recipe(verb, style_hash, names, device, solved, **more)

    def recipe(self, verb: str, style_hash: str, names: tuple[str, ...], device: str, solved: Any = None, **more: Any) -> str:
        """Likewise, of whatever was made."""
        request = self.request
        parameters = {name: getattr(request, name) for name in names} | more
        return make_recipe(verb, request.style, style_hash, parameters, request.seed, request.keypoints, self.notes, device, solved)


def _part(request: StylizeRequest, part: Part, layer: _Layer, painter: Painter, on_progress: OnProgress) -> Picture:
    """What the request's part will look like, its selection brought there."""
    box = Box(part.left, part.top, part.left + part.width, part.top + part.height)
    size, scale = (part.layer_height, part.layer_width), max(part.layer_height, part.layer_width) / max(request.height, request.width)
    canvas = request.canvas_short_side
    bent = " " + _("Arrows will bend it.") if len(layer.pairs) else ""
    layer.notes.append(_("About as it will be: of a large picture a part is looked at, not the whole.") + bent)
    if layer.region is not None:
        layer.region = part_of(layer.region[None], Box(0, 0, request.width, request.height), layer.picture.size, box, size)[0]
    return api.stylize_part(
        layer.picture, painter, box, size, strength=request.painted_strength, brush_scale=request.brush_scale, keep_colors=request.keep_colors,
        canvas_short_side=None if canvas is None else max(1, round(canvas * scale)), on_progress=on_progress,
    )


def _style_picture(request: PictureRequest, sent: bytes | None, on_note: Callable[[str], None]) -> Picture:
    """The picture beside the layer: the pixels that came along, or a picture file."""
    like = request.style_picture
    if sent is None or like is None:
        return load_picture(request.style)
    picture, lost = picture_from_wire(sent, like.width, like.height, like.format)
    if lost:
        on_note(_("{} of the style picture's numbers were infinite or none, and were replaced.").format(lost))
    return picture


def _encoder_here(request: DeformRequest, on_note: Callable[[str], None]) -> str:
    """The one that is asked for; where its weights are not on this machine, as those of a recipe from elsewhere need not be, the best at hand."""
    if request.base == "multimodal" or request.encoder not in ENCODERS or is_here(request.encoder):
        return request.encoder
    on_note(_("The encoder {} is not on this machine: another one looked at the pictures, and the result may differ.").format(request.encoder))
    return "auto"


def _with_thumbnails(on_progress: OnProgress) -> OnProgress:
    """Told of the engine's progress, tells `on_progress`, with thumbnails in the place of pictures."""
    return lambda progress: on_progress(progress if progress.preview is None else replace(progress, preview=thumbnail_of(progress.preview)))


def _changed(path: Path) -> int:
    """When the file was written: a pack that was trained on is another one. 0 where it is not to be had; api says what is wrong with it."""
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0
