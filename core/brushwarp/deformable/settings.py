"""What decides a deformation besides the pictures and the arrows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ..bridge.presets import BALANCED, PRESETS


@dataclass(frozen=True)
class DeformSettings:
    """L = alpha L_content(X) + L_style(X) + L_style(W(X)) + beta L_warp + gamma R_TV (DST section 3.3).

    content_weight alpha, of the finest scale: each coarser one has twice that. warp_weight beta, a pixel of the working size being 1.
    tv_weight gamma. tv_form: "l1", the paper's, or "published" (weights of 10 to 100). size: long side at which it is solved.
    unfold: bend less sharply, as far as it takes for no part of the picture to be turned over.
    iterations: of each scale, a quarter, half and the whole of that size; by eye: with fewer the photograph shows. rates: Adam's, of the picture (0..1) and of the arrows
    (pixels of a picture of 256). Published: gradient descent of one rate for both, which moves no arrow by more than a fraction of
    a pixel an iteration; Adam with a rate of its own arrives in a fraction of the iterations (measured: tests/benchmarks/deform.py).
    """

    content_weight: float = BALANCED.content_weight
    warp_weight: float = BALANCED.warp_weight
    tv_weight: float = BALANCED.tv_weight
    tv_form: str = "l1"
    unfold: bool = False
    size: int = 256
    iterations: tuple[int, ...] = (100, 80, 80)
    picture_rate: float = 2e-2
    arrow_rate: float = 0.5
    seed: int = 0

    @classmethod
    def preset(cls, name: str, **others: Any) -> DeformSettings:
        """With the weights of `bridge.presets.PRESETS[name]`, and other settings."""
        return cls(**{**asdict(PRESETS[name]), **others})

    @property
    def total(self) -> int:
        return sum(self.iterations)
