"""Colours for pixels that have none of their own."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate, pad

# From this alpha on a pixel's own colour counts in full; below, it fades into that of its surroundings, since a few
# steps of alpha leave a few steps of colour, and programs write anything under none.
_TRUSTED_ALPHA = 1 / 8


def extend_colours(pixels: Tensor, alpha: Tensor) -> Tensor:
    """`pixels` (3, H, W) with the colours under (nearly) transparent pixels replaced by those of their surroundings.

    alpha: (1, H, W), 0..1. The network then sees the picture go on smoothly beyond its rim, and paints no fringe of
    black or of forgotten colours. Pixels of alpha 1/8 and more keep their very values. If nothing is visible the pixels
    come back as they are. Source: pull-push, Gortler et al. 1996: averages weighted by alpha at ever coarser levels,
    filled in from coarse to fine; it takes about as long as two blurs.
    """
    weight = (alpha / _TRUSTED_ALPHA).clamp(0, 1)
    if not bool((weight > 0).any()):
        return pixels
    levels = [(pixels[None] * weight, weight[None])]
    while max(levels[-1][1].shape[-2:]) > 1:
        levels.append(_halved(*levels[-1]))
    colour, share = levels.pop()
    filled = colour / share
    for colour, share in reversed(levels):
        surroundings = interpolate(filled, size=colour.shape[-2:], mode="bilinear", align_corners=False)
        filled = colour + (1 - share) * surroundings
    # The sum above rounds; what was trusted keeps its bits.
    return torch.where(weight >= 1, pixels, filled[0])


def _halved(colour: Tensor, share: Tensor) -> tuple[Tensor, Tensor]:
    """One level up: 2 × 2 pixels in one, its share what they have together, but at most 1.

    (A mean instead would let the emptiness of the level below count as lack of knowledge, and far colours leak in.)
    """
    height, width = share.shape[-2:]
    odd = (0, width % 2, 0, height % 2)
    colour, share = (4 * avg_pool2d(pad(level, odd), 2) for level in (colour, share))
    return colour / share.clamp(min=1), share.clamp(max=1)
