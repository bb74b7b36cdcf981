"""Arrows: where a point of the picture is, and where it shall go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from brushwarp.errors import BrushwarpError

from ..bridge.language import _

CLOSEST_TARGETS = 0.01
"""Pixels. Two targets closer than this ask for a tear, and leave the spline's equations without a usable solution."""


@dataclass(frozen=True, eq=False)
class KeypointPairs:
    """Arrows, one a row: `source` and `target` (k, 2) float64 points (x, y) in pixels, origin at the top-left corner.

    Both lie in the content's own frame. An arrow of no length pins its point. The arrays are copies and read-only.
    Raises ValueError for other shapes.
    """

    source: np.ndarray
    target: np.ndarray

    def __post_init__(self) -> None:
        for name in ("source", "target"):
            object.__setattr__(self, name, fixed_points(getattr(self, name), name))
        if self.source.shape != self.target.shape:
            raise ValueError(f"{len(self.source)} sources do not pair up with {len(self.target)} targets")

    @classmethod
    def none(cls) -> KeypointPairs:
        """No arrows: a picture warped by them stays as it is."""
        return cls(np.empty((0, 2)), np.empty((0, 2)))

    @classmethod
    def from_rows(cls, rows: object) -> KeypointPairs:
        """Of [[source x, source y, target x, target y], …], as recipes and hosts have them. Raises ValueError for other shapes, TypeError for what is none."""
        arrows = np.array(rows, np.float64)
        if arrows.shape == (0,):
            return cls.none()
        if arrows.ndim != 2 or arrows.shape[1] != 4:
            raise ValueError(f"arrows must be (k, 4), not {arrows.shape}")
        return cls(arrows[:, :2], arrows[:, 2:])

    def rows(self) -> list[list[float]]:
        """The opposite of `from_rows`."""
        return np.concatenate([self.source, self.target], axis=1).tolist()

    def __len__(self) -> int:
        return len(self.source)

    def scaled(self, sx: float, sy: float) -> KeypointPairs:
        """The same arrows on the picture scaled by `sx` across and `sy` down."""
        return KeypointPairs(self.source * (sx, sy), self.target * (sx, sy))

    def moved(self, dx: float, dy: float) -> KeypointPairs:
        """The same arrows with the origin moved: for a crop that begins at (x, y), `moved(-x, -y)`."""
        return KeypointPairs(self.source + (dx, dy), self.target + (dx, dy))

    def exaggerated(self, factor: float) -> KeypointPairs:
        """From the same sources `factor` times as far: 0 moves nothing, 2 twice as much."""
        return KeypointPairs(self.source, self.source + factor * (self.target - self.source))

    def within(self, size: tuple[int, int]) -> KeypointPairs:
        """With ends beyond a picture of `size` = (H, W) moved to its edge."""
        limits = (size[1], size[0])
        return KeypointPairs(self.source.clip(0, limits), self.target.clip(0, limits))

    def merged(self) -> KeypointPairs:
        """Without repetitions: of arrows with the same two ends, the first."""
        keep = first_of_each(np.concatenate([self.source, self.target], axis=1))
        return KeypointPairs(self.source[keep], self.target[keep])

    def validated(self, size: tuple[int, int]) -> KeypointPairs:
        """The arrows, merged, if a picture of `size` = (height, width) can be warped by them.

        Raises BrushwarpError "keypoints-nan", "keypoints-outside" (an end beyond the picture's edge; the edge itself
        is inside) or "keypoints-coincident" (two arrows that end in one point). Collinear arrows are fine: the
        anchors along the edge hold the rest.
        """
        if not (np.isfinite(self.source).all() and np.isfinite(self.target).all()):
            raise BrushwarpError(
                "keypoints-nan", _("An arrow has an end that is no number."), _("Delete that arrow, and draw it again.")
            )
        height, width = size
        begins = _("An arrow begins at ({:.1f}, {:.1f}), outside of the picture of {} × {} pixels.")
        ends = _("An arrow ends at ({:.1f}, {:.1f}), outside of the picture of {} × {} pixels.")
        for sentence, points in ((begins, self.source), (ends, self.target)):
            outside = np.any((points < 0) | (points > (width, height)), axis=1)
            if outside.any():
                x, y = points[outside.argmax()]
                raise BrushwarpError(
                    "keypoints-outside",
                    sentence.format(x, y, width, height),
                    _("Move both of its ends onto the picture, or delete it."),
                )
        pairs = self.merged()
        refuse_coincident(pairs.target)
        return pairs


def fixed_points(points: object, name: str) -> np.ndarray:
    """A copy, (k, 2) float64, that can't be written to. Raises ValueError, naming it, for other shapes."""
    fixed = np.array(points, np.float64)
    if fixed.ndim != 2 or fixed.shape[1] != 2:
        raise ValueError(f"{name} must be (k, 2), not {fixed.shape}")
    fixed.flags.writeable = False
    return fixed


def first_of_each(rows: np.ndarray) -> np.ndarray:
    """Indices, rising, of the rows (k, n) that do not repeat an earlier one."""
    return np.sort(np.unique(rows, axis=0, return_index=True)[1])


def refuse_coincident(target: np.ndarray) -> None:
    """Raise "keypoints-coincident" if two of the points (k, 2) lie closer than CLOSEST_TARGETS."""
    gaps = np.linalg.norm(target[:, None] - target[None], axis=2)
    gaps[np.diag_indices(len(target))] = np.inf
    if gaps.size and gaps.min() < CLOSEST_TARGETS:
        x, y = target[np.unravel_index(gaps.argmin(), gaps.shape)[0]]
        raise BrushwarpError(
            "keypoints-coincident",
            _("Two arrows end in the same point, ({:.1f}, {:.1f}).").format(x, y),
            _("Move one of the two ends, or delete one arrow."),
        )
