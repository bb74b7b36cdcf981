"""How long work tells its caller where it stands."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Progress:
    """`done` of `total` steps of `stage`; what is being made less, and a (3, H, W) picture of the state, where they are at hand."""

    stage: str
    done: int
    total: int
    preview: Any = None
    loss: float | None = None


OnProgress = Callable[[Progress], None]
"""Called between tiles and iterations. It may raise `Cancelled`, which stops the work there and then."""


def counted(count: int, tell: Callable[[float], None]) -> Callable[[], None]:
    """To be called before each of `count` parts of a work: tells the share that is done."""
    begun = itertools.count()
    return lambda: tell(next(begun) / count)


def ignore_progress(_: Progress) -> None:
    """The callback of those who do not ask."""
