"""The strokes of a path of keypoints, and the muted ones beside it, as the one list that a painter edits. No GIMP in here.

An edit is a new list; what the two paths then hold is what it says. Strokes that are no arrows keep their place in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Collection, List, Sequence, Tuple

from bridge.bend import count_in_words, others_in_words
from bridge.language import _
from keypoints import Arrow, Stroke, moved


@dataclass(frozen=True)
class Row:
    stroke: Stroke
    muted: bool = False


Rows = Sequence[Row]


def followed(rows: Rows, active: Sequence[Stroke], muted: Sequence[Stroke]) -> List[Row]:
    """The list once the paths hold these strokes: each in its path's order, active and muted mixed as they were, what is new at the
    end. So an arrow stays in its place while it is moved, muted, or undone."""
    waiting = {False: list(active), True: list(muted)}
    found = [Row(waiting[row.muted].pop(0), row.muted) for row in rows if waiting[row.muted]]
    return found + [Row(stroke, rests) for rests, strokes in waiting.items() for stroke in strokes]


def strokes_of(rows: Rows, muted: bool) -> List[Stroke]:
    """What the path of keypoints holds, or the muted one."""
    return [row.stroke for row in rows if row.muted == muted]


def arrows_of(rows: Rows, left: float, top: float) -> List[Arrow]:
    """Those along which is bent, in the pixels of the layer whose offsets are left and top."""
    return [moved(row.stroke.arrow, -left, -top) for row in rows if not row.muted and row.stroke.arrow is not None]


# Edits. chosen: places in the list.


def with_reversed(rows: Rows, chosen: Collection[int]) -> List[Row]:
    return [replace(row, stroke=row.stroke.reversed) if at in chosen else row for at, row in enumerate(rows)]


def without(rows: Rows, chosen: Collection[int]) -> List[Row]:
    return [row for at, row in enumerate(rows) if at not in chosen]


def with_muted(rows: Rows, chosen: Collection[int], muted: bool) -> List[Row]:
    return [replace(row, muted=muted) if at in chosen else row for at, row in enumerate(rows)]


def in_words(rows: Rows) -> Tuple[str, ...]:
    """Sentences: how many arrows there are, and what else lies among them."""
    arrows = [row.muted for row in rows if row.stroke.arrow is not None]
    muted = arrows.count(True)
    count = count_in_words(len(arrows))
    count = count[:1].upper() + count[1:]
    if muted:
        count += _(", muted") if len(arrows) == 1 else _(", all muted") if muted == len(arrows) else _(", {} of them muted").format(muted)
    others = others_in_words(len(rows) - len(arrows))
    return (count + ".", others) if others else (count + ".",)
