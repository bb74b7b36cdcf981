"""Pixels put at other places land where PyTorch's own ways put them, gradients too."""

import pytest
import torch
import torch.nn.functional as functional

from brushwarp.image.rearranging import Padded, interleave_phases, pad_edges, pad_relu


@pytest.mark.parametrize("lies", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize(("margin", "mode"), [(1, "replicate"), (3, "replicate"), (1, "reflect"), (4, "reflect")])
def test_edges_are_padded_as_pytorch_pads_them(margin, mode, lies):
    x = torch.randn(2, 3, 5, 7, dtype=torch.float64).to(memory_format=lies).requires_grad_()
    ours, theirs = Padded.apply(x, margin, mode == "reflect"), functional.pad(x, (margin,) * 4, mode=mode)
    assert torch.equal(ours, theirs) and ours.is_contiguous(memory_format=lies)
    pull = torch.randn_like(theirs)
    torch.testing.assert_close(*(torch.autograd.grad(padded, x, pull)[0] for padded in (ours, theirs)))


@pytest.mark.parametrize("lies", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("mode", ["replicate", "reflect"])
@pytest.mark.parametrize("sides", [(0, 0, 0, 0), (1, 1, 1, 1), (4, 4, 0, 4), (2, 1, 3, 0)])
def test_a_relu_is_padded_as_pytorch_pads_it(sides, mode, lies):
    x = torch.randn(1, 5, 7, 9).to(torch.bfloat16).contiguous(memory_format=lies)
    before = x.clone()
    padded = pad_relu(x, sides, mode)
    assert torch.equal(padded, functional.pad(x.relu(), sides, mode=mode)) and torch.equal(x, before)
    assert padded.dtype == x.dtype and padded.is_contiguous(memory_format=lies)


@pytest.mark.parametrize("lies", [torch.contiguous_format, torch.channels_last])
def test_phases_are_interleaved_each_at_its_place(lies):
    phases = torch.randn(2, 12, 4, 6, dtype=torch.float64).to(memory_format=lies).requires_grad_()
    doubled = interleave_phases(phases)
    assert doubled.shape == (2, 3, 6, 10) and doubled.is_contiguous(memory_format=lies)
    for phase in range(4):
        down, across = divmod(phase, 2)
        expected = phases[:, 3 * phase : 3 * phase + 3, down : down + 3, across : across + 5]
        assert torch.equal(doubled[..., down::2, across::2], expected)
    assert torch.autograd.gradcheck(interleave_phases, phases)


def test_edges_are_padded_in_the_type_that_the_picture_has_under_autocast_too():
    x = torch.randn(1, 3, 5, 7, dtype=torch.bfloat16)
    with torch.autocast("cpu", torch.bfloat16):
        assert pad_edges(x, 1, "reflect").dtype == torch.bfloat16
