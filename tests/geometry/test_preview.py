"""The preview of a warp: near the warp itself, with what it does to the plane drawn over it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from brushwarp.errors import BrushwarpError
from brushwarp.geometry import KeypointPairs, preview_warp, thin_plate_flow, warp
from brushwarp.geometry.thin_plate import PlateFlow
from brushwarp.image import Picture

SIZE = (192, 256)
PAIRS = KeypointPairs([[60.0, 60.0], [180.0, 120.0]], [[75.0, 66.0], [165.0, 110.0]])
CROSSING = KeypointPairs([[90.0, 90.0], [150.0, 94.0]], [[150.0, 90.0], [90.0, 94.0]])


def smooth(alpha: bool = False) -> Picture:
    y, x = torch.meshgrid(torch.linspace(0, 3, SIZE[0]), torch.linspace(0, 4, SIZE[1]), indexing="ij")
    shown = (((x - 2) ** 2 + (y - 1.5) ** 2) < 1.5).float()[None] if alpha else None
    return Picture(torch.stack([x.sin(), y.cos(), (x + y).sin()]) / 2 + 0.5, shown)


@pytest.mark.parametrize("smoothness", [0.0, 400.0])
def test_it_is_the_warp_but_for_details(smoothness):
    preview, bent = preview_warp(smooth(), PAIRS, smoothness=smoothness), warp(smooth(), PAIRS, smoothness=smoothness)
    assert (preview.picture.pixels - bent.pixels).abs().max() < 0.01 and preview.folded == 0
    assert preview.picture.alpha is None


def test_its_flow_is_right_to_half_a_pixel():
    ends = [torch.tensor(points) * 4 for points in (PAIRS.source, PAIRS.target)]
    size = tuple(4 * side for side in SIZE)
    rough = PlateFlow.roughly(*ends, size, step=21).rows(0, size[0])
    assert (rough - thin_plate_flow(*ends, size, tolerance=0)).abs().max() < 0.5


def test_transparency_is_bent_along():
    preview, bent = preview_warp(smooth(alpha=True), PAIRS).picture, warp(smooth(alpha=True), PAIRS)
    assert (preview.alpha - bent.alpha).abs().mean() < 0.01
    inside = bent.alpha[0] == 1
    assert (preview.pixels - bent.pixels)[:, inside].abs().mean() < 0.01


def test_the_grid_bends_with_the_picture():
    """Wherever a line is drawn, the point that is seen there lies on one of the straight grid's lines."""
    black = Picture(torch.zeros(3, *SIZE))
    flow = thin_plate_flow(PAIRS.source, PAIRS.target, SIZE, dtype=torch.float32)
    lines = preview_warp(black, PAIRS, show=("grid",)).picture.pixels[0] > 0.5
    y, x = torch.meshgrid(torch.arange(SIZE[0]) + 0.5, torch.arange(SIZE[1]) + 0.5, indexing="ij")
    mesh = SIZE[1] / 16
    off = torch.stack([(seen / mesh - (seen / mesh).round()).abs() * mesh for seen in (x - flow[0], y - flow[1])]).amin(0)
    assert lines.float().mean() > 0.1 and off[lines].max() < 1.5
    assert not lines[off > 3].any()


def test_folds_are_marked_where_they_are_and_counted():
    preview = preview_warp(smooth(), CROSSING, show=("folds",))
    plain = preview_warp(smooth(), CROSSING)
    marked = (preview.picture.pixels - plain.picture.pixels).abs().amax(0) > 0.05
    assert 0.001 < preview.folded < 0.2
    assert marked.float().mean() == pytest.approx(preview.folded, abs=0.01)
    rows, columns = np.nonzero(marked.numpy())
    assert 60 < rows.mean() < 130 and 90 < columns.mean() < 150  # between the arrows


@pytest.mark.parametrize("alpha", [False, True])
def test_arrows_are_drawn_where_they_lie_and_the_marked_one_differs(alpha):
    shown = preview_warp(smooth(alpha), PAIRS, show=("arrows",), marked=1).picture
    for index, (source, target) in enumerate(zip(PAIRS.source, PAIRS.target, strict=True)):
        x, y = ((source + target) / 2).astype(int)
        red, green, blue = shown.pixels[:, y, x].tolist()
        assert green > 0.8 and blue < 0.2 and (red > 0.9 if index == 1 else red < 0.3)
        if alpha:
            assert shown.alpha[0, y, x] == 1


def test_arrows_at_the_edge_are_cut_off_there():
    pairs = KeypointPairs([[0.0, 0.0], [255.0, 191.0]], [[0.0, 30.0], [256.0, 192.0]])
    preview_warp(smooth(), pairs, show=("grid", "folds", "arrows"))


def test_nothing_moves_without_arrows():
    preview = preview_warp(smooth(), KeypointPairs.none())
    assert (preview.picture.pixels - smooth().pixels).abs().max() < 1e-4


def test_an_arrow_beyond_the_picture_is_refused():
    with pytest.raises(BrushwarpError, match="outside"):
        preview_warp(smooth(), KeypointPairs([[300.0, 20.0]], [[20.0, 20.0]]))


@pytest.mark.parametrize("size", [(2, 2), (2, 50), (3, 3), (51, 2)])
def test_the_smallest_layers_have_a_preview(size):
    arrows = KeypointPairs([[1.0, 1.0]], [[1.2, 1.1]])
    assert preview_warp(Picture(torch.rand(3, *size)), arrows, show=("grid", "folds", "arrows")).picture.size == size
