"""VGG-19 and VGG-16 as encoders (Simonyan & Zisserman 2015), and the distilled one that stands in for VGG-19's deep layers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import torch
import torch.nn.functional as functional
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from ..bridge.language import _
from ..errors import BrushwarpError
from ..image.rearranging import pad_edges
from .normalisation import normalise

# (channels, convolutions) of each block, as deep as style and content losses look
VGG19_BLOCKS = ((64, 2), (128, 2), (256, 4), (512, 4), (512, 1))  # up to relu5_1
VGG16_BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))  # up to relu5_3
DISTILLED_BLOCKS = ((16, 2), (32, 2), (64, 4), (128, 4), (128, 1))
LARGE = 512 * 512  # pixels of a block's input


class VggStack(nn.Module):
    """The convolutions of a VGG up to relu`depth`, frozen; activations by the names relu1_1, relu1_2, …

    Departures from VGG: beyond its edge a picture goes on as at the edge, where VGG sees zeros, and pooling keeps an odd last row and
    column, which VGG drops. Against zeros, and against reflections, which make little of the edge itself, optimised pictures get a
    coloured frame, and where deep layers see nothing they get a coloured band (seen, with every encoder).
    """

    def __init__(self, blocks: Sequence[tuple[int, int]]) -> None:
        super().__init__()
        self.convolutions = nn.ModuleDict()
        channels = 3
        for block, (width, count) in enumerate(blocks, 1):
            for index in range(1, count + 1):
                self.convolutions[f"relu{block}_{index}"] = nn.Conv2d(channels, width, 3)
                channels = width
        self.layers = tuple(self.convolutions)
        self.requires_grad_(False).eval()

    def forward(self, x: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
        missing = set(layers) - set(self.layers)
        if missing:
            raise BrushwarpError("encoder-layer", _("This encoder has no layer {}.").format(", ".join(sorted(missing))))
        found, smallest = {}, min(x.shape[-2:])
        deepest = max((self.layers.index(name) for name in layers), default=-1)
        for block, names in groupby(self.layers[: deepest + 1], lambda name: int(name[4])):
            if smallest < 2 ** (block - 1):
                raise BrushwarpError("picture-small", _("The picture is too small for relu{}_1.").format(block), _("Take one of 16 pixels or more."))
            names = tuple(names)
            if x.requires_grad and torch.is_grad_enabled() and x.shape[-2] * x.shape[-1] > LARGE:
                # For the gradient a block is run again when it comes to it: its activations are most of what a large picture takes.
                outputs = checkpoint(self._block, block, names, x, use_reentrant=False, preserve_rng_state=False)
            else:
                outputs = self._block(block, names, x)
            found |= {name: value for name, value in zip(names, outputs, strict=True) if name in layers}
            x = outputs[-1]
        return found

    def _block(self, block: int, names: tuple[str, ...], x: Tensor) -> list[Tensor]:
        """The activations of a block's layers."""
        if block > 1:
            x = functional.max_pool2d(x, 2, ceil_mode=True)
        outputs = []
        for name in names:
            x = functional.relu(self.convolutions[name](pad_edges(x, 1, "replicate")))
            outputs.append(x)
        return outputs


class _Vgg(nn.Module):
    """A VGG of torchvision up to the end of `blocks`, or as much of it as `state` holds (keys `features.N.weight`)."""

    name: str
    blocks: tuple[tuple[int, int], ...]

    def __init__(self, state: dict[str, Tensor]) -> None:
        super().__init__()
        indices = convolution_indices(state)
        blocks, left = [], len(indices)
        for width, count in self.blocks:
            if left > 0:
                blocks.append((width, min(count, left)))
                left -= count
        self.stack = VggStack(blocks)
        for convolution, index in zip(self.stack.convolutions.values(), indices, strict=False):
            convolution.weight.data.copy_(state[f"features.{index}.weight"])
            convolution.bias.data.copy_(state[f"features.{index}.bias"])
        self.layers = self.stack.layers

    def forward(self, rgb: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
        return self.stack(normalise(rgb), layers)

    @classmethod
    def trim(cls, state: dict[str, Tensor]) -> dict[str, Tensor]:
        """The part of torchvision's state that this encoder uses. Raises KeyError if it is not all there."""
        used = convolution_indices(state)[: sum(count for _, count in cls.blocks)]
        if len(used) < sum(count for _, count in cls.blocks):
            raise KeyError("features")
        return {key: state[key] for index in used for key in (f"features.{index}.weight", f"features.{index}.bias")}


class Vgg19(_Vgg):
    """VGG-19 up to relu5_1, in torchvision's weights."""

    name = "vgg19"
    blocks = VGG19_BLOCKS


class Vgg16(_Vgg):
    """VGG-16 up to relu5_3, in torchvision's weights."""

    name = "vgg16"
    blocks = VGG16_BLOCKS


def convolution_indices(state: dict[str, Tensor]) -> list[int]:
    """The places of the convolutions in torchvision's `features`, in order of depth."""
    return sorted({int(key.split(".")[1]) for key in state if key.startswith("features.")})


class Vgg19Dev(nn.Module):
    """The development encoder: real VGG-19 to relu3_4, and relu4_1, relu5_1 of a VGG-19 distilled to a quarter of its channels.

    The distilled encoder is Collaborative Distillation's (Wang et al. 2020), whose first 1x1 convolution takes RGB in 0..1.
    """

    name = "vgg19-dev"

    def __init__(self, real: dict[str, Tensor], distilled: dict[str, Tensor]) -> None:
        super().__init__()
        self.real = Vgg19(real)
        self.entry = nn.Conv2d(3, 3, 1).requires_grad_(False)
        self.entry.weight.data.copy_(distilled["e5.conv0.weight"])
        self.entry.bias.data.copy_(distilled["e5.conv0.bias"])
        self.deep = VggStack(DISTILLED_BLOCKS)
        for name, convolution in self.deep.convolutions.items():
            key = f"e5.conv{name[4]}{name[6]}"
            convolution.weight.data.copy_(distilled[f"{key}.weight"])
            convolution.bias.data.copy_(distilled[f"{key}.bias"])
        self.layers = self.real.layers + tuple(name for name in self.deep.layers if name[4] in "45")

    def forward(self, rgb: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
        shallow = [name for name in layers if name[4] in "123"]
        deep = [name for name in layers if name not in shallow]
        found = self.real(rgb, shallow) if shallow else {}
        if deep:
            found |= self.deep(self.entry(rgb), deep)
        return found
