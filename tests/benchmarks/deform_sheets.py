"""Every pair of the development data, deformed by each base method: a contact sheet a pair, and how far the arrows got.

    BRUSHWARP_DEV_DATA=… .venv/bin/python tests/benchmarks/deform_sheets.py [PAIR …] --out FOLDER [--encoder auto] [--preset balanced] [--long-side 512]

Columns: content, style picture, STROTSS without arrows, and deformed over Gatys, STROTSS and Multimodal Transfer (in the trained
style of that painting where there is one, else in --style). Printed: the mean distance from source to target before and after, in
pixels of the content, and the seconds that each took. Wanted: after at most a third of before.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from brushwarp import api
from brushwarp.bridge.presets import PRESETS
from brushwarp.deformable import Deformation, DeformSettings
from brushwarp.geometry import KeypointPairs
from brushwarp.geometry.pairs import align, read_pairs
from brushwarp.image import Picture, load_picture, resize
from brushwarp.styles import list_styles

TRAINED = {"wave__great_wave": "hokusai_great_wave", "tree__jack_pine": "thomson_jack_pine"}
CELL = 480  # pixels of a column's height
LABEL = 22


def smaller(picture: Picture, long_side: int) -> Picture:
    share = min(1.0, long_side / max(picture.size))
    return picture.with_pixels(resize(picture.pixels, tuple(round(side * share) for side in picture.size)))


def arrived(found: Deformation, pairs: KeypointPairs) -> tuple[float, float]:
    """Mean distance from source to target before and after, over the arrows that were followed."""
    followed = {tuple(source): target for source, target in zip(pairs.source.round(6), pairs.target, strict=True)}
    targets = np.array([followed[tuple(source)] for source in found.pairs.source.round(6)])
    return tuple(float(np.linalg.norm(points - targets, axis=1).mean()) for points in (found.pairs.source, found.pairs.target))


def sheet(columns: list[tuple[str, Picture]], path: Path) -> None:
    images = []
    for label, picture in columns:
        image = Image.fromarray((picture.pixels.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy())
        image = image.resize((round(image.width * CELL / image.height), CELL), Image.Resampling.LANCZOS)
        cell = Image.new("RGB", (image.width + 4, CELL + LABEL), "white")
        cell.paste(image, (2, LABEL))
        ImageDraw.Draw(cell).text((4, 5), label, fill="black")
        images.append(cell)
    whole = Image.new("RGB", (sum(image.width for image in images), CELL + LABEL), "white")
    left = 0
    for image in images:
        whole.paste(image, (left, 0))
        left += image.width
    whole.save(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pairs", nargs="*", help="names of pairs; all by default")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--bases", default="plain,gatys,strotss,multimodal", help="which columns; plain is STROTSS without arrows")
    parser.add_argument("--encoder", default="auto")
    parser.add_argument("--preset", choices=PRESETS, default="balanced")
    parser.add_argument("--long-side", type=int, default=512, help="of the content")
    parser.add_argument("--style", default="vangogh_starry_night", help="of Multimodal Transfer where the painting has none of its own")
    arguments = parser.parse_args()
    folder = Path(os.environ["BRUSHWARP_DEV_DATA"]) / "pairs"
    arguments.out.mkdir(parents=True, exist_ok=True)
    trained = {style.card.id for style in list_styles()}
    settings = DeformSettings.preset(arguments.preset)
    print(f"{arguments.preset}, encoder {arguments.encoder}, {torch.get_num_threads()} threads")
    for name in arguments.pairs or sorted(path.name for path in folder.iterdir()):
        whole, style = (load_picture(folder / name / f"{what}.jpg") for what in ("content", "style"))
        content = smaller(whole, arguments.long_side)
        pairs = align(read_pairs(folder / name / "keypoints.txt"), whole.size, style.size).arrows
        pairs = pairs.scaled(content.width / whole.width, content.height / whole.height)
        columns = [("content", content), ("style", style)]
        for base in arguments.bases.split(","):
            like = style if base != "multimodal" else TRAINED.get(name) if TRAINED.get(name) in trained else arguments.style
            arrows, method = (KeypointPairs.none(), "strotss") if base == "plain" else (pairs, base)
            start = time.perf_counter()
            found = api.deform(content, like, arrows, base=method, settings=settings, encoder=arguments.encoder)
            seconds = time.perf_counter() - start
            label = f"{base}, {seconds:.0f} s"
            if len(arrows):
                before, after = arrived(found, pairs)
                label += f", {after / before:.0%} of the way left"
                print(f"{name:45} {base:10} {before:6.1f} → {after:5.1f} px {after / before:5.0%} folds {found.folds:.1%} {seconds:5.0f} s", flush=True)
            columns.append((label, found.picture))
        sheet(columns, arguments.out / f"{name}.png")


if __name__ == "__main__":
    main()
