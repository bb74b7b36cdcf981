"""The preview of Stylize: through client, worker and engine."""

from __future__ import annotations

import time

import numpy as np
import pytest
from test_worker_engine import HEIGHT, WIDTH, assert_same_within_one_level, directly, engine, photo, values  # noqa: F401 - the fixture

from brushwarp.bridge.previews import PAINTING, PAINTING_PART, Picture, StylizePreview, part_around, shrunk, small_size
from brushwarp.bridge.request import Part, PixelFormat, StylizeRequest
from brushwarp.geometry import KeypointPairs

TIMES = 5  # as large as its small copy is the layer
LAYER = (TIMES * WIDTH, TIMES * HEIGHT)
DEADLINE = 60  # seconds, for a worker that has gone


def layer_request(**fields) -> StylizeRequest:
    """For a layer in another format than its small copy."""
    return StylizeRequest(*LAYER, fields.pop("style", "chance"), PixelFormat("BGRA", "u16"), **fields)


@pytest.fixture
def preview(engine):  # noqa: F811
    preview = StylizePreview(photo(), (WIDTH, HEIGHT))
    yield preview
    preview.close()


def pictures_until_done(preview: StylizePreview) -> list[Picture]:
    """All that came, the one with all its strokes the last."""
    came: list[Picture] = []
    end = time.monotonic() + DEADLINE
    while preview.is_waiting:
        assert time.monotonic() < end
        news = preview.news()
        if news is not None:
            came.append(news)
        time.sleep(0.001)
    return came


def test_the_small_copy_is_painted_with_the_brush_of_its_canvas(preview):
    preview.ask(layer_request(strength=0.8, brush_scale=1.5, canvas_short_side=TIMES * 400))
    last = pictures_until_done(preview)[-1]
    assert (last.width, last.height, last.channels, last.is_final) == (WIDTH, HEIGHT, 4, True)
    assert_same_within_one_level(last.pixels, directly(photo(), strength=0.8, brush_scale=1.5, canvas_short_side=400))
    assert preview.words == ""


def test_a_strength_that_becomes_an_opacity_is_shown_as_it_will_be_seen(preview):
    preview.ask(layer_request(strength=0.5, as_opacity=True, canvas_short_side=TIMES * HEIGHT))
    assert_same_within_one_level(pictures_until_done(preview)[-1].pixels, directly(photo(), strength=0.5, canvas_short_side=HEIGHT))


def test_the_forms_come_before_the_finer_strokes(engine):  # noqa: F811
    size = (5 * WIDTH, 5 * HEIGHT)  # large enough for its strokes to take a while
    pixels = values(photo()).astype(np.uint8).repeat(5, 0).repeat(5, 1).tobytes()
    preview = StylizePreview(pixels, size)
    preview.ask(layer_request())
    *drafts, last = pictures_until_done(preview)
    preview.close()
    assert last.is_final and drafts and not any(draft.is_final for draft in drafts)
    assert all(len(draft.pixels) == 3 * draft.width * draft.height for draft in drafts)


def test_arrows_bend_it_too(preview):
    arrows = np.array([[30.0, 30.0, 40.0, 34.0], [70.0, 20.0, 66.0, 28.0]])
    preview.ask(layer_request(keypoints=(arrows * TIMES).tolist()))
    bent = pictures_until_done(preview)[-1].pixels
    assert_same_within_one_level(bent, directly(photo(), canvas_short_side=HEIGHT, pairs=KeypointPairs.from_rows(arrows)))


def test_what_is_not_selected_does_not_show(engine):  # noqa: F811
    selection = bytes(255 if x < WIDTH // 2 else 0 for _ in range(HEIGHT) for x in range(WIDTH))
    preview = StylizePreview(photo(), (WIDTH, HEIGHT), selection)
    preview.ask(layer_request())
    alpha = values(pictures_until_done(preview)[-1].pixels)[..., 3]
    preview.close()
    assert (alpha[:, WIDTH // 2 :] == 0).all() and (alpha[:, : WIDTH // 2] == 255).all()


def test_of_many_changes_the_newest_is_painted_and_the_others_are_dropped(preview):
    for step in range(12):
        preview.ask(layer_request(strength=0.5 + step / 40))
        time.sleep(0.05)  # as a slider is dragged; some of them are begun with
    came = pictures_until_done(preview)
    assert len([picture for picture in came if picture.is_final]) < 6
    assert_same_within_one_level(came[-1].pixels, directly(photo(), strength=0.775, canvas_short_side=HEIGHT))


def test_what_is_wrong_is_told_and_the_next_change_is_tried_all_the_same(preview):
    preview.ask(layer_request(style="nowhere"))
    assert pictures_until_done(preview) == []
    assert "nowhere" in preview.words
    preview.ask(layer_request())
    assert pictures_until_done(preview)[-1].is_final and preview.words == ""


def test_the_same_settings_are_not_painted_twice(preview):
    preview.ask(layer_request())
    pictures_until_done(preview)
    preview.ask(layer_request())
    assert not preview.is_waiting


def test_changes_without_new_strokes_show_as_the_command_line_paints_them(preview):
    for settings in ({}, {"strength": 0.5}, {"strength": 0.5, "keep_colors": True}, {}):
        preview.ask(layer_request(brush_scale=1.3, **settings))
        last = pictures_until_done(preview)[-1]
        assert_same_within_one_level(last.pixels, directly(photo(), brush_scale=1.3, canvas_short_side=HEIGHT, **settings))


def test_a_spot_comes_as_large_as_it_will_be_and_then_the_whole_again(preview):
    preview.ask(layer_request())
    assert preview.words == PAINTING
    whole = pictures_until_done(preview)[-1]
    part = part_around(LAYER, (LAYER[0] / 2, LAYER[1] / 2), (64, 48))
    preview.ask(layer_request(), part)
    assert preview.words == PAINTING_PART
    spot = pictures_until_done(preview)[-1]
    assert (spot.part, spot.width, spot.height, len(spot.pixels)) == (part, 64, 48, 4 * 64 * 48)
    assert preview.words.startswith("About as it will be")
    preview.ask(layer_request())
    assert preview.words == PAINTING
    assert pictures_until_done(preview) == [whole] and preview.words == ""


def test_of_a_spot_that_was_left_nothing_comes(preview):
    preview.ask(layer_request(), part_around(LAYER, (0, 0), (64, 48)))
    time.sleep(0.3)
    preview.ask(layer_request())
    assert all(picture.part is None for picture in pictures_until_done(preview))


@pytest.mark.parametrize(
    "spot, corner", [((1000, 500), (800, 350)), ((0, 0), (0, 0)), ((1990, 995), (1600, 700)), ((1000.6, 20), (801, 0))]
)
def test_around_a_spot_there_is_as_much_as_there_is_room_for(spot, corner):
    assert part_around((2000, 1000), spot, (400, 300)) == Part(2000, 1000, *corner, 400, 300)


def test_of_a_small_layer_there_is_no_more_than_all():
    assert part_around((300, 200), (10, 10), (400, 150)) == Part(300, 200, 0, 0, 300, 150)


def test_a_preview_that_is_closed_says_nothing_more(preview):
    preview.ask(layer_request())
    preview.close()
    time.sleep(0.3)
    assert preview.news() is None


def test_a_request_for_a_crop_keeps_its_canvas():
    small = shrunk(StylizeRequest(1000, 500, "chance", canvas_short_side=4000, smoothness=16.0, keypoints=((100, 100, 200, 100),)), (500, 250))
    assert small.canvas_short_side == 2000 and small.smoothness == 4.0 and small.keypoints == ((50, 50, 100, 50),)
    assert (small.width, small.height, small.format) == (500, 250, PixelFormat("RGBA", "u8", "srgb"))


@pytest.mark.parametrize(
    "layer, small",
    [((4000, 3000), (683, 512)), ((512, 512), (512, 512)), ((300, 200), (300, 200)), ((9000, 1000), (1024, 114)), ((5000, 1), (1024, 2)), ((1, 1), (2, 2))],
)
def test_the_small_copy_is_as_large_as_its_strokes_need(layer, small):
    assert small_size(*layer) == small
