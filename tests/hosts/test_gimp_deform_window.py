"""Deform as a painter uses it: in GIMP's window, from the menu, with the keyboard.

One visit: a photo, a hidden layer to paint like, arrows drawn as a path; Filters > Brushwarp > Deform…, that layer, another method
and preset, OK, Ctrl+Z, Ctrl+Y, Ctrl+F to repeat; then a dialog with the trained style, and one with a file, whose job is cancelled.
Screenshots: gimp_deform_dialog, gimp_deform_layer, gimp_deform_progress, …
By hand:  BRUSHWARP_SCREENSHOTS=folder pytest tests/hosts/test_gimp_deform_window.py
"""

from __future__ import annotations

import functools

import pytest
from gimp_fixtures import PACK_NAME, add_pack, photo_pixels, write_photo
from harness import User

from brushwarp.bridge.presets import BOLD

PHOTO = (80, 60)
TITLE = "%dx%d.*GIMP" % PHOTO
ARROWS = [[(30, 22), (36, 25)], [(52, 42), (48, 37)]]


def looks_on(arrows):
    import gimp_studio as studio
    import screen
    from gi.repository import Gimp

    told = {}
    (image,) = Gimp.get_images()
    source = image.get_layers()[0]
    like = studio.new_layer(image, 60, 50, name="Wogen", at=(5, 5), pixels=bytes(
        value for y in range(50) for x in range(60) for value in ((x * 9 + y * 5) % 256, 60 + y, 255 - (x * 9 + y * 5) % 256, 255)
    ))
    like.set_visible(False)
    image.lower_item(like)  # the results are topmost
    image.set_selected_layers([source])
    studio.draw_arrows(image, arrows)
    Gimp.displays_flush()

    def look(when):
        told[when] = {**studio.look(image, source), "solved": studio.arrows_of(image, "Brushwarp solved · Wogen")}
        screen.tell("looked " + when)

    look("before")
    screen.wait_to_hear("painted", 120)
    look("painted")
    for when, layers in (("undone", 2), ("redone", 3), ("repeated", 4)):
        screen.wait_to_hear("presses for " + when, 60)
        studio.wait_for_layers(image, layers, 90 if when == "repeated" else 20)
        look(when)
    screen.wait_to_hear("painted in a style", 120)
    look("painted in a style")
    screen.wait_to_hear("cancelled", 120)
    look("cancelled")
    return told


def presses_the_keys(title, file):
    import time

    import gimp_keys as keys
    import screen

    gone = "Brushwarp: Deform"
    screen.wait_to_hear("looked before", 120)
    keys.open_dialog(title, "Deform")
    screen.screenshot("gimp_deform_dialog")
    keys.choose("y", "End")  # the layer, below all trained styles
    keys.choose("m", "Down")  # Gatys, below STROTSS
    keys.choose("e", "Down")  # Bold, below Balanced
    screen.screenshot("gimp_deform_layer")
    screen.key("alt+o")
    time.sleep(2.5)
    screen.screenshot("gimp_deform_progress")
    screen.wait_until_gone(gone, 120)
    time.sleep(0.5)
    screen.screenshot("gimp_deform_result")
    screen.tell("painted")
    screen.wait_to_hear("looked painted")

    for when, pressed in (("undone", "ctrl+z"), ("redone", "ctrl+y"), ("repeated", "ctrl+f")):
        keys.press_once(title, pressed, when)
        screen.wait_to_hear("looked " + when, 120)

    keys.open_dialog(title, "Deform")
    screen.screenshot("gimp_deform_remembered")
    keys.choose("y", "Home")
    screen.screenshot("gimp_deform_style")
    screen.key("alt+o")
    screen.wait_until_gone(gone, 120)
    screen.tell("painted in a style")
    screen.wait_to_hear("looked painted in a style")

    dialog = keys.open_dialog(title, "Deform")
    screen.key("alt+p")  # Picture file…
    keys.type_file("Picture to paint like", file)
    screen.focus(dialog)
    time.sleep(0.5)
    screen.screenshot("gimp_deform_file")
    screen.key("alt+o")
    time.sleep(2.0)
    screen.screenshot("gimp_deform_file_progress")
    assert screen.windows(gone), "the job was done too early to be cancelled: was it painted like the file?"
    screen.key("alt+c")
    screen.wait_until_gone(gone, 10)
    screen.tell("cancelled")


@pytest.fixture(scope="module")
def told(settled_user: User, pack_file, tmp_path_factory) -> dict:
    folder = tmp_path_factory.mktemp("deform")
    assert settled_user.gimp  # or skips
    settled_user.install("gimp")
    add_pack(settled_user, pack_file)
    photo, file = (write_photo(folder / name, photo_pixels(PHOTO)) for name in ("photo.png", "like.png"))
    return settled_user.gimp.run_in_window(
        looks_on, opens=[photo], drive=functools.partial(presses_the_keys, title=TITLE, file=str(file)), timeout=200, arrows=ARROWS
    )


def test_what_the_dialog_chose_is_painted(told):
    painted = told["painted"]
    name = "Wogen · Brushwarp"
    assert painted["layers"] == [name, *told["before"]["layers"]] and painted["selected"] == [name]
    assert painted["recipe"]["style"]["id"] == "Wogen"
    parameters = painted["recipe"]["parameters"]
    weights = [parameters[key] for key in ("content_weight", "warp_weight", "tv_weight")]
    assert (parameters["base"], weights) == ("gatys", [BOLD.content_weight, BOLD.warp_weight, BOLD.tv_weight])
    assert painted["recipe"]["keypoints"] == [[*map(float, (*source, *target))] for source, target in ARROWS]


def test_one_ctrl_z_takes_layer_and_solved_arrows_and_ctrl_y_brings_both_back(told):
    assert told["painted"]["paths"] == ["Brushwarp solved · Wogen", "Brushwarp keypoints"] and len(told["painted"]["solved"]) == 2
    assert told["undone"] == told["before"]
    assert told["redone"] == told["painted"]


def test_repeat_finds_the_style_layer_and_the_drawn_arrows_again(told):
    painted, repeated = told["painted"]["recipe"], told["repeated"]["recipe"]
    assert len(told["repeated"]["layers"]) == 4
    for what in ("style", "parameters", "keypoints"):
        assert repeated[what] == painted[what], what


def test_a_trained_style_chosen_after_a_layer_takes_its_own_method(told):
    styled = told["painted in a style"]
    assert styled["layers"][0] == f"{PACK_NAME} · Brushwarp" and len(styled["layers"]) == 5
    assert styled["recipe"]["parameters"]["base"] == "multimodal"
    assert styled["paths"][0] == f"Brushwarp solved · {PACK_NAME}"


def test_a_deformation_cancelled_in_the_dialog_leaves_the_image_as_it_was(told):
    assert told["cancelled"] == told["painted in a style"]
    assert told["cancelled"]["source"] == told["before"]["source"]
