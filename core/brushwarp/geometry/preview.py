"""How a warp will look, quickly, and what it does to the plane: a grid that bends with it, its folds, and its arrows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from brushwarp.geometry.drawing import draw_arrow
from brushwarp.geometry.keypoints import KeypointPairs
from brushwarp.geometry.thin_plate import PlateFlow
from brushwarp.geometry.warp import warp_tensor
from brushwarp.image.picture import Picture

CELLS, LEAST_CELLS = 48, 8  # of the grid on which the flow is known, along the long side, and along the short one at the least
MESHES = 16  # of the grid that is drawn, likewise
GRID, FOLDS, ARROWS = "grid", "folds", "arrows"

_LINE = 0.75  # half a grid line's width in pixels, of 512; its dark rim is as wide again
_LIGHT, _DARK = 0.7, 0.45  # how much of line and rim covers the picture
_FOLD_COLOUR, _FOLD_COVER = (1.0, 0.0, 0.6), 0.65
_ARROW_COLOUR, _MARKED_COLOUR = (0.24, 0.88, 0.11), (1.0, 0.82, 0.0)


@dataclass(frozen=True, eq=False)
class WarpPreview:
    """picture: bent, with alpha where something was drawn beyond it. folded: share of the picture, 0..1, that is turned over."""

    picture: Picture
    folded: float


def preview_warp(
    picture: Picture, pairs: KeypointPairs, *, smoothness: float = 0.0, show: Collection[str] = (), marked: int | None = None
) -> WarpPreview:
    """`warp`, bilinear, and drawn over it what `show` names. The flow is right to a few tenths of a pixel of some thousand, to a few
    pixels where an arrow ends a step from the edge.

    marked: which arrow is drawn in another colour. Raises BrushwarpError as `KeypointPairs.validated`.
    """
    seen = pairs.validated(picture.size)
    step = max(1, min(max(picture.size) // CELLS, min(picture.size) // LEAST_CELLS))
    flow = PlateFlow.roughly(torch.tensor(seen.source), torch.tensor(seen.target), picture.size, smoothness=smoothness, step=step)
    field = flow.rows(0, picture.height)
    alpha = picture.alpha
    bent = warp_tensor(picture.pixels if alpha is None else torch.cat([picture.pixels * alpha, alpha]), field)
    seen_at = _seen_at(field)
    right, down = _slopes(seen_at)
    folds = right[0] * down[1] - right[1] * down[0] <= 0
    folded = float(folds.float().mean())
    if FOLDS in show and folded:
        colour = torch.tensor([*_FOLD_COLOUR, 1.0])[: len(bent), None, None]
        bent = torch.where(_at_every_pixel(folds, picture.size), torch.lerp(bent, colour, _FOLD_COVER), bent)
    if GRID in show:
        steepness = [_at_every_pixel(torch.hypot(right[axis], down[axis]), picture.size) for axis in range(2)]
        _draw_grid(bent, seen_at, steepness)
    if alpha is not None:
        alpha = bent[3:].clamp(0, 1)
        bent = torch.where(alpha > 0, bent[:3] / alpha.clamp_min(1e-6), 0.0)
    if ARROWS in show:
        _draw_arrows(bent, alpha, pairs, marked)
    return WarpPreview(picture.with_pixels(bent, alpha=alpha), folded)


def _seen_at(flow: Tensor) -> Tensor:
    """(2, H, W): which point of the picture is seen at each pixel's centre."""
    height, width = flow.shape[1:]
    x, y = torch.arange(width) + 0.5, torch.arange(height)[:, None] + 0.5
    return torch.stack([x - flow[0], y - flow[1]])


def _slopes(seen_at: Tensor) -> tuple[Tensor, Tensor]:
    """How `seen_at` changes from pixel to pixel across and down, each (2, H', W'): at every second pixel, which is a fifth of the time."""
    every = seen_at[:, ::2, ::2]
    right, down = (every[:, :, 1:] - every[:, :, :-1]) / 2, (every[:, 1:] - every[:, :-1]) / 2
    if not right.numel() or not down.numel():  # two pixels high or wide
        return tuple(every.new_tensor(slope)[:, None, None].expand_as(every) for slope in ([1, 0], [0, 1]))
    return torch.cat([right, right[:, :, -1:]], 2), torch.cat([down, down[:, -1:]], 1)


def _at_every_pixel(values: Tensor, size: tuple[int, int]) -> Tensor:
    """(H', W') of every second pixel as (H, W)."""
    return values.repeat_interleave(2, 0).repeat_interleave(2, 1)[: size[0], : size[1]]


def _draw_grid(bent: Tensor, seen_at: Tensor, steepness: Sequence[Tensor]) -> None:
    """Lines where the point that is seen lies on one of the grid's: light, with a dark rim, whatever the picture. bent: colours, weighted
    by alpha where there is a fourth channel."""
    long_side = max(bent.shape[1:])
    mesh, half = long_side / MESHES, max(1.0, long_side / 512) * _LINE
    away = torch.full(bent.shape[1:], torch.inf)
    for axis in range(2):
        cells = seen_at[axis] / mesh
        away = torch.minimum(away, (cells - cells.round()).abs_().mul_(mesh).div_(steepness[axis].clamp_min(1e-3)))
    light = (half + 0.5 - away).clamp_(0, 1).mul_(_LIGHT)
    dark = (2 * half + 0.5 - away).clamp_(0, 1).mul_(_DARK)
    kept = (1 - dark) * (1 - light)
    bent[:3].mul_(kept).add_(light)
    bent[3:].mul_(kept).add_(1 - kept)


def _draw_arrows(rgb: Tensor, alpha: Tensor | None, pairs: KeypointPairs, marked: int | None) -> None:
    """Each in the part of the picture that it covers: to convert all of it takes longer than to bend it."""
    height, width = rgb.shape[1:]
    thick = max(2.0, max(height, width) / 250)
    for index, (source, target) in enumerate(zip(pairs.source, pairs.target, strict=True)):
        ends = np.stack([source, target])
        left, top = (np.floor(ends.min(0) - 5 * thick).clip(0, (width - 1, height - 1))).astype(int)
        right, bottom = (np.ceil(ends.max(0) + 5 * thick).clip((left + 1, top + 1), (width, height))).astype(int)
        image = Image.new("L", (int(right - left), int(bottom - top)))
        corner = np.array([left, top])
        for value, rim in ((1, 1.0), (2, 0.0)):
            draw_arrow(ImageDraw.Draw(image), source - corner, target - corner, value, thick, rim)
        drawn, place = torch.from_numpy(np.array(image)), (slice(None), slice(int(top), int(bottom)), slice(int(left), int(right)))
        colour = torch.tensor(_MARKED_COLOUR if index == marked else _ARROW_COLOUR)[:, None, None]
        rgb[place] = torch.where(drawn == 2, colour, torch.where(drawn == 1, 0.0, rgb[place]))
        if alpha is not None:
            alpha[place] = torch.where(drawn > 0, 1.0, alpha[place])
