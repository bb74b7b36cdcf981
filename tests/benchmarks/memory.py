"""Peak memory of painting, in bytes a pixel of the picture: the number that `plan` and `architectures` plan with.

    .venv/bin/python tests/benchmarks/memory.py [--side 2048] [--architecture multimodal]

At 1536 pixels on a CPU, in float32: multimodal 519, johnson 505, johnson-batchnorm 376, lengstrom 403, ulyanov 392, ulyanov-2016 1080.
"""

from __future__ import annotations

import argparse

import torch

from brushwarp.architectures import ARCHITECTURES, MULTIMODAL, make_network
from brushwarp.devices import choose_device
from brushwarp.measuring import measure
from brushwarp.multimodal.transfer import Painter
from brushwarp.styles import StyleCard, StylePack


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=2048)
    parser.add_argument("--architecture", choices=ARCHITECTURES, default=MULTIMODAL)
    arguments = parser.parse_args()
    side, card = arguments.side, StyleCard(id="random", name="Random", architecture=arguments.architecture)
    device = choose_device()
    painter = Painter(StylePack(card, dict(make_network(card).state_dict())), device)
    painter.paint(torch.rand(3, 64, 64), painter.plan_freely((64, 64)))
    rgb = torch.rand(3, side, side)
    _, cost = measure(lambda: painter.paint(rgb, painter.plan_freely((side, side))), device)
    print(f"{arguments.architecture}, {side} x {side} on {device}: {cost.peak / side**2:.0f} bytes a pixel, {painter.dtype}")


if __name__ == "__main__":
    main()
