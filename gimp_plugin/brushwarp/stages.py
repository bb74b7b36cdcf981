"""What the worker reports, as a sentence and a share of the whole. No GIMP in here."""

from __future__ import annotations

from typing import Dict, Tuple

from bridge.client import Progress, Queued

Stages = Dict[str, Tuple[str, float, float]]

# Where each stage begins and ends on the bar; which of them come depends on what is done.
STAGES = {
    "starting": ("Starting the Brushwarp worker", 0.0, 0.05),
    "preparing": ("Preparing", 0.05, 0.06),
    "painting": ("Painting", 0.06, 0.94),  # nearly all of the time
    "warping": ("Bending along the arrows", 0.94, 0.97),
    "finishing": ("Finishing", 0.97, 1.0),
}
DEFORM_STAGES = {
    **STAGES,
    "painting": ("Painting", 0.06, 0.6),
    "bending": ("Bending along the arrows", 0.6, 0.95),
    "detail": ("Carrying the brushwork up to full size", 0.6, 0.96),
}
SUGGEST_STAGES = {
    "starting": ("Starting the Brushwarp worker", 0.0, 0.3),
    "preparing": ("Preparing", 0.3, 0.35),
    "keypoints": ("Looking for what the pictures have in common", 0.35, 1.0),
}
WARP_STAGES = {
    "starting": ("Starting the Brushwarp worker", 0.0, 0.2),
    "preparing": ("Preparing", 0.2, 0.3),
    "warping": ("Bending along the arrows", 0.3, 0.9),
    "finishing": ("Finishing", 0.9, 1.0),
}


class Tracker:
    """Turns events into (sentence, share of the whole); the share never falls."""

    def __init__(self, stages: Stages = STAGES) -> None:
        self._stages, self._share = stages, 0.0

    def follow(self, event: object) -> Tuple[str, float]:
        if isinstance(event, Queued):
            others = "another picture is" if event.position == 1 else "{} pictures are".format(event.position)
            return "Waiting: {} painted first…".format(others), self._share
        if isinstance(event, Progress):
            # A stage that a newer worker invents is shown by its own name.
            name, begin, end = self._stages.get(event.stage, (event.stage.capitalize(), self._share, self._share))
            done = min(event.done / event.total, 1.0) if event.total else 0.0
            self._share = max(self._share, begin + (end - begin) * done)
            return _sentence(name, event), self._share
        return "Working…", self._share


def _sentence(name: str, event: Progress) -> str:
    """What goes on; where something is being made less, which step of how many, and how little of it is left."""
    if event.loss is None:
        return name + "…"
    loss = "{:.3g}" if abs(event.loss) < 1000 else "{:.0f}"
    return "{}: {} of {}, loss {}".format(name, event.done, event.total, loss.format(event.loss))
