"""A host's request as calls of the engine, and the result as a host takes it."""

from __future__ import annotations

import os
from collections import OrderedDict

from .. import api
from ..bridge.request import StylizeRequest
from ..geometry import KeypointPairs
from ..image.region import apply_region, mask_bounds
from ..multimodal.transfer import Painter
from ..progress import OnProgress, Progress
from ..recipe import make_recipe
from ..styles.library import find_style
from .pixels import picture_from_wire, picture_to_wire, region_from_wire

WARM_STYLES = 4  # painters kept in memory, some 20 MB each


class Engine:
    """What the worker serves. Keeps the styles that were used last, ready to paint."""

    def __init__(self) -> None:
        self._warm: OrderedDict[tuple[str, int], Painter] = OrderedDict()

    def stylize(
        self, request: StylizeRequest, pixels: bytes, selection: bytes | None, on_progress: OnProgress
    ) -> tuple[memoryview, str]:
        """Painted, then bent along the arrows, then clipped by the selection: painting and arrows see what is around it.

        Returns the bytes in the request's layout and the recipe. Raises BrushwarpError and Cancelled as the engine does.
        """
        notes: list[str] = []
        on_progress(Progress("preparing", 0, 1))
        layout, size = request.format, (request.width, request.height)
        picture, lost = picture_from_wire(pixels, *size, layout)
        del pixels  # as large as the layer
        if lost:
            notes.append(f"{lost} of the layer's numbers were infinite or none, and were replaced.")
        region = None if selection is None else region_from_wire(selection, *size)
        if region is not None:
            mask_bounds(region)  # refuses an empty selection
        pairs = KeypointPairs.from_rows(request.keypoints).validated(
            picture.size
        )  # before the painting, which takes long
        painter = self._painter(request.style)
        painted = api.stylize(
            picture,
            painter,
            strength=request.strength,
            brush_scale=request.brush_scale,
            keep_colors=request.keep_colors,
            canvas_short_side=request.canvas_short_side,
            on_progress=on_progress,
            on_note=notes.append,
        )
        if len(pairs):
            on_progress(Progress("warping", 0, 1))
            painted = api.warp(painted, pairs, smoothness=request.smoothness)
        if region is not None:
            painted = apply_region(painted, region)
        if layout.order == "GRAYA":
            notes.append("The layer is grey: the painting's luminance alone was kept.")
        on_progress(Progress("finishing", 0, 1))
        recipe = make_recipe(
            "stylize",
            request.style,
            painter.pack.sha256,
            _parameters(request),
            request.seed,
            request.keypoints,
            notes,
            str(painter.device),
        )
        return picture_to_wire(painted, layout), recipe

    def _painter(self, style: str) -> Painter:
        path = find_style(style)
        try:
            key = str(path), os.stat(path).st_mtime_ns  # a pack that was trained on is another one
        except OSError:
            key = str(path), 0  # api says what is wrong with it
        painter = self._warm.pop(key, None) or api.load_painter(path)
        self._warm[key] = painter
        while len(self._warm) > WARM_STYLES:
            self._warm.popitem(last=False)
        return painter


def _parameters(request: StylizeRequest) -> dict[str, object]:
    """What `brushwarp stylize` needs to paint the same, and the size it was painted at."""
    return {
        "strength": request.strength,
        "brush_scale": request.brush_scale,
        "keep_colors": request.keep_colors,
        "smoothness": request.smoothness,
        "canvas_short_side": request.canvas_short_side,
        "width": request.width,
        "height": request.height,
    }
