"""The gallery and the preview in Stylize's dialog, as a painter uses them: in GIMP's window.

One visit: a photo, Filters > Brushwarp > Stylize…; the preview comes; a style is searched for and marked, its card read; a pack is added
from a file and another dropped on the dialog; one is renamed, one removed; and then the layer is painted in the one that is left.
Screenshots: gimp_gallery, gimp_gallery_search, gimp_gallery_card, gimp_gallery_original, …
By hand:  BRUSHWARP_SCREENSHOTS=folder pytest tests/hosts/test_gimp_gallery.py
"""

from __future__ import annotations

import functools
import json
from types import SimpleNamespace

import pytest
from gimp_fixtures import PACK_ID, PACK_NAME, add_pack, make_pack, photo_pixels, write_photo
from harness import User

PHOTO = (320, 240)
TITLE = "%dx%d.*GIMP" % PHOTO
RENAMED = "Ruhige See"


def looks_on(home):
    import glob
    import json
    import os

    import gimp_studio as studio
    import screen
    from gi.repository import Gimp

    told = {}
    (image,) = Gimp.get_images()
    source = image.get_layers()[0]
    Gimp.displays_flush()

    def look(when):
        marks = os.path.join(home, "gallery.json")
        told[when] = {
            "image": studio.look(image, source),
            "dirty": image.is_dirty(),
            "styles": sorted(os.path.basename(path) for path in glob.glob(os.path.join(home, "styles", "*.safetensors"))),
            "marks": json.load(open(marks, encoding="utf-8")) if os.path.exists(marks) else None,
        }
        screen.tell("looked " + when)

    look("before")
    for when in ("previewed", "marked", "added", "dropped", "renamed", "removed", "painted"):
        screen.wait_to_hear(when, 180)
        look(when)
    return told


def visits_the_gallery(title, second, third, renamed):
    import os
    import subprocess
    import sys
    import time

    import gimp_keys as keys
    import screen
    from screen_pixels import Eye

    def step(when):
        screen.screenshot("gimp_gallery_" + when)
        screen.tell(when)
        screen.wait_to_hear("looked " + when)

    screen.wait_to_hear("looked before", 120)
    dialog = keys.open_dialog(title, "Stylize")
    left, top, width, height = screen.place_of(dialog)
    preview = Eye((left + width - 430, top + 20, 380, 200))
    screen.key("alt+i", dialog)  # Show original
    original = preview.wait_for_rest()
    screen.screenshot("gimp_gallery_original")
    screen.key("alt+i")
    preview.wait_for_change(original, 60)  # a worker has to be started first
    painted = preview.wait_for_rest(2.5)
    step("previewed")
    screen.key("alt+i", dialog)
    looked_back = preview.wait_for_rest()
    screen.key("alt+i")
    again = preview.wait_for_rest()
    shown = {}
    for strength in "01":
        screen.key("alt+g")  # Strength
        screen.key("ctrl+a")
        screen.type_text(strength)
        screen.key("Tab")
        shown[strength] = preview.wait_for_rest(1.5)

    screen.key("alt+y")  # the grid; typing searches
    screen.type_text("weave")
    time.sleep(1.0)
    screen.key("alt+u")  # Favourite
    time.sleep(0.5)
    step("marked")
    screen.key("alt+t")  # About…
    card = screen.wait_for_window("Brushwarp: Coarse")
    time.sleep(0.5)
    screen.screenshot("gimp_gallery_card")
    screen.key("Escape", card)
    screen.wait_until_gone("Brushwarp: Coarse")

    screen.key("alt+a", dialog)  # Add…
    keys.type_file("Style packs to add", second)
    screen.focus(dialog)
    time.sleep(1.0)
    step("added")

    files = subprocess.Popen([sys.executable, os.path.join(os.environ["BRUSHWARP_TEST_INSIDE"], "drag_source.py"), "Files", third])
    try:
        from_there = screen.place_of(screen.wait_for_window("^Files$"))
        time.sleep(0.5)
        screen.drag(from_there[0] + 60, from_there[1] + 40, left + 200, top + 250)
        time.sleep(2.0)
    finally:
        files.terminate()
        files.wait()
    screen.focus(dialog)
    step("dropped")

    screen.key("alt+n", dialog)  # Rename…
    screen.focus(screen.wait_for_window("Brushwarp: Rename style"))
    time.sleep(0.5)
    screen.key("ctrl+a")
    screen.type_text(renamed)
    screen.screenshot("gimp_gallery_rename")
    screen.key("Return")
    screen.wait_until_gone("Brushwarp: Rename style")
    time.sleep(0.5)
    step("renamed")

    screen.key("alt+y", dialog)
    screen.type_text("ruhige")
    time.sleep(1.0)
    screen.key("alt+y")
    screen.key("Home")
    time.sleep(0.5)
    screen.screenshot("gimp_gallery_found")
    screen.key("alt+v")  # Remove…
    question = screen.wait_for_window("^Brushwarp$")
    time.sleep(0.5)
    screen.screenshot("gimp_gallery_remove")
    screen.key("alt+r", question)
    screen.wait_until_gone("^Brushwarp$")
    time.sleep(0.5)
    step("removed")
    screen.key("alt+y", dialog)
    screen.key("Return")  # on a style: as OK
    screen.wait_until_gone("Brushwarp: Stylize", 120)
    time.sleep(0.5)
    step("painted")
    return {"looks back": looked_back == original != painted, "and forth": again == painted, "follows": shown == {"0": original, "1": painted}}


@pytest.fixture(scope="module")
def visit(settled_user: User, pack_file, tmp_path_factory) -> SimpleNamespace:
    folder = tmp_path_factory.mktemp("gallery")
    assert settled_user.gimp  # or skips
    settled_user.install("gimp")
    add_pack(settled_user, pack_file)
    second = make_pack(folder / "second.safetensors", name="Second", seed=4)
    third = make_pack(folder / "third.safetensors", name="Dropped", seed=5)
    gimp = settled_user.gimp
    told = gimp.run_in_window(
        looks_on, opens=[write_photo(folder / "photo.png", photo_pixels(PHOTO))],
        drive=functools.partial(visits_the_gallery, title=TITLE, second=str(second), third=str(third), renamed=RENAMED),
        timeout=300, home=settled_user.brushwarp_home,
    )
    return SimpleNamespace(told=told, seen=gimp.driver_value())


def test_the_preview_shows_the_painting_and_on_request_the_layer(visit):
    assert visit.seen["looks back"] and visit.seen["and forth"]


def test_the_preview_follows_a_slider(visit):
    assert visit.seen["follows"]  # at strength 0 the painting is the layer


def test_neither_preview_nor_gallery_touches_the_document(visit):
    before = visit.told["before"]
    for when in ("previewed", "marked", "added", "dropped", "renamed", "removed"):
        assert visit.told[when]["image"] == before["image"] and visit.told[when]["dirty"] == before["dirty"], when


def test_a_favourite_is_remembered(visit):
    assert visit.told["marked"]["marks"]["favourites"] == [PACK_ID]


def test_packs_are_added_from_a_file_and_by_dropping_them(visit):
    first = f"{PACK_ID}.safetensors"
    assert visit.told["added"]["styles"] == sorted([first, "second.safetensors"])
    assert visit.told["dropped"]["styles"] == sorted([first, "second.safetensors", "third.safetensors"])


def test_the_new_style_is_chosen_and_can_be_renamed(visit):
    assert visit.told["renamed"]["marks"]["names"] == {"third": RENAMED}


def test_a_style_is_removed_when_that_is_confirmed(visit):
    assert "third.safetensors" not in visit.told["removed"]["styles"]
    assert "third" not in json.dumps(visit.told["removed"]["marks"])


def test_ok_paints_in_the_style_that_is_chosen(visit):
    painted = visit.told["painted"]["image"]
    assert painted["layers"] == [f"{PACK_NAME} · Brushwarp", "photo.png"] and painted["recipe"]["style"]["id"] == PACK_ID
