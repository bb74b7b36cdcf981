"""Lines on nothing are seen as on paper."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from brushwarp import api
from brushwarp.image import Box, Picture, Sheet, as_seen, bare, crop, on_paper, resize, with_paper
from brushwarp.image.paper import CANVAS, ROOM

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


@pytest.fixture(scope="module")
def painter():
    return api.load_painter("hokusai_great_wave", "cpu")


def laid(picture: Picture, step: tuple[int, int] = SIZE, canvas: int = CANVAS) -> Sheet:
    return on_paper(picture, SIZE, step, canvas)


@pytest.mark.parametrize("brightness, paper", [(INK, 1.0), (CHALK, 0.0)])
def test_lines_lie_on_what_they_stand_out_from_with_room_around(brightness, paper):
    picture = drawn(brightness, 4)
    sheet = laid(picture)
    height, width = SIZE
    assert sheet.inner == Box(ROOM, ROOM, width + ROOM, height + ROOM) and sheet.size == (height + 2 * ROOM, width + 2 * ROOM)
    assert sheet.picture.alpha is None and sheet.picture.size == sheet.size
    pixels = sheet.picture.pixels
    assert torch.equal(sheet.inner.of(pixels), torch.where(picture.alpha > 0, brightness, paper).expand(3, -1, -1))
    around = pixels.clone()
    sheet.inner.of(around).fill_(paper)
    assert torch.equal(around, torch.full_like(around, paper))


def test_half_of_a_lines_alpha_is_half_of_its_ink():
    picture = drawn(INK, 4)
    sheet = laid(picture.with_pixels(picture.pixels, alpha=picture.alpha / 2))
    assert torch.allclose(sheet.inner.of(sheet.picture.pixels)[:, 22, 5], torch.full((3,), (INK + 1) / 2))


def test_the_place_is_told_in_pixels_of_the_whole_for_a_copy_too():
    picture = drawn(INK, 4)
    copy = Picture(torch.full((3, 80, 120), INK), resize(picture.alpha, (80, 120)))
    whole, small = (laid(one, (80, 120)) for one in (picture, copy))
    assert whole.picture.size == small.picture.size == (80 + ROOM, 120 + ROOM)
    assert whole.inner == small.inner == Box(ROOM, ROOM, SIZE[1] + ROOM, SIZE[0] + ROOM)
    assert torch.allclose(whole.picture.pixels, small.picture.pixels, atol=1e-4)


def test_one_bright_pixel_neither_turns_the_paper_nor_blooms():
    picture = drawn(INK, 4)
    pixels = picture.pixels.clone()
    pixels[:, 22, 5] = 20000.0
    sheet = laid(replace(picture, pixels=pixels, depth="f32"), (80, 120))
    assert sheet.picture.pixels.max() < 1.1 and sheet.picture.pixels.mean() > 0.5


def test_a_frame_of_lines_along_the_rim_is_lines_and_so_is_a_single_stroke():
    alpha = torch.ones(1, *SIZE)
    alpha[:, 5:-5, 5:-5] = 0
    assert laid(Picture(torch.full((3, *SIZE), INK), alpha)).size != SIZE
    stroke = torch.ones(1, 10, 800)
    stroke[:, :, 0] = 0.5
    ink = Picture(torch.full((3, 10, 800), INK), stroke)
    assert on_paper(ink, ink.size, (10, 190), 1080).size != ink.size


def test_what_has_an_inside_is_no_line_and_neither_is_what_is_opaque_or_not_to_be_seen():
    broad, opaque = drawn(INK, 12), drawn(INK, 4).with_pixels(torch.rand(3, *SIZE), alpha=None)
    nothing = drawn(INK, 0)
    full = Picture(torch.rand(3, *SIZE), torch.ones(1, *SIZE))
    for picture in (broad, opaque, nothing, full):
        assert laid(picture) == bare(picture, SIZE)
    narrow = Picture(torch.rand(3, 4, 200), torch.ones(1, 4, 200))
    assert on_paper(narrow, narrow.size, (4, 200), CANVAS).picture is narrow


def test_paper_without_room_is_the_same_sheet_and_anything_else_stays_what_it_is():
    picture = drawn(INK, 4)
    for step in (SIZE, (80, 120)):
        flat = with_paper(picture, step, CANVAS)
        sheet = laid(picture, step)
        assert flat.alpha is None and torch.equal(flat.pixels, sheet.without_room(sheet.picture.pixels))
    profiled = replace(picture, icc=b"profile", depth="f32")
    assert with_paper(profiled, SIZE, CANVAS).icc == b"profile"
    for other in (drawn(INK, 12), Picture(picture.pixels), drawn(INK, 0)):
        assert with_paper(other, SIZE, CANVAS) is other


def test_a_ruled_line_handed_over_alone_is_looked_at_no_larger_than_it_is(monkeypatch):
    sizes = []
    monkeypatch.setattr("brushwarp.image.paper.resize", lambda pixels, size: sizes.append(size) or resize(pixels, size))
    line = Picture(torch.full((3, 2, 20000), INK), torch.full((1, 2, 20000), 0.9))
    with_paper(line, line.size)
    assert sizes == [(2, 20000)]


@pytest.mark.parametrize("size", [(2, 2), (2, 30), (30, 2)])
def test_the_smallest_drawings_are_painted_too(painter, size):
    alpha = torch.ones(1, *size)
    alpha[:, ::2, ::2] = 0
    picture = Picture(torch.rand(3, *size), alpha)
    assert on_paper(picture, size, size, 1000).size != size
    painted = api.stylize(picture, painter, canvas_short_side=1000)
    assert painted.size == size and torch.equal(painted.alpha, alpha)


def test_what_is_shown_on_the_way_is_the_layer_without_its_room(painter):
    picture, shown = drawn(INK, 4), []

    def keep(progress):
        shown.extend([] if progress.preview is None else [progress.preview])

    painted = api.stylize(picture, painter, on_progress=keep)
    assert shown
    for draft in shown:
        assert draft.shape[2] / draft.shape[1] == pytest.approx(SIZE[1] / SIZE[0], rel=0.03)
    lines = picture.alpha.expand(3, -1, -1) > 0
    assert resize(shown[-1], SIZE)[lines].mean() < painted.pixels[lines].mean() + 0.15


def test_a_network_of_one_scale_sees_the_picture_as_it_is(painter, monkeypatch):
    seen = []
    monkeypatch.setattr(painter, "architecture", replace(painter.architecture, drawings=False))
    monkeypatch.setattr(painter, "see", lambda rgb, size, see=painter.see: seen.append(rgb) or see(rgb, size))
    picture = drawn(INK, 4)
    api.stylize(picture, painter)
    assert torch.equal(seen[0], as_seen(picture, painter.plan(SIZE).sizes[0])[0])


def test_frames_of_lines_with_a_blot_among_them_are_one_sequence(painter):
    sequence = api.Steady()
    lines = drawn(INK, 4)
    blot = lines.with_pixels(lines.pixels, alpha=lines.alpha.clone())
    blot.alpha[:, 40:120, 40:160] = 1
    steadied = []
    for frame in (lines, blot, lines):
        api.stylize(frame, painter, steady=sequence)
        steadied.append(sequence.steadied)
    assert steadied == [False, True, True]


def test_ink_is_painted_as_ink(painter):
    picture = drawn(INK, 4)
    lines = picture.alpha.expand(3, -1, -1) > 0
    painted = api.stylize(picture, painter)
    assert torch.equal(painted.alpha, picture.alpha)
    plan = painter.plan(picture.size)
    extended = resize(painter.paint(as_seen(picture, plan.sizes[0])[0], plan), picture.size)
    assert painted.pixels[lines].mean() < 0.65 * extended[lines].mean()  # in print, ink is of two blues, and the sky is pale


def test_a_part_of_a_drawing_is_about_as_in_the_whole(painter):
    picture, box = drawn(INK, 6, (320, 480)), Box(0, 130, 240, 320)
    painted = crop(api.stylize(picture, painter), box)
    lines = painted.alpha.expand(3, -1, -1) > 0
    copy = Picture(torch.full((3, 280, 420), INK), resize(picture.alpha, (280, 420)))
    exact, about = (api.stylize_part(given, painter, box, picture.size).pixels - painted.pixels for given in (picture, copy))
    assert float(exact.abs().mean()) * 255 < 1  # a small picture is painted as it is
    assert float(about[lines].abs().mean()) * 255 < 20
