"""Where a face leans in the painting, and how large it is, is no part of its shape."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brushwarp.geometry import Similarity, fit_similarity

REFERENCE = Path(__file__).parents[1] / "data" / "alignment_reference.npz"
"""Made with the code of Deformable Style Transfer in float64; points (row, col) at pixel centres."""


def ours(points):
    return points[:, ::-1] + 0.5


def test_the_fit_equals_the_published_codes():
    reference = np.load(REFERENCE)
    content, style = ours(reference["ume_content"]), ours(reference["ume_style"])
    back = fit_similarity(content, style).inverse().apply(style)
    assert np.abs(back - ours(reference["ume_target"])).max() < 1e-9


@given(st.integers(2, 9), st.integers(0, 9999), st.floats(0.05, 20), st.floats(-4, 4))
@settings(max_examples=60, deadline=None)
def test_a_picture_that_was_only_turned_scaled_and_moved_is_recognised(count, seed, scale, angle):
    points = np.random.default_rng(seed).uniform(0, 500, (count, 2))
    truth = Similarity.of(scale * np.exp(1j * angle), np.zeros(2), np.array([30, -80]))
    fitted = fit_similarity(points, truth.apply(points))
    assert np.abs(fitted.matrix - truth.matrix).max() < 1e-8 * max(1, scale)
    assert fitted.scale == pytest.approx(scale)
    assert np.abs(fitted.inverse().apply(fitted.apply(points)) - points).max() < 1e-8


def test_no_other_similarity_nearby_fits_better():
    rng = np.random.default_rng(1)
    points, onto = rng.uniform(0, 100, (2, 8, 2))
    best = fit_similarity(points, onto)

    def error(similarity):
        return ((similarity.apply(points) - onto) ** 2).sum()

    for change in (1.01, 0.99, np.exp(0.01j), np.exp(-0.01j)):
        turned = Similarity.of(complex(*best.matrix[:, 0]) * change, points.mean(0), onto.mean(0))
        assert error(turned) > error(best)


def test_a_mirrored_face_is_not_mirrored_back():
    points = np.array([[0, 0], [40, 0], [40, 10], [0, 30.0]])
    assert np.linalg.det(fit_similarity(points, points * (-1, 1)).matrix) > 0
    square = np.array([[0, 0], [10, 0], [10, 10], [0, 10.0]])
    assert np.allclose(fit_similarity(square, 3 * square * (-1, 1)).matrix, 3 * np.eye(2))


def test_too_few_or_coincident_points_only_move():
    one = fit_similarity(np.array([[3, 4.0]]), np.array([[10, 20.0]]))
    assert np.allclose(one.matrix, np.eye(2)) and np.allclose(one.offset, (7, 16))
    spread, together = np.array([[0, 0], [2, 6.0]]), np.array([[5, 5], [5, 5.0]])
    for points, onto in ((spread, together), (together, spread)):
        fitted = fit_similarity(points, onto)
        assert np.allclose(fitted.matrix, np.eye(2)) and np.allclose(fitted.offset, onto.mean(0) - points.mean(0))
    assert np.allclose(fit_similarity(np.empty((0, 2)), np.empty((0, 2))).apply(spread), spread)


def test_wrong_shapes_are_named():
    with pytest.raises(ValueError, match=r"\(3, 3\)"):
        fit_similarity(np.zeros((3, 3)), np.zeros((3, 3)))
