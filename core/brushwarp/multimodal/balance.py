"""How strongly the style pulls at each scale, found while a training runs: no painting needs its weights set by hand.

A print and an oil painting need weights several times apart. So each scale has a strength that multiplies its style terms: it rises
while the style loss is above its aim, a share of the unpainted photograph's own, and falls below it, or while more of what the photograph
shows is lost than may be. The content loss can't tell that: half of it is strength and brightness, which style is free to change, so
faint paintings stayed under any limit of it when no face was left (seen). The finest scale paints what the others have left of the
photograph, so its limit is no more than a guard. A first subnet that begins with nothing loses more than it may because it can't do better
yet, whatever the style's strength: so it may at first, and ever less until its time is over. Held to the limit from the beginning on, a
training lost all its style in the first third of its time and hardly came back (measured: it ended at 35 % of the unpainted photograph's
style loss, instead of at 7). What people see is the finest output alone, from near and from afar; so how it looks from afar has strengths
of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from .objective import BALANCED

MEMORY = 30  # iterations over which losses are averaged
BEGIN = 60  # iterations of a scale before its strength moves: the first ones say nothing of where it is going
PACE = 0.015  # of the logarithm of a strength, in one iteration, for a loss that is e times its aim
LOST_PACE = 5.0  # as many times faster for what is lost: between hardly anything and all of it lies half a logarithm
UNLEARNT = 0.5  # more than its limit a first subnet loses while it has learnt nothing, at the strength at which it ends up there (measured)
LEARNING = 1000  # iterations after which it has learnt, however long its training is
LIMITS = (0.02, 4.0)  # of a strength: above, the loss network is at its end, not the weight; below, there is no style to speak of
LEAST_AFAR = 0.1  # more than of the others: what the coarser strokes met has to be kept, or a finer subnet washes it out (seen)


@dataclass(frozen=True)
class Aim:
    """style: loss over the unpainted photograph's, which counts as 1 at most: of dark paintings photographs are many times farther away.
    lost: of what the photograph shows (`losses.lost_structure`), by scale: beyond, faces lose their features (seen). afar_lost: likewise, of
    a finer output at that scale."""

    style: float = 0.06
    lost: tuple[float, float, float] = (0.43, 0.55, 0.75)
    afar_lost: tuple[float, float] = (0.47, 0.58)


class Balance:
    """`strengths` and `afar_strengths` by scale, functions of the losses so far alone, so that a training taken up again goes on alike."""

    def __init__(self, aim: Aim, history: Iterable[dict[str, float]] = (), *, learning: int = 0) -> None:
        """learning: how many iterations the first subnet has that learns from nothing; 0 if it is trained on."""
        times = (min(learning, LEARNING), 0, 0)
        near = [_Gauge(f" {scale}", limit, LIMITS, learning=time) for scale, (limit, time) in enumerate(zip(aim.lost, times, strict=True), 1)]
        afar = [_Gauge(f" {scale}", limit, (LEAST_AFAR, LIMITS[1]), "afar ") for scale, limit in enumerate(aim.afar_lost, 1)]
        self._aim, self._near, self._afar = aim.style, near, afar
        for terms in history:
            self.note(terms)

    @property
    def strengths(self) -> list[float]:
        return [gauge.strength for gauge in self._near]

    @property
    def afar_strengths(self) -> list[float]:
        """Of the scales that have a finer one."""
        return [gauge.strength for gauge in self._afar]

    def note(self, terms: dict[str, float]) -> None:
        """Takes an iteration's terms, such as "style 2", "unpainted 2", "lost 2" and "afar style 1", of the scales that were trained."""
        for gauge in (*self._near, *self._afar):
            gauge.note(terms, self._aim)


class _Gauge:
    """The strength of the style's terms with this prefix and suffix. limit: of what is lost, after `learning` iterations. limits: of the
    strength."""

    def __init__(self, suffix: str, limit: float, limits: tuple[float, float], prefix: str = "", *, learning: int = 0) -> None:
        self.strength = 1.0
        self._names = {name: f"{prefix}{name}{suffix}" for name in BALANCED}
        self._limit, self._limits, self._learning = limit, limits, learning
        self._share, self._lost = 0.0, 0.0  # running means
        self._seen = 0

    def note(self, terms: dict[str, float], aim: float) -> None:
        if self._names["style"] not in terms:
            return
        style, unpainted, lost = (terms[self._names[name]] for name in BALANCED)
        self._seen += 1
        share = 1 / min(MEMORY, self._seen)
        # Each photograph's own share counts, as whoever looks at one sees: losses averaged first let those far from the painting decide.
        self._share += (style / min(1.0, max(unpainted, 1e-9)) - self._share) * share
        self._lost += (lost - self._lost) * share
        if self._seen > BEGIN:
            self._move(aim)

    def _move(self, aim: float) -> None:
        wanted = math.log(max(self._share, 1e-9) / aim)
        to_learn = max(0.0, 1 - self._seen / self._learning) if self._learning else 0.0
        room = LOST_PACE * math.log(self._limit * (1 + UNLEARNT * to_learn**2) / max(self._lost, 1e-9))
        pull = min(wanted, room)
        low, high = self._limits
        self.strength = min(high, max(low, self.strength * math.exp(PACE * max(-1.0, min(1.0, pull)))))
