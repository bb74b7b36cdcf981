"""Streamed, a network gives the pixels that it gives at once: at any size, in strips of any height."""

from __future__ import annotations

import weakref

import pytest
import torch

from brushwarp.multimodal.network import EnhanceSubnet, RefineSubnet, StyleSubnet
from brushwarp.singular import johnson, ulyanov
from brushwarp.streaming import Desk, StreamPlan, Whole, stores, streamed
from brushwarp.streaming.plan import FULL_SIZE_VALUES, STORED_VALUES

CPU = torch.device("cpu")
SINGULAR = {"johnson": johnson, "ulyanov": ulyanov}
SUBNETS = {"style": lambda: StyleSubnet(8), "enhance": lambda: EnhanceSubnet(16, 2), "refine": lambda: RefineSubnet(16)} | SINGULAR


def streamed_through(subnet, x, values, **options):
    desk = Desk(CPU, torch.float32, StreamPlan(values, **options))
    desk.begin(subnet, tuple(x.shape[-2:]))
    result = streamed(subnet, Whole(x, CPU), desk)
    return torch.cat([rows for _, rows in desk.strips(result)], 2)


@pytest.mark.parametrize("name", SUBNETS)
@pytest.mark.parametrize("size", [(64, 96), (61, 83), (37, 200), (200, 19), (16, 16), (3, 40), (2, 2)])
@pytest.mark.parametrize("values, full_size", [(1, False), (3000, False), (1 << 30, False), (3000, True)])
@torch.inference_mode()
def test_the_same_pixels(name, size, values, full_size):
    torch.manual_seed(0)
    subnet = SUBNETS[name]().eval()
    x = torch.randn(1, 3, *size)
    assert (streamed_through(subnet, x, values, full_size=full_size) - subnet(x)).abs().max() < 1e-4


def test_strips_of_what_is_stored_keep_their_layout():
    """PyTorch takes the layout of a convolution's edges from strides, those of the one picture's axis among them."""
    stored = stores.Shelf(CPU, None, None).make(8, (20, 10), torch.float32)
    strip = torch.nn.functional.pad(stored.rows(5, 15), (1, 1, 1, 1), mode="reflect")
    assert strip.is_contiguous(memory_format=torch.channels_last)


def test_memory_is_used_again_for_a_map_of_as_many_values_and_the_same_type():
    shelf = stores.Shelf(CPU, None, None)
    places = []
    for dtype in (torch.float32, torch.float32, torch.bfloat16):
        stored = shelf.make(8, (20, 10), dtype)
        assert stored.tensor.dtype == dtype
        places.append(stored.tensor.data_ptr())
        del stored
    assert places[0] == places[1]


@pytest.mark.parametrize("full_size", [False, True])
@pytest.mark.parametrize("name", ["refine", "enhance", "style", "johnson", "ulyanov"])
def test_no_more_is_stored_than_the_planner_reckons_with(name, full_size, monkeypatch):
    """At the peak, maps that are held and memory that waits to be used again, in values a pixel."""
    subnet = {"refine": lambda: RefineSubnet(128), "enhance": lambda: EnhanceSubnet(128, 6), "style": lambda: StyleSubnet(16), **SINGULAR}[name]()
    living, most = [], 0

    class Counted(stores.Stored):
        def __init__(self, tensor, device):
            nonlocal most
            super().__init__(tensor, device)
            maps = [found.tensor for reference in living if (found := reference()) is not None]
            most = max(most, sum(each.numel() for each in [tensor, *maps, *(spare for spare, _ in desk._shelf._spare)]))
            living.append(weakref.ref(self))

    monkeypatch.setattr(stores, "Stored", Counted)
    desk = Desk(CPU, torch.float32, StreamPlan(1 << 16, full_size=full_size))
    x = torch.randn(1, 3, 64, 64)
    desk.begin(subnet.eval(), (64, 64))
    with torch.inference_mode():
        result = streamed(subnet, Whole(x, CPU), desk)
        for _ in desk.strips(result):
            pass
    assert most <= (FULL_SIZE_VALUES if full_size else STORED_VALUES) * 64 * 64
