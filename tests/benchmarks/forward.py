"""Painting against the same nets in plain eager float32, in one run.

    .venv/bin/python tests/benchmarks/forward.py [--side 1024] [--repeats 5]

Plain eager: contiguous float32, nearest doubling followed by a full 3x3 convolution, as the papers' code has it. Prints medians of
wall and CPU seconds, the ratio, and how far apart the two pictures are.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
import torch.nn.functional as functional

from brushwarp.architectures import build_network
from brushwarp.devices import choose_device, describe_device
from brushwarp.features import denormalise, normalise
from brushwarp.image import resize
from brushwarp.multimodal.network import MultimodalNetwork, Upsample
from brushwarp.multimodal.transfer import Painter, plan_painting
from brushwarp.sample import render_sample
from brushwarp.styles import StyleCard, StylePack


class PlainUpsample(Upsample):
    """Nearest doubling, then the whole kernel on it."""

    def forward(self, x: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
        return self.block(functional.interpolate(x, scale_factor=2, mode="nearest")[..., : size[0], : size[1]])


def plain(network: MultimodalNetwork) -> MultimodalNetwork:
    for module in network.modules():
        if isinstance(module, Upsample):
            module.__class__ = PlainUpsample
    return network


@torch.inference_mode()
def paint_plainly(network: MultimodalNetwork, rgb: torch.Tensor, sizes: tuple[tuple[int, int], ...]) -> torch.Tensor:
    x = network.style(normalise(resize(rgb, sizes[0])[None]))
    x = network.enhance(resize(x, sizes[1]))
    for size in sizes[2:]:
        x = network.refine(resize(x, size))
    return denormalise(x)[0].clamp(0, 1)


def measured(work: Callable[[], torch.Tensor], repeats: int) -> tuple[float, float, torch.Tensor]:
    """Median wall and CPU seconds after one run to warm up, and the result."""
    result = work()
    walls, cpus = [], []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(cpus), result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=1024)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    torch.manual_seed(0)
    pack = StylePack(StyleCard(id="random", name="Random"), dict(MultimodalNetwork().state_dict()))
    device = choose_device()
    painter = Painter(pack, device)
    rgb = render_sample(arguments.side, arguments.side)
    plan = plan_painting((arguments.side, arguments.side))
    eager = plain(build_network(pack)).to(device)
    wall, cpu, reference = measured(lambda: paint_plainly(eager, rgb.to(device), plan.sizes).cpu(), arguments.repeats)
    our_wall, our_cpu, ours = measured(lambda: painter.paint(rgb, plan), arguments.repeats)
    difference = (ours - reference).abs()
    print(f"{describe_device(device)}, {painter.dtype}, {arguments.side} px")
    print(f"plain eager float32  {wall:7.2f} s wall  {cpu:7.2f} s CPU")
    print(f"brushwarp            {our_wall:7.2f} s wall  {our_cpu:7.2f} s CPU")
    print(f"ratio                {wall / our_wall:7.2f}         {cpu / our_cpu:7.2f}")
    print(f"difference           {difference.mean() * 255:.4f}/255 mean, {difference.max() * 255:.4f}/255 at most")


if __name__ == "__main__":
    main()
