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


@pytest.mark.gpu
def test_from_a_device_that_is_not_the_current_one_too(monkeypatch):
    if torch.cuda.device_count() < 2:
        pytest.skip("needs two CUDA devices")
    monkeypatch.setattr(fetching, "AT_ONCE", 1 << 20)
    x = torch.rand(3, 2000, 2000)
    there = x.to("cuda:1")
    busy = torch.rand(8192, 8192, device="cuda:1")
    for _ in range(20):
        busy = busy @ busy  # what is fetched waits for it
    assert torch.equal(fetching.fetch(there + 0 * busy[0, 0].nan_to_num(0, 0, 0)), x)
