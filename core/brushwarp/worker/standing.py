"""The worker's answer to how it stands, made beside whatever it does."""

from __future__ import annotations

from ..bridge.standing import Standing
from .errors import explain
from .line import LineState
from .log import log_file
from .works import Works

LONGEST = 10000  # characters of what is wrong


def standing_of(works: Works | None, trouble: Exception | None, line: LineState, idle_seconds: float) -> Standing:
    """works: None while the engine loads, and where `trouble` kept it from being loaded."""
    device = None
    if works is not None:
        try:
            device = works.device()
        except Exception as error:
            trouble = error
    told = "" if trouble is None else str(explain(trouble, log_file()))[:LONGEST]
    if line.running is None:
        return Standing(device, told, "", 0, 0, line.waiting, line.seconds, idle_seconds)
    order = line.running.order
    return Standing(device, told, order.kind, order.request.width, order.request.height, line.waiting, line.seconds, idle_seconds)
