"""How large strips may be, and where maps lie between two layers, for a given budget of memory. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from ..bridge.language import _
from ..errors import BrushwarpError

FASTEST = 1 << 21
"""Values of a strip: with more, what one layer leaves has gone from the processor's cache when the next one wants it."""

ROWS = 8
"""Of a strip, of the widest map: with less, rows that two strips share take up much of the time. (Measured, a refine subnet: 2.7 s a
megapixel at 1000 pixels of width, 3.0 at 6000, 3.4 at 11,500; with a fifth of the rows 3.8 there, with five times as many 4.4.)"""

STORED_VALUES = 24
"""A pixel of the picture, at the peak, in what is stored between layers: a map at half of its sides, and one at a quarter."""

FULL_SIZE_VALUES = 48
"""The same where maps of the picture's own size are stored, too: one of them, and one at half of its sides."""

MOST_AT_FULL_SIZE = 1_000_000_000
"""Bytes in all up to which these are stored: a tenth of the time is not worth more of a painter's memory (10 megapixels in bfloat16)."""

_STRIPS = 16  # of the planned size that live at once: a layer's halo, its padded copy, what it gives, and the same of the one computed anew
_VALUE_BYTES = 4  # in float32, as strips mostly are
_PICTURE_BYTES = 15  # a pixel: the painting, and the one of half its sides that it is painted over


@dataclass(frozen=True)
class StreamPlan:
    """values: of a strip of any map, at most, if one row has no more. resident: bytes of maps that lie in memory at once, those beyond lie
    in files; None for all in memory. full_size: whether maps of the picture's own size are stored, which else are computed twice."""

    values: int = FASTEST
    resident: int | None = None
    full_size: bool = False

    @property
    def spill(self) -> bool:
        return self.resident is not None


def plan_strips(size: tuple[int, int], *, memory: int, channels: int, value_bytes: int) -> StreamPlan:
    """For a picture of `size` (H, W) in `memory` bytes, beside those that it takes itself. channels: of the widest map that has the
    picture's own size. value_bytes: of a number as it is stored.

    Raises BrushwarpError("out-of-memory"), which names the least that works, if a row at a time is still too much.
    """
    area, row = size[0] * size[1], channels * size[1]
    left, strip = memory - _PICTURE_BYTES * area, _STRIPS * _VALUE_BYTES
    values = max(FASTEST, ROWS * row)
    if FULL_SIZE_VALUES * area * value_bytes <= min(MOST_AT_FULL_SIZE, left - strip * values):
        return StreamPlan(values, full_size=True)
    if STORED_VALUES * area * value_bytes + strip * values <= left:
        return StreamPlan(values)
    if strip * row > left:
        least = (_PICTURE_BYTES * area + strip * row) / 1e6
        raise BrushwarpError(
            "out-of-memory",
            _("To paint {} × {} pixels takes {:,.0f} MB of memory, and {:,.0f} are free.").format(size[1], size[0], least, memory / 1000000.0),
            _("Close other programs, or work on a smaller picture."),
        )
    return StreamPlan(min(values, left // strip), resident=max(0, left - strip * values))
