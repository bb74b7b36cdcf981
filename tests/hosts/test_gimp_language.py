"""GIMP in another language: menu, dialogs, the procedure browser and what the worker refuses speak it; and English again when GIMP does.

By hand:  BRUSHWARP_SCREENSHOTS=folder pytest tests/hosts/test_gimp_language.py
"""

from __future__ import annotations

import functools
import gettext
import re
from pathlib import Path

import pytest
from gimp_fixtures import PACK_ID, photo_pixels, write_photo
from harness import Gimp

LOCALE = Path(__file__).parents[2] / "core" / "brushwarp" / "bridge" / "locale"
PHOTO = (320, 240)
TITLE = "%dx%d.*GIMP" % PHOTO
VERBS = ("Stylize", "Deform", "Suggest keypoints", "Warp", "Train style from layer")
GERMAN = gettext.translation("brushwarp", LOCALE, ["de"])


def reads(pack, path, same_end):
    import gimp_studio as studio
    from gi.repository import Gimp, Gio

    image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(path))
    procedure = Gimp.get_pdb().lookup_procedure("plug-in-brushwarp-stylize")
    told = {"label": procedure.get_menu_label(), "blurb": procedure.get_blurb()}
    told["arguments"] = [argument.get_nick() for argument in procedure.get_arguments()]
    studio.draw_arrows(image, same_end)
    config = procedure.create_config()
    config.set_property("run-mode", Gimp.RunMode.NONINTERACTIVE)
    config.set_property("image", image)
    config.set_core_object_array("drawables", image.get_layers()[:1])
    config.set_property("style", pack)
    procedure.run(config)
    told["refusal"] = Gimp.get_pdb().get_last_error()
    return told


def waits():
    import screen
    from gi.repository import Gimp

    Gimp.displays_flush()
    screen.tell("ready")
    screen.wait_to_hear("looked", 240)


def opens_every_dialog(named, dialogs):
    import time

    import gimp_keys as keys
    import screen

    screen.wait_to_hear("ready", 120)
    for letter, title, picture in dialogs:
        keys.choose_by_letter(named, letter)
        dialog = screen.wait_for_window(title)
        time.sleep(2.5)
        screen.screenshot("gimp_german_" + picture)
        screen.focus(dialog)
        screen.key("Escape", dialog)
        screen.wait_until_gone(title)
    screen.tell("looked")


@pytest.fixture(scope="module")
def told(painter: Gimp, tmp_path_factory) -> dict:
    """In German, then as before."""
    photo = write_photo(tmp_path_factory.mktemp("language") / "photo.png", photo_pixels(PHOTO))
    arrows = [[(40, 40), (120, 90)], [(200, 60), (120, 90)]]
    before = dict(painter.user.more_environment)
    painter.user.more_environment = {**before, "LANGUAGE": "de"}  # as GIMP sets it for its plug-ins
    german = painter.run(reads, pack=PACK_ID, path=photo, same_end=arrows)
    dialogs = []
    for verb in VERBS:
        label = next(text for text in labels() if "_" in text and text.replace("_", "") == verb + "…")
        letter = re.search("_(.)", GERMAN.gettext(label))[1].lower()
        dialogs.append((letter, re.escape(GERMAN.gettext("Brushwarp: " + verb)), verb.split()[0].lower()))
    painter.run_in_window(waits, opens=[photo], drive=functools.partial(opens_every_dialog, named=TITLE, dialogs=dialogs), timeout=300)
    painter.user.more_environment = before
    return {"de": german, "en": painter.run(reads, pack=PACK_ID, path=photo, same_end=arrows)}


def labels() -> list:
    return [text for text in GERMAN._catalog if isinstance(text, str) and text.endswith("…")]


def test_the_menu_follows_the_language_of_gimp(told):
    assert told["en"]["label"] == "_Stylize…"
    assert told["de"]["label"] == GERMAN.gettext("_Stylize…") != told["en"]["label"]


def test_so_does_the_procedure_browser(told):
    assert told["de"]["blurb"] == GERMAN.gettext(told["en"]["blurb"]) != told["en"]["blurb"]
    assert len(set(told["de"]["arguments"]) & set(told["en"]["arguments"])) <= 4  # GIMP's own: run mode, image, drawables


def test_the_worker_answers_in_the_language_of_gimp(told):
    assert told["en"]["refusal"].startswith("Two arrows end in the same point")
    assert told["de"]["refusal"].startswith("Zwei Pfeile")
