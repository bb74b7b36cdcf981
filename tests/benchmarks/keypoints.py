"""How near suggested keypoints carry hand-placed points to their hand-placed counterparts, and what it takes.

    BRUSHWARP_DEV_DATA=… .venv/bin/python tests/benchmarks/keypoints.py [--encoders vgg19-dev,compact] [--count 12] [--sheet FILE] [--unrelated N]

On every pair of the development data: the mean distance as a share of the face's size (the longer side of the box around its style
points). ours: the hand-placed content points carried by the suggested pairs' spline (and its anchors at the edge), or resized where
nothing was suggested; resizing alone; similarity: of the same suggested pairs; published: the spline of `suggest_as_published`; trial:
mutual nearest neighbours of relu4_1 + relu5_1 at 256 px, one robust similarity. Seconds are CPU seconds, once warm. --unrelated
prints how sure it is of photographs and paintings that show other things: what LEAST_SURE and SURE are set by.

Last time, means over the eight faces (AVX512, a shared machine): vgg19-dev ours 0.079, resizing 0.201, similarity 0.105, published
0.093, trial 0.186; below the trial on 8, never above resizing; 2.1 to 2.9 s; none suggested for tree and wave. compact 0.193, 0.201, 0.197, 0.206,
0.336: sure of two faces only, at most 1.03 times resizing; 0.3 to 1.7 s. Unrelated, 24 pairs: 1.8 to 3.9 and one 5.8; compact 1.8 to 3.9, one 4.5.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from PIL import Image

from brushwarp.correspondence import draw_sheet, suggest, suggest_as_published
from brushwarp.correspondence.buddies import mutual
from brushwarp.correspondence.search import correlations, unit_features, whole_search
from brushwarp.correspondence.views import look, working_size
from brushwarp.features import Encoder, load_encoder
from brushwarp.geometry import PointPairs, align, border_anchors, fit_similarity, read_pairs
from brushwarp.geometry.spline import fit_thin_plate
from brushwarp.image import Picture, load_picture

SCENES = ("tree__jack_pine", "wave__great_wave")  # no faces: points placed loosely
COLUMNS = ("ours", "resizing", "similarity", "published", "trial")
CPU = torch.device("cpu")


def carried(pairs: PointPairs, content: Picture, style: Picture, points: np.ndarray) -> np.ndarray:
    """Points (k, 2) of the content on the style picture, along the arrows of the pairs and then the similarity; resized without any."""
    if not len(pairs):
        return points * (style.width / content.width, style.height / content.height)
    found = align(pairs, content.size, style.size)
    anchors = border_anchors(content.size)
    centres = np.concatenate([found.arrows.source, anchors])
    values = np.concatenate([found.arrows.target - found.arrows.source, np.zeros_like(anchors)])
    moved = fit_thin_plate(torch.tensor(centres), torch.tensor(values)).at(torch.tensor(points)).numpy()
    return found.transform.apply(points + moved)


@torch.inference_mode()
def trial(content: Picture, style: Picture, encoder: Encoder) -> PointPairs:
    """The pairs that one similarity, the best of 2000 drawn, explains to a twelfth of the picture."""
    views = [look(encoder, picture, working_size(picture.size, 256), CPU, (4, 5)) for picture in (content, style)]
    columns = []
    for view in views:
        deep = functional.interpolate(view.maps[5][None], size=view.maps[4].shape[1:], mode="bilinear")[0]
        columns.append(torch.cat([unit_features(view.maps[4]), unit_features(deep)]))
    found = mutual(*whole_search(correlations(*columns, 1), columns[0].shape[1:], columns[1].shape[1:]))
    source, target = (view.points(places, 4) for view, places in zip(views, found, strict=True))
    p, q = source @ (1, 1j), target @ (1, 1j)
    first, second = np.random.default_rng(0).integers(len(p), size=(2, 2000))
    factor = (q[second] - q[first]) / np.where(first == second, np.inf, p[second] - p[first])
    shift = q[first] - factor * p[first]
    near = np.abs(factor[:, None] * p + shift[:, None] - q) < max(style.size) / 12
    possible = (np.abs(factor) > 0.4) & (np.abs(factor) < 2.5) & (np.abs(np.angle(factor)) < np.pi / 4)
    best = near[(near.sum(1) * possible).argmax()]
    return PointPairs(source[best], target[best])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoders", default="vgg19-dev,compact")
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--sheet", type=Path, help="a PNG of all suggested arrows; each encoder's name is put before its suffix")
    parser.add_argument("--unrelated", type=int, default=0, metavar="N")
    arguments = parser.parse_args()
    data = Path(os.environ["BRUSHWARP_DEV_DATA"])
    for name in arguments.encoders.split(","):
        encoder = load_encoder(name, folder=data / "weights")
        report(encoder, data / "pairs", arguments.count, arguments.sheet)
        if arguments.unrelated:
            print(f"unrelated, sureness: {unrelated(encoder, data, arguments.unrelated)}")


def report(encoder: Encoder, folder: Path, count: int, sheet: Path | None) -> None:
    print(f"{encoder.name}, at most {count} arrows\n{'':40}" + "".join(f"{column:>11}" for column in COLUMNS) + "   sure arrows seconds")
    rows, images = {}, []
    for place in sorted(folder.iterdir()):
        content, style = (load_picture(place / f"{what}.jpg") for what in ("content", "style"))
        by_hand = read_pairs(place / "keypoints.txt")
        span = np.ptp(by_hand.style, axis=0).max()
        begin = time.process_time()
        found = suggest(content, style, encoder, count=count)
        seconds = time.process_time() - begin
        tried = trial(content, style, encoder)
        resized = carried(found.matches[:0], content, style, by_hand.content)
        on_style = {
            "ours": carried(found.matches, content, style, by_hand.content),
            "resizing": resized,
            "similarity": fit_similarity(found.matches.content, found.matches.style).apply(by_hand.content) if len(found) else resized,
            "published": carried(suggest_as_published(content, style, encoder).matches, content, style, by_hand.content),
            "trial": fit_similarity(tried.content, tried.style).apply(by_hand.content),
        }
        rows[place.name] = [np.linalg.norm(on_style[column] - by_hand.style, axis=1).mean() / span for column in COLUMNS]
        print(f"{place.name:40}" + "".join(f"{value:11.3f}" for value in rows[place.name]) + f"{found.sureness:7.1f}{len(found):7}{seconds:8.2f}", flush=True)
        images.append(draw_sheet(content, style, found, f"{place.name}, {encoder.name}: {rows[place.name][0]:.3f}"))
    faces = np.array([row for name, row in rows.items() if name not in SCENES])
    print(f"{'mean over the faces':40}" + "".join(f"{value:11.3f}" for value in faces.mean(0)))
    print(
        f"faces below the trial: {(faces[:, 0] < faces[:, 4]).sum()} of {len(faces)}; "
        f"largest ratio to resizing: {max(row[0] / row[1] for row in rows.values()):.2f}"
    )
    if sheet:
        stacked(images).save(sheet.with_name(f"{sheet.stem}-{encoder.name}{sheet.suffix}"))


def stacked(images: list[Image.Image], columns: int = 2) -> Image.Image:
    width, height = max(image.width for image in images), max(image.height for image in images)
    whole = Image.new("RGB", (width * columns, height * -(-len(images) // columns)), "white")
    for index, image in enumerate(images):
        whole.paste(image, (index % columns * width, index // columns * height))
    return whole


def unrelated(encoder: Encoder, data: Path, number: int) -> str:
    """Sureness of pairs drawn at random, sorted."""
    chance = random.Random(1)
    photos, paintings = (sorted((data / part).glob("*.jpg")) for part in ("content/train", "style"))
    chance.shuffle(photos)
    chance.shuffle(paintings)
    drawn = list(zip(photos, paintings, strict=False))[:number]
    return " ".join(f"{each:.1f}" for each in sorted(suggest(load_picture(a), load_picture(b), encoder, count=1).sureness for a, b in drawn))


if __name__ == "__main__":
    main()
