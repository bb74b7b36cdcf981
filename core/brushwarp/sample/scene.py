"""The scene's measures, and the tools that all its painters share.

Scene units: x to the right, h up from the lake, z away from the camera, which stands EYE over the lake. Screen units:
the picture's height is 1; u runs to the right from the middle, rise upwards from the horizon. Nothing is placed in
pixels, so every size shows the same scene; things stand at shares of the width, so every aspect ratio holds them. Light
is linear.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

HORIZON = 0.47  # share of the height above the horizon
FOCAL = 1.1  # in picture heights: a normal lens
EYE = 1.6  # camera above the lake
SUN = (0.76, 0.185)  # share of the width, rise
PEAK, COTTAGE, OAK, BIRCH = 0.46, 0.64, 0.15, 0.94  # shares of the width
LIGHT = (0.80, 0.42, -0.42)  # towards the sun in (x, h, z): cheated to our side of the ridge, so that slopes model
# Range: distance, depth, height, size of a feature, how much it gathers around the peak's column.
RANGES = ((80, 20, 8.5, 18, 0.0), (145, 36, 23, 48, 0.1), (280, 85, 84, 120, 0.45), (490, 75, 105, 150, 0.2))


def ink(code: str) -> np.ndarray:
    """Linear light (3,) of a hexadecimal sRGB colour."""
    return (np.frombuffer(bytes.fromhex(code), np.uint8) / np.float32(255)) ** np.float32(2.2)


def step(low: float, high: float, value: np.ndarray) -> np.ndarray:
    """Smooth 0 to 1 while `value` goes from low to high."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def mix(a: np.ndarray, b: np.ndarray, share: np.ndarray) -> np.ndarray:
    return a + (b - a) * np.asarray(share, np.float32)[..., None]


class Noise:
    """Band-limited noise over the plane, about one bump a unit: a smooth periodic tile, looked up anywhere."""

    def __init__(self, rng: np.random.Generator) -> None:
        tile = gaussian_filter(rng.standard_normal((512, 512), np.float32), 5.0, mode="wrap")
        self.tile = tile / tile.std() * 0.5

    def __call__(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        x, y = np.broadcast_arrays(x, y)
        return map_coordinates(self.tile, [y * 16, x * 16], np.float32, order=1, mode="grid-wrap")

    def octaves(self, x, y, count: int, gain: float = 0.5):
        """(amplitude, noise) per octave; each is turned and moved, so that the tile's period does not show."""
        for octave in range(count):
            yield gain**octave, self(x, y)
            x, y = 1.72 * x + 1.06 * y + 7.3, 1.72 * y - 1.06 * x + 3.1

    def fractal(self, x, y, count: int = 5, gain: float = 0.5) -> np.ndarray:
        return sum(amplitude * noise for amplitude, noise in self.octaves(x, y, count, gain))

    def ridged(self, x, y, count: int = 7) -> np.ndarray:
        """0..1 mountains (Musgrave's ridged multifractal): sharp crests carry finer crests, valleys stay smooth."""
        total, weight = 0.0, 1.0
        for amplitude, noise in self.octaves(x, y, count, 0.48):
            crest = (1 - np.minimum(np.abs(noise), 1)) ** 2
            total, weight = total + amplitude * crest * weight, np.clip(crest * 1.4, 0, 1)
        return total / 1.8


@dataclass(frozen=True)
class View:
    width: int
    height: int

    @property
    def u(self) -> np.ndarray:
        return (np.arange(self.width, dtype=np.float32) + 0.5 - self.width / 2) / self.height

    @property
    def rise(self) -> np.ndarray:
        return HORIZON - (np.arange(self.height, dtype=np.float32) + 0.5) / self.height

    @property
    def scale(self) -> float:
        """Foreground things shrink on narrow pictures, though less than the width does."""
        return min(1.0, (self.width / self.height / 1.5) ** 0.5)

    def spot(self, share):
        return (share - 0.5) * self.width / self.height

    def pixel(self, u, rise) -> tuple[np.ndarray, np.ndarray]:
        return u * self.height + self.width / 2 - 0.5, (HORIZON - rise) * self.height - 0.5
