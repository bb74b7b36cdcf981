"""The pyramid equals the published one and adds up to the picture again."""

from pathlib import Path

import numpy as np
import pytest
import torch

from brushwarp.optimization.pyramid import PyramidCanvas, collapse, laplacian_pyramid

REFERENCE = np.load(Path(__file__).parents[1] / "data" / "optimization_reference.npz")


def test_levels_equal_the_reference():
    image = torch.from_numpy(REFERENCE["lap_image"])
    pyramid = laplacian_pyramid(image, 3)
    for index, level in enumerate(pyramid):
        assert (level - torch.from_numpy(REFERENCE[f"lap_lvl{index}"])).abs().max() < 1e-12
    assert (collapse(pyramid) - image).abs().max() < 1e-12


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (31, 64), (100, 77)])
def test_a_picture_of_any_size_comes_back(size):
    picture = torch.rand(3, *size, dtype=torch.float64)
    assert (PyramidCanvas(picture).picture() - picture).abs().max() < 1e-12


def test_a_canvas_without_its_finest_bands_is_the_picture_at_half_the_size():
    canvas = PyramidCanvas(torch.rand(3, 64, 48))
    half = PyramidCanvas.sharing(canvas, 1)
    assert half.size == (32, 24) and half.picture().shape == (3, 32, 24)
    half.picture().sum().backward()
    assert canvas.parameters[1].grad is not None and canvas.parameters[0].grad is None
