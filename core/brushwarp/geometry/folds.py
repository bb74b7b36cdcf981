"""How smooth a flow must be not to fold."""

from __future__ import annotations

from brushwarp.geometry.keypoints import KeypointPairs
from brushwarp.geometry.thin_plate import fold_share, thin_plate_flow

# Folds are looked for on the picture at this long side; those that it doesn't show are smaller than a pixel or two there.
_LONG_SIDE = 256

# Pixels² at that size. The flow of arrows of any length is calm long before the last.
_LADDER = (0.0, *(2.0**power for power in range(-4, 25)))


def folded_share(pairs: KeypointPairs, size: tuple[int, int], smoothness: float = 0.0) -> float:
    """Share of a picture of `size` = (H, W), 0..1, that a warp along `pairs` turns over; looked for on a small one."""
    arrows, small, shrink = _shrunk(pairs, size)
    return fold_share(thin_plate_flow(arrows.source, arrows.target, small, smoothness=smoothness * shrink**2))


def calmest(pairs: KeypointPairs, size: tuple[int, int]) -> float:
    """The least smoothness (pixels²; by factors of 2) at which no part of a picture of `size` = (H, W) is turned over.

    0 where the arrows fold nothing. For `thin_plate_flow` and `warp`; see `fold_share`. Raises as `KeypointPairs.validated`.
    """
    arrows, small, shrink = _shrunk(pairs.validated(size), size)

    def folds(smoothness: float) -> bool:
        return fold_share(thin_plate_flow(arrows.source, arrows.target, small, smoothness=smoothness)) > 0

    if len(pairs) == 0 or not folds(0.0):
        return 0.0
    # Smoother is calmer but for rare ripples: halving finds a step of the ladder whose predecessor folds.
    low, high = 0, len(_LADDER) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if folds(_LADDER[middle]) else (low, middle)
    return _LADDER[high] / shrink**2


def _shrunk(pairs: KeypointPairs, size: tuple[int, int]) -> tuple[KeypointPairs, tuple[int, int], float]:
    """The arrows on the small picture, its size, and by how much it is smaller."""
    shrink = min(1.0, _LONG_SIDE / max(size))
    small = max(2, round(size[0] * shrink)), max(2, round(size[1] * shrink))
    return pairs.scaled(small[1] / size[1], small[0] / size[0]), small, shrink
