"""What the flow of moving arrows costs, forward and backward, against the plain spline at every pixel; and how far it errs.

    OMP_NUM_THREADS=1 .venv/bin/python tests/benchmarks/flow.py [--arrows 18] [--repeats 5]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from brushwarp.geometry import MovingFlow, thin_plate_flow

SIDES = (256, 512)
LENGTH = 0.05  # of the side: about what faces of development pairs move


def scattered(count: int, side: int) -> tuple[Tensor, Tensor]:
    """Sources on a jittered grid and displacements, (count, 2) each."""
    rng = np.random.default_rng(0)
    across = int(np.ceil(np.sqrt(count)))
    cells = rng.permutation(across * across)[:count]
    spots = np.stack([cells % across, cells // across], 1) + rng.uniform(0.3, 0.7, (count, 2))
    turn = rng.uniform(0, 2 * np.pi, count)
    moved = LENGTH * side * np.stack([np.cos(turn), np.sin(turn)], 1)
    return torch.from_numpy(side * (0.1 + 0.8 * spots / across)), torch.from_numpy(moved)


def cpu_seconds(flow: Callable[[Tensor], Tensor], displacement: Tensor, repeats: int) -> float:
    """The median of forward and backward; the first, which warms caches up, does not count."""
    seconds = []
    for _ in range(repeats + 1):
        moving = displacement.clone().requires_grad_()
        began = time.process_time()
        flow(moving).square().mean().backward()
        seconds.append(time.process_time() - began)
    return statistics.median(seconds[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--arrows", type=int, default=18)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    for side in SIDES:
        source, displacement = scattered(arguments.arrows, side)
        size = side, side

        def plain(moved: Tensor, source: Tensor = source, size: tuple[int, int] = size) -> Tensor:
            return thin_plate_flow(source, source + moved, size, tolerance=0)

        began = time.process_time()
        fast = MovingFlow(source, size)
        prepared = time.process_time() - began
        with torch.no_grad():
            error = float((fast(displacement) - plain(displacement)).norm(dim=0).max())
        before, after = (cpu_seconds(flow, displacement, arguments.repeats) for flow in (plain, fast))
        print(
            f"{side} px, {arguments.arrows} arrows: plain {before:.4f} s, moving {after:.4f} s, ratio {before / after:.1f}; "
            f"prepared once in {prepared:.3f} s; largest error {error:.5f} px",
            flush=True,
        )


if __name__ == "__main__":
    main()
