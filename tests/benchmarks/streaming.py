"""A painting in strips against the same at once: time, memory, seams.

    .venv/bin/python tests/benchmarks/streaming.py [--megapixels 1,4] [--once 4] [--memory MB] [--style ID] [--values N,…] [--curve]

For each size: CPU seconds a megapixel in strips, and (up to --once megapixels) at once, in one run, their ratio and largest difference; the
peak of anonymous memory above what was held before (pages of spilled files don't count: the system takes them back at will); and the ratio
of differences from row to row at every strip's edge to those elsewhere, over that of the picture at once. --memory: the budget. --values: of a
strip, to compare. --curve: also the anonymous memory at twenty moments, evenly apart. Last time: see MEASURED.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import torch
from torch import Tensor

from brushwarp.allocation import keep_memory
from brushwarp.api import load_painter
from brushwarp.devices import choose_device, describe_device
from brushwarp.measuring import measure
from brushwarp.sample import render_sample

ASPECT = 4 / 3
MEASURED = """AVX2, one busy core of two, float32: 1 MP in strips 0.91 to 0.96 times as long as at once, 2.3e-5 away at most, seams 1.0000
two cores with AVX512-BF16, bfloat16: 1 MP in strips 1.04 times as long as at once, 185 MB instead of 455, 9.1e-3 away at most, seams 1.0002;
4 MP 0.96 times, 565 MB instead of 1669, 3.3e-2 away, seams 1.0008; 24 MP within 1500 MB 1207 MB at the peak;
100 MP within 8000 MB 2.51 CPU s a MP, 6415 MB at the peak, within 2000 MB 2.93 and 1653; before, in 1646 MB, at twenty moments
16, 405, 156, 187, 375, 360, 373, 373, 398, 409, 409, 410, 422, 422, 422, 423, 423, 440, 501, 1149 MB (the last step's picture fills at the end)"""


def seam_ratio(picture: Tensor, every: int) -> float:
    steps = (picture[:, 1:] - picture[:, :-1]).abs().mean((0, 2))
    seams = torch.arange(len(steps)) % every == every - 1
    return float(steps[seams].mean() / steps[~seams].mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megapixels", default="1,4")
    parser.add_argument("--once", type=float, default=4, help="megapixels up to which it is painted at once besides")
    parser.add_argument("--memory", type=float, help="MB that may be taken")
    parser.add_argument("--style", default="munch_the_scream_1893")
    parser.add_argument("--values", default="")
    parser.add_argument("--curve", action="store_true")
    arguments = parser.parse_args()
    print(f"last time: {MEASURED}")
    keep_memory()  # as the worker and the command line do
    painter = load_painter(arguments.style)
    print(f"{describe_device(choose_device())}, {painter.dtype}")
    painter.paint(torch.rand(3, 64, 64), painter.plan((64, 64)))
    for megapixels in map(float, arguments.megapixels.split(",")):
        height = round((megapixels * 1e6 / ASPECT) ** 0.5)
        size = (height, round(height * ASPECT))
        rgb = render_sample(768, 576)
        rgb = torch.nn.functional.interpolate(rgb[None], size=size, mode="bilinear")[0].contiguous()
        plan = painter.plan(size, memory=None if arguments.memory is None else round(arguments.memory * 1e6))
        plans = [replace(plan, strips=replace(plan.strips, values=int(values))) for values in filter(None, arguments.values.split(","))] or [plan]
        once = None
        if megapixels <= arguments.once:
            once, cost = measure(lambda size=size, rgb=rgb: painter.paint(rgb, painter.plan_freely(size)), painter.device)
            seconds = cost.cpu_seconds
            print(f"{megapixels:5.1f} MP at once: {seconds / megapixels:.2f} CPU s a MP, {cost.peak / 1e6:.0f} MB", flush=True)
        for plan in plans:
            picture, cost = measure(lambda plan=plan, rgb=rgb: painter.paint(rgb, plan), painter.device)
            taken = cost.cpu_seconds
            line = f"{megapixels:5.1f} MP {plan.strips}: {taken / megapixels:.2f} CPU s a MP, {cost.peak / 1e6:.0f} MB, {cost.peak / size[0] / size[1]:.0f} bytes a pixel"
            if once is not None:
                every = max(1, plan.strips.values // (3 * size[1]))
                seams = seam_ratio(picture, every) / seam_ratio(once, every)
                line += f"; {taken / seconds:.2f} times as long as at once, {(picture - once).abs().max():.1e} away at most, seams {seams:.4f}"
            print(line, flush=True)
            if arguments.curve:
                moments = (cost.looks[len(cost.looks) * moment // 20] for moment in range(20))
                print(f"         MB: {', '.join(f'{held / 1e6:.0f}' for held in moments)}", flush=True)


if __name__ == "__main__":
    main()
