"""Arrows drawn upon a picture."""

from __future__ import annotations

import math

import numpy as np
from PIL import ImageDraw

_HEAD = 4.0  # lengths of a head to the line's width
_TURN = 0.4  # radians between a head's side and its line


def draw_arrow(draw: ImageDraw.ImageDraw, source: np.ndarray, target: np.ndarray, colour: str | int, width: float = 2.0, rim: float = 0.0) -> None:
    """A line from `source` (2,) to `target`, pixels, with a head at its end where it is long enough for one; else a dot. rim: pixels by
    which it is drawn larger all around."""
    length = float(np.linalg.norm(target - source))
    if length <= 2 * width:
        radius = 1.5 * width + rim
        draw.ellipse((*(target - radius), *(target + radius)), fill=colour)
        return
    along = (target - source) / length
    head = min(_HEAD * width, length)
    draw.line((*(source - along * rim), *(target - along * head / 2)), fill=colour, width=round(width + 2 * rim))
    corners = [target, *(target - head * (along * math.cos(turn) + along[::-1] * (-1, 1) * math.sin(turn)) for turn in (_TURN, -_TURN))]
    middle = np.mean(corners, axis=0)
    grown = [corner + (corner - middle) / np.linalg.norm(corner - middle) * 2 * rim for corner in corners]
    draw.polygon([tuple(corner) for corner in grown], fill=colour)
