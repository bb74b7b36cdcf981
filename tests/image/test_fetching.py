"""What comes home from a device is what was there."""

import pytest
import torch

from brushwarp.image import fetching


def test_what_is_at_home_stays_as_it_is():
    x = torch.rand(3, 5, 7)
    assert fetching.fetch(x) is x


@pytest.mark.gpu
@pytest.mark.parametrize("shape", [(3, 40, 50), (3, 1, 1), (0,), (3, 64, 125)])
def test_every_value_comes_home_from_a_cuda_device(shape, monkeypatch):
    monkeypatch.setattr(fetching, "AT_ONCE", 1000)
    x = torch.rand(shape)
    for _ in range(3):  # pinned memory is used again
        there = x.cuda() * 2
        home = fetching.fetch(there)
        assert home.device.type == "cpu" and torch.equal(home, x * 2)
    if x.ndim == 3:
        assert torch.equal(fetching.fetch(x.cuda().permute(1, 2, 0)), x.permute(1, 2, 0))
