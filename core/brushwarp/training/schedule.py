"""How the learning rate goes over a training."""

from __future__ import annotations

import math


def warm_cosine(done: int, iterations: int, *, high: float, low: float, warm_up: int) -> float:
    """The rate of iteration `done` (from 0): it rises over the first `warm_up`, then falls along half a cosine to `low`.

    It rises because Adam's first steps are as long as the learning rate, whatever the gradient.
    """
    cosine = 0.5 * (1 + math.cos(math.pi * done / iterations))
    return min(1.0, (done + 1) / warm_up) * (low + (high - low) * cosine)
