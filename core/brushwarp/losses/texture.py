"""What Gram matrices do not see of a texture: how its activations are distributed, and a pattern locked to the grid of pixels."""

from __future__ import annotations

import torch
from torch import Tensor

from .perceptual import EPSILON


def sliced_wasserstein(x: Tensor, target: Tensor, directions: Tensor) -> Tensor:
    """Scalar: squared distance between the distributions of two sets of points, over the target's spread; 1 is "as far as the spread".

    x: (C, n), or (N, C, n) for the mean of N sets, and target: (C, n), a column a point; directions: (K, C), along each of which both sets
    are sorted and compared.
    A Gram matrix is an average, so a faint texture everywhere serves it as well as a strong one beside calm colour: this tells them
    apart. Differentiable in x. Source: Heitz et al. 2021, "A Sliced Wasserstein Loss for Neural Texture Synthesis", equation 5;
    their directions are unit vectors, and longer ones change nothing here.
    """
    with torch.autocast(x.device.type, enabled=False):  # the differences of neighbours in order are finer than bfloat16
        ours, theirs = ((directions @ points).sort(-1).values for points in (x, target))
    spread = (theirs - theirs.mean(-1, keepdim=True)).square().mean()
    return (ours - theirs).square().mean() / spread.clamp_min(EPSILON)


def grid_pattern(rgb: Tensor, period: int) -> Tensor:
    """Scalar: mean square of what repeats every `period` pixels, down and across, over the whole of (N, 3, H, W).

    A network that doubles its picture n times can tell 2^n pixels apart in each direction, and hatches calm areas with that. In
    pictures of 256 pixels the root is 0.002 for period 4 and 0.005 for period 8, of photographs and paintings alike; of a hatched one 0.016
    and more (measured). 0 where the picture is smaller than a period.
    """
    down, across = rgb.shape[2] // period, rgb.shape[3] // period
    if not down or not across:
        return rgb.new_zeros(())
    cells = rgb[..., : down * period, : across * period].reshape(*rgb.shape[:2], down, period, across, period)
    pattern = cells.mean((2, 4))
    return (pattern - pattern.mean((2, 3), keepdim=True)).square().mean()
