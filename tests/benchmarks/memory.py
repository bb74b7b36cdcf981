"""Peak memory of painting, in bytes a pixel of the picture: the number that `plan` and `architectures` plan with.

    .venv/bin/python tests/benchmarks/memory.py [--side 2048] [--architecture multimodal]
    .venv/bin/python tests/benchmarks/memory.py --carry [--side 2048]

At 1536 pixels on a CPU, in float32: multimodal 519, johnson 505, johnson-batchnorm 376, lengstrom 403, ulyanov 392, ulyanov-2016 1080.
--carry: of a deformation's last doubling instead, one iteration, at once and in strips (BRUSHWARP_MEMORY): the numbers of `deformable.full_size`.
"""

from __future__ import annotations

import argparse

import torch

from brushwarp.architectures import ARCHITECTURES, MULTIMODAL, make_network
from brushwarp.deformable import full_size
from brushwarp.devices import choose_device
from brushwarp.measuring import measure
from brushwarp.multimodal.transfer import Painter
from brushwarp.styles import StyleCard, StylePack


def carry(side: int) -> None:
    content, small, style = (torch.rand(3, *size) for size in ((side, side), (side // 2, side // 2), (900, 1100)))
    full_size.ITERATIONS = full_size.ITERATIONS_WHERE_LARGE = 1
    _, cost = measure(lambda: full_size.carry_up(small, content, style), torch.device("cpu"))
    print(f"a doubling to {side} x {side}: {cost.peak / 1e6:.0f} MB, {cost.peak / side**2:.0f} bytes a pixel")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=2048)
    parser.add_argument("--architecture", choices=ARCHITECTURES, default=MULTIMODAL)
    parser.add_argument("--carry", action="store_true")
    arguments = parser.parse_args()
    if arguments.carry:
        carry(arguments.side)
        return
    side, card = arguments.side, StyleCard(id="random", name="Random", architecture=arguments.architecture)
    device = choose_device()
    painter = Painter(StylePack(card, dict(make_network(card).state_dict())), device)
    painter.paint(torch.rand(3, 64, 64), painter.plan_freely((64, 64)))
    rgb = torch.rand(3, side, side)
    _, cost = measure(lambda: painter.paint(rgb, painter.plan_freely((side, side))), device)
    print(f"{arguments.architecture}, {side} x {side} on {device}: {cost.peak / side**2:.0f} bytes a pixel, {painter.dtype}")


if __name__ == "__main__":
    main()
