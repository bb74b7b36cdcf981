"""What the losses need to know of an encoder: which layers it has, and how to get their activations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from torch import Tensor


class Encoder(Protocol):
    """Maps RGB pictures to named activations. `layers` are in order of depth; `name` goes into records."""

    name: str
    layers: tuple[str, ...]

    def __call__(self, rgb: Tensor, layers: Sequence[str]) -> dict[str, Tensor]:
        """(N, 3, H, W) RGB in 0..1 to {layer: (N, C, h, w)}, running no deeper than the deepest layer asked for."""
        ...
