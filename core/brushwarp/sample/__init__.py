"""A landscape that the project paints itself: demo input and style thumbnails that nobody else owns.

It offers a style what a photograph does: soft gradients, hard silhouettes, fine texture, large quiet areas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .foreground import grow_flowers, grow_grass, grow_tree, paint_strokes
from .landscape import build_cottage, paint_sky, paint_water, raise_terrain
from .scene import BIRCH, EYE, HORIZON, OAK, PEAK, SUN, Noise, View, ink, mix

if TYPE_CHECKING:
    from torch import Tensor

FINE = 600  # smaller pictures are rendered at least this high (at most 4 times finer), then averaged: needles alias


def _develop(view: View, light: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What a camera adds: veiling glare, vignette, a shoulder for the highlights, the sRGB curve, a little grain."""
    u, rise = view.u[None], view.rise[:, None]
    veil = np.exp(-3.2 * np.hypot(u - view.spot(SUN[0]), rise - SUN[1]))
    light = light + 0.16 * veil[..., None] * ink("ffc98a")
    corner = (2 * u * view.height / view.width) ** 2 + (2 * (rise - HORIZON + 0.5)) ** 2
    light *= (1 - 0.13 * corner**1.2)[..., None]
    light = np.where(light > 0.6, 1 - 0.4 * np.exp(-(light.clip(0.6) - 0.6) / 0.4), light)
    grain = 0.006 * rng.standard_normal(light.shape[:2], np.float32)
    return np.clip(light.clip(0) ** np.float32(1 / 2.2) + grain[..., None], 0, 1)


def _photograph(view: View, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rngs = rng.spawn(6)  # one each, so that a change to one thing leaves the others as they were
    noise = Noise(rng)
    sky, terrain = paint_sky(view, noise), raise_terrain(view, noise, rngs[0])
    light, lake = terrain.seen(view, EYE, sky)
    mirror, _ = terrain.seen(view, -EYE, sky)
    build_cottage(light, view, terrain, EYE)
    build_cottage(mirror, view, terrain, -EYE)
    light = mix(light, paint_water(view, noise, mirror), lake)
    strokes = [grow_grass(view, terrain, noise, rngs[1]), *grow_flowers(view, terrain, noise, rngs[2])]
    strokes += grow_tree(view, terrain, rngs[3], view.spot(OAK), 3.4, 0.78 * view.scale,
                     bark="6a5645", leaves=("141f10", "4c6420", "b9b552"), spread=0.42, droop=0.03, leaf=0.0075)
    strokes += grow_tree(view, terrain, rngs[4], view.spot(BIRCH), 4.0, 0.52 * view.scale,
                     bark="cfc4b2", leaves=("26301a", "7d7a2a", "e6c25c"), spread=0.34, droop=0.08, leaf=0.010)
    layer = paint_strokes(view, np.concatenate(strokes))
    return _develop(view, light * (1 - layer[..., 3:]) + layer[..., :3], rngs[5])


def render_sample(width: int = 1536, height: int = 1024, seed: int = 7) -> Tensor:
    """The landscape, (3, height, width) float32 sRGB in 0..1; another seed grows other mountains, clouds and trees."""
    import torch

    factor = min(-(-FINE // height), 4)
    picture = _photograph(View(width * factor, height * factor), seed)
    picture = picture.reshape(height, factor, width, factor, 3).mean((1, 3), dtype=np.float32)
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(picture, 2, 0)))


def sample_arrows(width: int = 1536, height: int = 1024) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Arrows ((from x, y), (to x, y)) in pixels that bend the scene: a windswept oak, a taller peak, a rounder bay."""
    view = View(width, height)
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
