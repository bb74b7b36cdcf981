"""Which frames of an animated layer are painted. Neither Krita nor Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Tuple


@dataclass(frozen=True)
class FrameRange:
    """first, last: times, both of them in it. keyframes: of a layer, ascending: between them it holds still. The range is a part of the clip."""

    first: int
    last: int
    keyframes: Tuple[int, ...]
    clip: Tuple[int, int] = (0, 0)

    @property
    def times(self) -> Tuple[int, ...]:
        """The keyframes in it."""
        return tuple(time for time in self.keyframes if self.first <= time <= self.last)

    def between(self, first: int, last: int) -> FrameRange:
        """Another range of the same keyframes."""
        return replace(self, first=first, last=last)

    @property
    def drawn(self) -> FrameRange:
        """From the first keyframe in it to the last; itself if there is none."""
        times = self.times
        return replace(self, first=times[0], last=times[-1]) if times else self

    def played(self, first: int, last: int) -> FrameRange:
        """As much of it as is played back, from the first keyframe to the last; the whole if no keyframe is."""
        part = replace(self, first=max(first, self.first), last=min(last, self.last))
        return (part if part.times else self).drawn


NO_FRAMES = FrameRange(0, 0, ())
