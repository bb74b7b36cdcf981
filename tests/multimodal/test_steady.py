"""Frames of a sequence: what stands still stays the same, and no frame looks worse for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from brushwarp import api
from brushwarp.architectures import make_network
from brushwarp.errors import BrushwarpError, Cancelled
from brushwarp.image import Picture, linear_to_srgb, luminance, srgb_to_linear
from brushwarp.multimodal import steady
from brushwarp.sample import render_sample
from brushwarp.styles import StyleCard, StylePack

WIDTH, HEIGHT = 360, 240
FAR = 220  # pixels from the left: what moves keeps to the first seventy of them


@pytest.fixture(scope="module")
def painter():
    return api.load_painter("vangogh_starry_night", "cpu")


@pytest.fixture(scope="module")
def frames() -> list[Picture]:
    """Something red goes down at the left of a still ground: so small that the frames' statistics stay within reach of the first one's."""
    ground, found = render_sample(WIDTH, HEIGHT), []
    for top in (10, 90, 170):
        frame = ground.clone()
        frame[:, top : top + 24, 10:34] = torch.tensor([0.9, 0.2, 0.1])[:, None, None]
        found.append(Picture(frame))
    return found


@pytest.fixture(scope="module")
def alone(painter, frames) -> list[torch.Tensor]:
    return [api.stylize(frame, painter).pixels for frame in frames]


@pytest.fixture(scope="module")
def together(painter, frames) -> list[torch.Tensor]:
    return steadied(painter, *frames)


def darkened(picture: Picture, light: float) -> Picture:
    return picture.with_pixels(linear_to_srgb(srgb_to_linear(picture.pixels) * light))


def steadied(painter, *frames, **settings) -> list[torch.Tensor]:
    sequence = api.Steady()
    return [api.stylize(frame, painter, steady=sequence, **settings).pixels for frame in frames]


def test_a_frame_depends_on_the_first_and_itself_alone_and_the_first_comes_again_to_the_last_bit(painter, frames, alone, together):
    first, last, again = steadied(painter, frames[0], frames[2], frames[0])
    assert torch.equal(first, again) and torch.equal(first, alone[0])
    assert torch.equal(last, together[2]) and not torch.equal(last, alone[2])


def test_far_from_what_moves_nothing_flickers(alone, together):
    flicker = [float((one - other)[:, :, FAR:].abs().mean()) * 255 for one, other in (alone[1:], together[1:])]
    assert flicker[0] > 0.5 and flicker[1] < flicker[0] / 10


def test_a_late_frame_in_little_light_is_not_washed_out(painter, frames, monkeypatch):
    late = darkened(frames[1], 0.1)

    def contrast(painted):
        return float(luminance(painted).std())

    alone = contrast(api.stylize(late, painter).pixels)
    assert contrast(steadied(painter, frames[0], late)[1]) > 0.8 * alone
    monkeypatch.setattr(steady, "REACH", 100.0)  # the first frame's statistics in any case
    assert contrast(steadied(painter, frames[0], late)[1]) < 0.8 * alone


def test_strength_and_the_photographs_colours_work_on_what_is_steadied(painter, frames, together):
    full = together[1]
    half = steadied(painter, *frames[:2], strength=0.5)[1]
    torch.testing.assert_close(half, (frames[1].pixels + full) / 2)
    kept = steadied(painter, *frames[:2], keep_colors=True)[1]
    torch.testing.assert_close(luminance(kept), luminance(full), atol=1e-4, rtol=0)


def test_where_all_fits_at_once_it_is_painted_the_same(painter, frames, together):
    plan, sequence = replace(painter.plan((HEIGHT, WIDTH)), strips=None), api.Steady()
    for frame, painted in zip(frames[:2], together, strict=False):
        assert (painter.paint(frame.pixels, plan, steady=sequence) - painted).abs().max() < 1e-3


def test_another_size_or_style_begins_anew_and_says_so(painter, small_style, frames):
    sequence, notes = api.Steady(), []
    small = api.load_painter(small_style, "cpu")

    def paint(picture, by=small, **settings) -> bool:
        notes.clear()
        api.stylize(picture, by, steady=sequence, on_note=notes.append, **settings)
        return sequence.steadied

    assert not paint(frames[0]) and "first frame of its sequence" in notes[0]
    assert paint(frames[1]) and notes == []
    assert not paint(frames[1], canvas_short_side=1000) and "its brush or its style" in notes[0]
    assert paint(frames[0], canvas_short_side=1000)
    assert paint(frames[0], api.load_painter(small_style, "cpu"), canvas_short_side=1000)  # loaded anew, the same style
    assert not paint(frames[0], painter, canvas_short_side=1000) and "its brush or its style" in notes[0]


def test_a_frame_that_is_stopped_leaves_no_trace(painter, frames, alone):
    def stop(progress):
        if progress.done > progress.total / 2:
            raise Cancelled

    sequence = api.Steady()
    with pytest.raises(Cancelled):
        api.stylize(frames[1], painter, steady=sequence, on_progress=stop)
    first = api.stylize(frames[0], painter, steady=sequence).pixels
    assert not sequence.steadied and torch.equal(first, alone[0])


def some_painter(architecture: str) -> api.Painter:
    torch.manual_seed(0)
    card = StyleCard(architecture, architecture, architecture=architecture)
    return api.load_painter(StylePack(card, dict(make_network(card).state_dict())), "cpu")


@pytest.mark.parametrize("architecture", ["johnson-batchnorm", "ulyanov-2016"])
def test_a_network_of_fixed_statistics_is_steady_as_it_is(architecture):
    by, notes = some_painter(architecture), []
    sequence = api.Steady()
    for frame in (Picture(torch.rand(3, 64, 64)), Picture(torch.rand(3, 64, 64))):
        assert torch.equal(api.stylize(frame, by, steady=sequence, on_note=notes.append).pixels, api.stylize(frame, by).pixels)
    assert not sequence.steadied and notes == []


def test_a_network_that_is_painted_as_a_whole_only_is_refused_before_any_work(frames):
    with pytest.raises(BrushwarpError, match="statistics anew") as refused:
        api.stylize(frames[0], some_painter("lengstrom"), steady=api.Steady(), on_progress=lambda progress: pytest.fail("it was painted"))
    assert refused.value.code == "steady" and refused.value.hint


@pytest.mark.parametrize("architecture", ["johnson", "ulyanov"])
def test_networks_of_one_scale_are_steadied_too(architecture):
    one, two = Picture(torch.rand(3, 64, 64)), Picture(torch.rand(3, 64, 64) / 2)
    first, other, again = steadied(some_painter(architecture), one, two, one)
    assert torch.equal(first, again) and not torch.equal(other, api.stylize(two, some_painter(architecture)).pixels)
