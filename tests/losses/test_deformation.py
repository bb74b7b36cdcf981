"""What a warp costs: the reference's numbers, and nothing where nothing moves."""

from pathlib import Path

import numpy as np
import pytest
import torch

from brushwarp.losses import flow_variation, warp_distance

CASE = np.load(Path(__file__).parents[1] / "data" / "deformation_reference.npz")


def reference(name):
    return torch.from_numpy(CASE[name])


def test_warp_distance_equals_the_reference():
    value = warp_distance(reference("lw_p") + reference("lw_theta"), reference("lw_target"))
    assert value.item() == pytest.approx(float(CASE["lw_value"]), rel=1e-9)


@pytest.mark.parametrize(
    ("field", "form", "expected"),
    [
        ("tv_field", "l1", "tv_paper_L1_over_WH"),
        ("tv_field", "published", "tv_official_code"),
        ("tps_flow", "l1", "tv_tps_paper"),
        ("tps_flow", "published", "tv_tps_official"),
    ],
)
def test_flow_variation_equals_the_reference_in_both_forms(field, form, expected):
    flow = reference(field).permute(2, 1, 0)  # the reference's (row, col) at (row, col)
    assert flow_variation(flow, form=form).item() == pytest.approx(float(CASE[expected]), rel=1e-9)
    assert flow_variation(flow.transpose(1, 2).flip(0), form=form).item() == pytest.approx(float(CASE[expected]), rel=1e-9)


def test_points_pull_straight_to_their_targets_each_as_hard_as_any():
    moved = torch.tensor([[0.0, 0.0], [5.0, 5.0]], dtype=torch.float64, requires_grad=True)
    target = torch.tensor([[3.0, 4.0], [5.0, 6.0]], dtype=torch.float64)
    value = warp_distance(moved, target)
    value.backward()
    assert value.item() == 3
    assert moved.grad.tolist() == [pytest.approx([-0.3, -0.4]), pytest.approx([0, -0.5])]


def test_points_that_have_arrived_stay_and_no_points_cost_nothing():
    moved = torch.rand(4, 2, dtype=torch.float64, requires_grad=True)
    value = warp_distance(moved, moved.detach().clone())
    value.backward()
    assert value.item() == 0 and moved.grad.abs().max() == 0
    assert warp_distance(torch.empty(0, 2), torch.empty(0, 2)).item() == 0


@pytest.mark.parametrize("form", ["l1", "published"])
def test_a_shift_of_the_whole_picture_is_calm_and_a_stretch_is_not(form):
    shift = torch.full((2, 6, 9), 7.5)
    assert flow_variation(shift, form=form).item() == 0
    stretch = torch.arange(9.0).expand(2, 6, 9)
    assert flow_variation(stretch, form=form) > 0.1
    assert flow_variation(2 * stretch, form=form) > 1.9 * flow_variation(stretch, form=form)


@pytest.mark.parametrize("form", ["l1", "published"])
@pytest.mark.parametrize("size", [(1, 1), (1, 5), (5, 1)])
def test_flows_of_a_line_of_pixels_are_measured(form, size):
    flow = torch.rand(2, *size, requires_grad=True)
    value = flow_variation(flow, form=form)
    value.backward()
    assert (value > 0) == (size != (1, 1)) and flow.grad.isfinite().all()


@pytest.mark.parametrize("form", ["l1", "published"])
def test_gradients_of_the_flow_equal_finite_differences(form):
    flow = torch.rand(2, 4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(2), requires_grad=True)
    assert torch.autograd.gradcheck(lambda flow: flow_variation(flow, form=form), flow)


def test_shapes_and_forms_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match=r"\(3, 4, 5\)"):
        flow_variation(torch.zeros(3, 4, 5))
    with pytest.raises(ValueError, match="'l2'"):
        flow_variation(torch.zeros(2, 4, 5), form="l2")
    with pytest.raises(ValueError, match=r"\(3, 2\) and \(2, 2\)"):
        warp_distance(torch.zeros(3, 2), torch.zeros(2, 2))
