"""What the compact encoder keeps of its teacher, and what it saves.

    BRUSHWARP_DEV_DATA=… .venv/bin/python tests/benchmarks/encoders.py [--photos N] [--paintings N] [--side 256] [--repeats 5]

Prints Spearman's rank correlation of the style distances of photographs to paintings (losses.style_loss on MT's five layers, all
pairs) between compact and the teacher, over all pairs and layer by layer; the ratio of multiplications to relu5_1; and the ratio of
CPU seconds for one forward and backward pass of STROTSS' layers. VGG-19's own cost is counted and timed with random weights.

Last time (48 photographs, 90 paintings, AVX512; teacher vgg19-dev): rank correlation 0.9292, by layer 0.9689, 0.9442, 0.8367, 0.7600,
0.6101; 10.8 times fewer multiplications; 7.4 times faster.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path

import torch
from scipy.stats import spearmanr
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from brushwarp.features import STROTSS_LAYERS, Encoder, load_encoder
from brushwarp.features.compact import COMPACT_FILE, load_compact
from brushwarp.features.vgg import VGG19_BLOCKS, VggStack
from brushwarp.losses import gram_matrix
from brushwarp.multimodal.objective import STYLE_LAYERS
from brushwarp.multimodal.photos import find_photos, open_rgb, to_tensor


def open_small(path: Path, short_side: int) -> Tensor:
    """(1, 3, H, W) RGB with that short side."""
    image = open_rgb(path)
    share = short_side / min(image.size)
    return to_tensor(image.resize(tuple(round(side * share) for side in image.size)))[None]


@torch.inference_mode()
def grams(encoder: Encoder, paths: list[Path], short_side: int) -> dict[str, Tensor]:
    """{layer: (N, C * C)}, one row a picture."""
    rows = [{layer: gram_matrix(found).flatten() for layer, found in encoder(open_small(path, short_side), STYLE_LAYERS).items()} for path in paths]
    return {layer: torch.stack([row[layer] for row in rows]) for layer in STYLE_LAYERS}


def style_distances(photos: dict[str, Tensor], paintings: dict[str, Tensor]) -> Tensor:
    """(layers, photographs, paintings): the Gram matrices' relative error. Its mean over the layers is losses.style_loss."""
    return torch.stack([torch.cdist(photos[layer], paintings[layer]).square() / paintings[layer].square().sum(1) for layer in STYLE_LAYERS])


def multiplications(encoder: Encoder | VggStack, layer: str, side: int = 224) -> int:
    """Of one picture of side x side pixels, up to the layer."""
    with FlopCounterMode(display=False) as counter:
        encoder(torch.zeros(1, 3, side, side), (layer,))
    return counter.get_total_flops() // 2


def seconds(encoder: Encoder | VggStack, layers: tuple[str, ...], side: int, repeats: int) -> float:
    """Median CPU seconds of a forward and backward pass, after one to warm up."""
    rgb = torch.rand(1, 3, side, side, requires_grad=True)
    found = []
    for _ in range(repeats + 1):
        begin = time.process_time()
        sum(value.square().mean() for value in encoder(rgb, layers).values()).backward()
        found.append(time.process_time() - begin)
    return statistics.median(found[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int)
    parser.add_argument("--paintings", type=int)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--file", type=Path, default=COMPACT_FILE, help="another compact encoder")
    arguments = parser.parse_args()
    data = Path(os.environ["BRUSHWARP_DEV_DATA"])
    teacher, compact = load_encoder(folder=data / "weights"), load_compact(arguments.file)
    photos = find_photos(data / "content" / "test")[: arguments.photos]
    paintings = find_photos(data / "style")[: arguments.paintings]
    wanted, found = (
        style_distances(grams(encoder, photos, arguments.side), grams(encoder, paintings, arguments.side)) for encoder in (teacher, compact)
    )
    print(f"style distances of {len(photos)} photographs to {len(paintings)} paintings, short side {arguments.side}, teacher {teacher.name}")
    print(f"rank correlation   {spearmanr(wanted.mean(0).flatten(), found.mean(0).flatten()).statistic:.4f}")
    for layer, theirs, ours in zip(STYLE_LAYERS, wanted, found, strict=True):
        print(f"    {layer}        {spearmanr(theirs.flatten(), ours.flatten()).statistic:.4f}")
    vgg = VggStack(VGG19_BLOCKS)
    theirs, ours = multiplications(vgg, "relu5_1"), multiplications(compact, "relu5_1")
    print(f"multiplications    VGG-19 {theirs / 1e9:.2f} G, compact {ours / 1e9:.2f} G at 224 x 224: {theirs / ours:.1f} times fewer")
    layers = STROTSS_LAYERS["compact"]
    theirs, ours = (seconds(encoder, layers, arguments.side, arguments.repeats) for encoder in (vgg, compact))
    print(f"forward, backward  VGG-19 {theirs:.3f} s, compact {ours:.3f} s: {theirs / ours:.1f} times faster")


if __name__ == "__main__":
    main()
