"""How near a part that is painted alone is to the same part of the whole painting, and how much sooner it is there.

    .venv/bin/python tests/benchmarks/part.py [--style ID] [--short-side 1536] [PHOTO …] [--sheet SHEET.png]

Of each photograph (by default of the rendered sample), brought to the size: CPU seconds of both, and the mean difference in 255ths of a
part of 400 pixels in the middle. --sheet: both side by side, to be looked at.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from brushwarp.api import load_painter, stylize, stylize_part
from brushwarp.image import Box, Picture, load_picture, resize, save_picture
from brushwarp.measuring import measure
from brushwarp.sample import render_sample

SIDE = 400
MEASURED = "AVX2, float32, 1536 px: 3.4 s instead of 10.5; away by 3.1 (The Scream), 3.4 and 4.8 (The Kiss), 6.6 (The Great Wave) of 255"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photos", nargs="*", type=Path)
    parser.add_argument("--style", default="munch_the_scream_1893")
    parser.add_argument("--short-side", type=int, default=1536)
    parser.add_argument("--sheet", type=Path)
    arguments = parser.parse_args()
    print(f"last time: {MEASURED}")
    painter = load_painter(arguments.style)
    stylize(Picture(render_sample(64, 64)), painter)
    rows = []
    for path in arguments.photos or [None]:
        pixels = render_sample(1024, 768) if path is None else load_picture(path).pixels
        share = arguments.short_side / min(pixels.shape[1:])
        picture = Picture(resize(pixels, tuple(round(side * share) for side in pixels.shape[1:])))
        left, top = (picture.width - SIDE) // 2, (picture.height - SIDE) // 2
        box = Box(left, top, left + SIDE, top + SIDE)
        part, cost = measure(lambda picture=picture, box=box: stylize_part(picture, painter, box).pixels, painter.device)
        whole, whole_cost = measure(lambda picture=picture: stylize(picture, painter).pixels, painter.device)
        away = float((part - box.of(whole)).abs().mean()) * 255
        print(f"{path.name if path else 'sample'}, {picture.width} x {picture.height}: {cost.cpu_seconds:.1f} CPU s instead of {whole_cost.cpu_seconds:.1f}, {away:.1f} of 255 away")
        rows.append(torch.cat([part, box.of(whole)], 2))
    if arguments.sheet:
        save_picture(Picture(torch.cat(rows, 1)), arguments.sheet)


if __name__ == "__main__":
    main()
