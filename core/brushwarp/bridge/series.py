"""Jobs that come one after the other, on one bar: the layers that are selected, or the frames of an animation."""

from __future__ import annotations

import time
from typing import Callable, Optional, Sequence, Tuple, Type, Union

from .errors import WorkerError
from .language import _
from .protocol import Progress, Queued
from .request import LayerRequest
from .tracking import TELLING_SECONDS, Tracker, is_starting, telling, waiting

LAYERS, FRAMES = "layers", "frames"
OTHERS_DONE = _("The others are done.")
TELLING_JOBS = 0.25  # of a job that must be done before anything is said of what is left of all


class Series:
    """`begin` each job, and let it be followed: share, 0 to 1 of all of them, never falls; None before anything is known.

    sizes: of the jobs in pixels: a large one takes longer. what: LAYERS or FRAMES.
    """

    def __init__(self, sizes: Sequence[int], what: str = LAYERS, clock: Callable[[], float] = time.monotonic) -> None:
        """clock: in seconds."""
        self._sizes, self._what, self._clock = list(sizes), what, clock
        self._number = 0  # of the jobs that were begun
        self._tracker: Optional[Tracker] = None
        self._since: Optional[Tuple[float, float]] = None  # when anything was painted first, and the share then

    def begin(self, kind: Type[LayerRequest]) -> None:
        """The next one, or the first."""
        self._tracker = Tracker(kind, self._clock)
        self._number += 1

    def follow(self, event: Union[Progress, Queued, object]) -> None:
        self._present.follow(event)
        if self._since is None and isinstance(event, Progress) and not is_starting(event):
            self._since = self._clock(), self.share or 0.0

    @property
    def share(self) -> Optional[float]:
        own = self._present.share
        if own is None and self._number == 1:
            return None
        done, size = sum(self._sizes[: self._number - 1]), self._sizes[self._number - 1]
        return (done + size * (own or 0.0)) / sum(self._sizes)

    @property
    def detail(self) -> str:
        """Of the present job, as Tracker has it."""
        return self._present.detail

    @property
    def words(self) -> str:
        """Of one job those of its Tracker; of several “Layer 2 of 3: Painting, 42 %, about 35 s left”, of which share and time are about all."""
        if len(self._sizes) == 1:
            return self._present.words
        numbered = _("Layer {} of {}: {}") if self._what == LAYERS else _("Frame {} of {}: {}")
        return numbered.format(self._number, len(self._sizes), self._words_of_all)

    @property
    def _present(self) -> Tracker:
        if self._tracker is None:
            raise ValueError("No job has begun.")
        return self._tracker

    @property
    def _words_of_all(self) -> str:
        name = self._present.name
        if self._since is None:
            return waiting(name, self._present.seconds)
        begun, before = self._since
        seconds, share = self._clock() - begun, self.share or 0.0
        if seconds < TELLING_SECONDS or share - before < TELLING_JOBS / len(self._sizes):
            return waiting(name, self._present.seconds)
        return telling(name, share, seconds * (1 - share) / (share - before))


def title_of_many(title: str, layers: int) -> str:
    """Of a dialog about several layers, of which the title names one."""
    return _("{} ({} layers)").format(title, layers)


def stopped_at(error: WorkerError, name: str) -> WorkerError:
    """The same error of one of several layers, by its name."""
    where = _("This happened to “{}”. What was painted before it stays; what comes after it is not painted.").format(name)
    return WorkerError(error.code, error.message, "\n\n".join(part for part in (error.hint, where) if part))


def left_out(names: Sequence[str]) -> str:
    """Of the layers so named that were removed before they were painted."""
    return _("Removed meanwhile, and left out: {}.").format(", ".join(_("“{}”").format(name) for name in names))
