"""What the hosts' windows for arrows share: what their sliders mean, and how arrows are called in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Optional, Sequence, Tuple

from .language import _, ngettext
from .methods import smoothness_of
from .request import Arrow, PixelFormat, WarpRequest

PREVIEW_SIDE = 1024  # pixels of the long side at most: followed within a fifth of a second on two cores
_HEADINGS = "→↘↓↙←↖↑↗"  # by eighths of a turn, y downwards
_STILL = 0.5  # pixels


@dataclass(frozen=True)
class Bend:
    """exaggeration: of all arrows, 0 to 2, 1 as drawn. smoothing: 0 (through every arrow's end) to 1. grid: shown over the preview."""

    exaggeration: float = 1.0
    smoothing: float = 0.0
    grid: bool = True

    def preview(self, arrows: Sequence[Arrow], layer: Tuple[int, int], shown: Tuple[int, int], marked: Optional[int] = None) -> WarpRequest:
        """For the layer scaled to `shown`, (width, height) as `preview_size` has it, in RGBA bytes. arrows: in the layer's pixels, of
        which there are `layer`, (width, height). marked: the place of the arrow that is to be told apart."""
        x, y = shown[0] / layer[0], shown[1] / layer[1]
        return WarpRequest(
            shown[0],
            shown[1],
            keypoints=tuple((a * x, b * y, c * x, d * y) for a, b, c, d in arrows),
            exaggeration=self.exaggeration,
            smoothness=smoothness_of(self.smoothing, *shown),
            show=("folds", "grid", "arrows") if self.grid else ("folds", "arrows"),
            marked=marked,
        )

    def request(self, arrows: Sequence[Arrow], width: int, height: int, layout: PixelFormat) -> WarpRequest:
        """For the layer itself."""
        return WarpRequest(
            width,
            height,
            format=layout,
            keypoints=tuple(arrows),
            exaggeration=self.exaggeration,
            smoothness=smoothness_of(self.smoothing, width, height),
        )


def preview_size(width: int, height: int, limit: int = PREVIEW_SIDE) -> Tuple[int, int]:
    """The size of a layer's preview: its long side at most `limit`, never enlarged, no side under two pixels."""
    share = min(1.0, limit / max(width, height))
    return max(2, round(width * share)), max(2, round(height * share))


def reversed_arrow(arrow: Arrow) -> Arrow:
    a, b, c, d = arrow
    return c, d, a, b


def count_in_words(count: int) -> str:
    return ngettext("{} arrow", "{} arrows", count).format(count) if count else _("no arrows")


def others_in_words(count: int) -> str:
    """Of what lies among the arrows and is none; nothing for none."""
    if count == 0:
        return ""
    return ngettext("{} shape is no arrow, and is left alone.", "{} shapes are no arrows, and are left alone.", count).format(count)


def arrow_in_words(number: int, arrow: Arrow) -> str:
    """An arrow's line in a list: which, which way, how far, from where. number: counted from 1."""
    a, b, c, d = arrow
    length = math.hypot(c - a, d - b)
    if length < _STILL:
        return _("{}   holds ({:.0f}, {:.0f})").format(number, a, b)
    heading = _HEADINGS[round(math.atan2(d - b, c - a) / (math.pi / 4)) % 8]
    return _("{}   {} {:.0f} px   from ({:.0f}, {:.0f})").format(number, heading, length, a, b)
