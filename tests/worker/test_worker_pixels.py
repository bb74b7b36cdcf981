"""A host's bytes and the engine's Picture: what is not painted comes back as it went in."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from brushwarp.bridge.request import PixelFormat
from brushwarp.errors import BrushwarpError
from brushwarp.image import Picture, linear_to_srgb
from brushwarp.worker.pixels import DTYPES, picture_from_wire, picture_to_wire, region_from_wire

WIDTH, HEIGHT = 37, 23
ORDERS = {"RGBA": 4, "BGRA": 4, "GRAYA": 2}


def some_pixels(layout: PixelFormat, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """Every value there is in integers; in floats also below black and above white, with an alpha of 0..1."""
    random = np.random.default_rng(5)
    shape = (height, width, ORDERS[layout.order])
    if layout.depth in ("u8", "u16"):
        return random.integers(
            0, np.iinfo(DTYPES[layout.depth]).max, shape, dtype=DTYPES[layout.depth], endpoint=True
        ).tobytes()
    values = random.normal(0.4, 0.8, shape)
    values[..., -1] = random.uniform(0, 1, shape[:2])
    return values.astype(DTYPES[layout.depth]).tobytes()


@pytest.mark.parametrize("transfer", ["srgb", "linear"])
@pytest.mark.parametrize("depth", ["u8", "u16"])
@pytest.mark.parametrize("order", ORDERS)
def test_integers_come_back_bit_for_bit(order, depth, transfer):
    layout = PixelFormat(order, depth, transfer)
    data = some_pixels(layout)
    picture, lost = picture_from_wire(data, WIDTH, HEIGHT, layout)
    assert bytes(picture_to_wire(picture, layout)) == data and lost == 0
    assert picture.depth == depth and picture.grey == (order == "GRAYA")


def test_every_value_of_sixteen_bits_comes_back_also_as_light():
    layout = PixelFormat("RGBA", "u16", "linear")
    data = np.repeat(np.arange(65536, dtype=np.uint16), 4).tobytes()
    assert bytes(picture_to_wire(picture_from_wire(data, 256, 256, layout)[0], layout)) == data


@pytest.mark.parametrize("depth", ["f16", "f32"])
@pytest.mark.parametrize("order", ORDERS)
def test_floats_with_the_srgb_curve_come_back_bit_for_bit(order, depth):
    layout = PixelFormat(order, depth, "srgb")
    data = some_pixels(layout)
    assert bytes(picture_to_wire(picture_from_wire(data, WIDTH, HEIGHT, layout)[0], layout)) == data


@pytest.mark.parametrize("depth, tolerance", [("f16", 2.0**-11), ("f32", 6e-7)])
def test_light_in_floats_comes_back_within_its_last_digits(depth, tolerance):
    layout = PixelFormat("RGBA", depth, "linear")
    data = some_pixels(layout)
    back = bytes(picture_to_wire(picture_from_wire(data, WIDTH, HEIGHT, layout)[0], layout))
    sent, got = (np.frombuffer(each, DTYPES[depth]).astype(np.float64) for each in (data, back))
    assert np.all(np.abs(got - sent) <= tolerance * np.maximum(np.abs(sent), 1e-3))


def test_red_is_red_in_every_order():
    for order, pixel in (("RGBA", [255, 0, 0, 255]), ("BGRA", [0, 0, 255, 255])):
        picture, _ = picture_from_wire(bytes(pixel) * 4, 2, 2, PixelFormat(order, "u8", "srgb"))
        assert picture.pixels[:, 0, 0].tolist() == [1.0, 0.0, 0.0]


def test_light_takes_the_srgb_curve_on_its_way_in():
    half = np.full((2, 2, 4), 0.5, np.float32)
    picture, _ = picture_from_wire(half.tobytes(), 2, 2, PixelFormat("RGBA", "f32", "linear"))
    assert picture.pixels[0, 0, 0].item() == pytest.approx(0.735357, abs=1e-6)  # IEC 61966-2-1
    assert picture.alpha[0, 0, 0].item() == 0.5  # alpha has no curve
    assert torch.equal(picture.pixels, linear_to_srgb(torch.full((3, 2, 2), 0.5)))


def test_an_opaque_layer_needs_no_alpha_and_gets_a_full_one_back():
    layout = PixelFormat("BGRA", "u8", "srgb")
    data = bytes([10, 20, 30, 255]) * 6
    picture, _ = picture_from_wire(data, 3, 2, layout)
    assert picture.alpha is None
    assert bytes(picture_to_wire(picture, layout)) == data


def test_numbers_that_are_none_do_not_reach_the_network():
    values = np.array([[[np.nan, np.inf, -np.inf, 1], [0.5, 0.5, 0.5, 1]]] * 2, np.float32)
    picture, lost = picture_from_wire(values.tobytes(), 2, 2, PixelFormat("RGBA", "f32", "srgb"))
    assert lost == 6
    assert torch.isfinite(picture.pixels).all() and picture.pixels[0, 0, 0] == 0


def test_paint_too_bright_for_half_floats_stays_finite():
    layout = PixelFormat("RGBA", "f16", "linear")
    picture = Picture(torch.full((3, 2, 2), 1000.0), depth="f16")
    assert np.isfinite(np.frombuffer(picture_to_wire(picture, layout), np.float16)).all()


def test_painted_values_are_rounded_to_the_nearest_and_clamped():
    picture = Picture(torch.tensor([-0.2, 0.4999, 1.7])[:, None, None].expand(3, 2, 2).contiguous())
    assert bytes(picture_to_wire(picture, PixelFormat("RGBA", "u8", "srgb")))[:4] == bytes([0, 127, 255, 255])


def test_colour_painted_on_a_grey_layer_becomes_its_luminance():
    red = torch.tensor([1.0, 0.0, 0.0])[:, None, None].expand(3, 2, 2).contiguous()
    grey = bytes(picture_to_wire(Picture(red), PixelFormat("GRAYA", "u8", "srgb")))
    assert grey == bytes([round(0.299 * 255), 255]) * 4  # Y of BT.601, as the engine's other greys


def test_a_selection_is_a_mask():
    mask = region_from_wire(bytes([0, 51, 255, 255, 0, 0]), 3, 2)
    assert mask.shape == (1, 2, 3)
    assert mask[0, 0].tolist() == pytest.approx([0, 0.2, 1])


def test_a_layer_of_one_pixel_is_refused_in_words():
    with pytest.raises(BrushwarpError) as caught:
        picture_from_wire(bytes(4), 1, 1, PixelFormat())
    assert caught.value.code == "picture-too-small"
