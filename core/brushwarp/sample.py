"""A landscape that the project paints itself: demo input and style thumbnails that nobody else owns.

It offers a style what a photograph does: soft gradients, hard silhouettes, fine texture, large quiet areas. A height
field is seen through a pinhole camera (mountains, forest, shores) and mirrored in a rippled lake; the foreground
(grass, flowers, two grown trees) is some hundred thousand brush strokes.

Scene units: x to the right, h up from the lake, z away from the camera, which stands EYE over the lake. Screen units:
the picture's height is 1; u runs to the right from the middle, rise upwards from the horizon. Nothing is placed in
pixels, so every size shows the same scene; things stand at shares of the width, so every aspect ratio holds them. Light
is linear until `_develop`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import gaussian_filter, gaussian_filter1d, map_coordinates

if TYPE_CHECKING:
    from torch import Tensor

HORIZON = 0.47  # share of the height above the horizon
FOCAL = 1.1  # in picture heights: a normal lens
EYE = 1.6  # camera above the lake
FINE = 600  # smaller pictures are rendered at least this high (at most 4 times finer), then averaged: needles alias
SUN = (0.76, 0.185)  # share of the width, rise
PEAK, COTTAGE, OAK, BIRCH = 0.46, 0.64, 0.15, 0.94  # shares of the width
LIGHT = (0.80, 0.42, -0.42)  # towards the sun in (x, h, z): cheated to our side of the ridge, so that slopes model
# Range: distance, depth, height, size of a feature, how much it gathers around the peak's column.
RANGES = ((80, 20, 8.5, 18, 0.0), (145, 36, 23, 48, 0.1), (280, 85, 84, 120, 0.45), (490, 75, 105, 150, 0.2))


def _ink(code: str) -> np.ndarray:
    """Linear light (3,) of a hexadecimal sRGB colour."""
    return (np.frombuffer(bytes.fromhex(code), np.uint8) / np.float32(255)) ** np.float32(2.2)


def _step(low: float, high: float, value: np.ndarray) -> np.ndarray:
    """Smooth 0 to 1 while `value` goes from low to high."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def _mix(a: np.ndarray, b: np.ndarray, share: np.ndarray) -> np.ndarray:
    return a + (b - a) * np.asarray(share, np.float32)[..., None]


class _Noise:
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
class _View:
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


def _sky(view: _View, noise: _Noise) -> np.ndarray:
    """(H, W, 3) sky, its lowest row repeated below the horizon. Clouds lie on a plane, hence their perspective."""
    u, rise = view.u[None], view.rise[view.rise > 0, None]
    away = np.hypot(u - view.spot(SUN[0]), (rise - SUN[1]) * 1.25)
    sky = _mix(_ink("f3cfa4"), _ink("8fb4d6"), _step(0.0, 0.26, rise + 0 * u))
    sky = _mix(sky, _ink("4a86c0"), _step(0.12, 0.5, rise + 0.1 * away))
    sky += np.exp(-away * 4.5)[..., None] * _ink("ffb866") * 0.75
    sky += np.exp(-((away / 0.05) ** 2))[..., None] * _ink("fff0c8") * 3
    depth = 0.55 / (rise + 0.10)
    x, y = u * depth * 1.6, depth * 2.1
    bend = noise(x * 0.6 + 5, y * 0.6) * 0.5

    thick = noise.fractal(x + bend, y + bend * 0.6, 5, 0.55)
    cover = _step(-0.07, 0.63, thick) * _step(0.02, 0.16, rise)
    towards_sun = noise.fractal(x + bend + 0.25, y + bend * 0.6 + 0.2, 3, 0.55)
    lit = _step(-0.6, 0.65, thick - towards_sun)
    warm = np.exp(-away * 2.2)
    cloud = _mix(_mix(_ink("9ba7c2"), _ink("bd978c"), warm), _mix(_ink("fbf1e6"), _ink("ffd9a0"), warm) * 1.15, lit)
    sky = _mix(sky, cloud * (0.9 + 0.8 * np.exp(-away * 7))[..., None], cover * 0.92)
    return np.pad(sky, ((0, view.height - len(sky)), (0, 0), (0, 0)), mode="edge")


def _forest(rng: np.random.Generator, x: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Conifers as cones on three turned, jittered grids: (height 0..1, a tint per tree), both of x's shape."""
    height, tint = np.zeros_like(x), np.zeros_like(x)
    for turn in (0.3, 1.2, 2.3):
        a, b = (np.cos(turn) * x + np.sin(turn) * z) / 0.9, (np.cos(turn) * z - np.sin(turn) * x) / 0.9
        chance = rng.random((4, 128, 128), np.float32)[:, np.floor(a).astype(int) % 128, np.floor(b).astype(int) % 128]
        away = np.hypot(a % 1 - 0.35 - 0.3 * chance[0], b % 1 - 0.35 - 0.3 * chance[1])
        twigs = 0.16 * np.sin(41 * a) * np.sin(37 * b)
        cone = np.clip(1 + twigs - away / 0.36, 0, 1) * (0.45 + 0.55 * chance[2])
        tint, height = np.where(cone > height, chance[3], tint), np.maximum(cone, height)
    return height, tint


@dataclass(frozen=True)
class _Terrain:
    """The ground on a grid of (slice of depth, column of the picture): z (K, 1), the others (K, W) and (K, W, 3)."""

    z: np.ndarray
    height: np.ndarray
    colour: np.ndarray
    lake: np.ndarray

    def seen(self, view: _View, eye: float, sky: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The picture (H, W, 3) from height `eye`, and how much lake each pixel shows (H, W).

        From below the lake (`eye` < 0) its water and our side are left out: that is its mirror image, upside up.
        Front to back, a slice shows where it rises over all before it: so a pixel's slice is the number of running
        maxima below it, a histogram and a sum over rows instead of a march per pixel.
        """
        columns = np.arange(view.width)
        height = np.where((self.lake > 0) | (self.z < 14), -99, self.height) if eye < 0 else self.height
        rise = FOCAL * (height - eye) / self.z
        top = np.maximum.accumulate(rise, 0)
        row = np.clip(np.ceil((HORIZON - top) * view.height - 0.5), 0, view.height).astype(np.int64)
        counts = np.bincount((row * view.width + columns).ravel(), minlength=(view.height + 1) * view.width)
        passed = counts.reshape(-1, view.width)[::-1].cumsum(0)[::-1][1:]  # rows count downwards, heights upwards
        far = np.minimum(passed, len(self.z) - 1)
        near = np.maximum(far - 1, 0)
        low, high = rise[near, columns], rise[far, columns]
        share = np.clip((view.rise[:, None] - low) / np.maximum(high - low, 1e-6), 0, 1)
        ground = _mix(self.colour[near, columns], self.colour[far, columns], share)
        open_sky = np.clip((view.rise[:, None] - top[-1]) * view.height + 0.5, 0, 1)
        return _mix(ground, sky, open_sky), self.lake[far, columns] * (1 - open_sky)

    def rise(self, view: _View, u, z):
        """Where on the screen the ground at (u, z) is seen."""
        k = np.searchsorted(self.z[:, 0], z).clip(max=len(self.z) - 1)
        column = np.floor(u * view.height + view.width / 2).astype(int).clip(0, view.width - 1)
        return FOCAL * (self.height[k, column] - EYE) / z

    def meadow(self, view: _View, rng: np.random.Generator, count: int, reach: float):
        """Up to `count` dry places on our side of the lake, evenly in log z: (u, rise, x, z, dice).

        dice: (6, n) in -1..1, each place its own, so that one that is wet at another size changes no other.
        """
        u, share, *dice = rng.random((8, count))
        u, z = view.spot(u), self.z[0, 0] * (reach / self.z[0, 0]) ** share
        rise = self.rise(view, u, z)
        dry = rise > FOCAL * (0.012 - EYE) / z
        return u[dry], rise[dry], (u * z / FOCAL)[dry], z[dry], np.array(dice)[:, dry] * 2 - 1


def _heights(view: _View, noise: _Noise, x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """(K, W) ground over the lake's level; negative is under water."""
    u = view.u[None]
    bay = (u - view.spot(0.56)) * view.height / view.width  # the near shore: low in the middle, higher under both trees
    meadow_end = 4.5 + 26 * bay**2 * np.where(bay > 0, 0.8, 1) + 0.5 * noise.fractal(u * 4, 0 * u + 2, 4)
    spit = 25 * np.exp(-(((u - view.spot(COTTAGE + 0.08)) / 0.24) ** 2))
    shore = 50 - spit - 14 * np.exp(-(((u - view.spot(-0.05)) / 0.3) ** 2))
    near, mid = z[:, 0] < 14, (z[:, 0] >= 14) & (z[:, 0] < 130)
    height = 1.5 * np.log(z / shore)
    height[near] = 0.5 * (1 - z[near] / np.clip(meadow_end, 4, 9.5))
    height[near] += 0.02 * noise.fractal(x[near] * 0.8, z[near] * 0.8, 3)
    height[mid] += 0.25 * noise.fractal(x[mid] * 0.12, z[mid] * 0.12, 4)
    gather = np.exp(-(((u - view.spot(PEAK)) / 0.2) ** 2))
    for distance, depth, tall, feature, gathered in RANGES:
        some = np.flatnonzero(np.abs(z[:, 0] - distance) < 2 * depth)
        crest = noise.ridged(x[some] / feature + distance, z[some] / feature)
        envelope = np.exp(-(((z[some] - distance) / depth) ** 2)) * (1 - gathered + 1.6 * gathered * gather)
        height[some] = np.maximum(height[some], tall * envelope * (0.25 + 0.75 * crest))
    return height


def _terrain(view: _View, noise: _Noise, rng: np.random.Generator) -> _Terrain:
    """Meadow, wooded far shore and four ranges, lit, shadowed, and veiled by the air before them."""
    depths = np.interp(np.linspace(0, 1, 1050), (0, 0.14, 0.21, 0.48, 1), np.log((1.6, 9, 24, 95, 560)))
    z, u = np.exp(depths).astype(np.float32)[:, None], view.u[None]
    x = z * u / FOCAL
    height = _heights(view, noise, x, z)
    ground, near = np.maximum(height, 0), z[:, 0] < 14
    wood = slice(*np.flatnonzero((z[:, 0] > 20) & (z[:, 0] < 175))[[0, -1]])
    trees, tint = _forest(rng, x[wood], z[wood])
    density = noise.fractal(x[wood] * 0.1, z[wood] * 0.1 + 9, 3) + 0.35 - ground[wood] / 40
    clearing = np.abs(u - view.spot(COTTAGE)) * 17 + _step(30, 38, z[wood])
    trees *= _step(-0.25, 0.25, density) * _step(0.0, 0.25, height[wood]) * _step(0.7, 1.2, clearing)
    ground[wood] += 2.1 * trees

    across = np.gradient(ground, axis=1) / (z * (u[0, 1] - u[0, 0]) / FOCAL)
    away = np.gradient(ground, axis=0) / np.gradient(z, axis=0) - u / FOCAL * across  # along z at a fixed x
    steep = np.hypot(across, away)
    facing = (LIGHT[1] - LIGHT[0] * across - LIGHT[2] * away) / np.sqrt(1 + steep**2)
    # The sun stands to the right: a point lies in shadow if, in its slice, one further right reaches over its ray.
    ray = ground - 0.42 * x
    cast = np.maximum.accumulate(ray[:, ::-1], 1)[:, ::-1] - ray
    sunlit = np.clip(facing, 0, None) * (1 - 0.8 * _step(0.0, 0.05, cast / z))

    grain = noise.fractal(x / z * 60, np.log(z) * 60, 3)
    bare = np.maximum(height, 0)
    rock = _mix(_ink("6c6660"), _ink("8d7d6c"), 0.5 + 0.5 * grain)
    green = _mix(_ink("4f5f34"), _ink("77803f"), 0.5 + 0.5 * grain)
    colour = _mix(rock, green, _step(0.09, 0.03, bare / (z + 60) + 0.02 * grain))
    colour = _mix(colour, _ink("f4f5fa"), _step(0.11, 0.16, bare / z + 0.03 * grain - 0.018 * steep) * (z > 190))
    needles = _mix(_ink("1d3020"), _ink("5c6430"), tint) * (0.3 + 1.1 * trees)[..., None]  # dark between the trunks
    colour[wood] = _mix(colour[wood], needles, np.clip(trees * 8, 0, 1))
    patches = _step(-0.8, 0.8, noise.fractal(x[near] * 1.3, z[near] * 1.3, 4))
    colour[near] = _mix(_ink("2f4418"), _ink("5c6a2a"), patches)
    colour = _mix(_ink("6b5d45"), colour, _step(0.004, 0.02, ground))  # a wet, bare rim along the water
    colour = colour * (_ink("8ba3cf") * 0.62 + 1.9 * sunlit[..., None] * _ink("ffd29a"))
    haze = _mix(_ink("93abd0"), _ink("f6cfa0"), np.exp(-np.abs(u - view.spot(SUN[0])) * 2.4)) * 0.95
    valley_mist = 1 + 1.2 * np.exp(-bare / 12) * (z > 60)
    colour = _mix(colour, haze, 1 - np.exp(-((z / 420) ** 0.9) * valley_mist))
    return _Terrain(z, ground, colour, (height <= 0).astype(np.float32))


def _polygon(picture: np.ndarray, corners: np.ndarray, colour: np.ndarray) -> None:
    """Fills a convex polygon, corners (n, 2) in pixels clockwise on the screen, with soft edges, in place."""
    low, high = np.maximum(corners.min(0).astype(int) - 1, 0), np.maximum(corners.max(0).astype(int) + 2, 0)
    x, y = (np.arange(*span) for span in zip(low, np.minimum(high, picture.shape[1::-1]), strict=True))
    y = y[:, None]
    edge = np.roll(corners, -1, 0) - corners
    edge = edge / np.linalg.norm(edge, axis=1, keepdims=True)
    inside = [ex * (y - cy) - ey * (x - cx) for (cx, cy), (ex, ey) in zip(corners, edge, strict=True)]
    picture[y, x] = _mix(picture[y, x], colour, np.clip(np.min(inside, 0) + 0.5, 0, 1))


def _cottage(picture: np.ndarray, view: _View, terrain: _Terrain, eye: float) -> None:
    """A red cottage with lit windows on the far shore, drawn in place, for either eye: the lake mirrors it."""
    u = view.spot(COTTAGE)
    column = int(u * view.height + view.width / 2)
    k = int(np.argmax((terrain.z[:, 0] > 14) & (terrain.lake[:, column] == 0))) + 12  # some steps up from the water
    unit, base = 0.62 * FOCAL / terrain.z[k, 0], FOCAL * (terrain.height[k, column] - 0.1 - eye) / terrain.z[k, 0]
    parts = [
        (_ink("5f2f28"), [(-1.6, 0), (-1.6, 0.95), (0.35, 0.95), (0.35, 0)]),
        (_ink("9c5643"), [(0.35, 0), (0.35, 0.95), (0.95, 1.75), (1.55, 0.95), (1.55, 0)]),
        (_ink("55555c"), [(-1.8, 0.85), (-1.15, 1.8), (0.95, 1.8), (0.22, 0.85)]),
        (_ink("5d4a44"), [(-0.75, 1.5), (-0.75, 2.2), (-0.42, 2.2), (-0.42, 1.5)]),
    ]
    for x, y in ((-1.2, 0.45), (-0.35, 0.45), (0.95, 0.5), (0.95, 1.2)):
        for size, colour in ((0.21, _ink("cfc4b6")), (0.15, _ink("ffcf78") * 1.3)):  # a frame, then the pane
            parts.append((colour, [(x + dx * size, y + dy * size) for dx, dy in ((-1, -1), (-1, 1), (1, 1), (1, -1))]))
    for colour, corners in parts:
        _polygon(picture, np.stack(view.pixel(*(np.array(corners) * unit + (u, base)).T), 1), colour)


def _water(view: _View, noise: _Noise, mirror: np.ndarray) -> np.ndarray:
    """(H, W, 3) the lake's surface: the mirror image, shaken by waves and dimmed where we look into the water."""
    below = view.rise < 0
    u, drop = view.u[None], -view.rise[below, None]
    z = FOCAL * EYE / drop
    wave = noise.fractal(u * z * 0.9, z * 2.2, 4, 0.6) + noise.fractal(u * z * 0.12, z * 0.3, 2)
    breeze = _step(-0.3, 0.9, noise.fractal(u * z * 0.05, z * 0.16 + 4, 3))
    shaken = np.abs(drop + wave * (0.004 + 0.012 * breeze) * np.minimum(drop / 0.06, 1))
    x, y = view.pixel(u + wave * 0.002, shaken)
    soft = np.moveaxis(gaussian_filter1d(mirror[: len(mirror) - below.sum() + 2], 0.0035 * view.height, axis=0), 2, 0)
    seen = np.stack([map_coordinates(band, [y, x], np.float32, order=1, mode="nearest") for band in soft], 2)
    fresnel = 0.35 + 0.6 * (1 - np.minimum(drop / FOCAL, 1)) ** 6
    seen = _mix(_ink("1f4450"), seen, fresnel + 0 * u) * (0.95 + 0.07 * wave)[..., None]
    return np.pad(seen, ((view.height - len(seen), 0), (0, 0), (0, 0)))


def _strokes(start, end, bow, width, root, tip, near) -> np.ndarray:
    """(n, 15) tapered ribbons: blades, petals, leaves and branches are all one.

    start, end: (n, 2) u and rise. bow: (n, 1) bend to the side, share of the length. width: (n, 3) half widths as a
    Bezier curve. root, tip: (n, 3) light at both ends. near: (n, 1) nearer is larger. All broadcast over the strokes.
    """
    parts = (start, end, bow, width, root, tip, near)
    return np.hstack([np.broadcast_to(part, (len(start), np.shape(part)[-1])) for part in parts]).astype(np.float32)


def _painted(view: _View, strokes: np.ndarray) -> np.ndarray:
    """(H, W, 4) premultiplied strokes.

    Each is sprayed as dots on a twice finer canvas that keeps the nearest stroke's number and the place within it: no
    polygons, no depth sort of pixels, and averaging the fine pixels softens the edges.
    """
    strokes = strokes[np.argsort(strokes[:, 14], kind="stable")]
    height, width = 2 * view.height, 2 * view.width
    canvas = np.zeros((height + 2) * (width + 2), np.int32)  # with a rim for all that falls outside
    x0, y0 = (2 * c + 1.5 for c in view.pixel(*strokes[:, 0:2].T))
    x1, y1 = (2 * c + 1.5 for c in view.pixel(*strokes[:, 2:4].T))
    dx, dy, bow = x1 - x0, y1 - y0, strokes[:, 4]
    length = np.maximum(np.hypot(dx, dy), 1e-3)
    half = np.maximum(strokes[:, 5:8] * height, 0.4)
    # Strokes of about one size are sprayed together: along and across, a little more than one dot a fine pixel.
    sizes = np.stack([np.maximum(length * 1.2, 2), np.maximum(half.max(1) * 2, 1)], 1)
    sizes = np.ceil(1.25 ** np.ceil(np.log(sizes) / np.log(1.25))).astype(int)
    groups, group = np.unique(sizes[:, 0] * 4096 + sizes[:, 1], return_inverse=True)
    for number, (count, lanes) in enumerate(zip(groups // 4096, groups % 4096, strict=True)):
        some = np.flatnonzero(group == number)[:, None, None]
        t = ((np.arange(count, dtype=np.float32) + 0.5) / count)[:, None]
        s = (np.arange(lanes, dtype=np.float32) + 0.5) / lanes * 2 - 1
        wide = half[some, 0] * (1 - t) ** 2 + half[some, 1] * 2 * t * (1 - t) + half[some, 2] * t * t
        side = bow[some] * 4 * t * (1 - t) * length[some] + s * wide
        x = (x0[some] + dx[some] * t - (dy / length)[some] * side).clip(0, width + 1).astype(np.int32)
        y = (y0[some] + dy[some] * t + (dx / length)[some] * side).clip(0, height + 1).astype(np.int32)
        mark = ((some + 1) * 8 + (t * 8).astype(int)) * 8 + ((s + 1) * 3.99).astype(int)
        np.maximum.at(canvas, (y * (width + 2) + x).ravel(), mark.astype(np.int32).ravel())
    canvas = canvas.reshape(height + 2, width + 2)[1:-1, 1:-1].ravel()
    dots = np.flatnonzero(canvas)
    mark = canvas[dots]
    stroke, along, across = strokes[mark // 64 - 1], (mark // 8 % 8 + 0.5) / 8, (mark % 8 - 3.5) / 3.5
    layer = np.zeros((height * width, 4), np.float32)
    round_ = 1 + 0.5 * across[:, None]  # lit from the right
    layer[dots, :3] = _mix(stroke[:, 8:11], stroke[:, 11:14], along) * round_
    layer[dots, 3] = 1
    return layer.reshape(view.height, 2, view.width, 2, 4).mean((1, 3))


def _grass(view: _View, terrain: _Terrain, noise: _Noise, rng: np.random.Generator) -> np.ndarray:
    u, rise, x, z, dice = terrain.meadow(view, rng, 30000, 10)
    foot, patch = np.stack([u, rise], 1), noise.fractal(x * 0.45 + 3, z * 0.45, 4)
    tall = (0.05 + 0.07 * dice[0] ** 4 + 0.035 * noise.fractal(x * 0.9, z * 0.9, 4)) * FOCAL / z
    top = np.stack([tall * (0.1 + 0.55 * (dice[1] + dice[2]) + 0.25 * patch), tall], 1)
    sun = _step(-0.8, 0.75, patch + 0.5 * dice[3])
    shade = np.exp(-(((x - view.spot(OAK) * 3.4 / FOCAL + 0.25) / 0.8) ** 2) - ((z - 3.1) / 0.5) ** 2)  # under the oak
    tone = (0.55 + 0.5 * _step(1.7, 3.4, z)) * (1 - 0.6 * shade) * (0.95 + 0.25 * dice[4]) * (0.75 + 0.35 * sun)
    tip = _mix(_mix(_ink("54752a"), _ink("b4c45c"), sun), _mix(_ink("8a8447"), _ink("ecd48c"), sun), dice[5] ** 4)
    root, width = _mix(_ink("1f3010"), _ink("46601c"), sun), np.outer(0.0036 * FOCAL / z, (1, 0.8, 0.1))
    return _strokes(foot, foot + top, 0.15 * dice[:1].T, width, root * tone[:, None], tip * tone[:, None], -z[:, None])


def _flowers(view: _View, terrain: _Terrain, noise: _Noise, rng: np.random.Generator) -> list[np.ndarray]:
    """Stalks with a ring of seven petals; poppies, daisies and cornflowers each keep to their own drifts."""
    u, rise, x, z, dice = terrain.meadow(view, rng, 5200, 8)
    kind = np.floor(dice[0] * 1.5 + 1.5).astype(int)
    keep = noise.fractal(x * 0.6 + 11 * kind, z * 0.7, 3) + 0.2 * dice[1] > 0.42
    u, rise, z, kind, dice = u[keep], rise[keep], z[keep, None], kind[keep], dice[:, keep, None]
    unit, foot = FOCAL / z, np.stack([u, rise], 1)
    head = foot + np.hstack([0.04 * dice[2], 0.115 + 0.055 * dice[3]]) * unit
    size = np.array([0.024, 0.022, 0.018])[kind, None] * unit * (0.93 + 0.32 * dice[4])
    angle = 3 * dice[5] + np.arange(7) * (2 * np.pi / 7)
    out = np.stack([np.cos(angle), np.sin(angle) * 0.55 + 0.12], 2) * size[..., None]  # seen at a slant
    petal = np.stack([_ink("cf2e1b"), _ink("f6f0e2"), _ink("5a6ad6")])[kind] * (0.88 + 0.27 * dice[3])
    heart = np.stack([_ink("2a1a18"), _ink("e6ae24"), _ink("3a2f78")])[kind]
    plump = size * np.array([1.0, 0.5, 0.6])[kind, None] * (0, 1, 0.3)
    middle, plump, near, petal = (np.repeat(each, 7, 0) for each in (head, plump, 1e-3 - z, petal))
    dot = size * (0.25, 0)
    return [
        _strokes(foot, head, 0.1 * dice[1], 0.003 * unit * (1, 1, 1), _ink("1f2c0c"), _ink("4f6a22"), -z),
        _strokes(middle, middle + out.reshape(-1, 2), [0], plump, petal * 0.6, petal, near),
        _strokes(head - dot, head + dot, [0], size * (0.1, 0.35, 0.1), heart, heart, 2e-3 - z),
    ]


def _tree(view: _View, terrain: _Terrain, rng: np.random.Generator, u: float, z: float, tall: float, *, bark: str,
          leaves: tuple[str, str, str], spread: float, droop: float, leaf: float) -> list[np.ndarray]:
    """Strokes of a tree grown by forking in space, with a cluster of leaves around each of the last twigs.

    `tall` is its height on the screen, and the unit here: x to the right, y up, then towards us. `leaves`: inks in
    shade, half light and sun; `spread` and `droop`: how far boughs part and hang; `leaf`: its length.
    """
    foot, wood = np.array([u, terrain.rise(view, u, z)]), _ink(bark)
    start, heading, length, radius = np.zeros((1, 3)), np.array([[0.06, 1.0, 0.0]]), np.array([[0.30]]), 0.026
    groups, tips, boughs = [], [], []

    def grown(a, b, bow, width, root, tip, over=0.0) -> np.ndarray:
        near = 1e-3 * (1 + b[:, 2:] + over) - z
        return _strokes(foot + a[:, :2] * tall, foot + b[:, :2] * tall, bow, width * tall, root, tip, near)

    for level, forks in enumerate((5, 3, 3, 3, 3, 0)):
        run = heading * length
        end, n = start + run, len(start)
        shade = wood * rng.uniform(0.65, 1.0, (n, 1)) * 0.8**level
        width = radius * np.array([1.0 if level else 1.6, 0.85, 0.72])
        groups.append(grown(start, end, rng.normal(0, 0.04, (n, 1)), width, shade, shade))
        if level < 3:  # bark: streaks along the bough, darker away from the light
            which, s, t = np.repeat(np.arange(n), 60), rng.uniform(-0.85, 0.85, (60 * n, 1)), rng.random((60 * n, 1))
            across = (run / length)[which][:, [1, 0, 2]] * (1, -1, 0) * radius * s * (1 - 0.28 * t)
            a = start[which] + run[which] * t + across
            b, tone = a + run[which] * 0.2 * (1 - t), wood * (0.75 + 0.6 * s) * rng.uniform(0.4, 1.3, s.shape)
            streak = radius * np.array([0.03, 0.09, 0.03])
            groups.append(grown(a, b, rng.normal(0, 0.05, s.shape), streak, tone, tone, over=1.0))
        if level > 3:
            tips.append(end)
            boughs.append(np.arange(n) // 3 ** (level - 2))
        turn = rng.normal(0, spread, (n * forks, 3))
        if level == 0:
            turn[:, 0] = np.linspace(-1.5, 1.5, forks) * spread  # an even crown needs a fan of first boughs
        start = np.repeat(end, forks, 0) - np.repeat(run, forks, 0) * rng.random((n * forks, 1)) * 0.4
        heading = np.repeat(heading, forks, 0) + turn + (0, 0.2 - droop * level, 0)
        heading /= np.linalg.norm(heading, axis=1, keepdims=True)
        length = np.repeat(length, forks, 0) * rng.uniform(0.6, 0.84, (n * forks, 1))
        radius *= 0.6
    # Light falls on the crown as on a ball of balls: the crown, its fifteen boughs' clumps, the twigs' own clusters.
    tips, boughs, each = np.concatenate(tips), np.concatenate(boughs), 60
    clumps = np.stack([np.bincount(boughs, c) for c in tips.T], 1) / np.bincount(boughs)[:, None]
    offset = rng.normal(0, 0.024, (len(tips) * each, 3)).clip(-0.05, 0.05)
    place, middle = np.repeat(tips, each, 0) + offset, np.repeat(clumps[boughs], each, 0)
    outward = (place - tips.mean(0)) * 1.2 + (place - middle) * 4.2 + offset * 9
    glow = _step(-0.75, 1.0, outward @ (0.72, 0.62, 0.3) + rng.normal(0, 0.2, len(place)))
    dark, plain, lit = map(_ink, leaves)
    colour = _mix(_mix(dark, plain, np.minimum(glow * 2, 1)), lit, np.maximum(glow * 2 - 1, 0))
    colour *= rng.uniform(0.7, 1.25, (len(place), 1))
    way = rng.normal(0, 1, (len(place), 2)) + (0, -0.4)
    way *= leaf * rng.uniform(0.7, 1.3, (len(place), 1)) / np.linalg.norm(way, axis=1, keepdims=True)
    blade = np.array([0, 0.6, 0.1]) * leaf
    end = place + np.pad(way, ((0, 0), (0, 1)))
    groups.append(grown(place, end, rng.normal(0, 0.1, (len(end), 1)), blade, colour * 0.8, colour))
    return groups


def _develop(view: _View, light: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What a camera adds: veiling glare, vignette, a shoulder for the highlights, the sRGB curve, a little grain."""
    u, rise = view.u[None], view.rise[:, None]
    veil = np.exp(-3.2 * np.hypot(u - view.spot(SUN[0]), rise - SUN[1]))
    light = light + 0.16 * veil[..., None] * _ink("ffc98a")
    corner = (2 * u * view.height / view.width) ** 2 + (2 * (rise - HORIZON + 0.5)) ** 2
    light *= (1 - 0.13 * corner**1.2)[..., None]
    light = np.where(light > 0.6, 1 - 0.4 * np.exp(-(light.clip(0.6) - 0.6) / 0.4), light)
    grain = 0.006 * rng.standard_normal(light.shape[:2], np.float32)
    return np.clip(light.clip(0) ** np.float32(1 / 2.2) + grain[..., None], 0, 1)


def _photograph(view: _View, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rngs = rng.spawn(6)  # one each, so that a change to one thing leaves the others as they were
    noise = _Noise(rng)
    sky, terrain = _sky(view, noise), _terrain(view, noise, rngs[0])
    light, lake = terrain.seen(view, EYE, sky)
    mirror, _ = terrain.seen(view, -EYE, sky)
    _cottage(light, view, terrain, EYE)
    _cottage(mirror, view, terrain, -EYE)
    light = _mix(light, _water(view, noise, mirror), lake)
    strokes = [_grass(view, terrain, noise, rngs[1]), *_flowers(view, terrain, noise, rngs[2])]
    strokes += _tree(view, terrain, rngs[3], view.spot(OAK), 3.4, 0.78 * view.scale,
                     bark="6a5645", leaves=("141f10", "4c6420", "b9b552"), spread=0.42, droop=0.03, leaf=0.0075)
    strokes += _tree(view, terrain, rngs[4], view.spot(BIRCH), 4.0, 0.52 * view.scale,
                     bark="cfc4b2", leaves=("26301a", "7d7a2a", "e6c25c"), spread=0.34, droop=0.08, leaf=0.010)
    layer = _painted(view, np.concatenate(strokes))
    return _develop(view, light * (1 - layer[..., 3:]) + layer[..., :3], rngs[5])


def render_sample(width: int = 1536, height: int = 1024, seed: int = 7) -> Tensor:
    """The landscape, (3, height, width) float32 sRGB in 0..1; another seed grows other mountains, clouds and trees."""
    import torch

    factor = min(-(-FINE // height), 4)
    picture = _photograph(_View(width * factor, height * factor), seed)
    picture = picture.reshape(height, factor, width, factor, 3).mean((1, 3), dtype=np.float32)
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(picture, 2, 0)))


def sample_arrows(width: int = 1536, height: int = 1024) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Arrows ((from x, y), (to x, y)) in pixels that bend the scene: a windswept oak, a taller peak, a rounder bay."""
    view = _View(width, height)
    oak, birch, k = view.spot(OAK), view.spot(BIRCH), view.scale
    moves = (
        ((oak + 0.06 * k, 0.18 * k - 0.02), (0.13 * k, -0.02 * k)),  # the oak's crown, swung towards the lake
        ((oak - 0.01 * k, -0.22), (-0.035 * k, 0.0)),  # its trunk, bowed the other way
        ((view.spot(PEAK + 0.033), 0.255), (-0.03, 0.085)),  # the summit, pulled up
        ((view.spot(0.72), 0.10), (0.03 * k, -0.03)),  # the ridge below the sun, sagging
        ((birch - 0.08 * k, 0.06 * k), (-0.06 * k, 0.035 * k)),  # the birch, bowing back
        ((view.spot(0.56), -0.37), (-0.05 * k, 0.07)),  # the near shore, curved up into the lake
    )
    ends = ((view.pixel(*start), view.pixel(*np.add(start, move))) for start, move in moves)
    return [((float(sx), float(sy)), (float(tx), float(ty))) for (sx, sy), (tx, ty) in ends]
