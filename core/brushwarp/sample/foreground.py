"""Grass, flowers and trees: some hundred thousand brush strokes, the nearest last."""

from __future__ import annotations

import numpy as np

from .landscape import Terrain
from .scene import FOCAL, OAK, Noise, View, ink, mix, step


def _strokes(start, end, bow, width, root, tip, near) -> np.ndarray:
    """(n, 15) tapered ribbons: blades, petals, leaves and branches are all one.

    start, end: (n, 2) u and rise. bow: (n, 1) bend to the side, share of the length. width: (n, 3) half widths as a
    Bezier curve. root, tip: (n, 3) light at both ends. near: (n, 1) nearer is larger. All broadcast over the strokes.
    """
    parts = (start, end, bow, width, root, tip, near)
    return np.hstack([np.broadcast_to(part, (len(start), np.shape(part)[-1])) for part in parts]).astype(np.float32)


def paint_strokes(view: View, strokes: np.ndarray) -> np.ndarray:
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
    layer[dots, :3] = mix(stroke[:, 8:11], stroke[:, 11:14], along) * round_
    layer[dots, 3] = 1
    return layer.reshape(view.height, 2, view.width, 2, 4).mean((1, 3))


def grow_grass(view: View, terrain: Terrain, noise: Noise, rng: np.random.Generator) -> np.ndarray:
    u, rise, x, z, dice = terrain.meadow(view, rng, 30000, 10)
    foot, patch = np.stack([u, rise], 1), noise.fractal(x * 0.45 + 3, z * 0.45, 4)
    tall = (0.05 + 0.07 * dice[0] ** 4 + 0.035 * noise.fractal(x * 0.9, z * 0.9, 4)) * FOCAL / z
    top = np.stack([tall * (0.1 + 0.55 * (dice[1] + dice[2]) + 0.25 * patch), tall], 1)
    sun = step(-0.8, 0.75, patch + 0.5 * dice[3])
    shade = np.exp(-(((x - view.spot(OAK) * 3.4 / FOCAL + 0.25) / 0.8) ** 2) - ((z - 3.1) / 0.5) ** 2)  # under the oak
    tone = (0.55 + 0.5 * step(1.7, 3.4, z)) * (1 - 0.6 * shade) * (0.95 + 0.25 * dice[4]) * (0.75 + 0.35 * sun)
    tip = mix(mix(ink("54752a"), ink("b4c45c"), sun), mix(ink("8a8447"), ink("ecd48c"), sun), dice[5] ** 4)
    root, width = mix(ink("1f3010"), ink("46601c"), sun), np.outer(0.0036 * FOCAL / z, (1, 0.8, 0.1))
    return _strokes(foot, foot + top, 0.15 * dice[:1].T, width, root * tone[:, None], tip * tone[:, None], -z[:, None])


def grow_flowers(view: View, terrain: Terrain, noise: Noise, rng: np.random.Generator) -> list[np.ndarray]:
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
    petal = np.stack([ink("cf2e1b"), ink("f6f0e2"), ink("5a6ad6")])[kind] * (0.88 + 0.27 * dice[3])
    heart = np.stack([ink("2a1a18"), ink("e6ae24"), ink("3a2f78")])[kind]
    plump = size * np.array([1.0, 0.5, 0.6])[kind, None] * (0, 1, 0.3)
    middle, plump, near, petal = (np.repeat(each, 7, 0) for each in (head, plump, 1e-3 - z, petal))
    dot = size * (0.25, 0)
    return [
        _strokes(foot, head, 0.1 * dice[1], 0.003 * unit * (1, 1, 1), ink("1f2c0c"), ink("4f6a22"), -z),
        _strokes(middle, middle + out.reshape(-1, 2), [0], plump, petal * 0.6, petal, near),
        _strokes(head - dot, head + dot, [0], size * (0.1, 0.35, 0.1), heart, heart, 2e-3 - z),
    ]


def grow_tree(view: View, terrain: Terrain, rng: np.random.Generator, u: float, z: float, tall: float, *, bark: str,
          leaves: tuple[str, str, str], spread: float, droop: float, leaf: float) -> list[np.ndarray]:
    """Strokes of a tree grown by forking in space, with a cluster of leaves around each of the last twigs.

    `tall` is its height on the screen, and the unit here: x to the right, y up, then towards us. `leaves`: inks in
    shade, half light and sun; `spread` and `droop`: how far boughs part and hang; `leaf`: its length.
    """
    foot, wood = np.array([u, terrain.rise(view, u, z)]), ink(bark)
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
    glow = step(-0.75, 1.0, outward @ (0.72, 0.62, 0.3) + rng.normal(0, 0.2, len(place)))
    dark, plain, lit = map(ink, leaves)
    colour = mix(mix(dark, plain, np.minimum(glow * 2, 1)), lit, np.maximum(glow * 2 - 1, 0))
    colour *= rng.uniform(0.7, 1.25, (len(place), 1))
    way = rng.normal(0, 1, (len(place), 2)) + (0, -0.4)
    way *= leaf * rng.uniform(0.7, 1.3, (len(place), 1)) / np.linalg.norm(way, axis=1, keepdims=True)
    blade = np.array([0, 0.6, 0.1]) * leaf
    end = place + np.pad(way, ((0, 0), (0, 1)))
    groups.append(grown(place, end, rng.normal(0, 0.1, (len(end), 1)), blade, colour * 0.8, colour))
    return groups
