"""How near a painted photograph comes to its style, as a share of where the photograph began.

    BRUSHWARP_DEV_DATA=… .venv/bin/python tests/benchmarks/style_loss.py [STYLE] [--sheet FOLDER]

Paints four test photographs at a short side of 1024, scales photograph and painting to a short side of 256, 512 and 1024, and
compares the style loss of both (relative Gram error, development encoder) with the painting of the same scale.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import torch
from PIL import Image

from brushwarp.api import load_painter
from brushwarp.features import load_encoder
from brushwarp.image import resize
from brushwarp.losses import gram_matrix, style_loss
from brushwarp.multimodal.objective import STYLE_LAYERS, STYLE_SHORT_SIDES
from brushwarp.multimodal.photos import open_rgb, style_pyramid, to_tensor
from brushwarp.multimodal.transfer import plan_painting

PHOTOS = ("unsplash_05.jpg", "clic_10.jpg", "kodak_15.jpg", "wall_09.jpg")
SHORT_SIDE = 1024


def at_short_side(picture: torch.Tensor, short_side: int) -> torch.Tensor:
    share = short_side / min(picture.shape[-2:])
    return resize(picture, tuple(round(side * share) for side in picture.shape[-2:]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("style", nargs="?", default="vangogh_starry_night")
    parser.add_argument("--picture", help="the painting's file name in the development data; the style's own by default")
    parser.add_argument("--sheet", type=Path, help="also save what was painted here")
    arguments = parser.parse_args()
    data = Path(os.environ["BRUSHWARP_DEV_DATA"])
    encoder = load_encoder(folder=data / "weights")
    painter = load_painter(arguments.style, "cpu")

    @torch.inference_mode()
    def grams(rgb: torch.Tensor) -> dict[str, torch.Tensor]:
        return {layer: gram_matrix(value) for layer, value in encoder(rgb[None], STYLE_LAYERS).items()}

    pictures = style_pyramid(data / "style" / (arguments.picture or f"{painter.pack.card.id}.jpg"))
    targets = [grams(picture) for picture in pictures]
    print(f"{'photograph':20}" + "".join(f"{f'{side} px':>26}" for side in STYLE_SHORT_SIDES))
    worst = 0.0
    for name in PHOTOS:
        photo = at_short_side(to_tensor(open_rgb(data / "content" / "test" / name)), SHORT_SIDE)
        painted = painter.paint(photo, plan_painting(tuple(photo.shape[-2:])))
        if arguments.sheet:
            arguments.sheet.mkdir(parents=True, exist_ok=True)
            Image.fromarray((painted.permute(1, 2, 0) * 255).round().byte().numpy()).save(arguments.sheet / f"{Path(name).stem}.png")
        line = f"{name:20}"
        for side, target in zip(STYLE_SHORT_SIDES, targets, strict=True):
            before, after = (style_loss(grams(at_short_side(picture, side)), target).item() for picture in (photo, painted))
            worst = max(worst, after / before)
            line += f"{before:9.4f} → {after:.4f} {after / before:6.1%}"
        print(line, flush=True)
    print(f"worst {worst:.1%}")


if __name__ == "__main__":
    main()
