"""Stylize as a painter uses it: in GIMP's window, from the menu, with the keyboard.

One visit to GIMP tells the story once: a photo on the command line, a feathered selection, arrows drawn as a path, Filters > Brushwarp >
Stylize…, OK in the dialog, Ctrl+Z, Ctrl+Y, a saved .xcf, Ctrl+F to repeat; then a second dialog whose job is cancelled, and
a third whose arrows are refused. The tests look at what it left. Screenshots: gimp_menu, gimp_dialog, gimp_result, gimp_progress, …
By hand:  BRUSHWARP_SCREENSHOTS=folder pytest tests/hosts/test_gimp_window.py
"""

from __future__ import annotations

import functools
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from gimp_fixtures import PACK_ID, add_pack, make_slow_pack, photo_pixels, write_photo
from harness import User

SELECTED = (60, 50, 380, 400)  # x, y, width, height of the ellipse, before its edge is feathered
FEATHER = 30.0
ARROWS = [[(200, 210), (224, 198)], [(310, 290), (290, 308)]]  # inside, where the selection is full
TITLE = "512x512.*GIMP"
LARGE = (1500, 1000)
PATCH = 8  # pixels around an arrow's end that are looked for: the bend turns and stretches what lies farther away


def looks_at_a_photo(folder, large, slow, selected, feather, arrows):
    import os
    import shutil

    import gimp_studio as studio
    import screen
    from gi.repository import Gimp

    told = {}
    (image,) = Gimp.get_images()
    source = image.get_layers()[0]
    image.select_ellipse(Gimp.ChannelOps.REPLACE, *selected)
    Gimp.Selection.feather(image, feather)
    studio.draw_arrows(image, arrows)
    Gimp.displays_flush()

    def look(when):
        top = image.get_layers()[0]
        told[when] = studio.look(image, source)
        with open("%s/%s.flat" % (folder, when), "wb") as file:
            file.write(studio.flat(image, "R'G'B' u8"))
        studio.dump(image.get_selection(), "Y u8", "%s/%s.selection" % (folder, when))
        studio.dump(top, "R'G'B'A u8", "%s/%s.top" % (folder, when))
        screen.tell("looked " + when)

    look("before")
    screen.wait_to_hear("painted", 300)
    look("painted")
    for when, layers in (("undone", 1), ("redone", 2), ("repeated", 3)):
        screen.wait_to_hear("presses for " + when, 60)
        studio.wait_for_layers(image, layers, 300 if when == "repeated" else 20)
        look(when)
        if when == "redone":
            studio.save(image, folder + "/study.xcf")
            screen.tell("saved")
    again = studio.load(folder + "/study.xcf")
    top, bottom = again.get_layers()
    told["reopened"] = {
        "layers": studio.tree([top, bottom]),
        "recipe": studio.recipe(top),
        "source": studio.fingerprint(bottom),
    }

    # What the painting would be without arrows, for the test to see how far they moved it.
    recipe = told["painted"]["recipe"]
    Gimp.Selection.none(image)
    same = {"style": recipe["style"]["id"], "brush_scale": recipe["parameters"]["brush_scale"]}
    straight = studio.stylize(image, [source], keypoints="none", **same)
    studio.dump(straight, "R'G'B'A u8", folder + "/straight.top")

    if slow:  # the same style, of a real one's size from now on: a large picture takes seconds
        styles = os.path.join(os.environ["BRUSHWARP_HOME"], "styles")
        shutil.copy(slow, os.path.join(styles, "next"))
        os.replace(os.path.join(styles, "next"), os.path.join(styles, recipe["style"]["id"] + ".safetensors"))
    image = studio.load(large)
    source = image.get_layers()[0]
    display = Gimp.Display.new(image)
    look("large before")
    screen.wait_to_hear("cancelled", 300)
    studio.draw_arrows(image, [[(100, 100), (1600, 100)]])  # it leaves the picture
    look("large cancelled")
    screen.wait_to_hear("refused", 300)
    look("large refused")
    display.delete()
    return told


def presses_the_keys(title, large_title):
    import time

    import gimp_keys as keys
    import screen

    screen.wait_to_hear("looked before", 120)
    dialog = keys.open_dialog(title, "Stylize", menu="gimp_menu")
    screen.key("alt+b")  # a somewhat broader brush, so that there is a setting to repeat
    screen.key("Up")
    time.sleep(0.5)
    screen.screenshot("gimp_dialog")
    screen.key("alt+o", dialog)
    screen.wait_until_gone("Brushwarp: Stylize", 300)
    time.sleep(1.0)
    screen.screenshot("gimp_result")
    screen.tell("painted")
    screen.wait_to_hear("looked painted")

    keys.press_once(title, "ctrl+z", "undone")
    screen.wait_to_hear("looked undone")
    screen.screenshot("gimp_undone")
    keys.press_once(title, "ctrl+y", "redone")
    screen.wait_to_hear("saved")

    keys.press_once(title, "ctrl+f", "repeated")  # Repeat "Stylize"
    screen.wait_to_hear("looked repeated", 300)

    screen.wait_to_hear("looked large before", 300)
    dialog = keys.begin_painting(large_title)
    screen.screenshot("gimp_progress")
    assert screen.windows("Brushwarp: Stylize"), "the job was done too early to be cancelled"
    screen.key("alt+c", dialog)  # Cancel
    screen.wait_until_gone("Brushwarp: Stylize", 20)
    screen.screenshot("gimp_cancelled")
    screen.tell("cancelled")

    screen.wait_to_hear("looked large cancelled")
    dialog = keys.open_dialog(large_title, "Stylize")
    screen.key("alt+o", dialog)
    message = screen.wait_for_window("GIMP Message")
    screen.screenshot("gimp_error")
    screen.key("Escape", message)
    screen.tell("refused")


def photo_to_paint(folder: Path) -> Path:
    """One of the development photos where there are any; else the landscape that the project paints itself."""
    data = os.environ.get("BRUSHWARP_DEV_DATA")
    if data:
        return Path(data) / "content" / "test" / "cid22_171.jpg"
    from brushwarp.sample import render_sample

    pixels = render_sample(512, 512).permute(1, 2, 0).numpy()
    return write_photo(folder / "landscape.png", (pixels * 255).round().astype(np.uint8))


@pytest.fixture(scope="module")
def story(settled_user: User, pack_file: Path, tmp_path_factory) -> SimpleNamespace:
    """What GIMP told, the pixels that it left (by name), the style's id and name."""
    from brushwarp.bridge.styles import FIRST
    from brushwarp.styles.library import SHIPPED as SHIPPED_FOLDER
    from brushwarp.styles.pack import read_card

    folder = tmp_path_factory.mktemp("Geschichte ✓")
    assert settled_user.gimp  # or skips
    settled_user.brushwarp_home = settled_user.folder / "Bürstenhaus ✓"
    settled_user.install("gimp")
    shipped = SHIPPED_FOLDER / f"{FIRST}.safetensors"  # which the dialog offers first
    if not shipped.is_file():
        add_pack(settled_user, pack_file)
    card = read_card(shipped if shipped.is_file() else pack_file)
    slow = None if shipped.is_file() else make_slow_pack(folder / f"{PACK_ID}.safetensors")
    photo = folder / ("photo" + photo_to_paint(folder).suffix)
    photo.write_bytes(photo_to_paint(folder).read_bytes())
    told = settled_user.gimp.run_in_window(
        looks_at_a_photo,
        opens=[photo],  # a script that loads a JPEG gets an image whose undo is off; one that GIMP opens is as a painter has it
        drive=functools.partial(presses_the_keys, title=TITLE, large_title="%dx%d.*GIMP" % LARGE),
        timeout=560, folder=folder, large=write_photo(folder / "large.png", photo_pixels(LARGE)),
        slow=slow, selected=SELECTED, feather=FEATHER, arrows=ARROWS,
    )

    def pixels(name):
        channels = {".flat": 3, ".selection": 1, ".top": 4}[Path(name).suffix]
        return np.fromfile(folder / name, np.uint8).reshape(512, 512, channels).astype(int)

    return SimpleNamespace(told=told, pixels=pixels, id=card.id, name=f"{card.name} · Brushwarp")


def test_the_menu_action_adds_a_layer_directly_above_named_for_the_style(story):
    before, painted = story.told["before"], story.told["painted"]
    assert painted["layers"] == [story.name, *before["layers"]]
    assert painted["selected"] == [story.name]
    assert painted["top"] == [512, 512, 0, 0]
    assert painted["recipe"]["style"]["id"] == story.id


def test_the_photo_is_bit_identical_all_along(story):
    seen = [look["source"] for look in story.told.values()][:5]
    assert all(source == seen[0] for source in seen)


def test_nothing_changes_outside_the_selection_and_much_inside(story):
    selection = story.pixels("before.selection")[..., 0]
    before, after = story.pixels("before.flat"), story.pixels("painted.flat")
    assert (after[selection == 0] == before[selection == 0]).all()
    assert np.abs(after - before)[selection == 255].mean() >= 15
    assert (story.pixels("painted.top")[..., 3] == selection).all()  # feathered as the selection is


def test_the_arrows_carry_what_lies_at_their_sources_to_within_a_pixel_of_their_targets(story):
    straight, bent = story.pixels("straight.top"), story.pixels("painted.top")
    for (x, y), (to_x, to_y) in ARROWS:
        patch = straight[y - PATCH : y + PATCH, x - PATCH : x + PATCH, :3]
        off = {}
        for dy in range(-6, 7):
            for dx in range(-6, 7):
                there = bent[to_y + dy - PATCH : to_y + dy + PATCH, to_x + dx - PATCH : to_x + dx + PATCH, :3]
                off[dx, dy] = np.abs(there - patch).mean()
        assert np.hypot(*min(off, key=off.get)) <= 1


def test_one_ctrl_z_restores_all_and_ctrl_y_brings_it_back(story):
    for then, now in (("before", "undone"), ("painted", "redone")):
        for what in ("layers", "source", "selected", "paths", "recipe"):
            assert story.told[now][what] == story.told[then][what], what
        for kind in (".flat", ".selection", ".top"):
            assert (story.pixels(now + kind) == story.pixels(then + kind)).all(), kind


def test_the_saved_xcf_has_layers_and_recipe(story):
    reopened, painted = story.told["reopened"], story.told["painted"]
    assert reopened["layers"] == painted["layers"]
    assert reopened["recipe"] == painted["recipe"]
    assert reopened["source"] == painted["source"]


def test_repeat_paints_again_with_the_dialogs_settings(story):
    painted, repeated = story.told["painted"]["recipe"], story.told["repeated"]["recipe"]
    assert len(story.told["repeated"]["layers"]) == 3
    assert repeated["parameters"]["brush_scale"] == painted["parameters"]["brush_scale"] != 1.0
    assert repeated["style"] == painted["style"]
    assert repeated["keypoints"] == painted["keypoints"] == [[*map(float, (*source, *target))] for source, target in ARROWS]


def test_a_job_cancelled_in_the_dialog_leaves_the_image_as_it_was(story):
    before, after = story.told["large before"], story.told["large cancelled"]
    assert after == {**before, "paths": ["Brushwarp keypoints"]}  # that path was drawn for the next test


def test_an_arrow_that_leaves_the_picture_is_refused_in_gimps_own_message(story):
    assert story.told["large refused"] == story.told["large cancelled"]
