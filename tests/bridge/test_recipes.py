"""A recipe taken up again: on a layer of another size, as a dialog's settings, and what is said of one that is damaged."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from brushwarp.bridge.errors import WorkerError
from brushwarp.bridge.methods import smoothing_of, smoothness_of
from brushwarp.bridge.recipes import difference, in_words, read_recipe, style_here
from brushwarp.bridge.request import DeformRequest, PixelFormat, StylePicture, StylizeRequest, WarpRequest
from brushwarp.bridge.styles import InstalledStyle
from brushwarp.recipe import make_recipe

LAYOUT = PixelFormat("BGRA", "u16", "linear")
ARROW = (10.0, 20.0, 30.0, 20.0)
STYLIZED = {
    "medium": "", "fine": "hokusai", "strength": 0.8, "brush_scale": 1.5, "keep_colors": True, "smoothness": 4.0,
    "canvas_short_side": 600, "width": 200, "height": 100,
}
DEFORMED = {
    "base": "gatys", "content_weight": 2.0, "warp_weight": 0.25, "tv_weight": 3.0, "unfold": True, "size": 128, "encoder": "compact",
    "canvas_short_side": 600, "width": 200, "height": 100,
}


def recipe(verb="stylize", parameters=STYLIZED, style="vangogh", seed=7, keypoints=(ARROW,)):
    return read_recipe(make_recipe(verb, style, "abc", parameters, seed, keypoints, []))


def test_the_same_layer_gets_the_same_request():
    asked = recipe().request(200, 100, LAYOUT, 600)
    assert asked == StylizeRequest(
        200, 100, "vangogh", LAYOUT, (ARROW,), seed=7, canvas_short_side=600, strength=0.8, brush_scale=1.5, keep_colors=True,
        smoothness=4.0, fine="hokusai",
    )


def test_on_a_larger_layer_the_arrows_are_scaled_with_it_and_the_brush_belongs_to_its_canvas():
    asked = recipe().request(400, 300, LAYOUT, 1000)
    assert asked.keypoints == ((20.0, 60.0, 60.0, 60.0),) and asked.smoothness == 16.0
    assert asked.canvas_short_side == 1000 and asked.brush_scale == 1.5
    assert recipe().canvas_short_side(400, 200) == 1200  # where the picture is the same cut of its canvas


def test_a_deformation_is_asked_for_as_it_was_with_a_file_or_with_pixels_that_travel():
    made = recipe("deform", DEFORMED, "painting.png")
    assert made.is_like_picture
    expected = DeformRequest(
        200, 100, "painting.png", LAYOUT, (ARROW,), seed=7, canvas_short_side=600, base="gatys", content_weight=2.0, warp_weight=0.25,
        tv_weight=3.0, unfold=True, size=128, encoder="compact",
    )
    assert made.request(200, 100, LAYOUT, 600) == expected
    picture = StylePicture(30, 20, LAYOUT)
    assert made.request(200, 100, LAYOUT, 600, picture).style_picture == picture
    assert not recipe("deform", {**DEFORMED, "base": "multimodal"}).is_like_picture
    with pytest.raises(WorkerError, match="style picture"):  # a trained style has none
        recipe("deform", {**DEFORMED, "base": "multimodal"}).request(200, 100, LAYOUT, 600, picture)


def test_a_warp_is_asked_for_as_it_was():
    made = recipe("warp", {"exaggeration": 1.5, "smoothness": 9.0, "width": 200, "height": 100}, "")
    assert made.request(200, 100, LAYOUT, None) == WarpRequest(200, 100, format=LAYOUT, keypoints=(ARROW,), exaggeration=1.5, smoothness=9.0)


def test_a_request_of_the_dialog_that_edits_it_keeps_what_no_dialog_asks_for():
    asked = recipe().request(200, 100, LAYOUT, 600)
    from_dialog = replace(asked, seed=0, smoothness=0.0, strength=0.3)
    assert recipe().completed(from_dialog) == replace(asked, strength=0.3)
    rounded = ((10.004, 19.996, 30.0, 20.0),)
    assert recipe().completed(replace(from_dialog, keypoints=rounded)).smoothness == 4.0
    for others in ((), ((10.0, 20.0, 31.0, 20.0),), (ARROW, ARROW)):
        assert recipe().completed(replace(from_dialog, keypoints=others)).smoothness == 0.0
    asked = recipe("deform", DEFORMED, "painting.png").request(200, 100, LAYOUT, 600)
    assert recipe("deform", DEFORMED, "painting.png").completed(replace(asked, seed=0, encoder="auto", base="strotss")) == replace(asked, base="strotss")
    bent = recipe("warp", {"exaggeration": 1.5, "width": 200, "height": 100}, "").request(200, 100, LAYOUT, None)
    assert recipe("warp", {"exaggeration": 1.5}, "").completed(bent) == bent


def test_what_it_does_not_tell_is_as_the_dialogs_begin():
    assert recipe(parameters={}, keypoints=()).request(9, 8, LAYOUT, None) == StylizeRequest(9, 8, "vangogh", LAYOUT, seed=7)
    assert recipe("deform", {}, keypoints=()).settings == {
        "style": "vangogh", "seed": 7, "base": "strotss", "content_weight": 1.2, "warp_weight": 0.5, "tv_weight": 6.3, "unfold": False, "size": 256,
    }


def test_a_dialog_shows_what_it_was_made_with():
    assert recipe().settings == {
        "style": "vangogh", "seed": 7, "medium": "", "fine": "hokusai", "strength": 0.8, "as_opacity": False, "brush_scale": 1.5,
        "keep_colors": True,
    }
    assert recipe().opacity is None
    assert recipe(parameters={**STYLIZED, "as_opacity": True}).opacity == 0.8
    assert recipe("deform", DEFORMED, "painting.png").opacity is None
    smoothness = smoothness_of(0.4, 200, 100)
    told = recipe("warp", {"exaggeration": 1.5, "smoothness": smoothness, "width": 200, "height": 100}, "").settings
    assert told == {"exaggeration": 1.5, "smoothing": pytest.approx(0.4)}


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 1.0])
def test_a_sliders_place_is_found_again(share):
    assert smoothing_of(smoothness_of(share, 640, 480), 640, 480) == pytest.approx(share)
    assert smoothing_of(1e11, 640, 480) == 1.0 and smoothing_of(1e-9, 640, 480) == 0.0


@pytest.mark.parametrize(
    "change, words",
    [
        ({"format": "cake"}, "no Brushwarp recipe"),
        ({"format_version": 2}, "can't read"),
        ({"verb": "dance"}, "“dance”"),
        ({"seed": 1.5}, "“seed” is not a whole number"),
        ({"style": "vangogh"}, "“style” is not an object"),
        ({"style": {"id": "vangogh"}}, "“sha256” is not text"),
        ({"parameters": {"strength": "1"}}, "“strength” is not a number"),
        ({"parameters": {"strength": 10**400}}, "“strength” is not a number"),
        ({"parameters": {"canvas_short_side": 10**400}}, "“canvas_short_side” is not a number of pixels"),
        ({"parameters": {"base": "oil"}}, "“base” is not one of"),
        ({"keypoints": [[1, 2, 3]]}, "four numbers"),
        ({"keypoints": None}, "four numbers"),
    ],
)
def test_a_damaged_recipe_is_told_what_is_wrong_with_it(change, words):
    record = json.loads(make_recipe("stylize", "vangogh", "", STYLIZED, 0, [ARROW], []))
    with pytest.raises(WorkerError, match=words) as caught:
        read_recipe(json.dumps({**record, **change}))
    assert caught.value.code == "recipe" and caught.value.hint


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", "[" * 100000, "A letter to a friend"])
def test_any_other_text_is_no_recipe(text):
    with pytest.raises(WorkerError, match="no Brushwarp recipe"):
        read_recipe(text)


def test_a_number_that_nothing_takes_is_refused_before_any_work():
    with pytest.raises(WorkerError, match="brush scale must lie within") as caught:
        recipe(parameters={**STYLIZED, "brush_scale": 900}).request(200, 100, LAYOUT, None)
    assert caught.value.code == "recipe"


def test_another_style_of_the_same_name_is_told():
    same = make_recipe("stylize", "vangogh", "abc", {}, 0, [], [])
    other = make_recipe("stylize", "vangogh", "def", {}, 0, [], [])
    assert difference(recipe(), same) == ()
    assert "may differ" in difference(recipe(), other)[0]


def test_a_frame_that_was_painted_to_match_another_one_says_that_by_itself_it_will_differ():
    frame = recipe(parameters=STYLIZED | {"steady": "shot 1", "steadied": True})
    assert "first frame" in difference(frame, recipe().text)[0]
    assert difference(frame, frame.text) == ()  # painted as one of those frames again
    first = recipe(parameters=STYLIZED | {"steady": "shot 1", "steadied": False})
    assert difference(first, recipe().text) == ()
    assert frame.request(200, 100, LAYOUT, 600).steady == ""


def test_what_it_does_is_told_in_a_line():
    assert in_words(recipe()) == "Stylize · vangogh · 1 arrow"
    assert in_words(recipe("warp", {}, "", keypoints=(ARROW, ARROW))) == "Warp · 2 arrows"


@pytest.mark.parametrize(
    "named, found", [("the.wave", "the.wave"), ("/packs/the.wave.safetensors", "the.wave"), ("wave", ""), ("/packs/wave.safetensors", "")]
)
def test_a_style_is_found_in_the_gallery_by_id_or_by_its_packs_path(named, found):
    assert style_here(named, [InstalledStyle("other", "Other", ""), InstalledStyle("the.wave", "The Wave", "")]) == found
