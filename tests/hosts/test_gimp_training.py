"""Train style from layer… as a painter uses it: in GIMP's window, from the menu, with the keyboard.

One visit: a painting; Filters > Brushwarp > Train style from layer…, a folder of photographs, a name, Train; the dialog is closed
while it trains, opened again, the training cancelled, resumed, cancelled and removed; a short one that is begun elsewhere meanwhile
ends in the gallery, and Stylize… paints in it; then the dialog without any image. Screenshots: gimp_train_dialog, gimp_train_running, …
By hand:  BRUSHWARP_SCREENSHOTS=folder pytest tests/hosts/test_gimp_training.py
"""

from __future__ import annotations

import functools
import json
import shutil
import time
from pathlib import Path

import pytest
from harness import Gimp, User
from PIL import Image

from brushwarp.bridge.trainings import cancel_training, list_trainings

SIZE = (320, 256)
TITLE = "%dx%d.*GIMP" % SIZE
PAINTING = "delacroix_liberty.jpg"
SHORT_NAME, SHORT_ID = "Petite Vague", "petite_vague"
SHORT = [3, 0, 0, 0, 0]  # iterations: a second each


def looks_on():
    import gimp_studio as studio
    import screen
    from gi.repository import Gimp

    told = {}
    (image,) = Gimp.get_images()
    source = image.get_layers()[0]

    def look(when):
        told[when] = studio.look(image, source)
        screen.tell("looked " + when)

    look("before")
    screen.wait_to_hear("trained", 500)
    look("trained")
    screen.wait_to_hear("painted", 240)
    look("painted")
    Gimp.Display.get_by_id(1).delete()
    screen.tell("closed")
    screen.wait_to_hear("looked after", 120)
    return told


def presses_the_keys(title, photos, pixels, size, short_name, short, notes):
    import json
    import time

    import gimp_keys as keys
    import gimp_trainings as trainings
    import screen

    told = {}
    gone = "Brushwarp: Train"

    def close(name=None):
        if name:
            time.sleep(1.5)  # the list is looked at once a second
            screen.screenshot(name)
        screen.key("alt+c")
        screen.wait_until_gone(gone, 20)

    def press(keys, dialog, name=None):
        screen.key(keys, dialog)
        if name:
            time.sleep(1.5)
            screen.screenshot(name)

    screen.wait_to_hear("looked before", 120)
    dialog = keys.open_dialog(title, "Train", menu="gimp_train_menu")
    screen.screenshot("gimp_train_dialog")
    screen.key("alt+f")
    keys.type_file("Photographs to practise on", photos)
    screen.focus(dialog)
    keys.choose("q", "Home")
    screen.key("alt+n")
    screen.type_text(" ")  # in place of the name, which the keyboard selects
    screen.key("alt+t")
    message = screen.wait_for_window("Brushwarp: Message")
    screen.screenshot("gimp_train_refused")
    screen.key("Return", message)
    screen.wait_until_gone("Brushwarp: Message", 10)
    told["after the refusal"] = [status.id for status in trainings.list_trainings()]
    screen.focus(dialog)
    screen.key("alt+n")
    screen.type_text("La Nuit")
    screen.key("alt+a")
    screen.type_text("Nobody")
    screen.screenshot("gimp_train_filled")
    screen.key("alt+t")
    trainings.wait_for_steps("la_nuit", 2)
    close("gimp_train_running")

    told["closed at"] = trainings.find("la_nuit").iteration
    told["opened at"] = trainings.wait_for_steps("la_nuit", told["closed at"] + 1).iteration
    dialog = keys.open_dialog(title, "Train")
    press("alt+e", dialog, "gimp_train_cancelling")
    told["cancelled at"] = trainings.wait_for_state("la_nuit", "cancelled", 60).iteration
    time.sleep(1.5)
    press("alt+u", dialog)
    told["resumed at"] = trainings.wait_for_steps("la_nuit", told["cancelled at"] + 1).iteration
    time.sleep(1.5)
    screen.screenshot("gimp_train_resumed")
    press("alt+e", dialog)
    trainings.wait_for_state("la_nuit", "cancelled", 60)

    with open(pixels, "rb") as file:
        request = trainings.TrainingRequest(short_name, *size, photos=photos, iterations=short)
        trainings.wait_for_state(trainings.start_training(request, file.read()), "finished")
    time.sleep(1.5)
    screen.screenshot("gimp_train_finished")
    press("alt+m", dialog)
    question = screen.wait_for_window("Brushwarp: Remove")
    screen.screenshot("gimp_train_remove")
    screen.key("alt+r", question)
    trainings.wait_for("la_nuit", lambda status: status is None, 20)
    screen.focus(dialog)
    close("gimp_train_removed")
    told["kept"] = [status.id for status in trainings.list_trainings()]
    screen.tell("trained")
    screen.wait_to_hear("looked trained")

    keys.open_dialog(title, "Stylize")
    keys.choose("y", "Home")  # the user's own come first
    screen.key("alt+m")  # unfolds “Mix with other styles”
    time.sleep(1.0)
    screen.screenshot("gimp_train_stylize")
    screen.key("alt+o")
    screen.wait_until_gone("Brushwarp: Stylize", 240)
    screen.tell("painted")
    screen.wait_to_hear("closed", 60)

    keys.open_dialog("GNU Image", "Train")
    close("gimp_train_no_image")
    screen.tell("looked after")
    with open(notes, "w", encoding="utf-8") as file:
        json.dump(told, file)


@pytest.fixture(scope="module")
def photos(dev_data: Path, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("Photos à moi")
    for photo in sorted((dev_data / "content" / "train").glob("*.jpg"))[:6]:
        shutil.copy(photo, folder)
    return folder


@pytest.fixture(scope="module")
def painting(dev_data: Path, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("painting") / "liberty.png"
    with Image.open(dev_data / "style" / PAINTING) as image:
        image.convert("RGB").resize(SIZE).save(path)
    return path


@pytest.fixture(scope="module")
def story(settled_user: User, photos: Path, painting: Path, tmp_path_factory) -> dict:
    """What GIMP told, and what its driver noted."""
    folder = tmp_path_factory.mktemp("training")
    assert settled_user.gimp  # or skips
    settled_user.brushwarp_home = settled_user.folder / "Bürstenhaus ✓"
    settled_user.more_environment = {"OMP_NUM_THREADS": "1"}
    settled_user.install("gimp")
    with Image.open(painting) as image:
        (folder / "layer.pixels").write_bytes(image.convert("RGBA").tobytes())
    drive = functools.partial(
        presses_the_keys, title=TITLE, photos=str(photos), pixels=str(folder / "layer.pixels"), size=SIZE, short_name=SHORT_NAME,
        short=SHORT, notes=str(folder / "notes.json"),
    )
    told = settled_user.gimp.run_in_window(looks_on, opens=[painting], drive=drive, timeout=900)
    return {**told, **json.loads((folder / "notes.json").read_text(encoding="utf-8"))}


def test_a_style_without_a_name_is_refused_and_the_dialog_stays(story):
    assert story["after the refusal"] == []


def test_the_training_goes_on_when_the_dialog_is_closed(story):
    assert story["closed at"] < story["opened at"]


def test_cancelled_and_resumed_in_the_dialog_it_goes_on_from_there(story):
    assert 0 < story["opened at"] <= story["cancelled at"] < story["resumed at"] < 1100


def test_a_removed_training_is_gone_and_the_others_stay(story):
    assert story["kept"] == [SHORT_ID]


def test_a_finished_style_is_in_the_gallery_and_stylize_paints_in_it(story):
    painted = story["painted"]
    assert painted["layers"] == [f"{SHORT_NAME} · Brushwarp", *story["before"]["layers"]]
    assert painted["recipe"]["style"]["id"] == SHORT_ID


def test_the_image_is_as_it_was(story):
    assert story["trained"] == story["before"]
    assert story["painted"]["source"] == story["before"]["source"]


def trains_as_a_script_does(path, photos):
    import os
    import time

    import gimp_studio as studio
    import gimp_trainings as trainings
    from gi.repository import Gimp, Gio

    told = {}
    image = studio.load(path)
    layer = image.get_layers()[0]
    layer.set_name("liberty.png")
    before = studio.look(image, layer)
    began = time.monotonic()
    folder = Gio.File.new_for_path(photos)
    id = studio.train(image, [layer], name="Été", artist="Nobody", photos=folder, quality="quick")
    told["began"] = [id, time.monotonic() - began, trainings.find(id).runs]
    again = studio.train(image, [layer], run_mode=Gimp.RunMode.WITH_LAST_VALS)
    told["again"] = [again, trainings.find(again).name]
    for each in (again, id):
        trainings.cancel_training(each)
    for each in (again, id):
        trainings.wait_for_state(each, "cancelled")
    told["unchanged"] = studio.look(image, layer) == before

    kept = trainings.list_trainings()

    def refused(name, layers, **settings):
        try:
            told[name] = "it was not refused: %s" % studio.train(image, layers, **settings)
        except studio.Refused as refusal:
            told[name] = "%s: %s" % (refusal.status, refusal.message)

    refused("no layer", [])
    refused("empty layer", [studio.new_layer(image, 80, 80, name="blank")])
    refused("small layer", [studio.new_layer(image, 30, 20, name="speck", pixels=b"\1\2\3\xff" * 600)])
    os.rename(photos, photos + " gone")
    refused("no photographs", [layer], photos=folder)
    told["nothing began"] = trainings.list_trainings() == kept
    return told


@pytest.fixture(scope="module")
def script(settled_gimp: Gimp, photos: Path, painting: Path, tmp_path_factory) -> dict:
    folder = tmp_path_factory.mktemp("script") / "photos"
    shutil.copytree(photos, folder)
    return settled_gimp.run(trains_as_a_script_does, path=painting, photos=folder, timeout=240)


def test_a_script_begins_a_training_and_does_not_wait_for_it(script):
    id, seconds, runs = script["began"]
    assert (id, runs) == ("ete", True) and seconds < 20
    assert script["unchanged"]


def test_with_the_last_values_the_style_is_called_as_its_layer(script):
    assert script["again"] == ["liberty", "liberty"]


SENTENCES = {
    "no layer": "No layer is selected",
    "empty layer": "“blank” is empty",
    "small layer": "30 × 20 pixels",
    "no photographs": "There is no folder",
}


@pytest.mark.parametrize("what", SENTENCES)
def test_what_can_t_be_learnt_is_refused_in_words_that_help(script, what):
    assert script[what].startswith("EXECUTION_ERROR: ") and SENTENCES[what] in script[what]
    assert "\n" in script[what]
    assert script["nothing began"]


def begins_and_quits(path, photos):
    import gimp_studio as studio
    from gi.repository import Gio

    image = studio.load(path)
    return studio.train(image, image.get_layers(), name="Lasting", photos=Gio.File.new_for_path(photos))


def test_the_training_goes_on_when_gimp_quits(settled_gimp: Gimp, photos: Path, painting: Path, monkeypatch):
    id = settled_gimp.run(begins_and_quits, path=painting, photos=photos)
    monkeypatch.setenv("BRUSHWARP_HOME", str(settled_gimp.user.brushwarp_home))

    def wait_for(true):
        end = time.monotonic() + 240
        while not true(status := next(status for status in list_trainings() if status.id == id)):
            assert time.monotonic() < end, status
            time.sleep(0.1)

    wait_for(lambda status: status.iteration >= 1)
    cancel_training(id)
    wait_for(lambda status: status.state == "cancelled")
