"""Peak memory of painting, in bytes a pixel of the picture: the number that `multimodal.transfer` plans with.

    .venv/bin/python tests/benchmarks/memory.py [--side 2048]
"""

from __future__ import annotations

import argparse
import resource

import torch

from brushwarp.devices import choose_device
from brushwarp.multimodal.network import MultimodalNetwork
from brushwarp.multimodal.transfer import Painter, plan_painting
from brushwarp.styles import StyleCard, StylePack


def peak_bytes(device: torch.device) -> int:
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=2048)
    side = parser.parse_args().side
    device = choose_device()
    painter = Painter(StylePack(StyleCard(id="random", name="Random"), dict(MultimodalNetwork().state_dict())), device)
    painter.paint(torch.rand(3, 64, 64), plan_painting((64, 64)))
    rgb = torch.rand(3, side, side)
    before = peak_bytes(device)
    painter.paint(rgb, plan_painting((side, side)))
    print(f"{side} x {side} on {device}: {(peak_bytes(device) - before) / side**2:.0f} bytes a pixel, {painter.dtype}")


if __name__ == "__main__":
    main()
