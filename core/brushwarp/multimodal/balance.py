"""How strongly the style pulls at each scale, found while a training runs: no painting needs its weights set by hand.

A print and an oil painting need weights several times apart. So each scale has a strength that multiplies its style terms: it rises
while the style loss is above its aim, a share of the unpainted photograph's own, and falls while the content loss is above its limit.
The finest scale paints what the others have left of the photograph, so its limit is no more than a guard (with 0.8 it gave up its
strokes for features that were gone already: seen).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

MEMORY = 30  # iterations over which losses are averaged
BEGIN = 60  # iterations of a scale before its strength moves: the first ones say nothing of where it is going
PACE = 0.015  # of the logarithm of a strength, in one iteration, for a loss that is e times its aim
LIMITS = (0.3, 4.0)  # of a strength: beyond them the loss network is at its end, not the weight


@dataclass(frozen=True)
class Aim:
    """style: loss over the unpainted photograph's, which counts as 1 at most: of dark paintings photographs are many times farther away.
    content: loss, by scale; from there on faces lose their features (seen)."""

    style: float = 0.06
    content: tuple[float, float, float] = (0.5, 0.65, 1.1)


class Balance:
    """`strengths` by scale, a function of the losses so far alone, so that a training taken up again goes on alike."""

    def __init__(self, aim: Aim, history: Iterable[dict[str, float]] = ()) -> None:
        self.aim = aim
        self.strengths = [1.0, 1.0, 1.0]
        self._means: list[dict[str, float]] = [{}, {}, {}]
        self._seen = [0, 0, 0]
        for terms in history:
            self.note(terms)

    def note(self, terms: dict[str, float]) -> None:
        """Takes an iteration's terms, such as "style 2", "unpainted 2" and "content 2", of the scales that were trained."""
        for scale, means in enumerate(self._means):
            if f"style {scale + 1}" not in terms:
                continue
            self._seen[scale] += 1
            for name in ("style", "unpainted", "content"):
                value = terms[f"{name} {scale + 1}"]
                means[name] = means.get(name, value) + (value - means.get(name, value)) / min(MEMORY, self._seen[scale])
            if self._seen[scale] > BEGIN:
                self.strengths[scale] = self._moved(self.strengths[scale], means, self.aim.content[scale])

    def _moved(self, strength: float, means: dict[str, float], limit: float) -> float:
        pull = math.log(max(means["style"], 1e-9) / (self.aim.style * min(1.0, max(means["unpainted"], 1e-9))))
        lost = math.log(max(means["content"], 1e-9) / limit)
        if lost > 0:
            pull = min(pull, 0.0) - lost
        low, high = LIMITS
        return min(high, max(low, strength * math.exp(PACE * max(-1.0, min(1.0, pull)))))
