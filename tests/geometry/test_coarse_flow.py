"""Arrows that move while a picture is optimised bend it as the same arrows do at rest."""

import numpy as np
import pytest
import torch

from brushwarp.geometry import MovingFlow, thin_plate_flow

EQUAL = 1e-9  # pixels; of gradients, a share of the largest


def arrows(count, size, seed, length=0.05):
    """Sources off the edge and displacements, (count, 2) each, float64."""
    rng = np.random.default_rng(seed)
    across = int(np.ceil(np.sqrt(count)))
    cells = rng.permutation(across * across)[:count]
    spots = np.stack([cells % across, cells // across], 1) + rng.uniform(0.3, 0.7, (count, 2))
    side = np.array(size[::-1], np.float64)
    source = side * (0.12 + 0.76 * spots / across)
    turn = rng.uniform(0, 2 * np.pi, count)
    displacement = length * min(size) * np.stack([np.cos(turn), np.sin(turn)], 1)
    return torch.from_numpy(source), torch.from_numpy(displacement)


@pytest.mark.parametrize("count, size", [(1, (48, 64)), (5, (64, 48)), (18, (90, 100)), (80, (128, 128))])
def test_at_every_pixel_flow_and_gradient_are_those_of_the_plain_spline(count, size):
    source, displacement = arrows(count, size, count, 0.02)
    displacement.requires_grad_()
    weight = torch.rand(2, *size, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    plain = thin_plate_flow(source, source + displacement, size, tolerance=0)
    fast = MovingFlow(source, size, step=1)(displacement)
    assert (fast - plain).abs().max() < EQUAL
    expected, got = (torch.autograd.grad((flow * weight).sum(), displacement)[0] for flow in (plain, fast))
    assert (got - expected).abs().max() < EQUAL * max(1, float(expected.abs().max()))


def test_anchors_that_an_arrow_contradicts_are_left_out_as_by_the_plain_spline():
    source = torch.tensor([[20.0, 30.0], [40.0, 31.0]], dtype=torch.float64)
    displacement = torch.tensor([[-19.0, 3.0], [5.0, 2.0]], dtype=torch.float64)
    plain = thin_plate_flow(source, source + displacement, (60, 60), tolerance=0)
    assert (MovingFlow(source, (60, 60), step=1)(displacement) - plain).abs().max() < EQUAL


@pytest.mark.parametrize("count, size", [(1, (256, 256)), (18, (256, 192)), (40, (256, 256)), (18, (512, 384))])
def test_between_nodes_the_flow_errs_by_less_than_a_twentieth_of_a_pixel(count, size):
    source, displacement = arrows(count, size, count, 0.05 if count < 20 else 0.02)  # none that meet
    exact = thin_plate_flow(source, source + displacement, size, tolerance=0)
    fast = MovingFlow(source, size)(displacement)
    assert (fast - exact).norm(dim=0).max() < 0.05


def test_between_nodes_the_gradient_is_the_slope():
    source, displacement = arrows(6, (160, 128), 3)
    flow = MovingFlow(source, (160, 128))
    weight = torch.rand(2, 160, 128, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    assert torch.autograd.gradcheck(
        lambda d: (flow(d) * weight).sum(), displacement.requires_grad_(), eps=1e-5, atol=1e-3, rtol=1e-3
    )


@pytest.mark.parametrize("step", [1, 4])
@pytest.mark.parametrize("gap", [0.0, 1e-6, 0.3, 0.9])
def test_arrows_that_meet_on_their_way_throw_nothing_about(step, gap):
    source = torch.tensor([[40.0, 50.0], [60.0, 50.0], [20.0, 20.0]], dtype=torch.float64)
    displacement = torch.tensor([[10.0, 0.0], [-10.0 + gap, 0.0], [0.0, 4.0]], dtype=torch.float64, requires_grad=True)
    flow = MovingFlow(source, (100, 100), step=step)(displacement)
    flow.square().mean().backward()
    assert torch.isfinite(displacement.grad).all()
    assert flow.abs().max() < 60


def test_single_precision_comes_back_as_single_precision_and_without_arrows_nothing_moves():
    source, displacement = arrows(3, (64, 64), 0)
    flow = MovingFlow(source, (64, 64))
    assert flow(displacement.float()).dtype == torch.float32
    assert (flow(displacement.float()) - flow(displacement)).abs().max() < 1e-4
    assert not MovingFlow(np.empty((0, 2)), (64, 64))(torch.empty(0, 2)).any()


def test_the_same_arrows_bend_a_smaller_copy_alike():
    source, displacement = arrows(7, (256, 192), 4)
    flow = MovingFlow(source, (256, 192))
    half = flow.resized((128, 96))
    plain = thin_plate_flow(source / 2, (source + displacement) / 2, (128, 96), anchors=flow.anchors / 2, tolerance=0)
    assert (half(displacement) - plain).norm(dim=0).max() < 0.05
    assert (half.resized((256, 192))(displacement) - flow(displacement)).abs().max() < 1e-9


def test_wrong_shapes_are_named():
    with pytest.raises(ValueError, match=r"\(3, 3\)"):
        MovingFlow(np.zeros((3, 3)), (10, 10))
    with pytest.raises(ValueError, match=r"\(2, 2\)"):
        MovingFlow(np.ones((1, 2)), (10, 10))(torch.zeros(2, 2))
