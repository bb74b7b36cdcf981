"""The networks of Johnson et al. 2016 and, in its form of 2017, of Ulyanov et al.

All see and give pictures normalised as VGG's input is, of any size. The published scalings (0..255, mean-subtracted) are folded in.
"""

from __future__ import annotations

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from ..features import denormalise, normalise
from ..multimodal.network import Decoder, Encoder, InstanceNorm
from .blocks import BatchNorm, CroppedResidual, SingularNetwork, mirrored_beyond, normed

WIDTHS = (32, 64, 128)
RESIDUALS = 5
MARGIN = 40  # pixels mirrored beyond each edge: what ten unpadded convolutions at a quarter of the size take away
TANH_SCALE = 150 / 255  # of the output around its mean, in pictures of 0..1: a little more than any picture needs


class EncoderDecoder(SingularNetwork):
    """Instance norm and reflection pads throughout, and a linear output."""

    def __init__(self, decoder: Decoder) -> None:
        super().__init__()
        self.encoder = Encoder(3, WIDTHS, RESIDUALS)
        self.decoder = decoder

    def forward(self, x: Tensor) -> Tensor:
        return self.decoder(*self.encoder(x))


def johnson() -> SingularNetwork:
    """Johnson's network in its modern form, that of the PyTorch examples: resize-convolutions, and no tanh. 1,679,235 parameters."""
    return EncoderDecoder(Decoder(WIDTHS[::-1], output_kernel=9))


def ulyanov() -> SingularNetwork:
    """Ulyanov's of 2017 ("Improved Texture Networks"): Johnson's with transposed convolutions, a last one of 3x3, and no tanh."""
    return EncoderDecoder(Decoder(WIDTHS[::-1], step=Transposed))


class Transposed(nn.Module):
    """A transposed 3x3 convolution of stride 2 to `size`, instance norm, ReLU: called as `Upsample` is."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.conv = nn.ConvTranspose2d(channels_in, channels_out, 3, stride=2, padding=1)
        self.norm = InstanceNorm(channels_out)

    def forward(self, x: Tensor, size: tuple[int, int]) -> Tensor:
        return functional.relu(self.norm(self.conv(x, output_size=size)))


class _JohnsonBatchNorm(SingularNetwork):
    def __init__(self) -> None:
        super().__init__()
        first, second, third = WIDTHS
        self.down = nn.Sequential(
            normed(nn.Conv2d(3, first, 9, padding=4), BatchNorm),
            normed(nn.Conv2d(first, second, 3, stride=2, padding=1), BatchNorm),
            normed(nn.Conv2d(second, third, 3, stride=2, padding=1), BatchNorm),
        )
        self.residuals = nn.Sequential(*(_unpadded_residual(third) for _ in range(RESIDUALS)))
        self.up = nn.Sequential(
            normed(nn.ConvTranspose2d(third, second, 3, stride=2, padding=1, output_padding=1), BatchNorm),
            normed(nn.ConvTranspose2d(second, first, 3, stride=2, padding=1, output_padding=1), BatchNorm),
            nn.Conv2d(first, 3, 9, padding=4),
        )

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[-2:]
        painted = self.up(self.residuals(self.down(mirrored_beyond(x, MARGIN, 4))))[..., :height, :width]
        return around_mean(TANH_SCALE * torch.tanh(painted.float()))


def johnson_batchnorm() -> SingularNetwork:
    """Johnson's network as in the paper: batch norm, unpadded residual blocks in a picture mirrored by 40 pixels, transposed
    convolutions, tanh times 150 around the mean."""
    return _JohnsonBatchNorm()


def _unpadded_residual(channels: int) -> CroppedResidual:
    first = normed(nn.Conv2d(channels, channels, 3), BatchNorm)
    second = normed(nn.Conv2d(channels, channels, 3), BatchNorm, relu=False)
    return CroppedResidual(first, second)


def around_mean(difference: Tensor) -> Tensor:
    """Normalised pictures of (N, 3, H, W) differences from ImageNet's mean colour, which are in pictures of 0..1."""
    return normalise(denormalise(torch.zeros_like(difference)) + difference)
