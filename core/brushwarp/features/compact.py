"""The compact encoder: VGG's layers, names and strides with a fraction of its channels, distilled by this project and shipped in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from ..bridge.language import _
from ..errors import BrushwarpError
from ..image.atomic import atomic_write
from .normalisation import normalise
from .vgg import VggStack

# (channels, convolutions) of each block. The first block is narrowest, for that is where a picture is largest: a tenth of
# VGG-19's multiplications to relu5_1 and 1.2 million weights (measured: tests/benchmarks/encoders.py).
COMPACT_BLOCKS = ((16, 2), (48, 2), (96, 3), (160, 3), (256, 1))
COMPACT_FILE = Path(__file__).with_name("compact.safetensors")


class Compact(nn.Module):
    """A small encoder from relu1_1 to relu5_1 at VGG's strides; each layer's mean square is about 1 on natural pictures.

    `state` has the keys relu1_1.weight, relu1_1.bias, …; without it the weights are drawn for a training (He et al. 2015).
    """

    name = "compact"

    def __init__(self, state: dict[str, Tensor] | None = None) -> None:
        super().__init__()
        self.stack = VggStack(COMPACT_BLOCKS)
        self.layers = self.stack.layers
        if state is None:
            for convolution in self.stack.convolutions.values():
                nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
                nn.init.zeros_(convolution.bias)
        else:
            self.stack.convolutions.load_state_dict(state)

    def forward(self, rgb: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
        return self.stack(normalise(rgb), layers)

    def state(self) -> dict[str, Tensor]:
        """A copy of the weights, by the keys that `Compact(state)` takes."""
        return {key: value.detach().float().cpu().clone() for key, value in self.stack.convolutions.state_dict().items()}


def load_compact(path: Path = COMPACT_FILE) -> Compact:
    """The encoder in a file of `save_compact`. Raises BrushwarpError("weights-damaged") for anything else, or none."""
    try:
        with safe_open(path, "pt") as file:
            return Compact({key: file.get_tensor(key).float() for key in file.keys()})
    except torch.OutOfMemoryError:
        raise
    except (OSError, SafetensorError, RuntimeError) as error:  # the last for tensors of another network
        raise BrushwarpError(
            "weights-damaged", _("{} holds no compact encoder.").format(path), _("Install Brushwarp again, or make one with `brushwarp distill`.")
        ) from error


def save_compact(state: dict[str, Tensor], path: Path, record: dict[str, str]) -> None:
    """Writes weights in half precision, and how they came about."""
    halves = {key: value.half().contiguous() for key, value in state.items()}
    with atomic_write(path) as file:
        file.write(save_tensors(halves, record))


def balanced(state: dict[str, Tensor], levels: dict[str, float]) -> dict[str, Tensor]:
    """The same network with every layer divided by the root of its mean square, given in `levels`.

    ReLU and max pooling commute with a positive factor, so each is folded into its own layer and taken out of the next.
    """
    result, before = {}, 1.0
    for layer, level in levels.items():
        own = level**0.5
        result[f"{layer}.weight"] = state[f"{layer}.weight"] * (before / own)
        result[f"{layer}.bias"] = state[f"{layer}.bias"] / own
        before = own
    return result
