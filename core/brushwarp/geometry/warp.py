"""Pictures bent along a flow."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import grid_sample

from brushwarp.geometry.keypoints import KeypointPairs
from brushwarp.geometry.thin_plate import PlateFlow
from brushwarp.image.picture import Picture

# Pixels of a strip: its flow, its grid and its samples take some 50 bytes each.
_STRIP = 1 << 20

# Below this alpha (half a step of 8 bits) a colour divided by it is noise.
_INVISIBLE = 1 / 512


def warp_tensor(pixels: Tensor, flow: Tensor, *, mode: str = "bilinear", top: int = 0) -> Tensor:
    """output(q) = pixels(q - flow(q)): (C, h, W) of `pixels` (C, H, W) and `flow` (2, h, W) in pixels.

    The flow's rows are those of the picture from `top` on, so that a strip can be had alone. Beyond the edge, the
    edge's own colour. mode: "bilinear" (as DST), or "bicubic", which keeps fine detail and may overshoot.
    Differentiable in both. Raises ValueError for other shapes.
    """
    if pixels.ndim != 3 or flow.ndim != 3 or flow.shape[0] != 2 or flow.shape[2] != pixels.shape[2]:
        raise ValueError(
            f"pixels must be (C, H, W) and flow (2, h, W), not {tuple(pixels.shape)} and {tuple(flow.shape)}"
        )
    height, width = pixels.shape[1:]
    x = torch.arange(width, dtype=flow.dtype, device=flow.device) + 0.5
    y = torch.arange(top, top + flow.shape[1], dtype=flow.dtype, device=flow.device)[:, None] + 0.5
    grid = torch.stack([(x - flow[0]) * (2 / width) - 1, (y - flow[1]) * (2 / height) - 1], -1)
    return grid_sample(pixels[None], grid[None].to(pixels.dtype), mode, "border", align_corners=False)[0]


def warp(picture: Picture, pairs: KeypointPairs, *, smoothness: float = 0.0) -> Picture:
    """The picture with what lies at each source carried to its target; the edge stays where it is.

    smoothness (pixels²): see `thin_plate_flow`. Bicubic, within the range of the picture's own values. Alpha goes with
    the colours, which are weighted by it, so nothing bleeds out of transparent pixels; colours that lie under full
    transparency go along, too. Without arrows that move anything the picture itself is returned.
    Raises BrushwarpError as `KeypointPairs.validated`.
    """
    pairs = pairs.validated(picture.size)
    if len(pairs) == 0 or (pairs.source == pairs.target).all():
        return picture
    flow = PlateFlow.through(
        torch.from_numpy(pairs.source.copy()),
        torch.from_numpy(pairs.target.copy()),
        picture.size,
        smoothness=smoothness,
    )
    pixels, alpha = torch.empty_like(picture.pixels), None
    weighted = picture.pixels
    if picture.alpha is not None:
        alpha = torch.empty_like(picture.alpha)
        weighted = torch.cat([picture.pixels * picture.alpha, picture.alpha])
    lowest, highest = float(picture.pixels.min()), float(picture.pixels.max())
    rows = max(1, _STRIP // picture.width)
    for top in range(0, picture.height, rows):
        bottom = min(top + rows, picture.height)
        strip = flow.rows(top, bottom).to(weighted.device)
        bent = warp_tensor(weighted, strip, mode="bicubic", top=top)
        colour = bent[:3]
        if alpha is not None:
            alpha[:, top:bottom] = bent[3:].clamp(0, 1)
            hidden = warp_tensor(picture.pixels, strip, top=top)
            colour = torch.where(bent[3:] > _INVISIBLE, colour / bent[3:].clamp(min=_INVISIBLE), hidden)
        pixels[:, top:bottom] = colour.clamp(lowest, highest)
    return picture.with_pixels(pixels, alpha=alpha)
