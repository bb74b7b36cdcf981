"""VGG-19 as an encoder (Simonyan & Zisserman 2015), and the distilled one that stands in for its deep layers."""

from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as functional
from torch import Tensor, nn

from ..errors import BrushwarpError
from .normalisation import normalise

VGG19_BLOCKS = ((64, 2), (128, 2), (256, 4), (512, 4), (512, 1))  # (channels, convolutions) up to relu5_1
DISTILLED_BLOCKS = ((16, 2), (32, 2), (64, 4), (128, 4), (128, 1))


class VggStack(nn.Module):
    """The convolutions of a VGG up to relu`depth`, frozen; activations by the names relu1_1, relu1_2, …"""

    def __init__(self, blocks: Sequence[tuple[int, int]], *, reflect: bool) -> None:
        super().__init__()
        self.reflect = reflect
        self.convolutions = nn.ModuleDict()
        channels = 3
        for block, (width, count) in enumerate(blocks, 1):
            for index in range(1, count + 1):
                padding = 0 if reflect else 1
                self.convolutions[f"relu{block}_{index}"] = nn.Conv2d(channels, width, 3, padding=padding)
                channels = width
        self.layers = tuple(self.convolutions)
        self.requires_grad_(False).eval()

    def forward(self, x: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
        missing = set(layers) - set(self.layers)
        if missing:
            raise BrushwarpError("encoder-layer", f"This encoder has no layer {', '.join(sorted(missing))}.")
        found = {}
        for name, convolution in self.convolutions.items():
            if name.endswith("_1") and name != "relu1_1":
                x = functional.max_pool2d(x, 2)
            if self.reflect:
                x = functional.pad(x, (1, 1, 1, 1), mode="reflect")
            x = functional.relu(convolution(x))
            if name in layers:
                found[name] = x
                if len(found) == len(layers):
                    break
        return found


class Vgg19(nn.Module):
    """Torchvision's VGG-19 up to relu5_1, or as much of it as `state` holds (keys `features.N.weight`)."""

    name = "vgg19"

    def __init__(self, state: dict[str, Tensor]) -> None:
        super().__init__()
        indices = sorted({int(key.split(".")[1]) for key in state if key.startswith("features.")})
        blocks, left = [], len(indices)
        for width, count in VGG19_BLOCKS:
            if left > 0:
                blocks.append((width, min(count, left)))
                left -= count
        self.stack = VggStack(blocks, reflect=False)
        for convolution, index in zip(self.stack.convolutions.values(), indices, strict=False):
            convolution.weight.data.copy_(state[f"features.{index}.weight"])
            convolution.bias.data.copy_(state[f"features.{index}.bias"])
        self.layers = self.stack.layers

    def forward(self, rgb: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
        return self.stack(normalise(rgb), layers)


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
        self.deep = VggStack(DISTILLED_BLOCKS, reflect=True)
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
