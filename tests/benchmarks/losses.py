"""STROTSS' and DST's losses against the formulas in plain autograd, forward and backward, in one run.

    .venv/bin/python tests/benchmarks/losses.py [--points 2048] [--style-points 5000] [--columns 2179] [--repeats 3] [--dtype bfloat16]

Plain: whole matrices, and the style's moments each time, as in the published code. The content's self-similarity is not counted
on either side. Prints the median CPU seconds, the ratio, the memory that each adds at its peak, and how far apart values and
gradients are. Last time (one AVX2 core, float32): relaxed EMD 2.7, moments 2.7, palette 7.2, self-similarity 1.6, all 2.6.
"""

from __future__ import annotations

import argparse
import multiprocessing
import multiprocessing.connection
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from brushwarp.losses import (
    moment_distance,
    palette_distance,
    relaxed_emd,
    self_similarity,
    self_similarity_distance,
    style_statistics,
)

sys.path.insert(0, str(Path(__file__).parents[1] / "losses"))
import plain  # noqa: E402

NAMES = ("relaxed EMD", "moments", "palette", "self-similarity")


def sets(arguments: argparse.Namespace) -> tuple[Tensor, Tensor, Tensor]:
    """Positive and heavy-tailed, as activations after a ReLU are."""
    generator = torch.Generator().manual_seed(0)
    size = (arguments.points, arguments.style_points, arguments.points)
    return tuple(torch.randn(rows, arguments.columns, generator=generator).relu_().add_(0.1) for rows in size)


def losses(name: str, arguments: argparse.Namespace, side: str) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """What to start from, and the loss with all that is constant computed."""
    x, style, content = sets(arguments)
    if side == "plain":
        if name == "self-similarity":
            target = plain.cosine_distances(content, content)
            target = target / target.sum(0)

            def plain_content(x: Tensor) -> Tensor:
                ours = plain.cosine_distances(x, x)
                return (ours / ours.sum(0) - target).abs().mean() * len(x)

            return x, plain_content
        loss = {"relaxed EMD": plain.relaxed_emd, "moments": plain.moment_distance, "palette": plain.palette_distance}[name]
        return x, lambda x: loss(x, style)
    if name == "self-similarity":
        target = self_similarity(content)
        return x, lambda x: self_similarity_distance(x, target)
    known = style_statistics(style, dtype=getattr(torch, arguments.dtype))
    loss = {"relaxed EMD": relaxed_emd, "moments": moment_distance, "palette": palette_distance}[name]
    return x, lambda x: loss(x, known)


def evaluated(x: Tensor, loss: Callable[[Tensor], Tensor]) -> tuple[float, Tensor]:
    x = x.detach().requires_grad_()
    value = loss(x)
    value.backward()
    return value.item(), x.grad


def peak(name: str, arguments: argparse.Namespace, side: str, answer: multiprocessing.connection.Connection) -> None:
    """In a process of its own, for a peak is never forgotten."""
    x, loss = losses(name, arguments, side)
    # What was computed once may have peaked higher, and must not hide this: memory is filled up to there first.
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    now = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 1024
    filler = torch.ones(max(0, before - now) * 256)
    evaluated(x, loss)
    answer.send((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - max(before, now), len(filler)))


def peak_megabytes(name: str, arguments: argparse.Namespace, side: str) -> float:
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=peak, args=(name, arguments, side, sender))
    process.start()
    kilobytes, _ = receiver.recv()
    process.join()
    return kilobytes / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=2048)
    parser.add_argument("--style-points", type=int, default=5000)
    parser.add_argument("--columns", type=int, default=2179)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), default="float32", help="of the large products")
    arguments = parser.parse_args()
    print(f"{torch.get_num_threads()} threads, {arguments.dtype} products, CPU seconds forward and backward, MB added at the peak")
    print(f"{'':16}{'plain':>9}{'ours':>9}{'ratio':>8}{'plain MB':>10}{'ours MB':>9}{'value off':>11}{'gradient cosine':>17}")
    totals = {"plain": 0.0, "ours": 0.0}
    for name in NAMES:
        work = {side: losses(name, arguments, side) for side in totals}
        seconds: dict[str, list[float]] = {side: [] for side in totals}
        results = {side: evaluated(*work[side]) for side in totals}  # once to warm up
        for _ in range(arguments.repeats):  # in turns, so that a busy machine is busy for both
            for side in totals:
                start = time.process_time()
                evaluated(*work[side])
                seconds[side].append(time.process_time() - start)
        median = {side: statistics.median(seconds[side]) for side in totals}
        del work
        memory = {side: peak_megabytes(name, arguments, side) for side in totals}
        (expected, slope), (value, our_slope) = results["plain"], results["ours"]
        cosine = torch.cosine_similarity(slope.double().flatten(), our_slope.double().flatten(), 0).item()
        print(
            f"{name:16}{median['plain']:9.2f}{median['ours']:9.2f}{median['plain'] / median['ours']:8.2f}"
            f"{memory['plain']:10.0f}{memory['ours']:9.0f}{abs(value / expected - 1):11.1e}{cosine:17.6f}",
            flush=True,
        )
        for side in totals:
            totals[side] += median[side]
    print(f"{'all':16}{totals['plain']:9.2f}{totals['ours']:9.2f}{totals['plain'] / totals['ours']:8.2f}")


if __name__ == "__main__":
    main()
