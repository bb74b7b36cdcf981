"""Whether a chain of subnets of different styles needs its colours matched: style loss with and without, and of the fine style alone.

    BRUSHWARP_DEV_DATA=… .venv/bin/python tests/benchmarks/mixing.py COARSE FINE [--sheet FILE.png]

Four test photographs at a short side of 512: the coarse strokes of one style, the medium and the fine ones of another; the loss is that
against the other's painting, at 256 and 512 pixels. Matched: what enhance is handed gets the mean and the covariance of the colours that
its own style's coarse strokes have on the same photograph (Pitié & Kokaram 2007). Last time: see MEASURED.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import torch
from PIL import Image
from quality import PHOTOS, at_short_side
from torch import Tensor

from brushwarp import api
from brushwarp.features import denormalise, load_encoder, normalise
from brushwarp.image import resize
from brushwarp.losses import gram_matrix, style_loss
from brushwarp.multimodal.objective import STYLE_LAYERS, STYLE_SHORT_SIDES
from brushwarp.multimodal.photos import open_rgb, style_pyramid, to_tensor
from brushwarp.multimodal.transfer import plan_painting

SHORT_SIDE = 512
EPSILON = 1e-6
MEASURED = """hokusai_great_wave (its style subnet alone trained) under vangogh_starry_night, at 256/512 px:
    chained 0.028/0.104 0.028/0.110 0.037/0.100 0.025/0.142, matched 0.026/0.109 0.026/0.119 0.045/0.087 0.026/0.149,
    the fine style alone 0.028/0.110 0.030/0.103 0.039/0.091 0.026/0.128, the photographs 0.43/0.46 0.49/0.45 0.66/0.68 0.51/0.37"""


def with_colours_of(x: Tensor, reference: Tensor) -> Tensor:
    """x (1, 3, H, W) with the mean and covariance of the other's colours, by the linear optimal transport between the two."""
    points, others = x[0].flatten(1).double(), reference[0].flatten(1).double()
    root, inverse = power(torch.cov(points), 0.5), power(torch.cov(points), -0.5)
    matrix = inverse @ power(root @ torch.cov(others) @ root, 0.5) @ inverse
    return (matrix @ (points - points.mean(1, keepdim=True)) + others.mean(1, keepdim=True)).to(x).reshape(x.shape)


def power(matrix: Tensor, exponent: float) -> Tensor:
    values, vectors = torch.linalg.eigh(matrix)
    return vectors @ torch.diag(values.clamp_min(EPSILON) ** exponent) @ vectors.T


@torch.inference_mode()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("coarse")
    parser.add_argument("fine")
    parser.add_argument("--sheet", type=Path, help="a picture of all that was painted here")
    arguments = parser.parse_args()
    data = Path(os.environ["BRUSHWARP_DEV_DATA"])
    encoder = load_encoder(folder=data / "weights")
    coarse, fine = (api.load_painter(style, "cpu") for style in (arguments.coarse, arguments.fine))
    sides = STYLE_SHORT_SIDES[:2]

    def grams(rgb: Tensor) -> dict[str, Tensor]:
        return {layer: gram_matrix(value) for layer, value in encoder(rgb[None], STYLE_LAYERS).items()}

    targets = [grams(picture) for picture in style_pyramid(data / "style" / f"{fine.pack.card.id}.jpg")[:2]]
    print(f"last time: {MEASURED}")
    rows = []
    for name in PHOTOS[:4]:
        photo = at_short_side(to_tensor(open_rgb(data / "content" / "test" / name)), SHORT_SIDE)
        plan = plan_painting(tuple(photo.shape[1:]))
        seen = normalise(resize(photo, plan.sizes[0])[None])
        first = coarse.network.style(seen)
        painted = [photo]
        for handed_on in (first, with_colours_of(first, fine.network.style(seen))):
            y = fine.network.enhance(resize(handed_on, plan.sizes[1]))
            for size in plan.sizes[2:]:
                y = fine.network.refine(resize(y, size))
            painted.append(denormalise(y)[0].clamp(0, 1))
        painted.append(fine.paint(photo, plan))
        losses = [[style_loss(grams(at_short_side(picture, side)), target).item() for side, target in zip(sides, targets, strict=True)] for picture in painted]
        words = ("photograph", "chained", "matched", "fine style alone")
        print(f"{name:16}" + ", ".join(f"{word} {a:.3f}/{b:.3f}" for word, (a, b) in zip(words, losses, strict=True)), flush=True)
        rows.append(torch.cat(painted, 2))
    if arguments.sheet:
        width = max(row.shape[2] for row in rows)
        sheet = torch.cat([torch.nn.functional.pad(row, (0, width - row.shape[2])) for row in rows], 1)
        Image.fromarray((sheet * 255).round().byte().permute(1, 2, 0).numpy()).save(arguments.sheet)


if __name__ == "__main__":
    main()
