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


def share_statistics(first: Tensor, second: Tensor, places: Tensor) -> Tensor:
    """`first` (C, H, W) with the mean and the deviation of each region halfway to those of its match in `second` (C, h, w).

    places: (2, H, W), where each place of `first` lies on `second`. C = (F - mu) / sigma * sigma_m + mu_m with the averaged
    statistics of both regions. Source: Aberman et al. 2018, section 3.3; there each region is one buddy's, here every place is
    the centre of its own.
    """
    mean, deviation = _statistics(first)
    other_mean, other_deviation = (gathered(each, places) for each in _statistics(second))
    return (first - mean) * (deviation + other_deviation) / (2 * deviation) + (mean + other_mean) / 2


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


def _statistics(features: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and deviation of the region around each place, (C, H, W) each."""
    mean, square = (
        functional.avg_pool2d(each[None], REGION, 1, REGION // 2, count_include_pad=False)[0] for each in (features, features.square())
    )
    least = _SMALLEST_DEVIATION * features.std(correction=0).clamp(min=1e-12)
    return mean, (square - mean.square()).clamp(min=0).sqrt().clamp(min=least)
