"""`demo`: a photograph painted in a shipped style, warped along arrows, and laid out as layers."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from .. import api
from ..bridge.styles import FIRST
from ..devices import describe_device
from ..geometry import KeypointPairs, write_arrows
from ..image import Picture, load_picture, save_openraster, save_picture
from ..sample import render_sample, sample_arrows
from .terminal import progress_bar, say, tell

# On a picture that we do not know: the middle rises and leans, as shares of width and height.
ARROWS_FOR_ANY_PICTURE = (((0.5, 0.35), (0.56, 0.24)), ((0.3, 0.6), (0.24, 0.56)), ((0.7, 0.6), (0.74, 0.68)))


def register(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("demo", help="see what Brushwarp does")
    parser.add_argument("photo", type=Path, nargs="?", help="a photograph of yours; a rendered landscape by default")
    parser.add_argument("--out", type=Path, default=Path("results"), metavar="FOLDER")
    parser.add_argument("--style", default=FIRST, metavar="ID")
    parser.add_argument("--device")
    parser.set_defaults(run=run_demo)


def run_demo(arguments: argparse.Namespace) -> None:
    if arguments.photo:
        picture, name = load_picture(arguments.photo), arguments.photo.stem
        pairs = _arrows(ARROWS_FOR_ANY_PICTURE, scale=(picture.width, picture.height))
    else:
        picture, name = Picture(render_sample()), "landscape"
        pairs = _arrows(sample_arrows(picture.width, picture.height), scale=(1, 1))
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    painter = api.load_painter(arguments.style, arguments.device)
    style = painter.pack.card.name
    tell(f"Painting {picture.width} × {picture.height} pixels as {style} on {describe_device(painter.device)}.")
    painted = api.stylize(picture, painter, on_progress=progress_bar(), on_note=tell)
    warped = api.warp(painted, pairs)

    files = {
        "the picture": out / f"{name}.png",
        "painted": out / f"{name}-painted.png",
        "painted and warped": out / f"{name}-warped.png",
        "the arrows": out / f"{name}-arrows.svg",
        "all as layers, for Krita or GIMP": out / f"{name}.ora",
    }
    paths = list(files.values())
    for one, path in zip((picture, painted, warped), paths, strict=False):
        save_picture(one, path)
    write_arrows(paths[3], pairs, picture.size)
    save_openraster(paths[4], [(f"{style} · warped", warped), (style, painted), ("Photograph", picture)])
    for what, path in files.items():
        say(f"{what + ':':34}{path}")


def _arrows(arrows, scale: tuple[float, float]) -> KeypointPairs:
    points = np.asarray(arrows, float) * np.asarray(scale)
    return KeypointPairs(points[:, 0], points[:, 1])
