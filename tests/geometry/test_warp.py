"""What lies at the arrow's tail appears at its head; the rest follows softly."""

import numpy as np
import pytest
import torch

from brushwarp.errors import BrushwarpError
from brushwarp.geometry import KeypointPairs, warp, warp_tensor
from brushwarp.image import Picture


def picture_with_dots(size, dots, radius=1.2):
    """Grey, with a soft white dot at each (x, y), small enough that a bent neighbourhood does not move its centroid."""
    y, x = np.mgrid[: size[0], : size[1]] + 0.5
    value = np.full(size, 0.2)
    for dot in dots:
        value += 0.7 * np.exp(-((x - dot[0]) ** 2 + (y - dot[1]) ** 2) / (2 * radius**2))
    return Picture(torch.from_numpy(value).float().expand(3, *size).contiguous())


def centroid(picture, near, reach=12):
    """Of what is brighter than the ground, in a window about `near`."""
    y, x = np.mgrid[: picture.height, : picture.width] + 0.5
    light = picture.pixels[0].numpy() - 0.2
    weight = np.where((np.abs(x - near[0]) < reach) & (np.abs(y - near[1]) < reach) & (light > 0.05), light, 0)
    return np.array([(weight * x).sum(), (weight * y).sum()]) / weight.sum()


@pytest.mark.parametrize("size", [(160, 200), (420, 640)])
def test_painted_dots_arrive_at_the_arrows_heads(size):
    scale = np.array([size[1] / 200, size[0] / 160])
    source = np.array([[50.3, 40.7], [120.5, 60.2], [90.0, 120.4]]) * scale
    target = source + np.array([[9.0, 6.0], [-8.5, 7.25], [6.0, -10.5]])
    warped = warp(picture_with_dots(size, source), KeypointPairs(source, target))
    for point in target:
        assert np.abs(centroid(warped, point) - point).max() < 0.1


def test_one_arrow_leaves_the_pictures_edge_where_it_is():
    generator = torch.Generator().manual_seed(1)
    pixels = torch.nn.functional.interpolate(
        torch.rand(1, 3, 12, 16, generator=generator), size=(240, 320), mode="bicubic"
    )
    picture = Picture(pixels[0].clamp(0, 1).contiguous())
    warped = warp(picture, KeypointPairs(np.array([[160.0, 120.0]]), np.array([[190.0, 100.0]])))
    change = (warped.pixels - picture.pixels).abs()
    edge = torch.cat([change[:, 0], change[:, -1], change[:, :, 0], change[:, :, -1]], 1)
    assert edge.max() < 0.02
    assert change[:, 100, 190].max() > 0.05


def test_without_arrows_the_very_same_picture_comes_back():
    picture = picture_with_dots((40, 50), [(20, 20)])
    assert warp(picture, KeypointPairs.none()) is picture
    pins = np.array([[10.0, 10.0], [30.0, 20.0]])
    assert warp(picture, KeypointPairs(pins, pins)) is picture


def test_colour_hidden_under_transparency_leaves_no_fringe():
    # A red disc on nothing; the nothing is black, which is what a straight warp would mix into the rim.
    y, x = np.mgrid[:120, :160] + 0.5
    disc = torch.from_numpy(np.clip(30.5 - np.hypot(x - 80, y - 60), 0, 1)).float()[None]
    red = torch.tensor([1.0, 0.2, 0.1]).view(3, 1, 1)
    picture = Picture(red * (disc > 0), alpha=disc)
    warped = warp(picture, KeypointPairs(np.array([[80.0, 60.0]]), np.array([[90.3, 66.7]])))
    seen = warped.alpha[0] > 0.02
    assert seen.sum() > 2000
    assert (warped.pixels[:, seen] - red[:, 0]).abs().max() < 0.02
    assert warped.alpha.min() >= 0 and warped.alpha.max() <= 1


def test_colour_under_full_transparency_goes_along():
    picture = Picture(torch.full((3, 60, 60), 0.6), alpha=torch.zeros(1, 60, 60))
    warped = warp(picture, KeypointPairs(np.array([[30.0, 30.0]]), np.array([[36.0, 30.0]])))
    assert torch.allclose(warped.pixels, picture.pixels, atol=1e-5)
    assert warped.alpha.max() == 0


def test_a_warp_invents_no_values_beyond_the_pictures_own():
    checks = ((torch.arange(80)[:, None] // 4 + torch.arange(80) // 4) % 2).float().expand(3, 80, 80).contiguous()
    warped = warp(Picture(checks), KeypointPairs(np.array([[40.0, 40.0]]), np.array([[46.5, 42.5]])))
    assert warped.pixels.min() >= 0 and warped.pixels.max() <= 1


def test_profile_depth_and_resolution_stay_with_the_picture():
    picture = Picture(torch.rand(3, 40, 40), ppi=(300, 300), depth="u16", icc=b"kept")
    warped = warp(picture, KeypointPairs(np.array([[20.0, 20.0]]), np.array([[24.0, 20.0]])))
    assert (warped.ppi, warped.depth, warped.icc, warped.size) == ((300, 300), "u16", b"kept", (40, 40))


@pytest.mark.parametrize(
    "source, target, code",
    [
        ([[10, 10]], [[50.5, 10]], "keypoints-outside"),
        ([[-0.1, 10]], [[20, 10]], "keypoints-outside"),
        ([[10, 10]], [[float("nan"), 10]], "keypoints-nan"),
        ([[10, 10], [20, 20]], [[15, 15], [15, 15.001]], "keypoints-coincident"),
    ],
)
def test_impossible_arrows_are_refused_with_a_sentence_to_act_on(source, target, code):
    pairs = KeypointPairs(np.array(source), np.array(target))
    with pytest.raises(BrushwarpError) as raised:
        warp(picture_with_dots((40, 50), []), pairs)
    assert raised.value.code == code
    assert raised.value.hint.endswith(".")


def test_arrows_follow_the_picture_when_it_is_scaled_or_cropped():
    pairs = KeypointPairs(np.array([[10.0, 20.0]]), np.array([[30.0, 25.0]]))
    assert pairs.scaled(2, 3).target.tolist() == [[60, 75]]
    assert pairs.moved(-5, -6).source.tolist() == [[5, 14]]
    assert len(KeypointPairs.none()) == 0 and len(pairs) == 1
    with pytest.raises(ValueError, match="2 sources"):
        KeypointPairs(np.zeros((2, 2)), np.zeros((1, 2)))
    with pytest.raises(ValueError, match=r"\(3,\)"):
        KeypointPairs(np.zeros(3), np.zeros(3))


def test_warp_tensor_names_the_shapes_it_saw():
    with pytest.raises(ValueError, match=r"\(2, 4, 9\)"):
        warp_tensor(torch.zeros(3, 4, 8), torch.zeros(2, 4, 9))
