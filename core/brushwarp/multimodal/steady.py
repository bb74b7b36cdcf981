"""Frames of a sequence, painted so that what does not move does not flicker.

Instance norms take their statistics of each picture as a whole. So when one thing moves, every stroke of the picture changes a little.
Here each norm of each step takes the statistics of the first frame, as long as a frame's own are within REACH of them: then what lies
beyond the reach of the network's convolutions (some 64 pixels of a canvas of 512) is painted the same to the last bit. Where its own are
farther off, it takes those within their reach that are nearest to the first frame's. So a frame depends on the first one and itself alone.

Why not the first frame's in any case: where the light changes, paint then thins out to bare ground, and at dusk to nearly nothing. Why
not a running mean over the last frames, or statistics that stay until they are pulled along: such creep for many frames after every
change, and a frame that is painted anew differs from its neighbours. Measured, and looked at: tests/benchmarks/steady.py.

Out of scope: strokes that go along with what moves. Grain that differs from frame to frame is painted as strokes that differ; statistics
can't help that, so clean the frames first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from ..streaming import Settle, Statistics
from ..styles.pack import StylePack

REACH = 0.2
"""Of a channel's mean, in its standard deviations, and of these, as a share. (Measured: a ball that crosses the sample picture moves them by
0.14 at most, dusk by 0.3 and more a frame.)"""

FIRST = "Painted by itself, as the first frame of its sequence: those after it are painted under its statistics."
ANEW = "Painted by itself, as a first frame: its size, its brush or its style is not that of the first frame before."


class Steady:
    """One sequence: what its frames, painted one after the other, have in common. They are of one size, style and brush.

    steadied: whether the last frame was painted under another one's statistics. note: if not, why, in a sentence.
    """

    def __init__(self) -> None:
        self.steadied, self.note = False, ""
        self._pack: StylePack | None = None
        self._sizes: tuple[tuple[int, int], ...] = ()
        self._first: list[Statistics] = []

    @contextmanager
    def frame(self, pack: StylePack, sizes: tuple[tuple[int, int], ...]) -> Iterator[Settle]:
        """While the next frame is painted at the sizes (H, W) of its steps: what each norm, as it is met, takes for its statistics.

        A frame that isn't finished leaves no trace.
        """
        if self._fits(pack, sizes):
            first = iter(self._first)
            yield lambda mean, variance: _nearest(*next(first), mean, variance)
            self.steadied, self.note = True, ""
            return
        met: list[Statistics] = []

        def settle(mean: Tensor, variance: Tensor) -> Statistics:
            met.append((mean, variance))
            return mean, variance

        yield settle
        self.steadied, self.note = False, ANEW if self._first else FIRST
        self._pack, self._sizes, self._first = pack, sizes, met

    def _fits(self, pack: StylePack, sizes: tuple[tuple[int, int], ...]) -> bool:
        """Whether the first frame was of this style and these sizes."""
        if self._pack is None or self._sizes != sizes:
            return False
        return self._pack is pack or bool(pack.sha256) and self._pack.sha256 == pack.sha256


def _nearest(first_mean: Tensor, first_variance: Tensor, mean: Tensor, variance: Tensor) -> Statistics:
    """To the first frame's statistics, within reach of a frame's own: (C,) all."""
    reach = REACH * variance.sqrt()
    ratio = (1 + REACH) ** 2
    return (
        torch.maximum(torch.minimum(first_mean, mean + reach), mean - reach),
        torch.maximum(torch.minimum(first_variance, variance * ratio), variance / ratio),
    )
