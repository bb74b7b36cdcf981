"""How far a job is, in words and as a share, for the bars of all hosts."""

from __future__ import annotations

import time
from typing import Callable, Dict, Optional, Tuple, Type, Union

from .language import _, ngettext
from .protocol import Progress, Queued
from .request import DeformRequest, LayerRequest, StylizeRequest, SuggestRequest, WarpRequest
from .training_words import time_left

Stages = Dict[str, Tuple[float, float]]

NAMES = {
    "starting": _("Starting the engine"),
    "replacing": _("Replacing the engine of another version"),
    "preparing": _("Preparing the layer"),
    "painting": _("Painting"),
    "warping": _("Bending along the arrows"),
    "keypoints": _("Looking for points that match"),
    "bending": _("Finding the shape"),
    "detail": _("Bringing the brushwork to full size"),
    "finishing": _("Finishing"),
}
# Where each stage begins and ends on the bar; which of them come depends on what is done.
STAGES: Dict[Type[LayerRequest], Stages] = {
    StylizeRequest: {"starting": (0.0, 0.05), "preparing": (0.05, 0.06), "painting": (0.06, 0.94), "warping": (0.94, 0.97), "finishing": (0.97, 1.0)},
    DeformRequest: {
        "starting": (0.0, 0.05), "preparing": (0.05, 0.06), "painting": (0.06, 0.6), "bending": (0.6, 0.95), "detail": (0.6, 0.96),
        "finishing": (0.97, 1.0),
    },
    SuggestRequest: {"starting": (0.0, 0.3), "preparing": (0.3, 0.35), "keypoints": (0.35, 1.0)},
    WarpRequest: {"starting": (0.0, 0.2), "preparing": (0.2, 0.3), "warping": (0.3, 0.9), "finishing": (0.9, 1.0)},
}
TELLING_SECONDS, TELLING_SHARE = 2.0, 0.03  # of a stage that must have been seen before it says anything about what is left
A_MINUTE = 60


class Tracker:
    """Follows one job. name: what it does now. share: 0 to 1, which never falls; None before anything is known. detail: of a job that makes
    something less, the iteration and how little of it is left."""

    def __init__(self, kind: Type[LayerRequest], clock: Callable[[], float] = time.monotonic) -> None:
        """clock: in seconds."""
        self._stages, self._clock = STAGES[kind], clock
        self._begun = clock()
        self._stage, self.name = "", NAMES["starting"]
        self._since: Tuple[float, float] = (self._begun, 0.0)  # when the stage began, and the share then
        self.share: Optional[float] = None
        self.detail = ""

    def follow(self, event: Union[Progress, Queued, object]) -> None:
        if isinstance(event, Queued):
            said = ngettext("Waiting: {} other picture is painted first", "Waiting: {} others are painted first", event.position)
            self.name, self._stage = said.format(event.position), ""
        elif isinstance(event, Progress):
            self._follow(event)

    @property
    def words(self) -> str:
        """“Painting, 42 %, about 35 s left”; “Painting… 3 s” while that can't be told yet."""
        now = self._clock()
        begun, before = self._since
        done = (self.share or 0.0) - before
        if not self._stage or now - begun < TELLING_SECONDS or done < TELLING_SHARE:
            return waiting(self.name, self.seconds)
        return telling(self.name, self.share or 0.0, (now - begun) * (1 - (self.share or 0.0)) / done)

    @property
    def seconds(self) -> float:
        """Since it began."""
        return self._clock() - self._begun

    def _follow(self, event: Progress) -> None:
        # A stage that a newer worker invents is shown by its own name.
        share = self.share or 0.0
        begin, end = self._stages.get(event.stage, (share, share))
        if event.total > 0 and not is_starting(event):  # how long that takes says nothing of the job
            self.share = max(share, begin + (end - begin) * min(event.done / event.total, 1.0))
        if event.stage != self._stage:
            self._stage, self.name = event.stage, NAMES.get(event.stage, event.stage.capitalize())
            self._since = self._clock(), self.share or 0.0
        self.detail = "" if event.loss is None else _detail(event.done, event.total, event.loss)


def is_starting(event: Progress) -> bool:
    """Whether it is about the engine, which starts, or loads what it paints with, and not about a job yet."""
    return event.job == 0 or event.stage == "starting"


def waiting(name: str, seconds: float) -> str:
    """While it can't be told how long it will take: the seconds since it began show that it goes on."""
    return "{}… {:.0f} s".format(name, seconds)


def telling(name: str, share: float, left: float) -> str:
    """share: that is done. left: seconds."""
    return "{}, {:.0f} %, {}".format(name, 100 * share, _left(left))


def _detail(done: int, total: int, loss: float) -> str:
    number = "{:.3g}" if abs(loss) < 1000 else "{:.0f}"
    return _("Iteration {} of {}, loss {}").format(done, total, number.format(loss))


def _left(seconds: float) -> str:
    if seconds >= A_MINUTE:
        return time_left(seconds)
    return _("about {:.0f} s left").format(5 * round(seconds / 5)) if seconds >= 7.5 else _("a few seconds left")
