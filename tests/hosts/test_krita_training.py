"""Train style from layer… in the real Krita: begun, looked after, stopped and resumed in one window, and found in the gallery.

By hand, with screenshots to look at:
    BRUSHWARP_SCREENSHOTS=shots .venv/bin/python -m pytest tests/hosts/test_krita_training.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from harness import KritaHost
from krita_fixtures import settle_painter
from PIL import Image

SIZE = (480, 384)
TINY, ENDLESS = [3, 0, 0, 0, 0], [1000, 0, 0, 0, 0]  # iterations: a second each, or so
PAINTING = "Nuit étoilée"


@pytest.fixture(scope="module")
def painter(dev_data, settled_user) -> KritaHost:
    settle_painter(settled_user)
    settled_user.more_environment = {**settled_user.more_environment, "LC_ALL": "C"}  # what Krita makes of many a locale: Python's paths are ASCII
    return settled_user.krita


@pytest.fixture(scope="module")
def folder(dev_data: Path, tmp_path_factory) -> Path:
    """A painting to learn, and a folder with a few photographs."""
    made = tmp_path_factory.mktemp("training")
    with Image.open(dev_data / "style" / "vangogh_starry_night.jpg") as image:
        image.convert("RGB").resize(SIZE).save(made / f"{PAINTING}.png")
    (made / "Fotos für Öl").mkdir()
    for path in sorted((dev_data / "content" / "train").rglob("*.jpg"))[:4]:
        with Image.open(path) as image:
            image.thumbnail((512, 512))
            image.convert("RGB").save(made / "Fotos für Öl" / path.name)
    return made


def trains(folder, photos, painting):
    import shutil
    import time

    import krita_studio as studio
    import krita_trainings as trainings
    import screen
    from krita import Krita
    from PyQt5.QtCore import Qt
    from PyQt5.QtTest import QTest
    from PyQt5.QtWidgets import QComboBox, QLabel, QLineEdit, QListWidget, QPushButton

    from brushwarp.bridge.training import trainings_folder
    from brushwarp.bridge.trainings import list_trainings

    def texts(dialog):
        return [dialog.findChild(QLineEdit, name).text() for name in ("name", "artist", "photos")]

    def enabled(dialog):
        return [dialog.findChild(QPushButton, name).isEnabled() for name in ("cancel", "resume", "remove")]

    def has_gone(dialog):
        return not studio.shown("brushwarp_train_dialog")

    told = {}
    document = Krita.instance().activeDocument()
    told["tree"] = studio.tree(document.rootNode())
    dialog = yield from studio.open_dialog("train")
    yield 400
    screen.screenshot("krita_train")
    told["source"] = dialog.findChild(QLabel, "source").text()
    told["at first"] = texts(dialog)
    told["none"] = dialog.findChild(QListWidget, "trainings").item(0).text()
    told["buttons at first"] = enabled(dialog)
    told["tips"] = [bool(widget.toolTip()) for kind in (QComboBox, QLineEdit, QPushButton, QListWidget) for widget in dialog.findChildren(kind)]
    words = [label.text() for label in dialog.findChildren(QLabel)] + [button.text() for button in dialog.findChildren(QPushButton)]
    told["mnemonics"] = [text[text.index("&") + 1].lower() for text in words if "&" in text]

    told["tab"] = []
    dialog.findChild(QLineEdit, "name").setFocus()
    for _ in range(12):
        told["tab"].append(studio.QApplication.focusWidget().objectName())
        QTest.keyClick(studio.QApplication.focusWidget(), Qt.Key_Tab)

    # Two things that can't be: the window stays, and so does what was typed.
    name = dialog.findChild(QLineEdit, "name")
    name.setText("  ")
    name.setModified(True)
    studio.press_button(dialog, "train")
    yield from studio.wait_for(studio.message_shown, "refusal")
    told["no name"] = yield from studio.dismiss()
    name.setText("Étoiles")
    name.setModified(True)
    dialog.findChild(QLineEdit, "photos").setText(folder + "/nowhere")
    studio.press_button(dialog, "train")
    yield from studio.wait_for(studio.message_shown, "refusal")
    told["no folder"] = yield from studio.dismiss()
    told["after refusals"] = texts(dialog)

    # Begun, by all that a painter would touch.
    dialog.findChild(QPushButton, "choose_photos").click()
    files = yield from studio.wait_for(lambda: studio.shown("brushwarp_photos"), "folder dialog")
    files.setDirectory(folder)
    files.selectFile(photos)
    yield 300
    screen.screenshot("krita_train_photos")
    files.accept()
    yield from studio.wait_for(lambda: not studio.shown("brushwarp_photos"), "end of the folder dialog")
    dialog.findChild(QLineEdit, "artist").setText("Vincent")
    studio.pick(dialog, "quality", "Quick")
    told["chosen"] = texts(dialog)
    studio.press_button(dialog, "train")
    told["twice"] = dialog.findChild(QPushButton, "train").isEnabled()
    ticks, began = 0, time.monotonic()
    while not trainings.listed(dialog):
        ticks += 1
        yield 20
    told["ticks"], told["seconds"] = ticks, time.monotonic() - began
    yield from trainings.wait_until(dialog, "Étoiles", "Learning the coarse strokes")
    told["next name"] = texts(dialog)[0]
    yield 400
    told["buttons while it learns"] = enabled(dialog)
    told["running"] = trainings.listed(dialog)
    screen.screenshot("krita_train_running")
    shutil.copy(trainings_folder() + "/etoiles/painting.png", folder + "/learnt_from.png")
    with open(trainings_folder() + "/etoiles/request.json", encoding="utf-8") as file:
        told["request"] = file.read()

    # Closed and opened again: it goes on.
    studio.button(dialog, "Close").click()
    yield from studio.wait_for(lambda: has_gone(dialog), "end of the window")
    stood = list_trainings()[0].iteration
    yield from studio.wait_for(lambda: list_trainings()[0].iteration > stood, "progress without the window", 120)
    dialog = yield from studio.open_dialog("train")
    told["remembered"] = texts(dialog) + [dialog.findChild(QComboBox, "quality").currentData()]
    told["reopened"] = trainings.listed(dialog)
    Krita.instance().action("brushwarp_train").trigger()
    yield 200
    told["windows"] = len([w for w in studio.QApplication.topLevelWidgets() if w.objectName() == "brushwarp_train_dialog" and w.isVisible()])

    # Stopped, resumed, stopped, removed.
    studio.press_button(dialog, "cancel")
    told["stopping"] = trainings.listed(dialog) + enabled(dialog)
    told["cancelled"] = yield from trainings.wait_until(dialog, "Étoiles", "Cancelled")
    yield 400
    told["buttons when cancelled"] = enabled(dialog)
    screen.screenshot("krita_train_cancelled")
    studio.press_button(dialog, "resume")
    told["resumed"] = yield from trainings.wait_until(dialog, "Étoiles", "Learning")
    studio.press_button(dialog, "cancel")
    yield from trainings.wait_until(dialog, "Étoiles", "Cancelled")
    studio.press_button(dialog, "remove")
    yield 300
    screen.screenshot("krita_train_remove")
    told["question"] = yield from studio.answer("Cancel")
    told["kept"] = len(list_trainings())
    studio.press_button(dialog, "remove")
    yield from studio.answer("Remove")
    told["removed"] = trainings.listed(dialog) + list_trainings()
    studio.button(dialog, "Close").click()
    told["tree at the end"] = studio.tree(document.rootNode())
    return told


@pytest.fixture(scope="module")
def trained(painter, folder):
    told = painter.run_in_window(
        trains, opens=[folder / f"{PAINTING}.png"], folder=folder, photos=folder / "Fotos für Öl", painting=PAINTING, timeout=500
    )
    return told, folder


def test_the_dialog_shows_the_layer_and_explains_its_fields(trained):
    told, _ = trained
    assert told["source"] == f"“Background”, {SIZE[0]} × {SIZE[1]} pixels"
    assert told["at first"] == [PAINTING, "", ""]
    assert told["none"] == "No training runs, and none is kept." and told["buttons at first"] == [False, False, False]
    assert len(told["tips"]) >= 10 and all(told["tips"])
    assert len(told["mnemonics"]) == len(set(told["mnemonics"])) >= 10, told["mnemonics"]


def test_the_tab_key_goes_down_the_window(trained):
    told, _ = trained
    assert told["tab"][:6] == ["name", "artist", "photos", "choose_photos", "quality", "train"]
    assert told["tab"].index("train") < told["tab"].index("trainings")


def test_what_can_not_be_begun_is_told_and_what_was_typed_stays(trained):
    told, folder = trained
    assert "has no name" in told["no name"] and "There is no folder" in told["no folder"]
    assert told["after refusals"] == ["Étoiles", "", f"{folder}/nowhere"]


def test_a_training_begins_with_what_was_chosen_while_krita_goes_on(trained):
    import json

    told, folder = trained
    assert told["chosen"] == ["Étoiles", "Vincent", str(folder / "Fotos für Öl")]
    request = json.loads(told["request"])
    assert [request[name] for name in ("name", "artist", "photos", "quality", "iterations")] == [*told["chosen"], "quick", []]
    assert not told["twice"] and told["ticks"] >= told["seconds"] / 0.2
    assert told["next name"] == PAINTING
    ((name, standing, message),) = told["running"]
    assert name == "Étoiles" and standing.endswith("left") and "4 photographs are few" in message
    assert told["buttons while it learns"] == [True, False, False]


def test_it_learns_from_the_layer_s_own_pixels(trained):
    _, folder = trained
    painting, learnt_from = (np.array(Image.open(folder / name).convert("RGB"), int) for name in (f"{PAINTING}.png", "learnt_from.png"))
    assert np.abs(painting - learnt_from).max() <= 1


def test_closed_and_opened_again_it_shows_the_training_that_went_on(trained):
    told, _ = trained
    assert [row[0] for row in told["reopened"]] == ["Étoiles"] and told["windows"] == 1
    assert told["remembered"] == [PAINTING, *told["chosen"][1:], "quick"]


def test_it_is_cancelled_resumed_and_removed_by_the_buttons(trained):
    told, _ = trained
    ((name, standing, _), *buttons) = told["stopping"]
    assert standing.startswith("Stopping") and buttons == [False, False, False]
    assert told["cancelled"][1].endswith("%") and told["buttons when cancelled"] == [False, True, True]
    assert told["question"] == "Remove the training of “Étoiles”? What it has learnt is lost."
    assert told["kept"] == 1 and told["removed"] == []
    assert told["tree at the end"] == told["tree"] == ["Background"]


def finishes(photos, canvas, tiny, endless):
    import os

    import krita_gallery as docker
    import krita_studio as studio
    import krita_trainings as trainings
    import screen
    from krita import Krita
    from PyQt5.QtWidgets import QLabel, QLineEdit

    from brushwarp.bridge.paths import path_from_text
    from brushwarp.bridge.request import PixelFormat
    from brushwarp.bridge.training import trainings_folder
    from brushwarp.bridge.trainings import TrainingRequest, start_training

    document = Krita.instance().activeDocument()
    pixels = studio.own_pixels(document.activeNode())
    told = {}

    def begin(name, iterations):
        return start_training(TrainingRequest(
            name=name, width=canvas[0], height=canvas[1], format=PixelFormat("BGRA"), artist="Vincent", photos=path_from_text(photos),
            iterations=tuple(iterations),
        ), pixels)

    dialog = yield from studio.open_dialog("stylize")
    told["gallery before"] = studio.entries(dialog, "style")
    studio.button(dialog, "Cancel").click()
    yield from docker.show()
    dialog = yield from studio.open_dialog("train")
    told["id"] = begin("Kurze Lehre", tiny)
    yield from trainings.wait_until(dialog, "Kurze Lehre", "Learning")
    begin("Lange Lehre", endless)
    told["waiting"] = yield from trainings.wait_until(dialog, "Lange Lehre", "Waiting")
    yield 100
    told["heights"] = trainings.row_heights(dialog)
    screen.screenshot("krita_train_two")
    told["finished"] = yield from trainings.wait_until(dialog, "Kurze Lehre", "Finished")
    yield from studio.wait_for(lambda: told["id"] in docker.shown(), "the learnt style in the docker", 10)
    trainings.choose(dialog, "Kurze Lehre")
    yield 1300
    screen.screenshot("krita_train_finished")
    told["pictures"] = [row.findChild(QLabel, "sample").pixmap() is not None for row in trainings.rows(dialog)]
    studio.press_button(dialog, "remove")
    told["question"] = yield from studio.answer("Remove")
    told["left"] = [row[0] for row in trainings.listed(dialog)]
    trainings.choose(dialog, "Lange Lehre")

    # A folder that takes nothing: it is told, also once the window is closed.
    other = yield from studio.add_layer(document, "Nichts", pixels, 0, 0, *canvas)
    yield from studio.wait_for(lambda: "Nichts" in dialog.findChild(QLabel, "source").text(), "the other layer in the window")
    os.rename(trainings_folder(), trainings_folder() + ".away")
    open(trainings_folder(), "w").close()
    dialog.findChild(QLineEdit, "artist").setText("Niemand")
    studio.press_button(dialog, "train")
    yield from studio.wait_for(studio.message_shown, "what went wrong")
    told["broken folder"] = yield from studio.dismiss()
    told["after it"] = [dialog.findChild(QLineEdit, name).text() for name in ("name", "artist")]
    studio.press_button(dialog, "train")
    dialog.close()
    yield from studio.wait_for(studio.message_shown, "what went wrong, with the window closed")
    told["broken folder, closed"] = yield from studio.dismiss()
    os.remove(trainings_folder())
    os.rename(trainings_folder() + ".away", trainings_folder())
    other.remove()
    dialog = yield from studio.open_dialog("stylize")
    told["gallery"] = studio.entries(dialog, "style")
    studio.button(dialog, "Cancel").click()
    yield 200
    return told


def returns():
    """In a new Krita: the training that the one before left behind; and every layer that nothing can be learnt from."""
    import krita_studio as studio
    import krita_trainings as trainings
    import screen
    from krita import Krita
    from PyQt5.QtWidgets import QLabel, QPushButton

    told = {"refused": {}}
    dialog = yield from studio.open_dialog("train")
    told["left by the other"] = yield from trainings.wait_until(dialog, "Lange Lehre", "Learning")

    def look():
        return [dialog.findChild(QLabel, "source").text(), dialog.findChild(QPushButton, "train").isEnabled()]

    told["refused"]["no picture"] = look()
    yield 300
    screen.screenshot("krita_train_no_picture")
    studio.press_button(dialog, "cancel")
    told["cancelled"] = yield from trainings.wait_until(dialog, "Lange Lehre", "Cancelled")
    document = yield from studio.new_document(300, 200)
    pixels = b"\x10\x80\xf0\xff" * 300 * 200
    nodes = {
        "group": document.createGroupLayer("a group"),
        "vector": document.createVectorLayer("a vector layer"),
        "empty": document.createNode("nothing", "paintlayer"),
        "small": document.createNode("a stamp", "paintlayer"),
    }
    nodes["small"].setPixelData(studio.QByteArray(pixels), 0, 0, 40, 30)
    for name, node in nodes.items():
        document.rootNode().addChildNode(node, None)
        yield from studio.activate(document, node)
        before = look()[0]
        yield from studio.wait_for(lambda node=node: "“%s”" % node.name() in look()[0] or "40 × 30" in look()[0], "news instead of " + before)
        told["refused"][name] = look()
    yield 300
    screen.screenshot("krita_train_refused")
    nodes["small"].setPixelData(studio.QByteArray(pixels), 0, 0, 300, 200)  # painted on meanwhile
    Krita.instance().activeWindow().qwindow().activateWindow()
    yield 300
    dialog.activateWindow()
    yield from studio.wait_for(lambda: "300 × 200" in look()[0], "what was painted meanwhile")
    told["painted on"] = look()
    locked = yield from studio.add_layer(document, "held", pixels, 0, 0, 300, 200)
    locked.setLocked(True)
    yield from studio.wait_for(lambda: "held" in look()[0], "the locked layer")
    told["locked"] = look()
    other = yield from studio.new_document(300, 200, "CMYKA", "U8")
    assert not other.activeNode().bounds().isEmpty()
    yield from studio.wait_for(lambda: "CMYK" in look()[0], "the CMYK layer")
    told["refused"]["CMYK"] = look()
    return told  # with the window open: Krita closes it


@pytest.fixture(scope="module")
def finished(painter, folder):
    return painter.run_in_window(
        finishes, opens=[folder / f"{PAINTING}.png"], photos=folder / "Fotos für Öl", canvas=SIZE, tiny=TINY, endless=ENDLESS, timeout=400
    )


@pytest.fixture(scope="module")
def returned(painter, finished):
    return painter.run_in_window(returns, timeout=300)


def test_a_second_training_waits_for_the_first(finished):
    assert "Kurze Lehre" in finished["waiting"][2]
    assert all(given >= needed > 70 for given, needed in finished["heights"])


def test_a_finished_style_is_in_the_gallery_and_stays_there(finished):
    assert "in the gallery" in finished["finished"][1]
    assert set(finished["gallery"]) - set(finished["gallery before"]) == {"Kurze Lehre"}
    assert finished["question"] == "Remove the training of “Kurze Lehre”? The style stays in the gallery."
    assert finished["left"] == ["Lange Lehre"]


def test_the_newest_picture_of_each_is_shown(finished):
    assert finished["pictures"] == [False, True]


def test_a_failure_to_begin_is_told_and_what_was_typed_stays(finished):
    assert "trainings" in finished["broken folder"] and finished["after it"] == ["Nichts", "Niemand"]
    assert finished["broken folder, closed"] == finished["broken folder"]


def test_a_training_outlives_krita_and_is_found_and_stopped_by_the_next(returned):
    assert "left" in returned["left by the other"][1]
    assert returned["cancelled"][1].startswith("Cancelled")


REFUSALS = {
    "no picture": ("No picture is open", "Open one"),
    "group": ("“a group” is a group", "Layer > Flatten Layer"),
    "vector": ("“a vector layer” is a vector layer", "Convert to Paint Layer"),
    "empty": ("“nothing” is empty", "Paint something on it"),
    "small": ("40 × 30 pixels", "at least 64 × 64"),
    "CMYK": ("CMYK colours", "Convert Layer Color Space"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_what_can_not_be_learnt_from_is_said_in_the_window(returned, what):
    said, can_train = returned["refused"][what]
    assert all(words in said for words in REFUSALS[what]) and not can_train


def test_whoever_comes_back_from_painting_finds_the_layer_as_it_is(returned):
    assert returned["painted on"] == ["“a stamp”, 300 × 200 pixels", True]


def test_a_locked_layer_can_be_learnt_from(returned):
    assert returned["locked"] == ["“held”, 300 × 200 pixels", True]
