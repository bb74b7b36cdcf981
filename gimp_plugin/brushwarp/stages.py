"""What the worker reports, as a sentence and a share of the whole. No GIMP in here."""

from __future__ import annotations

from typing import Tuple

from bridge.client import Progress, Queued

# Where each stage begins and ends on the bar. Painting takes nearly all of the time.
STAGES = {
    "starting": ("Starting the Brushwarp worker…", 0.0, 0.05),
    "preparing": ("Preparing…", 0.05, 0.06),
    "painting": ("Painting…", 0.06, 0.94),
    "warping": ("Bending along the arrows…", 0.94, 0.97),
    "finishing": ("Finishing…", 0.97, 1.0),
}


class Tracker:
    """Turns events into (sentence, share of the whole); the share never falls."""

    def __init__(self) -> None:
        self._share = 0.0

    def follow(self, event: object) -> Tuple[str, float]:
        if isinstance(event, Queued):
            others = "another picture is" if event.position == 1 else "{} pictures are".format(event.position)
            return "Waiting: {} painted first…".format(others), self._share
        if isinstance(event, Progress):
            # A stage that a newer worker invents is shown by its own name.
            sentence, begin, end = STAGES.get(event.stage, (event.stage.capitalize() + "…", self._share, self._share))
            done = min(event.done / event.total, 1.0) if event.total else 0.0
            self._share = max(self._share, begin + (end - begin) * done)
            return sentence, self._share
        return "Working…", self._share
