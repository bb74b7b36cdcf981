"""Lines on nothing are seen as on paper."""

from __future__ import annotations

import pytest
import torch

from brushwarp import api
from brushwarp.image import Box, Picture, as_seen, crop, on_paper, resize
from brushwarp.image.paper import ROOM

INK, CHALK = 0.1, 0.9
SIZE = (160, 240)


def drawn(brightness: float, breadth: int, size: tuple[int, int] = SIZE) -> Picture:
    """A grid of lines on nothing; under them another colour, as programs leave it."""
    height, width = size
    alpha = torch.zeros(1, height, width)
    for at in range(20, height, 60):
        alpha[:, at : at + breadth] = 1
    for at in range(20, width, 60):
        alpha[:, :, at : at + breadth] = 1
    return Picture(torch.where(alpha > 0, brightness, 0.6).expand(3, -1, -1).contiguous(), alpha)


@pytest.mark.parametrize("brightness, paper", [(INK, 1.0), (CHALK, 0.0)])
def test_lines_lie_on_what_they_stand_out_from_with_room_around(brightness, paper):
    picture = drawn(brightness, 4)
    sheet, inner = on_paper(picture, SIZE, SIZE)
    assert sheet.alpha is None and inner == Box(ROOM, ROOM, SIZE[1] + ROOM, SIZE[0] + ROOM)
    assert torch.equal(inner.of(sheet.pixels), torch.where(picture.alpha > 0, brightness, paper).expand(3, -1, -1))
    around = sheet.pixels.clone()
    inner.of(around).fill_(paper)
    assert torch.equal(around, torch.full_like(around, paper))


def test_half_of_a_lines_alpha_is_half_of_its_ink():
    picture = drawn(INK, 4)
    picture = picture.with_pixels(picture.pixels, alpha=picture.alpha / 2)
    sheet, inner = on_paper(picture, SIZE, SIZE)
    assert torch.allclose(inner.of(sheet.pixels)[:, 22, 5], torch.full((3,), (INK + 1) / 2))


def test_the_place_is_told_in_pixels_of_the_whole_for_a_copy_too():
    picture = drawn(INK, 4)
    copy = Picture(torch.full((3, 80, 120), INK), resize(picture.alpha, (80, 120)))
    sheets = [on_paper(one, SIZE, (80, 120)) for one in (picture, copy)]
    assert all(sheet.size == (80 + 2 * ROOM, 120 + 2 * ROOM) and inner == Box(32, 32, 272, 192) for sheet, inner in sheets)
    assert torch.allclose(sheets[0][0].pixels, sheets[1][0].pixels, atol=1e-4)


def test_what_has_an_inside_is_no_line_and_neither_is_what_is_opaque_or_not_to_be_seen():
    broad, opaque = drawn(INK, 12), drawn(INK, 4).with_pixels(torch.rand(3, *SIZE), alpha=None)
    nothing = drawn(INK, 0)
    for picture in (broad, opaque, nothing):
        seen, inner = on_paper(picture, SIZE, SIZE)
        assert seen is picture and inner == Box(0, 0, SIZE[1], SIZE[0])


@pytest.mark.parametrize("size", [(2, 2), (2, 30), (30, 2)])
def test_the_smallest_layers_are_painted_too(size):
    picture = Picture(torch.rand(3, *size), torch.full((1, *size), 0.5))
    assert api.stylize(picture, api.load_painter("hokusai_great_wave", "cpu")).size == size


def test_ink_is_painted_as_ink():
    picture = drawn(INK, 4)
    painter = api.load_painter("hokusai_great_wave", "cpu")
    lines = picture.alpha.expand(3, -1, -1) > 0
    painted = api.stylize(picture, painter)
    assert torch.equal(painted.alpha, picture.alpha)
    plan = painter.plan(picture.size)
    extended = resize(painter.paint(as_seen(picture, plan.sizes[0])[0], plan), picture.size)
    assert painted.pixels[lines].mean() < 0.65 * extended[lines].mean()  # in print, ink is of two blues, and the sky is pale


def test_a_part_of_a_drawing_is_about_as_in_the_whole():
    painter = api.load_painter("hokusai_great_wave", "cpu")
    picture, box = drawn(INK, 6, (320, 480)), Box(0, 130, 240, 320)
    painted = crop(api.stylize(picture, painter), box)
    lines = painted.alpha.expand(3, -1, -1) > 0
    copy = Picture(torch.full((3, 280, 420), INK), resize(picture.alpha, (280, 420)))
    exact, about = (api.stylize_part(given, painter, box, picture.size).pixels - painted.pixels for given in (picture, copy))
    assert float(exact.abs().mean()) * 255 < 1  # a small picture is painted as it is
    assert float(about[lines].abs().mean()) * 255 < 20
