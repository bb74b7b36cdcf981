"""Common appearance: features of two pictures made alike in style, place by place, before they are compared more finely."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as functional
from torch import Tensor

from .search import gathered, voted

REGION = 7  # places across, of the finer level; NBB's windows of radius 3
_SMALLEST_DEVIATION = 1e-3  # of the map's own: a region without variation is only shifted

# NBB's code: Adam, until the loss changes by less than this on average over five steps.
_RATE, _BETAS = 0.05, (0.5, 0.999)
_STEADY, _STEADY_STEPS = 1e-3, 5
_MOST_STEPS = 1000  # ours


def share_statistics(first: Tensor, second: Tensor, forth: Tensor, back: Tensor) -> tuple[Tensor, Tensor]:
    """`first` (C, H, W) and `second` (C, h, w), the mean and the deviation of each region halfway to those of its match.

    forth: (2, H, W), where each place of `first` lies on `second`; back: (2, h, w). C = (F - mu) / sigma * sigma_m + mu_m with the
    averaged statistics of both regions. Source: Aberman et al. 2018, section 3.3; there each region is one buddy's, here every
    place is the centre of its own.
    """
    here, there = _statistics(first), _statistics(second)
    return _halfway(first, here, there, forth), _halfway(second, there, here, back)


def share_by_inversion(
    first: Tensor, deep_second: Tensor, deep_places: Tensor, block: Callable[[Tensor], Tensor], patch: int
) -> Tensor:
    """`first` (C, H, W) averaged with features that become, through `block`, those of `deep_second` brought to its places.

    deep_second: (D, h, w) a level deeper; deep_places: (2, H / 2, W / 2). block: (1, C, H, W) to (1, D, H / 2, W / 2). Minutes on a
    CPU, seconds for the closed form. Source: NBB's code.
    """
    wanted = voted(deep_second, deep_places, patch)[None]
    with torch.inference_mode(False), torch.enable_grad():
        wanted = wanted.clone()
        variable = torch.zeros_like(first)[None].clone().requires_grad_()
        optimiser = torch.optim.Adam([variable], _RATE, _BETAS)
        losses: list[float] = []
        while len(losses) < _MOST_STEPS and not _is_steady(losses):
            optimiser.zero_grad()
            loss = functional.mse_loss(block(variable), wanted)
            loss.backward()
            optimiser.step()
            losses.append(float(loss.detach()))
    return (first + variable.detach()[0]) / 2


def _is_steady(losses: list[float]) -> bool:
    last = losses[-_STEADY_STEPS - 1 :]
    changes = [abs(after - before) for before, after in zip(last, last[1:], strict=False)]
    return len(changes) == _STEADY_STEPS and sum(changes) / _STEADY_STEPS <= _STEADY


def _halfway(features: Tensor, own: tuple[Tensor, Tensor], others: tuple[Tensor, Tensor], places: Tensor) -> Tensor:
    mean, deviation = own
    other_mean, other_deviation = (gathered(each, places) for each in others)
    return (features - mean) * ((deviation + other_deviation) / (2 * deviation)) + (mean + other_mean) / 2


def _statistics(features: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and deviation of the region around each place, (C, H, W) each."""
    sums, squares, count = (_region_sum(each) for each in (features, features.square(), torch.ones_like(features[:1])))
    mean = sums / count
    least = _SMALLEST_DEVIATION * features.std(correction=0).clamp(min=1e-12)
    return mean, (squares / count - mean.square()).clamp(min=0).sqrt().clamp(min=least)


def _region_sum(values: Tensor) -> Tensor:
    """Of what of each region lies on the map (C, H, W). By shifted sums: PyTorch's pooling takes several times as long."""
    height, width = values.shape[1:]
    padded = functional.pad(values, (REGION // 2,) * 4)
    across = sum(padded[:, :, shift : shift + width] for shift in range(REGION))
    return sum(across[:, shift : shift + height] for shift in range(REGION))
