"""At which sizes a picture is painted: what its brush asks for, and what memory allows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .streaming.plan import StreamPlan

STYLE_SHORT_SIDE = 256  # what the style subnet was trained at
SMALLEST_WORKING_SIDE = 128  # of the canvas: to paint a large one any smaller for want of memory helps nobody
SMALLEST_SIDE = 16  # below it, stride-2 convolutions have nothing left to look at
PEAK_BYTES_PER_PIXEL = 530  # of the refine subnet at full size in float32; measured: tests/benchmarks/memory.py


@dataclass(frozen=True)
class Plan:
    """The (H, W) at which a picture is painted, one a step (of Multimodal Transfer: style, enhance, then refine as often as it
    takes, or fewer of them; of a singular network the only one). `capped` by memory or not. strips: how each step is gone through layer
    by layer; None for the whole picture at once."""

    sizes: tuple[tuple[int, int], ...]
    capped: bool = False
    strips: StreamPlan | None = None


def plan_painting(
    size: tuple[int, int], *, brush_scale: float = 1.0, canvas_short_side: int | None = None, memory: int | None = None
) -> Plan:
    """How Multimodal Transfer paints a picture of `size` (H, W).

    The style subnet sees a canvas whose short side is 256 / brush_scale, the last step is the picture's own size, and all steps enlarge by
    the same factor, the one nearest to the papers' 2. (With 2 itself, and less in the last step, a canvas a little too large for that was
    refined twice at nearly the same size: harsh, farther from the style, and up to half of the time. Measured at a short side of 1080: The
    Starry Night's style loss at 256 and 512 px 8.2 and 9.6 %, instead of 4.2 and 5.9; The Kiss's 14.0 and 17.4, instead of 7.5 and 4.5.)
    `size` may be a crop of a canvas with the given short side: its strokes are then the canvas' strokes. With `memory` (bytes that may be
    taken), the last step is as large as fits in it; MemoryError if that is too small to be of use.
    """
    short_side = canvas_short_side or min(size)
    end = _fitting(size, 1.0, short_side, memory, PEAK_BYTES_PER_PIXEL)
    first = min(STYLE_SHORT_SIDE / brush_scale / short_side, end)
    steps = max(2, round(math.log2(end / first)))
    factor = (end / first) ** (1 / steps)
    return Plan((*(_scaled(size, first * factor**step) for step in range(steps)), _scaled(size, end)), capped=end < 1.0)


def plan_one_pass(
    size: tuple[int, int],
    *,
    brush_scale: float = 1.0,
    canvas_short_side: int | None = None,
    memory: int | None = None,
    bytes_per_pixel: int = PEAK_BYTES_PER_PIXEL,
) -> Plan:
    """How a singular network paints a picture of `size` (H, W): once, at 1 / brush_scale of its size.

    Its strokes have the size in pixels that it was taught, so a crop's are those of its canvas. `memory` as for `plan_painting`.
    """
    wanted = 1 / brush_scale
    share = _fitting(size, wanted, canvas_short_side or min(size), memory, bytes_per_pixel)
    return Plan((_scaled(size, share),), capped=share < wanted)


def _fitting(size: tuple[int, int], wanted: float, short_side: int, memory: int | None, bytes_per_pixel: int) -> float:
    """The share of `size` that fits in memory, `wanted` at most. Raises MemoryError if it is too small to be of use."""
    if memory is None:
        return wanted
    share = min(wanted, math.sqrt(max(memory, 0) / (bytes_per_pixel * size[0] * size[1])))
    if share < wanted and share * short_side < SMALLEST_WORKING_SIDE:
        raise MemoryError(f"{memory} bytes are free")
    return share


def _scaled(size: tuple[int, int], scale: float) -> tuple[int, int]:
    height, width = (max(min(SMALLEST_SIDE, side), round(side * scale)) for side in size)
    return height, width
