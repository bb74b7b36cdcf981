"""Content and style as distances between activations (Gatys et al. 2016; MT section 3.1).

Departure from the papers: each layer's error is divided by the target's own squared norm, so no weight depends on the scale of
an encoder's activations, and 1.0 means "as far away as nothing at all". Structure is theirs, normalisation ours.
"""

from __future__ import annotations

import torch
from torch import Tensor

EPSILON = 1e-12


def gram_matrix(features: Tensor) -> Tensor:
    """(N, C, H, W) to (N, C, C): F F^T / (C H W). Source: Johnson et al. 2016, equation 3.

    In float32 at least, whatever autocast says: bfloat16 has too few digits to tell a good match from a better one.
    """
    batch, channels, height, width = features.shape
    flat = features.reshape(batch, channels, height * width)
    with torch.autocast(features.device.type, enabled=False):
        flat = flat if flat.dtype == torch.float64 else flat.float()
        return flat @ flat.transpose(1, 2) / (channels * height * width)


def relative_error(value: Tensor, target: Tensor, floor: float = EPSILON) -> Tensor:
    """(N,) mean squared distance of each sample to the target, over the target's mean square, which counts as `floor` at least.

    Broadcasts a target of batch 1.
    """
    distance = (value - target).flatten(1).square().mean(1)
    return distance / target.flatten(1).square().mean(1).clamp_min(floor)


def lost_structure(value: Tensor, target: Tensor, floor: float = EPSILON) -> Tensor:
    """(N,) how much of what the target (N, C, H, W) shows, and where, the value does not: 1 less the correlation of both, channel by channel,
    each counting by the target's variance, whose mean counts as `floor` at least. 0 for the same, about 1 for something else, 2 for the negative.

    Unlike `relative_error` it asks nothing of strength and brightness. (Monet's *Water Lilies*, where nothing was left of a face, had an
    error of 0.5 on relu4_1, Metzinger's portrait, which kept every feature, one of 0.9.)
    """
    value, target = (x - x.mean((2, 3), keepdim=True) for x in (value, target))
    energy, mine = target.square().mean((2, 3)), value.square().mean((2, 3))
    alike = (value * target).mean((2, 3)) / (energy * mine).clamp_min(EPSILON**2).sqrt()
    return ((1 - alike) * energy).mean(1) / energy.mean(1).clamp_min(floor)


def style_loss(grams: dict[str, Tensor], targets: dict[str, Tensor]) -> Tensor:
    """(N,) mean over the layers of the Gram matrices' relative error."""
    errors = [relative_error(grams[layer], target) for layer, target in targets.items()]
    return sum(errors) / len(errors)


def total_variation(rgb: Tensor) -> Tensor:
    """Mean absolute difference of neighbours, down plus across."""
    down = (rgb[..., 1:, :] - rgb[..., :-1, :]).abs().mean()
    across = (rgb[..., :, 1:] - rgb[..., :, :-1]).abs().mean()
    return down + across


def excess(rgb: Tensor) -> Tensor:
    """Mean distance of pixels outside 0..1 to that range: what clamping would cut."""
    return (rgb - rgb.clamp(0, 1)).abs().mean()
