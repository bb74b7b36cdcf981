"""Streamed, a network gives the pixels that it gives at once: at any size, in strips of any height."""

from __future__ import annotations

import pytest
import torch

from brushwarp.multimodal.network import EnhanceSubnet, RefineSubnet, StyleSubnet
from brushwarp.streaming import Desk, StreamPlan, Whole, streamed

CPU = torch.device("cpu")
SUBNETS = {"style": lambda: StyleSubnet(8), "enhance": lambda: EnhanceSubnet(16, 2), "refine": lambda: RefineSubnet(16)}


def streamed_through(subnet, x, values, **options):
    desk = Desk(CPU, torch.float32, StreamPlan(values, **options))
    desk.begin(subnet, tuple(x.shape[-2:]))
    result = streamed(subnet, Whole(x, CPU), desk)
    return torch.cat([rows for _, rows in desk.strips(result)], 2)


@pytest.mark.parametrize("name", SUBNETS)
@pytest.mark.parametrize("size", [(64, 96), (61, 83), (37, 200), (200, 19), (16, 16), (3, 40), (2, 2)])
@pytest.mark.parametrize("values", [1, 3000, 1 << 30])
@torch.inference_mode()
def test_the_same_pixels(name, size, values):
    torch.manual_seed(0)
    subnet = SUBNETS[name]().eval()
    x = torch.randn(1, 3, *size)
    assert (streamed_through(subnet, x, values) - subnet(x)).abs().max() < 1e-4
