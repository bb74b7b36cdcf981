"""Grain for what is flat, as drawings, cut-outs and rendered skies are.

No photograph is flat: a camera's noise is everywhere, and photographs are what the networks learnt on. Where nothing at all varies
they find nothing to paint: one dull colour without a stroke, and a halo around whatever is drawn on it (seen, in every shipped style). With
a grain that nobody would see in the picture itself they paint such areas as they paint any other. Only the first subnet sees the picture,
at its own, small size; there the grain is laid, and only where there is less of the picture's own.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, pad

GRAIN = 2 / 255  # standard deviation; with half of it halos stay in some styles, with twice as much calm skies are disturbed (seen)
AROUND = 2  # pixels on each side within which the picture's own is measured


def with_grain(rgb: Tensor) -> Tensor:
    """(3, H, W) sRGB in 0..1 of which every place varies by GRAIN or more; may leave 0..1 by as much.

    The same grain for every picture of a size: what is flat in all frames of a sequence is painted the same in all.
    """
    chance = torch.Generator().manual_seed(0)
    noise = torch.randn(rgb.shape, generator=chance).to(rgb)
    lacking = (GRAIN**2 - _variance(rgb)).clamp_(min=0).sqrt_()
    return noise.mul_(lacking).add_(rgb)


def _variance(rgb: Tensor) -> Tensor:
    """(1, H, W): around each pixel, the mean of the channels' variances."""
    side = 2 * AROUND + 1
    around = pad(rgb[None], (AROUND,) * 4, mode="replicate")
    mean, square = avg_pool2d(around, side, 1), avg_pool2d(around.square(), side, 1)
    return (square - mean.square()).mean(1)
