"""Arrows as a painter draws them in GIMP: a path whose name begins "Brushwarp keypoints", one two-point stroke each.

No GIMP in here.
"""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple

NAME = "Brushwarp keypoints"
SOLVED = "Brushwarp solved"  # a path of arrows as Deform… solved them: never taken unless it is asked for
AUTOMATIC = ""  # the topmost path so named, if there is one
NONE = "none"

HOW_TO_DRAW = "Draw each arrow as a stroke of two points: first where it is, then where it goes (Shift+click begins the next)."

Arrow = Tuple[float, float, float, float]


def arrows_from_strokes(strokes: Sequence[Sequence[float]], left: float, top: float) -> Tuple[List[Arrow], int]:
    """The arrows (source x, source y, target x, target y) of a path, and how many of its strokes are none.

    A stroke is as GIMP tells it: six numbers an anchor, namely handle, anchor, handle. left, top: the layer's offsets,
    for strokes are in the image's pixels and arrows in the layer's. A stroke is an arrow if it has two anchors.
    """
    arrows = []
    for points in strokes:
        if len(points) == 12:
            x1, y1, x2, y2 = points[2], points[3], points[8], points[9]
            arrows.append((x1 - left, y1 - top, x2 - left, y2 - top))
    return arrows, len(strokes) - len(arrows)


def candidates(names: Sequence[str]) -> List[str]:
    """Of an image's paths, topmost first, those that hold keypoints by their name."""
    return [name for name in names if name.startswith(NAME)]


def offered(names: Sequence[str]) -> List[str]:
    """Of an image's paths, topmost first, those that the dialogs list: the painter's own, then what was solved."""
    return candidates(names) + [name for name in names if name.startswith(SOLVED)]


def choose_path(names: Sequence[str], wanted: str) -> Optional[str]:
    """The path to take of an image's paths, topmost first; None for no warp. Raises KeyError if `wanted` is not there.

    wanted: AUTOMATIC, NONE, or any path's name.
    """
    if wanted == NONE and NONE not in names:
        return None
    if wanted == AUTOMATIC:
        return next(iter(candidates(names)), None)
    if wanted not in names:
        raise KeyError(wanted)
    return wanted


def strokes_from_arrows(arrows: Sequence[Arrow], left: float, top: float) -> List[List[float]]:
    """The way back: a stroke of two anchors without handles for each arrow, in the image's pixels."""
    return [[x1 + left, y1 + top] * 3 + [x2 + left, y2 + top] * 3 for x1, y1, x2, y2 in arrows]


def describe(name: str, arrows: int) -> str:
    """As the dialog lists a path."""
    return "{} · {}".format(name, "no arrows" if arrows == 0 else "1 arrow" if arrows == 1 else "{} arrows".format(arrows))
