"""Multimodal Transfer's subnets on a CUDA device: what their `forward` does, with all that lies between two convolutions in one go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from ..image.colour import luminance
from ..multimodal.network import (
    ConvNormRelu,
    Decoder,
    Encoder,
    EnhanceSubnet,
    InstanceNorm,
    RefineSubnet,
    ReflectionConv,
    StyleSubnet,
    convolutions,
    phase_kernels,
)
from ..progress import counted
from .kernels import padded, scaling_of


@dataclass(frozen=True, eq=False)
class Pending:
    """A map of `size` (H, W) that whoever reads it still has to make: `padded` of these."""

    x: Tensor
    size: tuple[int, int]
    scaling: tuple[Tensor, Tensor] | None = None
    relu: bool = False
    doubled: bool = False
    added: Tensor | None = None

    def made(self, margin: int, *, repeat: bool = False) -> Tensor:
        """With a margin that mirrors (where a side is no longer than it, or asked for: repeats) the edge."""
        return padded(
            self.x, self.size, margin, reflect=not repeat and min(self.size) > margin, relu=self.relu, doubled=self.doubled,
            scaling=self.scaling, added=self.added,
        )


class FusedPass:
    """Runs subnets of one network, whose weights don't change any more, one at a time. dtype: of what is convolved, but for what the
    subnets themselves want in float32."""

    SUBNETS = (StyleSubnet, EnhanceSubnet, RefineSubnet)

    def __init__(self, dtype: torch.dtype) -> None:
        self.dtype = dtype
        self._weights: dict[nn.Module, Tensor] = {}
        self._on_layer = _nothing

    def __call__(self, subnet: nn.Module, x: Tensor, tell: Callable[[float], None] = lambda share: None) -> Tensor:
        """(1, 3, H, W) to the same, in float32. tell: called before each convolution with the share of them that is done; what it raises
        passes through."""
        self._on_layer = counted(len(convolutions(subnet)), tell)
        try:
            with torch.cuda.device_of(x):  # which Triton launches on
                return self._passed(subnet, x)
        finally:
            self._on_layer = _nothing  # whom it told may be gone

    def _passed(self, subnet: nn.Module, x: Tensor) -> Tensor:
        if isinstance(subnet, StyleSubnet):  # whose paths are in float32
            colour, sizes = self._encoded(subnet.rgb, _plain(x))
            grey, _ = self._encoded(subnet.luminance, _plain(luminance(x)))
            merged = torch.cat((colour.made(0), grey.made(0)), 1).to(self.dtype)
            return self._decoded(subnet.decoder, self._blocks(subnet.merge, _plain(merged)), sizes)
        change = self._decoded(subnet.decoder, *self._encoded(subnet.encoder, _plain(x.to(self.dtype))))
        return x + change if isinstance(subnet, RefineSubnet) else change

    def _encoded(self, encoder: Encoder, x: Pending) -> tuple[Pending, list[tuple[int, int]]]:
        sizes = []
        for step in encoder.steps:
            x = self._normed(step, x.made(step.conv.margin))
            sizes.append(x.size)
        return self._blocks(encoder.residuals, x), sizes[-2::-1]

    def _blocks(self, blocks: nn.Sequential, x: Pending) -> Pending:
        for block in blocks:
            read = x.made(1)
            changed = self._convolved(block.second, self._normed(block.first, read).made(1))
            x = Pending(changed, x.size, self._scaling(block.norm, changed, x.size), added=read[:, :, 1:-1, 1:-1])
        return x

    def _decoded(self, decoder: Decoder, x: Pending, sizes: list[tuple[int, int]]) -> Tensor:
        for step, size in zip(decoder.steps, sizes, strict=True):
            self._on_layer()
            read = x.made(1, repeat=True)
            phases = _convolved(read, self._weight(step, read.dtype))
            x = Pending(phases, size, self._scaling(step.block.norm, phases, size, doubled=True), relu=True, doubled=True)
        output = decoder.output
        return self._convolved(output, x.made(output.margin)).float() + output.bias[:, None, None]

    def _normed(self, block: ConvNormRelu, read: Tensor) -> Pending:
        x = self._convolved(block.conv, read)
        size = (x.shape[2], x.shape[3])
        return Pending(x, size, self._scaling(block.norm, x, size), relu=True)

    def _convolved(self, conv: ReflectionConv, read: Tensor) -> Tensor:
        self._on_layer()
        return _convolved(read, self._weight(conv, read.dtype), conv.stride)

    def _scaling(self, norm: InstanceNorm, x: Tensor, size: tuple[int, int], *, doubled: bool = False) -> tuple[Tensor, Tensor]:
        return scaling_of(x, size, norm.weight, norm.bias, norm.eps, doubled=doubled)

    def _weight(self, module: nn.Module, dtype: torch.dtype) -> Tensor:
        """Of a convolution, or the kernels of a doubling; dtype: what the module always reads."""
        if module not in self._weights:
            weight = module.weight if isinstance(module, ReflectionConv) else phase_kernels(module.block.conv.weight).flatten(0, 1)
            self._weights[module] = weight.to(dtype).contiguous(memory_format=torch.channels_last)
        return self._weights[module]


def _convolved(x: Tensor, weight: Tensor, stride: tuple[int, int] = (1, 1)) -> Tensor:
    """In channels_last, which the kernels count on and a library may leave."""
    return functional.conv2d(x, weight, None, stride).contiguous(memory_format=torch.channels_last)


def _nothing() -> None:
    pass


def _plain(x: Tensor) -> Pending:
    return Pending(x.contiguous(memory_format=torch.channels_last), (x.shape[2], x.shape[3]))
