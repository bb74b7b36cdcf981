"""Losses: equal to the reference cases, and zero only where they should be."""

from pathlib import Path

import numpy as np
import pytest
import torch

from brushwarp.losses import excess, gram_matrix, lost_structure, relative_error, style_loss, total_variation

CASE = np.load(Path(__file__).parents[1] / "data" / "gram_reference.npz")


def test_gram_matrix_equals_the_reference():
    picture, style = (torch.from_numpy(CASE[name])[None] for name in ("gram_x", "gram_s"))
    distance = (gram_matrix(picture) - gram_matrix(style)).square().mean()
    assert distance.item() == pytest.approx(float(CASE["johnson_chw"]), rel=1e-9)


def test_relative_error_is_one_for_nothing_and_zero_for_the_target():
    target = torch.rand(1, 3, 4, 4)
    assert relative_error(target, target).item() == 0
    assert relative_error(torch.zeros(2, 3, 4, 4), target).tolist() == pytest.approx([1, 1])


def test_lost_structure_asks_where_things_are_and_nothing_of_how_strong_they_are():
    target = torch.rand(2, 5, 9, 7, generator=torch.Generator().manual_seed(2))
    other = torch.rand(2, 5, 9, 7, generator=torch.Generator().manual_seed(3))
    scale = torch.tensor([0.01, 0.3, 1.0, 4.0, 20.0])[:, None, None]
    assert lost_structure(target, target).abs().max() < 1e-5
    assert lost_structure(target * scale + 3 * scale, target).abs().max() < 1e-5
    assert (lost_structure(other, target) - 1).abs().max() < 0.2
    half = lost_structure(target + other, target)
    assert ((0.1 < half) & (half < 0.6)).all()
    assert (lost_structure(torch.zeros_like(target), target) == 1).all()
    assert (lost_structure(other, target, floor=1e3) < 1e-3).all()  # of a sky there is nothing to lose


def test_style_loss_does_not_care_where_things_are():
    features = torch.rand(1, 5, 6, 6)
    grams = {"layer": gram_matrix(features)}
    moved = {"layer": gram_matrix(features.roll((2, 3), (-2, -1)))}
    assert style_loss(moved, grams).item() < 1e-10
    assert style_loss({"layer": gram_matrix(torch.rand(1, 5, 6, 6) ** 3)}, grams).item() > 1e-3


def test_a_flat_picture_has_no_variation_and_range_costs_nothing():
    flat = torch.full((1, 3, 5, 5), 0.5)
    assert total_variation(flat).item() == 0 == excess(flat).item()
    assert excess(flat + 1).item() == pytest.approx(0.5)


def test_gram_matrices_keep_their_digits_under_autocast():
    features = torch.rand(1, 5, 6, 6)
    with torch.autocast("cpu", torch.bfloat16):
        inside = gram_matrix(features)
    assert inside.dtype == torch.float32 and torch.equal(inside, gram_matrix(features))
