"""The subnets compute what the reference cases say, and keep every size they are given."""

from pathlib import Path

import numpy as np
import pytest
import torch

from brushwarp.image.resample import resize
from brushwarp.multimodal.network import EnhanceSubnet, MultimodalNetwork, RefineSubnet, StyleSubnet, Widths

REFERENCE = Path(__file__).parents[1] / "data" / "multimodal_reference.npz"


def fill_as_the_reference_does(module: torch.nn.Module) -> torch.nn.Module:
    """Parameter j, element i = sin(0.37 i + 0.11 j), scaled by its kind (reference/README)."""
    for position, (name, parameter) in enumerate(module.named_parameters()):
        wave = torch.sin(0.37 * torch.arange(parameter.numel(), dtype=torch.float64) + 0.11 * position).view_as(parameter)
        if parameter.dim() == 4:
            wave = wave / parameter[0].numel() ** 0.5
        elif name.endswith("norm.weight"):
            wave = 1 + 0.1 * wave
        else:
            wave = 0.05 * wave
        parameter.data = wave
    return module.double().eval()


@torch.no_grad()
def test_forward_equals_the_reference_case():
    case = {name: torch.from_numpy(value)[None] for name, value in np.load(REFERENCE).items()}
    y1 = fill_as_the_reference_does(StyleSubnet(16))(case["mt_input"])
    torch.testing.assert_close(y1, case["mt_y1"], rtol=1e-6, atol=1e-8)
    y2 = fill_as_the_reference_does(EnhanceSubnet(256, 6))(resize(case["mt_y1"], (64, 64)))
    torch.testing.assert_close(y2, case["mt_y2"], rtol=1e-6, atol=1e-8)
    y3 = fill_as_the_reference_does(RefineSubnet(128))(case["mt_y2"])
    torch.testing.assert_close(y3, case["mt_y3_train"], rtol=1e-6, atol=1e-8)


def test_parameter_counts_are_those_of_the_paper_layout():
    def count(module):
        return sum(parameter.numel() for parameter in module.parameters())

    assert count(StyleSubnet(16)) == 1_476_963
    assert count(StyleSubnet(32)) == 5_884_611
    assert count(EnhanceSubnet(256, 6)) == 7_872_003
    assert count(RefineSubnet(128)) == 1_080_963
    assert count(MultimodalNetwork(Widths())) < 5_000_000


@torch.no_grad()
@pytest.mark.parametrize("size", [(2, 2), (3, 5), (7, 64), (33, 47), (101, 98)])
def test_every_subnet_keeps_odd_sizes(size):
    network = MultimodalNetwork(Widths(style=4, enhance=16, enhance_residuals=1, refine=16)).eval()
    picture = torch.rand(1, 3, *size)
    for subnet in (network.style, network.enhance, network.refine):
        painted = subnet(picture)
        assert painted.shape == picture.shape
        assert painted.isfinite().all()
