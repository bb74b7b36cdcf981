"""The sample landscape: the same for everyone, at every size, with arrows that lie in it."""

import numpy as np
import pytest
import torch

from brushwarp.image.resample import resize
from brushwarp.sample import render_sample, sample_arrows


@pytest.fixture(scope="module")
def landscape() -> torch.Tensor:
    return render_sample(120, 80)


def correlation(a: torch.Tensor, b: torch.Tensor) -> float:
    return float(np.corrcoef(a.flatten(), b.flatten())[0, 1])


def test_the_same_seed_gives_the_same_picture_and_another_seed_another(landscape):
    assert torch.equal(render_sample(120, 80), landscape)
    assert correlation(render_sample(120, 80, seed=8), landscape) < 0.97


def test_the_picture_is_ordinary_srgb_with_deep_shadows_and_bright_lights(landscape):
    assert landscape.shape == (3, 80, 120)
    assert landscape.dtype == torch.float32
    assert 0 <= landscape.min() < 0.15
    assert 0.9 < landscape.max() <= 1
    assert landscape[2, :24].mean() > landscape[0, :24].mean(), "the sky is blue"
    assert landscape[1, 66:].mean() > landscape[2, 66:].mean() + 0.1, "the meadow is green"


def test_another_size_shows_the_same_scene(landscape):
    # 166 rows and 80 rows, both rendered four times finer, share no grid: only the scene can agree.
    assert correlation(resize(render_sample(249, 166), (80, 120)), landscape) > 0.985


def test_the_lake_mirrors_the_sky(landscape):
    sky, lake = landscape[:, 12:17, 47:87].mean((1, 2)), landscape[:, 52:59, 47:87].mean((1, 2))
    assert (sky - lake).abs().max() < 0.25
    assert lake[2] > lake[0] - 0.05, "not a meadow"


@pytest.mark.parametrize("size", [(1536, 1024), (600, 900), (2000, 500), (64, 64)])
def test_the_arrows_lie_inside_the_picture_and_bend_it_visibly(size):
    arrows = np.array(sample_arrows(*size))
    assert 4 <= len(arrows) <= 6
    assert (arrows >= 0).all()
    assert (arrows <= np.array(size) - 1).all()
    lengths = np.linalg.norm(arrows[:, 1] - arrows[:, 0], axis=1)
    assert (lengths > 0.01 * min(size)).all()
    assert lengths.max() > 0.08 * min(size)


def test_the_arrows_scale_with_the_picture():
    small, large = np.array(sample_arrows(300, 200)), np.array(sample_arrows(1200, 800))
    np.testing.assert_allclose(4 * (small + 0.5), large + 0.5, atol=1e-9)


@pytest.mark.parametrize("size", [(40, 60), (120, 30)])
def test_tall_and_wide_pictures_are_filled(size):
    picture = render_sample(*size)
    assert picture.shape == (3, size[1], size[0])
    assert torch.isfinite(picture).all()
    assert picture.std() > 0.1
