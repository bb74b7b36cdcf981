"""Edit this result… and Repeat last as a painter uses them: in GIMP's window, from the menu, with the keyboard.

One visit: a photo with arrows, painted; its result edited in the dialog, Ctrl+Z, Ctrl+Y; a dialog that is cancelled; then a warp, whose
arrows were changed since, edited; then the photo bent again by Repeat last.
And Recipe…: a recipe's text copied, spoilt, pasted back and followed. And last a deformation edited.
Screenshots: gimp_again_menu, gimp_again_edit, gimp_again_warp, …
By hand:  BRUSHWARP_SCREENSHOTS=folder pytest tests/hosts/test_gimp_again_window.py
"""

from __future__ import annotations

import functools

import pytest
from gimp_fixtures import PACK_ID, PACK_NAME, add_pack, photo_pixels, write_photo
from harness import User

PHOTO = (240, 180)
TITLE = "%dx%d.*GIMP" % PHOTO
ARROWS = [[(60, 40), (75, 46)], [(120, 90), (112, 80)]]
NAME = f"{PACK_NAME} · Brushwarp"


def looks_on(style, arrows):
    import hashlib

    import gimp_studio as studio
    import screen
    from gi.repository import Gimp

    told = {}
    (image,) = Gimp.get_images()
    source = image.get_layers()[0]
    path = studio.draw_arrows(image, arrows)

    def look(when):
        Gimp.displays_flush()
        shown = hashlib.sha256(studio.flat(image, "R'G'B' u8")).hexdigest()
        told[when] = {**studio.look(image, source), "flat": shown}
        screen.tell("looked " + when)

    studio.stylize(image, [source], style=style, strength=0.7, brush_scale=1.5)
    look("painted")
    for when in ("edited", "undone", "redone", "cancelled"):
        screen.wait_to_hear(when, 120)
        look(when)
    image.remove_layer(image.get_layers()[0])
    studio.warp(image, [source], exaggeration=0.5, smoothness=0.3)
    for stroke in path.get_strokes()[1:]:
        path.remove_stroke(stroke)
    look("warped")
    screen.wait_to_hear("warp edited", 120)
    look("warp edited")
    image.remove_layer(image.get_layers()[0])
    image.set_selected_layers([source])
    look("selected")
    screen.wait_to_hear("repeating", 120)
    studio.wait_for_layers(image, 2, 60)
    look("repeated")
    image.set_selected_layers([source])
    look("selected again")
    screen.wait_to_hear("following", 120)
    studio.wait_for_layers(image, 3, 60)
    look("followed")
    for layer in image.get_layers()[:-1]:
        image.remove_layer(layer)
    image.lower_item(studio.new_layer(image, 40, 30, name="Wogen", pixels=bytes(range(240)) * 20))
    studio.deform(image, [source], style_layer=image.get_layers()[-1], seed=4, content_weight=3.0)
    look("deformed")
    screen.wait_to_hear("deform edited", 120)
    look("deform edited")
    return told


def presses_the_keys(title):
    import time

    import gimp_keys as keys
    import screen

    def number(letter, value):
        screen.key("alt+" + letter)
        screen.key("ctrl+a")
        screen.type_text(value)
        screen.key("Tab")

    screen.wait_to_hear("looked painted", 120)
    dialog = keys.open_dialog(title, "Edit", menu="gimp_again_menu", title="Stylize, edit “.* · Brushwarp”$")
    time.sleep(2.0)
    screen.screenshot("gimp_again_edit")
    number("g", "0.3")
    screen.key("alt+o", dialog)
    screen.wait_until_gone("Brushwarp: Stylize", 120)
    time.sleep(0.5)
    screen.tell("edited")
    screen.wait_to_hear("looked edited")
    for when, pressed in (("undone", "ctrl+z"), ("redone", "ctrl+y")):
        keys.press_once(title, pressed, when)
        time.sleep(1.0)
        screen.tell(when)
        screen.wait_to_hear("looked " + when)
    dialog = keys.open_dialog(title, "Edit", title="Stylize")
    screen.key("Escape", dialog)
    screen.wait_until_gone("Brushwarp: Stylize", 20)
    screen.tell("cancelled")

    screen.wait_to_hear("looked warped")
    dialog = keys.open_dialog(title, "Edit", title="Warp")
    time.sleep(1.5)
    screen.screenshot("gimp_again_warp")
    number("x", "100")
    screen.key("alt+a", dialog)  # Apply warp
    screen.wait_until_gone("Brushwarp: Warp", 60)
    time.sleep(0.5)
    screen.tell("warp edited")
    screen.wait_to_hear("looked selected")
    keys.choose_entry(title, "Repeat")
    screen.tell("repeating")
    screen.wait_to_hear("looked repeated", 90)
    screen.screenshot("gimp_again_repeated")

    screen.wait_to_hear("looked selected again")
    dialog = keys.open_dialog(title, "Recipe")
    screen.screenshot("gimp_recipe")
    screen.key("alt+c")  # Copy all
    time.sleep(0.3)
    screen.type_text("no recipe any more")
    time.sleep(0.3)
    screen.screenshot("gimp_recipe_broken")
    screen.key("alt+f")  # nothing that could be followed
    time.sleep(0.5)
    assert screen.windows("Brushwarp: Recipe")
    screen.key("ctrl+a")
    screen.key("ctrl+v")
    time.sleep(0.5)
    screen.key("alt+f", dialog)  # Follow
    screen.tell("following")
    screen.wait_to_hear("looked followed", 90)

    screen.wait_to_hear("looked deformed", 90)
    dialog = keys.open_dialog(title, "Edit", title="Deform")
    screen.screenshot("gimp_again_deform")
    screen.key("alt+o", dialog)
    screen.wait_until_gone("Brushwarp: Deform", 90)
    time.sleep(0.5)
    screen.tell("deform edited")
    screen.wait_to_hear("looked deform edited")


@pytest.fixture(scope="module")
def told(settled_user: User, pack_file, tmp_path_factory) -> dict:
    folder = tmp_path_factory.mktemp("again")
    assert settled_user.gimp  # or skips
    settled_user.install("gimp")
    add_pack(settled_user, pack_file)
    return settled_user.gimp.run_in_window(
        looks_on, opens=[write_photo(folder / "photo.png", photo_pixels(PHOTO))],
        drive=functools.partial(presses_the_keys, title=TITLE), timeout=300, style=PACK_ID, arrows=ARROWS,
    )


def test_the_dialog_shows_what_the_result_was_made_with_and_replaces_it(told):
    painted, edited = told["painted"], told["edited"]
    assert edited["layers"] == painted["layers"] == [NAME, "photo.png"] and edited["paths"] == painted["paths"]
    assert edited["recipe"]["parameters"] == {**painted["recipe"]["parameters"], "strength": 0.3}
    assert edited["recipe"]["keypoints"] == painted["recipe"]["keypoints"]
    assert edited["selected"] == [NAME] and edited["flat"] != painted["flat"]


def test_one_ctrl_z_brings_the_old_result_back_and_ctrl_y_the_new_one(told):
    for then, now in (("painted", "undone"), ("edited", "redone")):
        for what in ("layers", "source", "recipe", "paths", "flat"):
            assert told[now][what] == told[then][what], what


def test_the_source_is_untouched_and_a_cancelled_dialog_changes_nothing(told):
    assert all(seen["source"] == told["painted"]["source"] for seen in told.values())
    assert told["cancelled"] == told["redone"]


def test_arrows_that_were_changed_since_come_back_as_a_path_of_their_own(told):
    warped, edited = told["warped"], told["warp edited"]
    assert warped["paths"] == ["Brushwarp keypoints"]
    assert sorted(edited["paths"]) == ["Brushwarp keypoints", "Brushwarp keypoints · as it was"]
    assert edited["recipe"]["keypoints"] == warped["recipe"]["keypoints"] and len(edited["recipe"]["keypoints"]) == 2
    assert edited["recipe"]["parameters"]["exaggeration"] == 1.0
    assert edited["recipe"]["parameters"]["smoothness"] == pytest.approx(warped["recipe"]["parameters"]["smoothness"], rel=0.05)


def test_repeat_last_does_the_last_thing_again(told):
    assert told["repeated"]["recipe"] == told["warp edited"]["recipe"] and len(told["repeated"]["layers"]) == 2


def test_the_text_of_a_recipe_is_copied_pasted_and_followed(told):
    assert told["followed"]["layers"] == ["Warp · Brushwarp", "Warp · Brushwarp #1", "photo.png"]
    assert told["followed"]["flat"] == told["repeated"]["flat"]


def test_a_deformation_is_edited_with_all_that_it_was_made_with(told):
    deformed, edited = told["deformed"], told["deform edited"]
    assert edited["layers"] == deformed["layers"] and edited["selected"] == ["Wogen · Brushwarp"]
    for what in ("verb", "style", "parameters", "seed", "keypoints"):
        assert edited["recipe"][what] == deformed["recipe"][what], what
    assert edited["recipe"]["seed"] == 4 and edited["recipe"]["parameters"]["content_weight"] == 3.0
