"""Trainings in words: what a style is called, how well it is learnt, how far it is. Neither Krita nor Qt."""

from __future__ import annotations

import os

from .bridge.training import TrainingStatus

QUALITIES = {
    "quick": "Quick (rougher, in less than half the time)",
    "standard": "Standard",
    "best": "Best (finest, in more than twice the time)",
}
HOW_LONG = "On a processor a standard style takes hours, on a CUDA device about a minute. Krita may be closed meanwhile."
STAGES = {
    "preparing": "Preparing the layer",
    "rendering": "Rendering pictures to practise on",
    "style": "Learning the coarse strokes",
    "enhance": "Learning the medium strokes",
    "refine": "Learning the fine strokes",
    "finer": "Learning medium and fine strokes together",
    "together": "Learning all strokes together",
}
STATES = {
    "starting": "Starting the engine",
    "running": "Beginning",
    "waiting": "Waiting",
    "finished": "Finished: the style is in the gallery",
    "failed": "Failed",
    "cancelled": "Cancelled",
    "interrupted": "Interrupted",
}
STOPPED = ("failed", "cancelled", "interrupted")


def style_name(layer: str, file: str, is_alone: bool) -> str:
    """What to call the style of a layer, until the painter says otherwise. file: the document's, or nothing.

    A layer that is alone in its file is seldom called more than “Background”: the file's name says what it shows.
    """
    title = os.path.splitext(os.path.basename(file))[0]
    return title if is_alone and title else layer


def standing(status: TrainingStatus, is_stopping: bool = False) -> str:
    """“Learning the fine strokes, 61 %, about 2 h 05 min left”. is_stopping: it was asked to, and hasn't yet."""
    if is_stopping:
        return "Stopping, and keeping what was learnt"
    words = [STAGES.get(status.stage, status.stage) if status.state == "running" and status.stage else STATES[status.state]]
    if status.state != "finished" and status.iteration:
        words.append("{:.0f} %".format(100 * min(1.0, status.iteration / max(1, status.total))))
    if status.runs and status.seconds_left is not None:
        words.append(time_left(status.seconds_left))
    return ", ".join(words)


def time_left(seconds: float) -> str:
    hours, minutes = divmod(round(seconds / 60), 60)
    if hours:
        return "about {} h {:02} min left".format(hours, minutes)
    return "about {} min left".format(minutes) if minutes else "less than a minute left"
