"""How a training stands, in words, and what its qualities are worth. No GIMP in here."""

from __future__ import annotations

import re
from typing import Dict, Tuple

from bridge.training import NAME_LIMIT, TrainingStatus

STANDARD = "standard"
ENDING = re.compile(r"\.(avif|bmp|exr|gif|heic|jpe?g|jxl|kra|ora|png|psd|tiff?|webp|xcf)\Z", re.IGNORECASE)
QUALITIES: Dict[str, Tuple[str, str]] = {
    "quick": ("Quick", "Half of the standard steps, for a first look: still an hour or so on a processor."),
    STANDARD: ("Standard", "Takes hours on a processor, about a minute on a CUDA device."),
    "best": ("Best", "Twice the standard steps, with much slower ones at the end, for a little more."),
}
"""The bridge's, each with what it is called, and with honest words."""

STAGES = {
    "preparing": "Preparing",
    "rendering": "Rendering pictures to practise on",
    "style": "Learning the coarse strokes",
    "enhance": "Learning the medium strokes",
    "refine": "Learning the fine strokes",
    "finer": "Practising medium and fine strokes together",
    "together": "Practising all strokes together",
}
STATES = {
    "starting": "Starting",
    "waiting": "Waiting",
    "finished": "Finished: the style is in the gallery, choose it in Stylize…",
    "failed": "Failed",
    "cancelled": "Cancelled",
    "interrupted": "Interrupted",
}


def sentence(status: TrainingStatus) -> str:
    """State, steps and time left, on one line."""
    if status.state == "finished":
        return STATES[status.state]
    # A stage that a newer engine invents is shown by its own name.
    doing = STAGES.get(status.stage, status.stage.capitalize()) if status.state == "running" else STATES[status.state]
    parts = [doing or "Preparing"]
    if status.iteration:
        parts.append("{} of {} steps".format(status.iteration, status.total))
    if status.state == "running" and status.seconds_left is not None:
        parts.append(time_left(status.seconds_left))
    return ", ".join(parts)


def time_left(seconds: float) -> str:
    """As exactly as one would say it."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute left"
    if minutes < 90:
        return "about {} left".format("a minute" if minutes == 1 else "{} minutes".format(minutes))
    return "about {} hours left".format(round(seconds / 3600))


def share(status: TrainingStatus) -> float:
    """Of its steps that are done, 0 to 1."""
    return min(status.iteration / status.total, 1.0) if status.total else 0.0


def can_resume(status: TrainingStatus) -> bool:
    return not status.runs and status.state != "finished"


def style_name(name: str) -> str:
    """What to call the style of a layer or a file of that name; GIMP gives a file's name to its layer."""
    return ENDING.sub("", name.strip())[:NAME_LIMIT]
