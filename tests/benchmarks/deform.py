"""Seconds an iteration of Deformable Style Transfer over STROTSS: ours against a plain transcription of the published code.

    BRUSHWARP_DEV_DATA=… OMP_NUM_THREADS=1 .venv/bin/python tests/benchmarks/deform.py [PAIR] [--iterations 4] [--encoder vgg19-dev]
        [--size 256] [--device cuda]

Same mathematics on both sides: encoder, layers, 2048 positions, weights, form of R_TV; the optimisers differ (theirs takes no time
worth naming). Both sides in one run, scale by scale. On our side `compact` is timed besides, and the whole VGG-19 with random weights,
whose deep layers the development encoder spares. CPU seconds, on a CUDA device wall seconds (there take --iterations 50; wanted: 0.006
at 256 px). ONEDNN_MAX_CPU_ISA=AVX512_CORE turns bfloat16 off.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median

import torch
from development_pair import development_data, open_pair
from published_deform import PublishedDeform
from torch import Tensor

from brushwarp.deformable import DeformSettings
from brushwarp.deformable.moving_arrows import MovingArrows
from brushwarp.devices import choose_device, describe_device, fast_dtype
from brushwarp.features import STROTSS_LAYERS, Encoder, load_encoder, normalise
from brushwarp.features.vgg import VGG19_BLOCKS, VggStack
from brushwarp.geometry import KeypointPairs
from brushwarp.optimization import Course, Strotss, optimise
from brushwarp.optimization.pyramid import PyramidCanvas, scaled
from brushwarp.replay import adam

SETTINGS = DeformSettings(content_weight=8.0, tv_weight=50.0, tv_form="published")
MEASURED = """at 64, 128 and 256 px, one AVX2 core, float32 2.7, 2.7 and 2.5 times, compact 1.8, 2.0 and 2.3 times further, 3.1, 3.3 and
    4.0 times from the whole VGG-19; one AVX512-BF16 core, float32 2.4, 2.5 and 2.5 times, compact 1.7, 1.7 and 2.1 times further, 2.7, 2.9 and 3.2 times from the whole VGG-19;
    bfloat16 3.9, 3.7 and 3.6 times, compact 1.5, 1.7 and 2.0 times further, 2.4, 2.6 and 3.1 times from the whole VGG-19"""


class RandomVgg19(VggStack):
    """As much work as VGG-19 to relu5_1."""

    name = "vgg19"

    def __init__(self) -> None:
        super().__init__(VGG19_BLOCKS)

    def forward(self, rgb: Tensor, layers: tuple[str, ...]) -> dict[str, Tensor]:
        return super().forward(normalise(rgb), layers)


def seconds(run: Callable[[int], object], count: int, device: torch.device) -> float:
    """Seconds an iteration of run(iterations): the median of `count` after one that is not counted; on a CUDA device, which works
    behind the host's back, the mean of `count` after ten that are not."""
    if device.type != "cuda":
        return median([taken(time.process_time, run, 1) for _ in range(count + 1)][1:])
    return (taken(time.perf_counter, run, count + 10) - taken(time.perf_counter, run, 10)) / count


def taken(clock: Callable[[], float], run: Callable[[int], object], iterations: int) -> float:
    start = clock()
    run(iterations)
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return clock() - start


def ours(encoder: Encoder, content: Tensor, style: Tensor, arrows: KeypointPairs, coarser: int) -> Callable[[int], object]:
    """Iterations of our loop at a scale, as a function of their number."""
    canvas = PyramidCanvas.sharing(PyramidCanvas(content), coarser)
    bend = MovingArrows(arrows, (content.shape[1], content.shape[2]), SETTINGS, content.device)
    bend.at(canvas.size)
    there = (style.shape[1] >> coarser, style.shape[2] >> coarser)
    objective = Strotss(encoder, samples=2048, redraw=0).objective(scaled(content, canvas.size), scaled(style, there), 8.0 * 2**coarser, 0)
    optimiser = adam([{"params": [*canvas.parameters, *bend.parameters], "lr": 5e-3}])
    return lambda iterations: optimise(canvas, objective, optimiser, iterations, Course(), bend=bend)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pair", nargs="?", default="man_short_hair__amedeo_modigliani_0")
    parser.add_argument("--iterations", type=int, default=4)
    parser.add_argument("--encoder", default="vgg19-dev")
    parser.add_argument("--size", type=int, default=SETTINGS.size, help="the long side")
    parser.add_argument("--device", default="cpu")
    arguments = parser.parse_args()
    device = choose_device(arguments.device)
    content, style, arrows = open_pair(arguments.pair, arguments.size)
    content, style = content.to(device), style.to(device)
    encoder = load_encoder(arguments.encoder, folder=development_data() / "weights").to(device)
    compact, whole_vgg = load_encoder("compact").to(device), RandomVgg19().to(device)
    layers = STROTSS_LAYERS[encoder.name]
    with torch.no_grad():
        scales = {layer: float(value.square().mean().sqrt()) for layer, value in encoder(style[None], layers).items()}
    published = PublishedDeform(
        encoder, content, style, torch.tensor(arrows.source), torch.tensor(arrows.target), layers=layers, layer_scales=scales
    )

    def publish(iterations: int) -> None:
        for _ in range(iterations):
            published.step()

    print(f"{len(arrows)} arrows, {describe_device(device)}, {fast_dtype(device)}; last time: {MEASURED}")
    for scale in range(3):
        published.begin(scale)
        theirs = seconds(publish, arguments.iterations, device)
        runs = (ours(network, content, style, arrows, 2 - scale) for network in (encoder, compact, whole_vgg))
        mine, small, large = (seconds(run, arguments.iterations, device) for run in runs)
        print(
            f"{max(content.shape) >> (2 - scale):4} px: published {theirs:.4f} s, ours {mine:.4f} s ({theirs / mine:.1f}x), "
            f"compact {small:.4f} s ({mine / small:.1f}x further; {large / small:.1f}x from the whole VGG-19's {large:.4f} s)",
            flush=True,
        )


if __name__ == "__main__":
    main()
