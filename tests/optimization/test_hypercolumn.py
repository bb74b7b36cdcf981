"""Hypercolumns equal the published code's, and positions are drawn as it draws them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from brushwarp.optimization.hypercolumn import lattice_axes, lattice_places, lattice_positions, lattice_steps, random_positions, read_columns

REFERENCE = np.load(Path(__file__).parents[1] / "data" / "optimization_reference.npz")


def reference(name):
    return torch.from_numpy(REFERENCE[name])


def test_columns_equal_the_reference():
    maps = [reference(f"hc_f{index}")[None] for index in range(3)]
    found = read_columns(maps, reference("hc_rows").long(), reference("hc_cols").long())
    assert (found[0] - reference("hc_out")).abs().max() < 1e-12


def test_a_column_between_pixels_of_a_coarse_map_is_their_mean():
    fine, coarse = torch.zeros(1, 1, 4, 4), torch.arange(4.0).reshape(1, 1, 2, 2)
    [[[_, value]]] = read_columns([fine, coarse], torch.tensor([1]), torch.tensor([1]))
    assert value == coarse.mean()


def test_a_column_at_the_edge_stays_on_the_picture():
    maps = [torch.rand(1, 2, 5, 5), torch.rand(1, 3, 2, 2)]
    [[column]] = read_columns(maps, torch.tensor([4]), torch.tensor([4]))
    assert torch.equal(column, torch.cat([maps[0][0, :, 4, 4], maps[1][0, :, 1, 1]]))


def test_gradients_reach_every_map():
    maps = [torch.rand(2, 3, 8, 6, dtype=torch.float64, requires_grad=True), torch.rand(2, 4, 4, 3, dtype=torch.float64, requires_grad=True)]
    rows, columns = torch.tensor([0, 3, 7]), torch.tensor([5, 1, 2])
    assert torch.autograd.gradcheck(lambda *given: read_columns(given, rows, columns, [1.0, 0.5]), maps)


@pytest.mark.parametrize("size", [(1, 1), (16, 16), (130, 77), (512, 384)])
def test_positions_lie_on_the_picture_and_on_the_lattice(size):
    steps = lattice_steps(size)
    rows, columns = lattice_positions(size, 2048, (0, 0), torch.Generator().manual_seed(1))
    assert len(rows) == len(columns) <= 2048
    assert rows.min() >= 0 and rows.max() < size[0] and columns.min() >= 0 and columns.max() < size[1]
    assert (rows % steps[0] == 0).all() and (columns % steps[1] == 0).all()
    rows, columns = random_positions(size, 100, torch.Generator().manual_seed(1))
    assert rows.max() < size[0] and columns.max() < size[1] and len(rows) == 100


def test_a_seed_draws_the_same_positions_again():
    first, second = (lattice_positions((90, 90), 50, (0, 0), torch.Generator().manual_seed(5)) for _ in "ab")
    assert torch.equal(first[0], second[0]) and torch.equal(first[1], second[1])


@pytest.mark.parametrize(("size", "offset"), [((90, 70), (0, 0)), ((300, 500), (1, 2)), ((16, 1600), (0, 1))])
def test_a_place_on_the_lattice_is_the_position_that_was_drawn(size, offset):
    rows, columns = lattice_positions(size, 400, offset, torch.Generator().manual_seed(3))
    points = torch.cartesian_prod(*lattice_axes(size, offset))
    assert torch.equal(points[lattice_places(size, offset, rows, columns)], torch.stack([rows, columns], 1))
