"""Johnson's network as lengstrom/fast-style-transfer has it, whose trained weights are widely published."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn

from ..features import denormalise, normalise
from ..multimodal.network import InstanceNorm
from .blocks import CroppedResidual, SingularNetwork, mirrored_beyond, normed
from .networks import MARGIN, RESIDUALS, WIDTHS

EPSILON = 1e-3  # of its instance norm

_norm = partial(InstanceNorm, eps=EPSILON)


class SameConv(nn.Conv2d):
    """A convolution that pads with zeros as TensorFlow's "SAME" does: at stride 2, of even sides, to the right and below only."""

    def __init__(self, channels_in: int, channels_out: int, kernel: int, stride: int = 1) -> None:
        super().__init__(channels_in, channels_out, kernel, stride, padding=kernel // 2 if stride == 1 else 0, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x if self.stride == (1, 1) else nn.functional.pad(x, (0, 1, 0, 1)))


class SameTransposed(nn.ConvTranspose2d):
    """A transposed convolution that doubles, the mirror image of a `SameConv` of stride 2."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__(channels_in, channels_out, 3, stride=2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x)[..., :-1, :-1]


class Lengstrom(SingularNetwork):
    """Zero pads, transposed convolutions, a norm after the last convolution too, tanh times 150; sees and gives 0..255.

    Departure: zeros beyond the edge paint a frame (their issue 273). So the picture is mirrored by 40 pixels,
    as Johnson's paper does with this very network, and what zeros have spoilt is cut off.
    """

    def __init__(self) -> None:
        super().__init__()
        first, second, third = WIDTHS
        self.layers = nn.Sequential(
            normed(SameConv(3, first, 9), _norm),
            normed(SameConv(first, second, 3, stride=2), _norm),
            normed(SameConv(second, third, 3, stride=2), _norm),
            *(
                CroppedResidual(normed(SameConv(third, third, 3), _norm), normed(SameConv(third, third, 3), _norm, relu=False))
                for _ in range(RESIDUALS)
            ),
            normed(SameTransposed(third, second), _norm),
            normed(SameTransposed(second, first), _norm),
            normed(SameConv(first, 3, 9), _norm, relu=False),
        )

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[-2:]
        painted = self.layers(255 * denormalise(mirrored_beyond(x, MARGIN, 4)))
        painted = painted[..., MARGIN : MARGIN + height, MARGIN : MARGIN + width].float()
        return normalise((150 * torch.tanh(painted) + 127.5) / 255)
