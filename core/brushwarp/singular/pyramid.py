"""The texture network of Ulyanov et al. 2016: a pyramid that paints from the coarsest scale up."""

from __future__ import annotations

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from ..multimodal.network import ReflectionConv
from .blocks import BatchNorm, SingularNetwork, mirrored_beyond, normed

RATIOS = (32, 16, 8, 4, 2, 1)  # by which the picture is reduced, from coarse to fine
CHANNELS = 8  # that each scale adds


class TextureNetwork(SingularNetwork):
    """Each scale sees the picture reduced, and `noise_channels` of noise in 0..1 where there are any; joined to what was painted
    so far, doubled.

    In training noise comes from torch's own generator. In use it comes from `seed`, so one picture is painted the same each time.
    """

    def __init__(self, noise_channels: int = 0, seed: int = 0) -> None:
        super().__init__()
        self.noise_channels = noise_channels
        self.seed = seed
        self.branches = nn.ModuleList(_three(3 + noise_channels, CHANNELS) for _ in RATIOS)
        widths = [CHANNELS * (1 + step) for step in range(1, len(RATIOS))]
        self.norms = nn.ModuleList(nn.ModuleList((BatchNorm(width - CHANNELS), BatchNorm(CHANNELS))) for width in widths)
        self.joined = nn.ModuleList(_three(width, width) for width in widths)
        self.output = ReflectionConv(widths[-1], 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[-2:]
        whole = mirrored_beyond(x, 0, RATIOS[0])
        chance = None if self.training else torch.Generator().manual_seed(self.seed)
        scales = [branch(self._seen(whole, ratio, chance)) for ratio, branch in zip(RATIOS, self.branches, strict=True)]
        painted = scales[0]
        for finer, (norm_coarse, norm_fine), join in zip(scales[1:], self.norms, self.joined, strict=True):
            doubled = functional.interpolate(painted, scale_factor=2, mode="nearest")
            painted = join(torch.cat((norm_coarse(doubled), norm_fine(finer)), 1))
        return self.output(painted)[..., :height, :width]

    def _seen(self, whole: Tensor, ratio: int, chance: torch.Generator | None) -> Tensor:
        reduced = functional.avg_pool2d(whole, ratio)
        if not self.noise_channels:
            return reduced
        # Drawn on the CPU, so that every device paints the same.
        noise = torch.rand(reduced.shape[0], self.noise_channels, *reduced.shape[-2:], generator=chance)
        return torch.cat((reduced, noise.to(reduced)), 1)


def _three(channels_in: int, channels_out: int) -> nn.Sequential:
    """Two 3x3 convolutions and one of 1x1, each with batch norm and ReLU."""
    return nn.Sequential(
        normed(ReflectionConv(channels_in, channels_out, 3), BatchNorm),
        normed(ReflectionConv(channels_out, channels_out, 3), BatchNorm),
        normed(ReflectionConv(channels_out, channels_out, 1), BatchNorm),
    )


def ulyanov_2016(noise_channels: int = 0) -> SingularNetwork:
    """The pyramid, which sees the picture alone (as the published code styles pictures) or noise beside it (as the paper does)."""
    return TextureNetwork(noise_channels)
