"""What is flat is painted like anything else: grain for the networks, which nobody sees in the picture itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from brushwarp import api
from brushwarp.architectures import make_network
from brushwarp.features import normalise
from brushwarp.image import Picture, resize
from brushwarp.multimodal import grain
from brushwarp.multimodal.grain import GRAIN, with_grain
from brushwarp.styles import list_styles
from brushwarp.styles.card import StyleCard
from brushwarp.styles.pack import StylePack

CORNER = slice(0, 160)  # of the drawing: nothing but sky


def noise(*size: int) -> torch.Tensor:
    return torch.rand(size, generator=torch.Generator().manual_seed(3))


def drawing() -> torch.Tensor:
    """A disc on a sky, both of one colour, (3, 400, 600)."""
    rgb = torch.tensor([0.55, 0.78, 0.92])[:, None, None].repeat(1, 400, 600)
    y, x = torch.meshgrid(torch.arange(400.0), torch.arange(600.0), indexing="ij")
    disc = (y - 260).square() + (x - 400).square() < 90**2
    rgb[:, disc] = torch.tensor([0.92, 0.59, 0.24])[:, None]
    return rgb


def test_what_is_flat_gets_it_and_what_is_not_stays_to_the_last_bit():
    rgb = torch.full((3, 60, 90), 0.5)
    rgb[:, :, 45:] = noise(3, 60, 45)
    grained = with_grain(rgb)
    assert torch.equal(grained[:, :, 45:], rgb[:, :, 45:])
    flat = grained[:, :, :40] - 0.5
    assert float(flat.std()) == pytest.approx(GRAIN, rel=0.05) and abs(float(flat.mean())) < GRAIN / 20
    assert torch.equal(with_grain(rgb), grained)


def test_what_is_nearly_flat_gets_what_it_lacks():
    rgb = 0.5 + GRAIN * (noise(3, 200, 200) - 0.5)  # varies by 0.29 of what it should
    assert float(with_grain(rgb).std()) == pytest.approx(GRAIN, rel=0.05)


def test_a_large_picture_has_no_seams(monkeypatch):
    rgb = 0.5 + GRAIN * (noise(3, 90, 70) - 0.5)
    rgb[:, 40:] = noise(3, 50, 70)
    whole = with_grain(rgb) - rgb
    monkeypatch.setattr(grain, "AT_ONCE", 7 * 70)
    parts = with_grain(rgb) - rgb
    assert torch.equal(whole, parts)


def test_the_grain_of_a_preview_is_its_layers():
    """Whose first step may be a pixel larger."""
    layer, preview = (with_grain(torch.full((3, 256, width), 0.5)) for width in (341, 342))
    assert torch.equal(layer, preview[:, :, :341])
    assert not torch.equal(layer[:, :, :170], layer[:, :, 170:340])


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 70), (70, 2)])
def test_the_smallest_pictures_get_it_too(size):
    grained = with_grain(torch.zeros(3, *size))
    assert grained.shape == (3, *size) and grained.isfinite().all() and grained.abs().max() > 0


def of_the_corner(painted: torch.Tensor) -> float:
    return float(painted[:, CORNER, CORNER].std((1, 2)).mean())


@pytest.mark.parametrize("style", [style.path.stem for style in list_styles() if style.shipped])
def test_flat_areas_of_a_drawing_have_strokes(style, monkeypatch):
    painter, picture = api.load_painter(style, "cpu"), Picture(drawing())
    painted = of_the_corner(api.stylize(picture, painter).pixels)
    monkeypatch.setattr(painter, "architecture", replace(painter.architecture, drawings=False))
    without = of_the_corner(api.stylize(picture, painter).pixels)
    assert painted > 0.02 and painted > 2 * without


def test_a_network_of_one_scale_sees_the_picture_alone():
    card = StyleCard("johnson", "johnson", architecture="johnson")
    painter = api.load_painter(StylePack(card, dict(make_network(card).state_dict())), "cpu")
    assert torch.equal(painter.see(drawing(), (200, 300)), normalise(resize(drawing(), (200, 300))[None]))
