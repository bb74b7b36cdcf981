"""A part, soon, is about what lies there in the whole painting."""

from __future__ import annotations

import pytest
import torch

from brushwarp import api
from brushwarp.errors import BrushwarpError, Cancelled
from brushwarp.image import Box, Picture, resize
from brushwarp.sample import render_sample

WIDTH, HEIGHT = 1100, 800


@pytest.fixture(scope="module")
def painter():
    return api.load_painter("munch_the_scream_1893", "cpu")


@pytest.fixture(scope="module")
def picture():
    return Picture(render_sample(WIDTH, HEIGHT))


@pytest.fixture(scope="module")
def painted(painter, picture):
    return api.stylize(picture, painter)


def distance(part, painted, box):
    return float((part.pixels - box.of(painted.pixels)).abs().mean()) * 255


@pytest.mark.parametrize("box", [Box(411, 305, 651, 499), Box(0, 0, 200, 150), Box(WIDTH - 131, HEIGHT - 90, WIDTH, HEIGHT), Box(7, 600, 9, 602)])
def test_about_as_in_the_whole(painter, picture, painted, box):
    part = api.stylize_part(picture, painter, box)
    assert part.size == (box.height, box.width)
    assert distance(part, painted, box) < 10
    elsewhere = Box(*(side + (150 if box.left < 500 else -150) for side in (box.left, box.top, box.right, box.bottom))) if box.top < 450 else Box(0, 0, box.width, box.height)
    assert distance(part, painted, box) < distance(part, painted, elsewhere) / 2


def test_a_small_copy_is_enough(painter, picture, painted):
    box = Box(300, 200, 700, 500)
    small = picture.with_pixels(resize(picture.pixels, (372, 512)))
    part = api.stylize_part(small, painter, box, picture.size)
    assert distance(part, painted, box) < 10


def test_a_small_picture_is_painted_as_it_is(painter, monkeypatch):
    monkeypatch.setattr(painter, "dtype", torch.float32)  # there are processors that multiply in bfloat16, which rounds by more than that
    picture = Picture(render_sample(300, 280))
    box = Box(20, 30, 260, 270)
    assert distance(api.stylize_part(picture, painter, box), api.stylize(picture, painter), box) < 0.1


def test_strength_alpha_and_colours_are_those_of_the_place(painter, picture):
    box = Box(500, 300, 600, 380)
    alpha = torch.linspace(0, 1, WIDTH).expand(1, HEIGHT, WIDTH).contiguous()
    whole = picture.with_pixels(picture.pixels, alpha)
    untouched = api.stylize_part(whole, painter, box, strength=0.0)
    assert torch.allclose(untouched.pixels, box.of(whole.pixels), atol=1e-5) and torch.allclose(untouched.alpha, box.of(alpha), atol=1e-5)
    coloured = api.stylize_part(picture, painter, box, keep_colors=True)
    assert distance(coloured, api.stylize(picture, painter, keep_colors=True), box) < 10


def test_a_part_that_would_fill_the_memory_is_refused_before_any_work(painter, picture):
    with pytest.raises(BrushwarpError, match="too large") as caught:
        api.stylize_part(picture, painter, Box(0, 0, 20_000, 10_000), (30_000, 40_000))
    assert caught.value.code == "part" and "megapixels" in caught.value.hint


@pytest.mark.parametrize("box", [Box(-1, 0, 50, 50), Box(0, 0, WIDTH + 1, 50), Box(60, 60, 60, 80), Box(60, 60, 61, 80)])
def test_a_part_that_is_none_is_refused(painter, picture, box):
    with pytest.raises(BrushwarpError, match="does not lie within") as caught:
        api.stylize_part(picture, painter, box)
    assert f"{WIDTH} × {HEIGHT}" in caught.value.hint


def test_it_can_be_cancelled(painter, picture):
    def stop(progress):
        if progress.done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        api.stylize_part(picture, painter, Box(0, 0, 100, 100), on_progress=stop)
