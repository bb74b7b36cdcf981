"""Subnets with all that lies between two convolutions in one go: the numbers of the subnets themselves."""

import importlib
import json
import os
import subprocess
import sys

import pytest
import torch

from brushwarp import api
from brushwarp.fused import fused_pass
from brushwarp.image import resize
from brushwarp.multimodal.network import MultimodalNetwork
from brushwarp.replay import AS_WRITTEN
from brushwarp.sample import render_sample
from brushwarp.styles.card import Widths

SUBNETS = ("style", "enhance", "refine")
SIZES = ((37, 46), (16, 21), (64, 48))


def a_network(widths: Widths) -> MultimodalNetwork:
    torch.manual_seed(4)
    network = MultimodalNetwork(widths).eval().requires_grad_(False)
    for parameter in network.parameters():
        parameter.copy_(0.1 * torch.randn_like(parameter) + (0.5 if parameter.ndim == 1 else 0))
    return network


@torch.inference_mode()
def compare() -> None:
    """Run by Triton's interpreter, which needs no device: the largest difference for each subnet and size, and what was told."""
    fused = importlib.import_module("brushwarp.fused.walk").FusedPass(torch.float32)
    network = a_network(Widths(style=4, enhance=24, enhance_residuals=1, refine=16))
    found = {}
    for size in SIZES:
        x = torch.randn(1, 3, *size)
        for name in SUBNETS:
            told: list[float] = []
            apart = (fused(getattr(network, name), x, told.append) - getattr(network, name)(x)).abs().max().item()
            found[f"{name} {size}"] = {"apart": apart, "told": told}
    print(json.dumps(found))


@pytest.fixture(scope="module")
def interpreted():
    """What `compare` finds. A process of its own: Triton decides when it is imported who runs its kernels."""
    pytest.importorskip("triton")
    done = subprocess.run([sys.executable, __file__], env=os.environ | {"TRITON_INTERPRET": "1"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", SUBNETS)
def test_a_fused_subnet_gives_what_the_subnet_gives(interpreted, name, size):
    assert interpreted[f"{name} {size}"]["apart"] < 1e-4


def test_it_tells_how_far_it_is(interpreted):
    for name, convolutions in zip(SUBNETS, (27, 10, 12), strict=True):
        told = interpreted[f"{name} {SIZES[0]}"]["told"]
        assert told == [index / convolutions for index in range(convolutions)]


def test_there_is_none_without_a_cuda_device():
    assert fused_pass(torch.device("cpu"), torch.float32) is None


@pytest.mark.gpu
@pytest.mark.parametrize("name", SUBNETS)
@torch.inference_mode()
def test_on_a_device_it_gives_what_the_subnet_gives(name, monkeypatch):
    pytest.importorskip("triton")
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    subnet = getattr(a_network(Widths()), name).cuda()
    exact, quick = (fused_pass(torch.device("cuda"), dtype) for dtype in (torch.float32, torch.bfloat16))
    for size in ((437, 346), (16, 21)):
        x = torch.randn(1, 3, *size, device="cuda")
        expected = subnet(x)
        assert (exact(subnet, x) - expected).abs().max() < 1e-3
        assert (quick(subnet, x) - expected).abs().mean() < 0.03 * expected.std()


@pytest.mark.gpu
def test_a_painting_repeated_is_the_same_and_one_of_another_size_its_own():
    painter = api.load_painter("munch_the_scream_1893", "cuda")
    pictures = [render_sample(320, 240), render_sample(320, 240, seed=5)]
    alone = [painter.paint(rgb, painter.plan((240, 320))) for rgb in pictures]
    assert painter._repeated.replay is None
    for _ in range(AS_WRITTEN):  # then it is recorded
        again = [painter.paint(rgb, painter.plan((240, 320))) for rgb in pictures]
    assert painter._repeated.replay.graph is not None
    assert all((mine - first).abs().max() < 1 / 255 for mine, first in zip(again, alone, strict=True))
    enlarged = resize(pictures[0], (300, 400))
    larger, expected = (one.paint(enlarged, one.plan((300, 400))) for one in (painter, api.load_painter("munch_the_scream_1893", "cuda")))
    assert (larger - expected).abs().max() < 1 / 255


if __name__ == "__main__":
    compare()
