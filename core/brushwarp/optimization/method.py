"""What every optimisation-based method has in common: features once, then a loss for any candidate picture.

A method is made once for a content and a style picture of one size; all that depends on them alone is computed then. The loop
calls `draw` before each iteration and gets features, content and style losses from it, for the picture and, in DST, for the
warped picture as well, out of one pass through the encoder.
"""

from __future__ import annotations

from typing import Any, Protocol

from torch import Tensor


class Objective(Protocol):
    """Content and style as losses at one scale."""

    content_weight: float  # that total = content_weight * content + style is what the method minimises

    def draw(self) -> None:
        """New positions for the next iteration, where the method samples."""
        ...

    def features(self, pictures: Tensor) -> list[Any]:
        """(N, 3, H, W) RGB to one set of features a picture, from one pass."""
        ...

    def content(self, features: Any) -> Tensor:
        """Scalar: how far from what the content picture shows."""
        ...

    def style(self, features: Any) -> Tensor:
        """Scalar: how far from how the style picture is painted."""
        ...


class Method(Protocol):
    """A base method: `strotss` or `gatys`, with its settings."""

    name: str

    def objective(self, content: Tensor, style: Tensor, content_weight: float, seed: int) -> Objective:
        """For (3, H, W) and (3, h, w) RGB of one scale. content_weight: this scale's, in the units of STROTSS' alpha."""
        ...
