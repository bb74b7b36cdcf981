"""How much the paint of a sequence flickers where its photographs stand still: each frame by itself, and steadied.

    .venv/bin/python tests/benchmarks/steady.py [--style ID] [--width 768] [--reach 0.2 …] [--scenes ball …] [--sheets FOLDER]

In the rendered sample picture a ball crosses a still ground: alone; with grain of 2/255 that differs from frame to frame; one so large that
it fills a fifth of the picture; after a lamp has gone out (to 12 % of the light); and late in a dusk of a hundred frames. Of neighbouring
painted frames the difference in 255ths, mean and 95th percentile, away from the ball by some pixels or more; of a dusk the photograph
itself changes too. --reach: of `multimodal.steady`, by default its own; 0 is nearly each by itself, 100 the first frame's statistics in
any case. --sheets: the last frame of each, by itself and steadied side by side, to be looked at.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from scipy.ndimage import distance_transform_edt
from torch import Tensor

from brushwarp import api
from brushwarp.image import Picture, linear_to_srgb, save_picture, srgb_to_linear
from brushwarp.multimodal import steady
from brushwarp.sample import render_sample

AWAY = (0, 32, 64, 128)  # pixels
FRAMES = 5
GRAIN = 2 / 255
DUSK = (1.0, 0.07), (1.0, 0.12), (1.0, 0.25)  # of red, green and blue light, from the first frame to the last
MEASURED = """vangogh_starry_night, 768 px, mean away by 0, 64 and 128 px, by itself -> steadied with a reach of 0.2 (0.3; 100):
    ball 5.2 2.4 2.3 -> 3.2 0.1 0.0 (the same), grain 8.0 5.7 5.7 -> 7.4 5.0 5.0 (the same), large ball 17.3 13.4 13.9 -> 9.4 2.9 2.7
    (7.8 0.7 0.4; 7.5 0.3 0.0), lamp 5.8 2.4 2.3 -> 4.7 1.2 1.1 (4.6 1.1 1.0; 1.8 0.1 0.0), dusk 5.1 2.2 2.1 -> 4.2 1.2 1.1 (4.1 1.1 1.0;
    5.3 2.9 2.6); lamp, 540 px: hokusai_great_wave 7.4 2.8 2.9 -> 5.6 1.1 1.2, klimt_the_kiss 4.7 1.9 1.8 -> 4.2 1.1 1.1.
    Seen: where the light stays, steadied frames are as good as those by themselves; with a lamp out, at 0.2 The Starry Night hardly differs,
    The Great Wave has fewer clouds and The Kiss less gold, at 0.3 a little more so; at 100 most strokes are gone, to olive ground.
    That was The Starry Night before it was trained anew; since, ball 3.4 1.3 1.3 -> 2.5 0.1 0.1 (2.4 0.1 0.0), large ball 11.4 7.3 7.7 ->
    6.1 0.6 0.5 (5.8 0.2 0.1)"""

Frame = tuple[Tensor, Tensor]  # (3, H, W) and where the ball is, (H, W)


def with_ball(ground: Tensor, x: float, radius: float) -> Frame:
    """x: of its middle, radius: both as shares of the width and of the height."""
    height, width = ground.shape[1:]
    down, across = np.mgrid[0:height, 0:width] + 0.5
    radius *= height
    across, down = across - x * width, down - 0.42 * height
    cover = torch.from_numpy(np.clip(radius - np.hypot(across, down) + 0.5, 0, 1).astype(np.float32))
    shade = np.clip(1 - np.hypot(across + 0.35 * radius, down + 0.35 * radius) / (1.6 * radius), 0.12, 1)
    red, yellow = (np.array(colour)[:, None, None] for colour in ((0.9, 0.15, 0.1), (0.95, 0.8, 0.2)))
    ball = torch.from_numpy((np.where(np.sin(across / radius * 4) > 0, red, yellow) * shade).astype(np.float32))
    return torch.lerp(ground, ball, cover), cover > 0


def lit(ground: Tensor, red: float, green: float, blue: float) -> Tensor:
    return linear_to_srgb(srgb_to_linear(ground) * torch.tensor([red, green, blue])[:, None, None])


def crossing(ground: Tensor, radius: float = 0.09) -> Iterator[Frame]:
    for x in np.linspace(0.1, 0.9, FRAMES):
        yield with_ball(ground, x, radius)


def grainy(ground: Tensor) -> Iterator[Frame]:
    chance = torch.Generator().manual_seed(0)
    for photo, ball in crossing(ground):
        yield (photo + GRAIN * torch.randn(photo.shape, generator=chance)).clamp(0, 1), ball


def darkened(ground: Tensor) -> Iterator[Frame]:
    yield with_ball(ground, 0.1, 0.09)
    yield from crossing(lit(ground, 0.12, 0.12, 0.12))


def dusk(ground: Tensor) -> Iterator[Frame]:
    yield with_ball(ground, 0.1, 0.09)
    for step, x in enumerate(np.linspace(0.1, 0.9, FRAMES)):
        share = (70 + step) / 100
        yield with_ball(lit(ground, *(first + share * (last - first) for first, last in DUSK)), x, 0.09)


SCENES = {
    "ball": crossing,
    "grain": grainy,
    "large ball": lambda ground: crossing(ground, 0.3),
    "lamp": darkened,
    "dusk": dusk,
}


def painted(frames: list[Frame], painter: api.Painter, reach: float | None) -> list[Tensor]:
    """reach: None for each by itself."""
    sequence = None
    if reach is not None:
        sequence, steady.REACH = api.Steady(), reach
    return [api.stylize(Picture(photo), painter, steady=sequence).pixels for photo, _ in frames]


def flicker(frames: list[Frame], paintings: list[Tensor], away: int) -> str:
    """Of neighbours among the last frames: those before them set the statistics alone."""
    found = []
    pairs = list(zip(frames, frames[1:], paintings, paintings[1:], strict=False))[1 - FRAMES :]
    for (_, ball), (_, moved), one, other in pairs:
        still = torch.from_numpy(distance_transform_edt(~(ball | moved).numpy())) > away
        found.append((one - other).abs().mean(0)[still] * 255)
    values = torch.cat(found).numpy()
    return f"{values.mean():.2f}/{np.percentile(values, 95):.2f}" if len(values) else "-"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--style", default="vangogh_starry_night")
    parser.add_argument("--width", type=int, default=768)
    parser.add_argument("--reach", type=float, nargs="+", default=[steady.REACH])
    parser.add_argument("--scenes", nargs="+", choices=SCENES, default=list(SCENES))
    parser.add_argument("--sheets", type=Path)
    arguments = parser.parse_args()
    print(f"last time: {MEASURED}")
    painter = api.load_painter(arguments.style)
    ground = render_sample(arguments.width, arguments.width * 2 // 3)
    print(f"{arguments.style}, {ground.shape[2]} x {ground.shape[1]}, mean/95th percentile away by {', '.join(map(str, AWAY))} px")
    for name in arguments.scenes:
        frames = list(SCENES[name](ground))
        rows = [frames[-1][0]]
        for reach in (None, *arguments.reach):
            paintings = painted(frames, painter, reach)
            rows.append(paintings[-1])
            how = "by itself" if reach is None else f"steadied, {reach:g}"
            print(f"{name:12}{how:16}{'  '.join(flicker(frames, paintings, away) for away in AWAY)}", flush=True)
        if arguments.sheets:
            save_picture(Picture(torch.cat(rows, 2)), arguments.sheets / f"{arguments.style}-{name.replace(' ', '-')}.png")


if __name__ == "__main__":
    main()
