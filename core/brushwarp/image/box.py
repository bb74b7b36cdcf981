"""A rectangle of a picture's pixels."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from brushwarp.image.picture import SMALLEST_SIDE


@dataclass(frozen=True)
class Box:
    """A rectangle of whole pixels: left <= x < right, top <= y < bottom."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def grown(self, margin: int, size: tuple[int, int]) -> Box:
        """Larger by `margin` on each side, within a picture of `size` = (H, W) and at least as large as a Picture."""
        left, right = _grown(self.left, self.right, margin, size[1])
        top, bottom = _grown(self.top, self.bottom, margin, size[0])
        return Box(left, top, right, bottom)

    def of(self, tensor: Tensor) -> Tensor:
        """The view of `tensor` (…, H, W) under the box."""
        return tensor[..., self.top : self.bottom, self.left : self.right]


def _grown(begin: int, end: int, margin: int, side: int) -> tuple[int, int]:
    begin, end = max(0, begin - margin), min(side, end + margin)
    if end - begin < SMALLEST_SIDE:
        begin = max(0, min(begin, side - SMALLEST_SIDE))
        end = min(side, begin + SMALLEST_SIDE)
    return begin, end
