"""The flow carries points where they were sent, and leaves the edge alone."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from brushwarp.errors import BrushwarpError
from brushwarp.geometry import PlateFlow, border_anchors, fold_share, thin_plate_flow, warp_tensor

REFERENCE = Path(__file__).parents[1] / "data" / "thin_plate_reference.npz"
"""Made with the code of Deformable Style Transfer in float64; points (row, col) at pixel centres, flow (H, W, 2)."""


@pytest.fixture
def reference():
    return np.load(REFERENCE)


def ours(points):
    """(row, col) at pixel centres -> (x, y) from the corner."""
    return points[:, ::-1] + 0.5


@pytest.mark.parametrize(
    "name, smoothness", [("tps_flow", 0.0), ("tps_flow_reg1e_6", 1e-6), ("tps_flow_reg1e_1", 1e-1)]
)
def test_the_exact_flow_equals_the_published_codes(reference, name, smoothness):
    flow = thin_plate_flow(
        ours(reference["tps_src"]),
        ours(reference["tps_dst"]),
        (11, 14),
        smoothness=smoothness,
        anchors=None,
        tolerance=0,
    )
    assert flow.dtype == torch.float64
    assert np.abs(flow.numpy() - reference[name].transpose(2, 0, 1)[::-1]).max() < 1e-9


def test_warping_equals_the_published_codes(reference):
    flow = torch.from_numpy(reference["tps_flow"].transpose(2, 0, 1)[::-1].copy())
    warped = warp_tensor(torch.from_numpy(reference["warp_image"]), flow)
    assert np.abs(warped.numpy() - reference["warp_out"]).max() < 1e-9


def flow_at(source, target, size, points, **options):
    spline = PlateFlow.through(torch.as_tensor(source), torch.as_tensor(target), size, tolerance=0, **options).spline
    return spline.at(torch.as_tensor(np.asarray(points, np.float64))).numpy()


def scattered(count, size, seed, length=0.06):
    """Arrows on a jittered grid, long against neither each other nor the picture."""
    rng = np.random.default_rng(seed)
    across = int(np.ceil(np.sqrt(count)))
    cells = rng.permutation(across * across)[:count]
    spots = np.stack([cells % across, cells // across], 1) + rng.uniform(0.3, 0.7, (count, 2))
    scale = np.array([size[1], size[0]], np.float64)
    source = spots / across * scale
    angle = rng.uniform(0, 2 * np.pi, (count, 1))
    target = source + length * min(size) / across * np.concatenate([np.cos(angle), np.sin(angle)], 1) * 4
    return source, target.clip(0, scale)


@given(st.integers(1, 12), st.integers(0, 10_000), st.integers(16, 300), st.integers(16, 300))
@settings(max_examples=25, deadline=None)
def test_every_arrow_arrives_and_every_anchor_stays(count, seed, height, width):
    source, target = scattered(count, (height, width), seed)
    moved = flow_at(source, target, (height, width), target)
    assert np.abs(moved - (target - source)).max() < 1e-6
    anchors = border_anchors((height, width))
    far = np.linalg.norm(anchors[:, None] - target[None], axis=2).min(1) > 0.15 * max(height, width)
    assert np.abs(flow_at(source, target, (height, width), anchors[far])).max(initial=0) < 1e-6


@pytest.mark.parametrize("size", [(2, 2), (2, 3), (3, 2), (2, 500), (500, 2), (7, 7), (64, 64), (81, 80)])
@pytest.mark.parametrize("where", ["inside", "corner to corner", "on the edge", "next to an anchor"])
def test_one_arrow_works_on_pictures_of_any_size(size, where):
    height, width = size
    ends = {
        "inside": ((0.4 * width, 0.45 * height), (0.55 * width, 0.6 * height)),
        "corner to corner": ((0, 0), (width, height)),
        "on the edge": ((0.3 * width, 0), (0.7 * width, 0)),
        "next to an anchor": ((0.5 * width, 0.5 * height), (0.02, 0.0)),
    }[where]
    source, target = np.array([ends[0]], float), np.array([ends[1]], float)
    flow = thin_plate_flow(source, target, size)
    assert torch.isfinite(flow).all()
    assert flow.abs().max() < 3 * max(size)
    assert np.abs(flow_at(source, target, size, target) - (target - source)).max() < 1e-6


def test_border_anchors_never_coincide_and_reach_every_corner():
    for size in ((2, 2), (2, 9), (64, 64), (80, 3000), (3000, 4000)):
        anchors = border_anchors(size)
        assert len(np.unique(anchors.round(6), axis=0)) == len(anchors)
        gaps = np.linalg.norm(anchors[:, None] - anchors[None], axis=2) + 9 * np.eye(len(anchors))
        assert gaps.min() >= 1 - 1e-9
        for corner in ((0, 0), (size[1], 0), (0, size[0]), (size[1], size[0])):
            assert (anchors == corner).all(1).any()
    assert len(border_anchors((3000, 4000))) == 324


@pytest.mark.parametrize(
    "count, seed, size", [(1, 0, (500, 640)), (8, 1, (500, 640)), (20, 2, (640, 480)), (30, 3, (600, 600))]
)
def test_the_fast_flow_of_a_large_picture_is_the_exact_one_to_a_twentieth_of_a_pixel(count, seed, size):
    source, target = (torch.from_numpy(points) for points in scattered(count, size, seed))
    fast = PlateFlow.through(source, target, size)
    assert fast.step >= 4, "the coarse grid is meant to be taken"
    exact = PlateFlow.through(source, target, size, tolerance=0)
    # Rows through the arrows' ends, where the spline has its cusps, and some between.
    rows = sorted({int(y) for y in target[:, 1].tolist()} | set(range(0, size[0], 130)))
    for row in (min(row, size[0] - 1) for row in rows):
        gap = (fast.rows(row, row + 1) - exact.rows(row, row + 1)).norm(dim=0).max()
        assert gap <= 0.05


def test_strips_of_a_flow_are_the_flow():
    source, target = (torch.from_numpy(points) for points in scattered(9, (120, 150), 5))
    for tolerance in (0, 0.05):
        flow = PlateFlow.through(source, target, (120, 150), tolerance=tolerance)
        whole = flow.rows(0, 120)
        strips = torch.cat([flow.rows(top, min(top + 35, 120)) for top in range(0, 120, 35)], 1)
        assert torch.allclose(whole, strips, atol=1e-4)


def test_collinear_arrows_work_and_without_anchors_are_refused():
    source = np.array([[20, 50], [50, 50], [80, 50]], float)
    target = source + (5, 0)
    assert np.abs(flow_at(source, target, (100, 100), target) - (5, 0)).max() < 1e-9
    with pytest.raises(BrushwarpError) as raised:
        thin_plate_flow(source, target, (100, 100), anchors=None)
    assert raised.value.code == "keypoints-collinear"


def test_arrows_that_end_in_one_point_are_refused_but_a_repeated_one_counts_once():
    source = np.array([[20, 20], [60, 60]], float)
    with pytest.raises(BrushwarpError) as raised:
        thin_plate_flow(source, np.array([[40, 40], [40.005, 40]], float), (100, 100))
    assert raised.value.code == "keypoints-coincident"
    twice = np.repeat(source, 2, axis=0)
    once = thin_plate_flow(source, source + 4, (100, 100))
    assert torch.equal(thin_plate_flow(twice, twice + 4, (100, 100)), once)


def test_smoothness_calms_the_flow_at_the_price_of_the_points():
    source, target = scattered(9, (200, 200), 4)
    exact = flow_at(source, target, (200, 200), target)
    calm = flow_at(source, target, (200, 200), target, smoothness=1e4)
    assert np.linalg.norm(calm) < 0.9 * np.linalg.norm(exact)


@pytest.mark.parametrize("tolerance", [0, 0.05])
def test_gradients_reach_both_ends_of_the_arrows(tolerance):
    source, target = (torch.from_numpy(points).requires_grad_() for points in scattered(4, (64, 96), 6))
    weight = torch.rand(2, 64, 96, dtype=torch.float64, generator=torch.Generator().manual_seed(0))

    def total(s, t):
        return (thin_plate_flow(s, t, (64, 96), tolerance=tolerance) * weight).sum()

    gradients = torch.autograd.grad(total(source, target), (source, target))
    for points, gradient, index in ((source, gradients[0], 0), (target, gradients[1], 1)):
        step = torch.zeros_like(points)
        step[1, 0] = 1e-4
        ends = [source.detach(), target.detach()]
        ends[index] = ends[index] + step
        ahead = total(*ends)
        ends[index] = ends[index] - 2 * step
        slope = (ahead - total(*ends)) / 2e-4
        assert float(gradient[1, 0]) == pytest.approx(float(slope), rel=1e-3)


def test_folds_are_measured():
    y, x = torch.meshgrid(torch.arange(40.0), torch.arange(50.0), indexing="ij")
    assert fold_share(torch.zeros(2, 40, 50)) == 0
    assert fold_share(torch.stack([0.9 * x, 0 * y])) == 0
    assert fold_share(torch.stack([2 * x, 0 * y])) == 1
    assert fold_share(torch.stack([torch.where(x < 25, 0 * x, 2 * (x - 25)), 0 * y])) == pytest.approx(0.5, abs=0.02)


def test_wrong_shapes_are_named():
    with pytest.raises(ValueError, match=r"\(3, 3\)"):
        thin_plate_flow(np.zeros((3, 3)), np.zeros((3, 3)), (10, 10))
    with pytest.raises(ValueError, match="edges"):
        thin_plate_flow(np.zeros((1, 2)), np.ones((1, 2)), (10, 10), anchors="edges")
