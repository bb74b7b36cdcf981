"""CPU seconds to an equal final loss: Deformable Style Transfer as published, and ours, each with its own optimiser.

    BRUSHWARP_DEV_DATA=… OMP_NUM_THREADS=1 .venv/bin/python tests/benchmarks/deform_course.py [PAIR] [--iterations 150] [--encoder vgg19-dev]

The published procedure runs its iterations at each of three scales. Ours then runs with growing budgets until its total is no more.
Both totals are those of one evaluator, in float64 at 4096 positions of the finest scale, with the published weights and the published
form of R_TV; R_TV is printed besides.

Last time: see MEASURED.
"""

from __future__ import annotations

import argparse
import copy
import time

import torch
from development_pair import development_data, open_pair
from published_deform import PublishedDeform
from torch import Tensor

from brushwarp.deformable import DeformSettings, solve
from brushwarp.features import STROTSS_LAYERS, Encoder, load_encoder
from brushwarp.geometry import KeypointPairs, thin_plate_flow, warp_tensor
from brushwarp.losses import flow_variation, warp_distance
from brushwarp.optimization import Strotss

MEASURED = """vgg19-dev, bfloat16, one AVX512-BF16 core, against 3 x 40 published iterations (558 CPU s, total 4.1009, R_TV 0.0094):
    ours (6, 4, 4) 18 CPU s, total 4.1728, R_TV 0.0158; (12, 8, 8) 33 CPU s, total 3.8263, R_TV 0.0326, its arrows being further on"""
BUDGETS = ((6, 4, 4), (12, 8, 8), (20, 15, 15), (32, 24, 24), (50, 40, 40), (75, 60, 60), (100, 80, 80), (150, 120, 120))
SETTINGS = DeformSettings(content_weight=8.0, warp_weight=0.5, tv_weight=50.0, tv_form="published")


class Evaluator:
    """DST's loss at the finest scale, in float64, at positions of its own."""

    def __init__(self, encoder: Encoder, content: Tensor, style: Tensor, target: Tensor) -> None:
        self.objective = Strotss(copy.deepcopy(encoder).double(), samples=4096, redraw=0).objective(content.double(), style.double(), 8.0, 99)
        self.objective.draw()
        self.target = target

    @torch.no_grad()
    def __call__(self, picture: Tensor, pairs: KeypointPairs) -> tuple[float, float]:
        """Total and R_TV of a picture (3, H, W), not warped, and arrows as they were moved."""
        flow = thin_plate_flow(pairs.source, pairs.target, tuple(picture.shape[1:]), tolerance=0)
        both = torch.stack([picture.double(), warp_tensor(picture.double(), flow)])
        shown, bent = self.objective.features(both)
        variation = flow_variation(flow, form="published")
        total = SETTINGS.content_weight * self.objective.content(shown) + self.objective.style(shown) + self.objective.style(bent)
        total += SETTINGS.warp_weight * warp_distance(torch.tensor(pairs.target), self.target) + SETTINGS.tv_weight * variation
        return float(total), float(variation)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pair", nargs="?", default="man_short_hair__amedeo_modigliani_0")
    parser.add_argument("--iterations", type=int, default=150, help="of the published procedure, at each scale")
    parser.add_argument("--encoder", default="vgg19-dev")
    arguments = parser.parse_args()
    content, style, arrows = open_pair(arguments.pair, SETTINGS.size)
    encoder = load_encoder(arguments.encoder, folder=development_data() / "weights")
    evaluate = Evaluator(encoder, content, style, torch.tensor(arrows.target))
    layers = STROTSS_LAYERS[encoder.name]
    with torch.no_grad():
        scales = {layer: float(value.square().mean().sqrt()) for layer, value in encoder(style[None], layers).items()}
    source, target = torch.tensor(arrows.source), torch.tensor(arrows.target)
    print(f"last time: {MEASURED}; unpainted {evaluate(content, KeypointPairs(arrows.source, arrows.source + 1e-3))[0]:.4f}")
    published = PublishedDeform(encoder, content, style, source, target, layers=layers, layer_scales=scales)
    start = time.process_time()
    for scale in range(3):
        published.begin(scale)
        for _ in range(arguments.iterations):
            published.step()
    theirs = time.process_time() - start
    aim, restless = evaluate(published.picture(), KeypointPairs(arrows.source, published.moved().double().numpy()))
    print(f"published, 3 x {arguments.iterations} iterations: {theirs:.0f} CPU s, total {aim:.4f}, R_TV {restless:.5f}", flush=True)
    for iterations in BUDGETS:
        start = time.process_time()
        settings = DeformSettings(**{**SETTINGS.__dict__, "iterations": iterations})
        picture, solved, _ = solve(content, style, arrows, Strotss(encoder, samples=2048, redraw=0), settings)
        mine = time.process_time() - start
        total, variation = evaluate(picture, solved)
        print(f"ours, {iterations}: {mine:.0f} CPU s, total {total:.4f}, R_TV {variation:.5f}, {theirs / mine:.1f}x", flush=True)
        if total <= aim:
            break


if __name__ == "__main__":
    main()
