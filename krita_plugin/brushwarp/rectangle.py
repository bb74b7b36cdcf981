"""A rectangle of pixels in the document's coordinates, which may be negative: layers reach beyond the canvas."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rectangle:
    x: int
    y: int
    width: int
    height: int

    @property
    def is_empty(self) -> bool:
        return self.width <= 0 or self.height <= 0

    @property
    def area(self) -> int:
        return 0 if self.is_empty else self.width * self.height

    def contains(self, x: float, y: float) -> bool:
        """Whether a point lies in it, or on its edge."""
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height

    def grown(self, by: int) -> Rectangle:
        return Rectangle(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def moved(self, x: int, y: int) -> Rectangle:
        return Rectangle(self.x + x, self.y + y, self.width, self.height)

    def clipped(self, other: Rectangle) -> Rectangle:
        """What both share; an empty rectangle where they don't meet."""
        left, top = max(self.x, other.x), max(self.y, other.y)
        right = min(self.x + self.width, other.x + other.width)
        bottom = min(self.y + self.height, other.y + other.height)
        return Rectangle(left, top, max(0, right - left), max(0, bottom - top))

    def joined(self, other: Rectangle) -> Rectangle:
        """The smallest that holds both; an empty one counts for nothing."""
        if self.is_empty or other.is_empty:
            return other if self.is_empty else self
        left, top = min(self.x, other.x), min(self.y, other.y)
        right, bottom = max(self.x + self.width, other.x + other.width), max(self.y + self.height, other.y + other.height)
        return Rectangle(left, top, right - left, bottom - top)
