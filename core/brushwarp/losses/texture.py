"""What Gram matrices do not see of a texture: how its activations are distributed, and a pattern locked to the grid of pixels."""

from __future__ import annotations

import torch
from torch import Tensor

from ..image.colour import luminance
from .perceptual import EPSILON

PATCH = 64  # pixels in which regularity is looked for
BAND = (1 / 24, 0.3)  # periods a pixel: below are forms, above is grain


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


def regularity(rgb: Tensor) -> Tensor:
    """Scalar: how much of the detail in (N, 3, H, W) is regular, as hatching and scales are; 0 where no side holds a patch.

    The share of a patch's spectrum that falls on single waves (its inverse participation ratio), of the luminance in windowed patches
    of PATCH pixels half over one another, weighted by their energy. Frequencies are whitened, so that an edge, whose spectrum falls
    off, is no wave. At 512 px paintings have 0.0065 to 0.008, photographs as much or, of fences, seven times it; a painted picture
    filled with scales 0.014 (measured). Ours.
    """
    if min(rgb.shape[-2:]) < PATCH:
        return rgb.new_zeros(())
    patches = luminance(rgb)[:, 0].unfold(1, PATCH, PATCH // 2).unfold(2, PATCH, PATCH // 2).flatten(0, 2)
    window = torch.hann_window(PATCH, device=rgb.device)
    patches = (patches - patches.mean((1, 2), keepdim=True)) * window[:, None] * window
    down, across = torch.fft.fftfreq(PATCH, device=rgb.device), torch.fft.rfftfreq(PATCH, device=rgb.device)
    squared = down[:, None].square() + across.square()
    whitened = squared * ((squared >= BAND[0] ** 2) & (squared < BAND[1] ** 2))
    power = torch.view_as_real(torch.fft.rfft2(patches)).square().sum(-1) * whitened
    energy = power.sum((1, 2)).clamp_min(EPSILON)
    return (power.square().sum((1, 2)) / energy).sum() / energy.sum()
