"""Arrows from the suggestion to the painting, as a painter has them in GIMP's window.

One visit: a photograph and a bent copy of it as layers; Filters > Brushwarp > Suggest keypoints…, Ctrl+Z, Ctrl+Y; Warp…, whose preview follows an arrow that is
moved meanwhile, mutes one (and gets it back by Ctrl+Z in the image), marks folds; Apply warp, Ctrl+Z, Ctrl+Y, Ctrl+F; at last Deform… along
the same arrows. How soon the preview followed is printed (pytest -s), and never asserted. Screenshots: gimp_suggest_dialog, gimp_warp_…
By hand:  BRUSHWARP_SCREENSHOTS=folder pytest -s tests/hosts/test_gimp_arrows_window.py
"""

from __future__ import annotations

import functools
import os
import statistics
from pathlib import Path
from typing import Tuple

import numpy as np
import pytest
from gimp_fixtures import PACK_NAME, add_pack, write_photo
from harness import User
from PIL import Image

from brushwarp.sample import render_sample

NAME, MUTED = "Brushwarp keypoints · Vorbild", "Brushwarp muted · Brushwarp keypoints · Vorbild"
MOVES = 6  # of an arrow, by which it is measured how soon the preview follows


def looks_on(folder, like, moves):
    import time

    import gimp_studio as studio
    import screen
    from gi.repository import Gimp, Gio

    told = {"moved at": []}
    (image,) = Gimp.get_images()
    source = image.get_layers()[0]
    layer = Gimp.file_load_layer(Gimp.RunMode.NONINTERACTIVE, image, Gio.File.new_for_path(like))
    layer.set_name("Vorbild")
    layer.set_visible(False)
    image.insert_layer(layer, None, 1)  # the results are topmost
    image.set_selected_layers([source])
    Gimp.displays_flush()

    def look(when):
        paths = image.get_paths()
        told[when] = {
            **studio.look(image, source), "chosen": [path.get_name() for path in image.get_selected_paths()],
            "arrows": studio.arrows_of(image, paths[0].get_name()) if paths else None,
        }
        screen.tell("looked " + when)

    look("before")
    screen.wait_to_hear("suggested", 120)
    look("suggested")
    for when, paths in (("suggestion undone", 0), ("suggestion redone", 1)):
        screen.wait_to_hear("presses for " + when, 60)
        end = time.monotonic() + 20
        while len(image.get_paths()) != paths and time.monotonic() < end:
            time.sleep(0.1)
        look(when)

    (path,) = image.get_paths()
    for number in range(moves):
        screen.wait_to_hear("watching %d" % number, 60)
        told["moved at"].append(time.time())
        path.stroke_translate(path.get_strokes()[0], 2, 1)
    for when in ("followed", "muted", "muting undone"):
        screen.wait_to_hear(when, 120)
        look(when)
    x, y = source.get_width() / 2, source.get_height() / 2
    crossing = [path.stroke_new_from_points(Gimp.PathStrokeType.BEZIER, [x - at, y + at / 10] * 3 + [x + at, y + at / 10] * 3, False) for at in (60, -60)]
    screen.tell("crossing")
    screen.wait_to_hear("folded", 60)
    for stroke in crossing:
        path.remove_stroke(stroke)
    screen.tell("uncrossed")
    screen.wait_to_hear("warped", 120)
    look("warped")
    for when, layers in (("warp undone", 2), ("warp redone", 3), ("warp repeated", 4)):
        screen.wait_to_hear("presses for " + when, 60)
        studio.wait_for_layers(image, layers, 90 if when == "warp repeated" else 20)
        look(when)
    for layer in image.get_layers()[:2]:  # what was warped would hide what comes
        layer.set_visible(False)
    image.set_selected_layers([source])
    screen.tell("source selected")
    screen.wait_to_hear("deformed", 120)
    look("deformed")
    return told


def presses_the_keys(title, shown, moves):
    import time

    import gimp_keys as keys
    import screen
    import screen_pixels

    told = {"followed at": []}
    screen.wait_to_hear("looked before", 120)
    keys.open_dialog(title, "Suggest", menu="gimp_arrows_menu")
    screen.screenshot("gimp_suggest_dialog")
    screen.key("alt+u")
    time.sleep(1.5)
    screen.screenshot("gimp_suggest_progress")
    screen.wait_until_gone("Brushwarp: Suggest", 120)
    time.sleep(1.0)
    screen.screenshot("gimp_suggest_result")
    for message in screen.windows("GIMP Message"):  # where the pictures have little in common
        screen.key("Escape", message)
    screen.tell("suggested")
    screen.wait_to_hear("looked suggested")
    for when, pressed in (("suggestion undone", "ctrl+z"), ("suggestion redone", "ctrl+y")):
        keys.press_once(title, pressed, when)
        screen.wait_to_hear("looked " + when)

    dialog = keys.open_dialog(title, "Warp")
    left, top = screen.place_of(dialog)[:2]
    preview = screen_pixels.Eye((left + 20, top + 60, shown[0] - 20, shown[1] - 20))
    preview.wait_for_rest(1.0)
    screen.screenshot("gimp_warp_dialog")
    told["state"] = screen.state_of(dialog)
    for number in range(moves):
        before = preview.wait_for_rest()
        screen.tell("watching %d" % number)
        told["followed at"].append(preview.wait_for_change(before))
    screen.tell("followed")
    screen.wait_to_hear("looked followed")

    before = preview.wait_for_rest()
    screen.key("Home")  # the list has the keyboard
    screen.key("space")
    preview.wait_for_change(before)
    screen.screenshot("gimp_warp_muted")
    screen.tell("muted")
    screen.wait_to_hear("looked muted")
    screen.key("ctrl+z", keys.main_window(title))  # the image can be used meanwhile
    told["undone"] = preview.wait_for_rest() == before
    screen.tell("muting undone")
    screen.wait_to_hear("crossing")
    preview.wait_for_change(before)
    seen = preview.wait_for_rest()
    told["folds"] = sum(red > 170 > 120 > green and blue > 80 for blue, green, red in zip(seen[::4], seen[1::4], seen[2::4])) / (len(seen) / 4)
    screen.screenshot("gimp_warp_folds")
    screen.tell("folded")
    screen.wait_to_hear("uncrossed")
    screen.focus(dialog)
    screen.key("alt+x")
    screen.key("Prior")  # the slider, a step up
    preview.wait_for_rest()
    screen.screenshot("gimp_warp_exaggerated")
    screen.key("alt+a")
    screen.wait_until_gone("Brushwarp: Warp", 120)
    time.sleep(0.5)
    screen.screenshot("gimp_warp_result")
    screen.tell("warped")
    screen.wait_to_hear("looked warped")
    for when, pressed in (("warp undone", "ctrl+z"), ("warp redone", "ctrl+y"), ("warp repeated", "ctrl+f")):
        keys.press_once(title, pressed, when)
        screen.wait_to_hear("looked " + when, 120)

    screen.wait_to_hear("source selected")
    keys.open_dialog(title, "Deform")
    screen.key("alt+o")  # the style that is offered first, by the method that goes with it
    screen.wait_until_gone("Brushwarp: Deform", 120)
    time.sleep(0.5)
    screen.screenshot("gimp_arrows_deformed")
    screen.tell("deformed")
    return told


def two_pictures(folder: Path) -> Tuple[Path, Path]:
    """A face of the development data where there is any, else a scene; and the same with its middle pushed aside."""
    data = os.environ.get("BRUSHWARP_DEV_DATA")
    if data:
        photo = Image.open(Path(data) / "pairs" / "girl_freckles__vincent_van_gogh_151" / "content.jpg").convert("RGB")
        photo.thumbnail((320, 320))
        shown = np.asarray(photo)
    else:
        shown = (render_sample(288, 240).permute(1, 2, 0) * 255).round().byte().numpy()
    last = shown.shape[1] - 1
    x = np.arange(last + 1)
    pushed = shown[:, np.clip(x + np.round(last / 16 * np.sin(x / last * np.pi)).astype(int), 0, last)]
    return write_photo(folder / "photo.png", shown), write_photo(folder / "like.png", np.ascontiguousarray(pushed))


@pytest.fixture(scope="module")
def told(settled_user: User, pack_file, tmp_path_factory) -> dict:
    folder = tmp_path_factory.mktemp("arrows")
    assert settled_user.gimp  # or skips
    settled_user.install("gimp")
    add_pack(settled_user, pack_file)
    photo, like = two_pictures(folder)
    size = Image.open(photo).size
    drive = functools.partial(presses_the_keys, title="%dx%d.*GIMP" % size, shown=size, moves=MOVES)
    found = settled_user.gimp.run_in_window(looks_on, opens=[photo], drive=drive, timeout=240, folder=folder, like=like, moves=MOVES)
    found["driver"] = settled_user.gimp.driver_value()
    return found


def test_a_suggestion_is_one_path_shown_and_chosen_and_one_step_to_undo(told):
    before, suggested = told["before"], told["suggested"]
    assert suggested["paths"] == suggested["chosen"] == [NAME] and suggested["arrows"]
    assert suggested["layers"] == before["layers"] and suggested["source"] == before["source"]
    assert told["suggestion undone"] == before
    assert told["suggestion redone"] == suggested


def test_the_preview_follows_an_arrow_that_is_moved_in_the_image(told):
    soon = [seen - moved for seen, moved in zip(told["driver"]["followed at"], told["moved at"], strict=True)]
    assert all(delay > 0 for delay in soon)
    milliseconds = [round(delay * 1000) for delay in soon]
    print(f"\nthe preview followed after {statistics.median(milliseconds)} ms (median of {milliseconds})")
    (x, y, to_x, to_y), *others = told["suggestion redone"]["arrows"]
    assert np.allclose(told["followed"]["arrows"], [[x + 2 * MOVES, y + MOVES, to_x + 2 * MOVES, to_y + MOVES], *others], atol=0.01)


def test_the_image_can_be_worked_on_while_the_dialog_is_open(told):
    assert "MODAL" not in told["driver"]["state"]


def test_an_arrow_is_muted_in_the_list_and_comes_back_by_one_ctrl_z_in_the_image(told):
    followed, muted = told["followed"], told["muted"]
    assert muted["paths"] == [NAME, MUTED] and muted["arrows"] == followed["arrows"][1:] and muted["chosen"] == [NAME]
    assert told["muting undone"] == followed and told["driver"]["undone"]


def test_folds_are_marked_in_the_preview(told):
    assert told["driver"]["folds"] > 0.005


def test_apply_warp_adds_a_layer_above_in_one_step_and_repeat_another(told):
    before, warped = told["muting undone"], told["warped"]
    assert warped["layers"] == ["Warp · Brushwarp", *before["layers"]] and warped["selected"] == ["Warp · Brushwarp"]
    assert warped["recipe"]["verb"] == "warp" and warped["recipe"]["parameters"]["exaggeration"] == pytest.approx(1.1)
    assert np.allclose(warped["recipe"]["keypoints"], before["arrows"], atol=1e-3)
    assert told["warp undone"] == before
    assert told["warp redone"] == warped
    repeated = told["warp repeated"]
    assert len(repeated["layers"]) == 4 and repeated["recipe"]["parameters"] == warped["recipe"]["parameters"]


def test_deform_takes_the_same_arrows(told):
    deformed = told["deformed"]
    assert f"{PACK_NAME} · Brushwarp" in deformed["layers"] and len(deformed["layers"]) == 5
    assert deformed["paths"] == [f"Brushwarp solved · {PACK_NAME}", NAME]
    assert deformed["source"] == told["before"]["source"]
