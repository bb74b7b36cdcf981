"""Similarities of the plane: turn, scale and shift, and the one that best carries points onto others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# How well turned and scaled points must agree with their counterparts (correlation, 0..1) for the turn to mean anything.
# Of a mirrored square, for instance, every turn is as bad as any other, and the best scale is 0.
_LEAST_AGREEMENT = 1e-3

# Points (pixels) within this of their common centre give no scale.
_COINCIDENT = 1e-6


@dataclass(frozen=True, eq=False)
class Similarity:
    """p -> matrix p + offset, where `matrix` (2, 2) is a rotation times a scale above 0, and `offset` is (2,)."""

    matrix: np.ndarray
    offset: np.ndarray

    @classmethod
    def of(cls, factor: complex, centre: np.ndarray, onto: np.ndarray) -> Similarity:
        """Turns and scales as multiplication by `factor` does in the plane of x + iy, and carries `centre` to `onto`."""
        matrix = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
        return cls(matrix, np.asarray(onto, np.float64) - matrix @ np.asarray(centre, np.float64))

    @property
    def scale(self) -> float:
        """How many times as long everything becomes."""
        return float(np.hypot(*self.matrix[:, 0]))

    def apply(self, points: np.ndarray) -> np.ndarray:
        """(k, 2) of (k, 2)."""
        return np.asarray(points, np.float64) @ self.matrix.T + self.offset

    def inverse(self) -> Similarity:
        """The one that undoes it."""
        back = np.linalg.inv(self.matrix)
        return Similarity(back, -back @ self.offset)


def fit_similarity(points: np.ndarray, onto: np.ndarray) -> Similarity:
    """The similarity with the least squared distances from `points` (k, 2), carried, to `onto` (k, 2).

    Never a reflection. Two points are carried exactly. One point, or points that coincide on either side, give the
    shift between the centres alone; where no turn is better than another (a mirrored square), the shift and the ratio
    of the spreads; no points, the identity. Raises ValueError for other shapes.
    Source: Umeyama 1991, equations 40 to 42, of which this is the closed form in the plane of complex numbers.
    """
    points, onto = np.asarray(points, np.float64), np.asarray(onto, np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or points.shape != onto.shape:
        raise ValueError(f"points must both be (k, 2), not {points.shape} and {onto.shape}")
    if len(points) == 0:
        return Similarity(np.eye(2), np.zeros(2))
    centre, goal = points.mean(0), onto.mean(0)
    p, q = ((side - side.mean(0)) @ (1, 1j) for side in (points, onto))
    spread, spread_onto = np.linalg.norm(p), np.linalg.norm(q)
    if min(spread, spread_onto) <= _COINCIDENT:
        return Similarity.of(1 + 0j, centre, goal)
    product = np.vdot(p, q)  # Σ conj(p) q
    if abs(product) < _LEAST_AGREEMENT * spread * spread_onto:
        return Similarity.of(complex(spread_onto / spread), centre, goal)
    return Similarity.of(complex(product / spread**2), centre, goal)
