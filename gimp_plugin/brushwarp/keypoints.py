"""Arrows as a painter draws them in GIMP: a path whose name begins "Brushwarp keypoints", one two-point stroke each.

No GIMP in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

from bridge.bend import count_in_words
from bridge.language import _

NAME = "Brushwarp keypoints"
SOLVED = "Brushwarp solved"  # a path of arrows as Deform… solved them: never taken unless it is asked for
MUTED = "Brushwarp muted"  # beside a path of keypoints, the arrows that rest: GIMP's strokes cannot be hidden one by one
AUTOMATIC = ""  # the topmost path so named, if there is one
NONE = "none"

HOW_TO_DRAW = _("Draw each arrow as a stroke of two points: first where it is, then where it goes (Shift+click begins the next).")

Arrow = Tuple[float, float, float, float]


@dataclass(frozen=True)
class Stroke:
    """points: as GIMP has them, in the image's pixels: six numbers an anchor, namely handle, anchor, handle."""

    points: Tuple[float, ...]
    closed: bool = False

    @property
    def arrow(self) -> Optional[Arrow]:
        """(source x, source y, target x, target y) in the image's pixels; None if it is closed, or has not two anchors."""
        if self.closed or len(self.points) != 12:
            return None
        return self.points[2], self.points[3], self.points[8], self.points[9]

    @property
    def reversed(self) -> Stroke:
        ends = [self.points[at : at + 2] for at in range(0, len(self.points), 2)]
        return Stroke(tuple(value for end in reversed(ends) for value in end), self.closed)


def moved(arrow: Arrow, x: float, y: float) -> Arrow:
    return arrow[0] + x, arrow[1] + y, arrow[2] + x, arrow[3] + y


def arrows_from_strokes(strokes: Sequence[Stroke], left: float, top: float) -> Tuple[List[Arrow], int]:
    """The arrows of a path, and how many of its strokes are none. left, top: the layer's offsets, for strokes are in the image's
    pixels and arrows in the layer's."""
    arrows = [moved(stroke.arrow, -left, -top) for stroke in strokes if stroke.arrow is not None]
    return arrows, len(strokes) - len(arrows)


def strokes_from_arrows(arrows: Sequence[Arrow], left: float, top: float) -> List[Stroke]:
    """The way back: a stroke of two anchors without handles for each arrow."""
    return [Stroke((x1 + left, y1 + top) * 3 + (x2 + left, y2 + top) * 3) for x1, y1, x2, y2 in arrows]


def candidates(names: Sequence[str]) -> List[str]:
    """Of an image's paths, topmost first, those that hold keypoints by their name."""
    return [name for name in names if name.startswith(NAME)]


def offered(names: Sequence[str]) -> List[str]:
    """Of an image's paths, topmost first, those that the dialogs list: the painter's own, then what was solved."""
    return candidates(names) + [name for name in names if name.startswith(SOLVED)]


def is_ours(name: str) -> bool:
    """True for a path of arrows of any kind."""
    return name.startswith((NAME, MUTED, SOLVED))


def muted_name(name: str) -> str:
    """The path of the arrows that rest, of the path so named."""
    return "{} · {}".format(MUTED, name)


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


def in_vector_layers(layers: Sequence[Any], kind: Optional[type]) -> Dict[str, Any]:
    """The paths in layers of `kind` that hold keypoints by their name, by that name; none where there is no such kind (before GIMP 3.2)."""
    if kind is None:
        return {}
    return {layer.get_name(): layer.get_path() for layer in layers if isinstance(layer, kind) and layer.get_name().startswith(NAME)}


def describe(name: str, arrows: int) -> str:
    """As the dialog lists a path."""
    return "{} · {}".format(name, count_in_words(arrows))
