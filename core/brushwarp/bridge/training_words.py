"""Trainings in words, for the lists and dialogs of all hosts."""

from __future__ import annotations

import os
import re
from typing import Dict, Tuple

from .language import _
from .training import NAME_LIMIT, TrainingStatus

STANDARD = "standard"
QUALITIES: Dict[str, Tuple[str, str]] = {
    "quick": (_("Quick"), _("Half of the standard steps, for a first look: still an hour or so on a processor.")),
    STANDARD: (_("Standard"), _("Takes hours on a processor, about a minute on a CUDA device.")),
    "best": (_("Best"), _("Twice the standard steps, with much slower ones at the end, for a little more.")),
}
"""`training.QUALITIES`, each with what it is called and with what it is worth."""

STAGES = {
    "preparing": _("Preparing the layer"),
    "rendering": _("Rendering pictures to practise on"),
    "style": _("Learning the coarse strokes"),
    "enhance": _("Learning the medium strokes"),
    "refine": _("Learning the fine strokes"),
    "finer": _("Learning medium and fine strokes together"),
    "together": _("Learning all strokes together"),
}
STATES = {
    "starting": _("Starting the engine"),
    "running": _("Beginning"),
    "waiting": _("Waiting"),
    "finished": _("Finished: the style is in the gallery"),
    "failed": _("Failed"),
    "cancelled": _("Cancelled"),
    "interrupted": _("Interrupted"),
}


ENDING = re.compile(r"\.(avif|bmp|exr|gif|heic|jpe?g|jxl|kra|ora|png|psd|tiff?|webp|xcf)\Z", re.IGNORECASE)


def style_name(layer: str, file: str, is_alone: bool) -> str:
    """What to call the style of a layer, until the painter says otherwise. file: its document's path, or nothing.

    A layer that is alone in its file is seldom called more than “Background”: the file's name says what it shows.
    """
    name = os.path.basename(file) if is_alone and file else layer
    return ENDING.sub("", name.strip())[:NAME_LIMIT]


def standing(status: TrainingStatus, is_stopping: bool = False) -> str:
    """“Learning the fine strokes, 61 %, about 2 h 05 min left”. is_stopping: it was asked to, and hasn't yet."""
    if is_stopping:
        return _("Stopping, and keeping what was learnt")
    # A stage that a newer engine invents is shown by its own name.
    words = [STAGES.get(status.stage, status.stage.capitalize()) if status.state == "running" and status.stage else STATES[status.state]]
    if status.state != "finished" and status.iteration:
        words.append("{:.0f} %".format(100 * share(status)))
    if status.runs and status.seconds_left is not None:
        words.append(time_left(status.seconds_left))
    return ", ".join(words)


def time_left(seconds: float) -> str:
    """As exactly as one would say it."""
    hours, minutes = divmod(round(seconds / 60), 60)
    if hours:
        return _("about {} h {:02} min left").format(hours, minutes)
    return _("about {} min left").format(minutes) if minutes else _("less than a minute left")


def share(status: TrainingStatus) -> float:
    """Of its steps that are done, 0 to 1."""
    return min(status.iteration / status.total, 1.0) if status.total else 0.0


def can_resume(status: TrainingStatus) -> bool:
    return not status.runs and status.state != "finished"
