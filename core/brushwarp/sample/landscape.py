"""Sky, mountains, forest and lake: a height field seen through a pinhole camera, and its mirror image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d, map_coordinates

from .scene import COTTAGE, EYE, FOCAL, HORIZON, LIGHT, PEAK, RANGES, SUN, Noise, View, ink, mix, step


def paint_sky(view: View, noise: Noise) -> np.ndarray:
    """(H, W, 3) sky, its lowest row repeated below the horizon. Clouds lie on a plane, hence their perspective."""
    u, rise = view.u[None], view.rise[view.rise > 0, None]
    away = np.hypot(u - view.spot(SUN[0]), (rise - SUN[1]) * 1.25)
    sky = mix(ink("f3cfa4"), ink("8fb4d6"), step(0.0, 0.26, rise + 0 * u))
    sky = mix(sky, ink("4a86c0"), step(0.12, 0.5, rise + 0.1 * away))
    sky += np.exp(-away * 4.5)[..., None] * ink("ffb866") * 0.75
    sky += np.exp(-((away / 0.05) ** 2))[..., None] * ink("fff0c8") * 3
    depth = 0.55 / (rise + 0.10)
    x, y = u * depth * 1.6, depth * 2.1
    bend = noise(x * 0.6 + 5, y * 0.6) * 0.5

    thick = noise.fractal(x + bend, y + bend * 0.6, 5, 0.55)
    cover = step(-0.07, 0.63, thick) * step(0.02, 0.16, rise)
    towards_sun = noise.fractal(x + bend + 0.25, y + bend * 0.6 + 0.2, 3, 0.55)
    lit = step(-0.6, 0.65, thick - towards_sun)
    warm = np.exp(-away * 2.2)
    cloud = mix(mix(ink("9ba7c2"), ink("bd978c"), warm), mix(ink("fbf1e6"), ink("ffd9a0"), warm) * 1.15, lit)
    sky = mix(sky, cloud * (0.9 + 0.8 * np.exp(-away * 7))[..., None], cover * 0.92)
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
class Terrain:
    """The ground on a grid of (slice of depth, column of the picture): z (K, 1), the others (K, W) and (K, W, 3)."""

    z: np.ndarray
    height: np.ndarray
    colour: np.ndarray
    lake: np.ndarray

    def seen(self, view: View, eye: float, sky: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
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
        ground = mix(self.colour[near, columns], self.colour[far, columns], share)
        open_sky = np.clip((view.rise[:, None] - top[-1]) * view.height + 0.5, 0, 1)
        return mix(ground, sky, open_sky), self.lake[far, columns] * (1 - open_sky)

    def rise(self, view: View, u, z):
        """Where on the screen the ground at (u, z) is seen."""
        k = np.searchsorted(self.z[:, 0], z).clip(max=len(self.z) - 1)
        column = np.floor(u * view.height + view.width / 2).astype(int).clip(0, view.width - 1)
        return FOCAL * (self.height[k, column] - EYE) / z

    def meadow(self, view: View, rng: np.random.Generator, count: int, reach: float):
        """Up to `count` dry places on our side of the lake, evenly in log z: (u, rise, x, z, dice).

        dice: (6, n) in -1..1, each place its own, so that one that is wet at another size changes no other.
        """
        u, share, *dice = rng.random((8, count))
        u, z = view.spot(u), self.z[0, 0] * (reach / self.z[0, 0]) ** share
        rise = self.rise(view, u, z)
        dry = rise > FOCAL * (0.012 - EYE) / z
        return u[dry], rise[dry], (u * z / FOCAL)[dry], z[dry], np.array(dice)[:, dry] * 2 - 1


def _heights(view: View, noise: Noise, x: np.ndarray, z: np.ndarray) -> np.ndarray:
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


def raise_terrain(view: View, noise: Noise, rng: np.random.Generator) -> Terrain:
    """Meadow, wooded far shore and four ranges, lit, shadowed, and veiled by the air before them."""
    depths = np.interp(np.linspace(0, 1, 1050), (0, 0.14, 0.21, 0.48, 1), np.log((1.6, 9, 24, 95, 560)))
    z, u = np.exp(depths).astype(np.float32)[:, None], view.u[None]
    x = z * u / FOCAL
    height = _heights(view, noise, x, z)
    ground, near = np.maximum(height, 0), z[:, 0] < 14
    wood = slice(*np.flatnonzero((z[:, 0] > 20) & (z[:, 0] < 175))[[0, -1]])
    trees, tint = _forest(rng, x[wood], z[wood])
    density = noise.fractal(x[wood] * 0.1, z[wood] * 0.1 + 9, 3) + 0.35 - ground[wood] / 40
    clearing = np.abs(u - view.spot(COTTAGE)) * 17 + step(30, 38, z[wood])
    trees *= step(-0.25, 0.25, density) * step(0.0, 0.25, height[wood]) * step(0.7, 1.2, clearing)
    ground[wood] += 2.1 * trees

    across = np.gradient(ground, axis=1) / (z * (u[0, 1] - u[0, 0]) / FOCAL)
    away = np.gradient(ground, axis=0) / np.gradient(z, axis=0) - u / FOCAL * across  # along z at a fixed x
    steep = np.hypot(across, away)
    facing = (LIGHT[1] - LIGHT[0] * across - LIGHT[2] * away) / np.sqrt(1 + steep**2)
    # The sun stands to the right: a point lies in shadow if, in its slice, one further right reaches over its ray.
    ray = ground - 0.42 * x
    cast = np.maximum.accumulate(ray[:, ::-1], 1)[:, ::-1] - ray
    sunlit = np.clip(facing, 0, None) * (1 - 0.8 * step(0.0, 0.05, cast / z))

    grain = noise.fractal(x / z * 60, np.log(z) * 60, 3)
    bare = np.maximum(height, 0)
    rock = mix(ink("6c6660"), ink("8d7d6c"), 0.5 + 0.5 * grain)
    green = mix(ink("4f5f34"), ink("77803f"), 0.5 + 0.5 * grain)
    colour = mix(rock, green, step(0.09, 0.03, bare / (z + 60) + 0.02 * grain))
    colour = mix(colour, ink("f4f5fa"), step(0.11, 0.16, bare / z + 0.03 * grain - 0.018 * steep) * (z > 190))
    needles = mix(ink("1d3020"), ink("5c6430"), tint) * (0.3 + 1.1 * trees)[..., None]  # dark between the trunks
    colour[wood] = mix(colour[wood], needles, np.clip(trees * 8, 0, 1))
    patches = step(-0.8, 0.8, noise.fractal(x[near] * 1.3, z[near] * 1.3, 4))
    colour[near] = mix(ink("2f4418"), ink("5c6a2a"), patches)
    colour = mix(ink("6b5d45"), colour, step(0.004, 0.02, ground))  # a wet, bare rim along the water
    colour = colour * (ink("8ba3cf") * 0.62 + 1.9 * sunlit[..., None] * ink("ffd29a"))
    haze = mix(ink("93abd0"), ink("f6cfa0"), np.exp(-np.abs(u - view.spot(SUN[0])) * 2.4)) * 0.95
    valley_mist = 1 + 1.2 * np.exp(-bare / 12) * (z > 60)
    colour = mix(colour, haze, 1 - np.exp(-((z / 420) ** 0.9) * valley_mist))
    return Terrain(z, ground, colour, (height <= 0).astype(np.float32))


def _polygon(picture: np.ndarray, corners: np.ndarray, colour: np.ndarray) -> None:
    """Fills a convex polygon, corners (n, 2) in pixels clockwise on the screen, with soft edges, in place."""
    low, high = np.maximum(corners.min(0).astype(int) - 1, 0), np.maximum(corners.max(0).astype(int) + 2, 0)
    x, y = (np.arange(*span) for span in zip(low, np.minimum(high, picture.shape[1::-1]), strict=True))
    y = y[:, None]
    edge = np.roll(corners, -1, 0) - corners
    edge = edge / np.linalg.norm(edge, axis=1, keepdims=True)
    inside = [ex * (y - cy) - ey * (x - cx) for (cx, cy), (ex, ey) in zip(corners, edge, strict=True)]
    picture[y, x] = mix(picture[y, x], colour, np.clip(np.min(inside, 0) + 0.5, 0, 1))


def build_cottage(picture: np.ndarray, view: View, terrain: Terrain, eye: float) -> None:
    """A red cottage with lit windows on the far shore, drawn in place, for either eye: the lake mirrors it."""
    u = view.spot(COTTAGE)
    column = int(u * view.height + view.width / 2)
    k = int(np.argmax((terrain.z[:, 0] > 14) & (terrain.lake[:, column] == 0))) + 12  # some steps up from the water
    unit, base = 0.62 * FOCAL / terrain.z[k, 0], FOCAL * (terrain.height[k, column] - 0.1 - eye) / terrain.z[k, 0]
    parts = [
        (ink("5f2f28"), [(-1.6, 0), (-1.6, 0.95), (0.35, 0.95), (0.35, 0)]),
        (ink("9c5643"), [(0.35, 0), (0.35, 0.95), (0.95, 1.75), (1.55, 0.95), (1.55, 0)]),
        (ink("55555c"), [(-1.8, 0.85), (-1.15, 1.8), (0.95, 1.8), (0.22, 0.85)]),
        (ink("5d4a44"), [(-0.75, 1.5), (-0.75, 2.2), (-0.42, 2.2), (-0.42, 1.5)]),
    ]
    for x, y in ((-1.2, 0.45), (-0.35, 0.45), (0.95, 0.5), (0.95, 1.2)):
        for size, colour in ((0.21, ink("cfc4b6")), (0.15, ink("ffcf78") * 1.3)):  # a frame, then the pane
            parts.append((colour, [(x + dx * size, y + dy * size) for dx, dy in ((-1, -1), (-1, 1), (1, 1), (1, -1))]))
    for colour, corners in parts:
        _polygon(picture, np.stack(view.pixel(*(np.array(corners) * unit + (u, base)).T), 1), colour)


def paint_water(view: View, noise: Noise, mirror: np.ndarray) -> np.ndarray:
    """(H, W, 3) the lake's surface: the mirror image, shaken by waves and dimmed where we look into the water."""
    below = view.rise < 0
    u, drop = view.u[None], -view.rise[below, None]
    z = FOCAL * EYE / drop
    wave = noise.fractal(u * z * 0.9, z * 2.2, 4, 0.6) + noise.fractal(u * z * 0.12, z * 0.3, 2)
    breeze = step(-0.3, 0.9, noise.fractal(u * z * 0.05, z * 0.16 + 4, 3))
    shaken = np.abs(drop + wave * (0.004 + 0.012 * breeze) * np.minimum(drop / 0.06, 1))
    x, y = view.pixel(u + wave * 0.002, shaken)
    soft = np.moveaxis(gaussian_filter1d(mirror[: len(mirror) - below.sum() + 2], 0.0035 * view.height, axis=0), 2, 0)
    seen = np.stack([map_coordinates(band, [y, x], np.float32, order=1, mode="nearest") for band in soft], 2)
    fresnel = 0.35 + 0.6 * (1 - np.minimum(drop / FOCAL, 1)) ** 6
    seen = mix(ink("1f4450"), seen, fresnel + 0 * u) * (0.95 + 0.07 * wave)[..., None]
    return np.pad(seen, ((view.height - len(seen), 0), (0, 0), (0, 0)))
