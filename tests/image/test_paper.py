"""Lines on nothing are seen as on paper."""

from __future__ import annotations

import pytest
import torch

from brushwarp import api
from brushwarp.image import Picture, as_seen, on_paper, resize

INK, CHALK = 0.1, 0.9


def drawn(brightness: float, breadth: int, size: tuple[int, int] = (160, 240)) -> Picture:
    """A grid of lines on nothing; under them another colour, as programs leave it."""
    height, width = size
    alpha = torch.zeros(1, height, width)
    for at in range(20, height, 60):
        alpha[:, at : at + breadth] = 1
    for at in range(20, width, 60):
        alpha[:, :, at : at + breadth] = 1
    return Picture(torch.where(alpha > 0, brightness, 0.6).expand(3, -1, -1).contiguous(), alpha)


@pytest.mark.parametrize("brightness, paper", [(INK, 1.0), (CHALK, 0.0)])
def test_lines_lie_on_what_they_stand_out_from(brightness, paper):
    picture = drawn(brightness, 4)
    seen = on_paper(*as_seen(picture, picture.size))
    assert torch.equal(seen, torch.where(picture.alpha > 0, brightness, paper).expand(3, -1, -1))


def test_half_of_a_lines_alpha_is_half_of_its_ink():
    picture = drawn(INK, 4)
    picture = picture.with_pixels(picture.pixels, alpha=picture.alpha / 2)
    seen = on_paper(*as_seen(picture, picture.size))
    assert torch.allclose(seen[:, 22, 5], torch.full((3,), (INK + 1) / 2))


def test_what_has_an_inside_is_no_line_and_neither_is_what_is_opaque_or_not_to_be_seen():
    broad, opaque = drawn(INK, 12), drawn(INK, 4).with_pixels(torch.rand(3, 160, 240), alpha=None)
    nothing = drawn(INK, 0)
    for picture in (broad, opaque, nothing):
        rgb, alpha = as_seen(picture, picture.size)
        assert on_paper(rgb, alpha) is rgb


@pytest.mark.parametrize("size", [(1, 1), (2, 30), (30, 2)])
def test_the_smallest_layers_can_be_looked_at(size):
    alpha = torch.full((1, *size), 0.5)
    assert on_paper(torch.rand(3, *size), alpha).shape == (3, *size)


def test_ink_is_painted_as_ink():
    picture = drawn(INK, 4)
    painter = api.load_painter("hokusai_great_wave", "cpu")
    lines = picture.alpha.expand(3, -1, -1) > 0
    painted = api.stylize(picture, painter)
    assert torch.equal(painted.alpha, picture.alpha)
    plan = painter.plan(picture.size)
    extended = resize(painter.paint(as_seen(picture, plan.sizes[0])[0], plan), picture.size)
    assert painted.pixels[lines].mean() < 0.65 * extended[lines].mean()  # 0.33 of 0.61: in print, ink is of two blues, and the sky is pale
