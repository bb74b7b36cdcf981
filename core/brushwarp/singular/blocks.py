"""Parts of the published one-scale networks that Multimodal Transfer does without."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as functional
from torch import Tensor, nn


class SingularNetwork(nn.Module):
    """A network that paints a picture in one pass: (N, 3, H, W), normalised as VGG's input is, to as much."""

    def subnets(self, count: int) -> list[nn.Module]:
        """What paints each of a painting's `count` steps, as `MultimodalNetwork.subnets` says it."""
        return [self] * count


class BatchNorm(nn.Module):
    """Batch norm that counts no batches: nn.BatchNorm2d's counter is an integer, which a pack, kept in fp16, cannot hold."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        return functional.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, self.training)


def normed(convolution: nn.Module, norm: Callable[[int], nn.Module], *, relu: bool = True) -> nn.Sequential:
    """A convolution, a norm over its channels and, mostly, a ReLU."""
    layers = [convolution, norm(convolution.out_channels)]
    return nn.Sequential(*layers, nn.ReLU(inplace=True)) if relu else nn.Sequential(*layers)


class CroppedResidual(nn.Module):
    """x + block(x), x being cropped at its centre to what is left by a block that does not pad."""

    def __init__(self, *block: nn.Module) -> None:
        super().__init__()
        self.block = nn.Sequential(*block)

    def forward(self, x: Tensor) -> Tensor:
        y = self.block(x)
        top, left = ((before - after) // 2 for before, after in zip(x.shape[-2:], y.shape[-2:], strict=True))
        return x[..., top : top + y.shape[-2], left : left + y.shape[-1]] + y


def mirrored_beyond(x: Tensor, margin: int, multiple: int) -> Tensor:
    """(N, C, H, W) mirrored beyond its edges: by `margin`, and to the right and below until both sides are multiples of `multiple`.

    However narrow: where the margin is wider than the picture, mirrored again.
    """
    rows, columns = (_mirrored_places(side, margin, multiple, x.device) for side in x.shape[-2:])
    return x.index_select(2, rows).index_select(3, columns)


def _mirrored_places(length: int, margin: int, multiple: int, device: torch.device) -> Tensor:
    end = length + margin
    end += -(end + margin) % multiple
    period = max(1, 2 * (length - 1))
    places = torch.arange(-margin, end, device=device) % period
    return torch.minimum(places, period - places)
