"""What the painter sees of Brushwarp in Krita: menu, dialog, progress, refusals; and that what ends early leaves no trace."""

from __future__ import annotations

import pytest
from harness import KritaHost
from krita_fixtures import HOME_NAME, LAYER_NAME, STYLE_ID, STYLE_NAME, photo, save_png, settle_painter, to_layer_bytes

BIG = (1800, 1400)  # takes some seconds, however fast the machine


@pytest.fixture(scope="module")
def painter(settled_user) -> KritaHost:
    settle_painter(settled_user)
    return settled_user.krita


def looks_around():
    import krita_studio as studio
    import screen
    from krita import Krita
    from PyQt5.QtCore import Qt
    from PyQt5.QtTest import QTest
    from PyQt5.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLabel, QSpinBox

    def fields(dialog):
        return [dialog.findChild(QSpinBox, "strength").value(), dialog.findChild(QDoubleSpinBox, "brush_scale").value(),
                dialog.findChild(QCheckBox, "keep_colors").isChecked()]

    told = {}
    document = Krita.instance().activeDocument()
    bar = Krita.instance().activeWindow().qwindow().menuBar()
    tools = [action for action in bar.actions() if action.objectName() == "tools"][0]
    entry = [action for action in tools.menu().actions() if action.text().replace("&", "") == "Brushwarp"][0]
    told["menu"] = [action.text() for action in entry.menu().actions()]
    yield from studio.draw(document, studio.arrow(100, 100, 140, 90), "Brushwarp keypoints")
    yield from studio.draw(document, studio.arrow(300, 200, 340, 190) + studio.arrow(400, 300, 380, 280), "Brushwarp keypoints 2")
    yield from studio.draw(document, "", "Brushwarp keypoints, none yet")
    told["tree"] = studio.tree(document.rootNode())

    dialog = yield from studio.open_dialog()
    yield 400
    screen.screenshot("krita_dialog")
    arrows = dialog.findChild(QComboBox, "arrows")
    told["arrows"] = [arrows.itemText(i) for i in range(arrows.count())]
    told["chosen"] = arrows.currentText()
    told["title"] = dialog.windowTitle()
    told["style"] = studio.chosen_in_gallery(dialog)
    told["tips"] = [bool(widget.toolTip()) for kind in (QComboBox, QSpinBox, QDoubleSpinBox, QCheckBox) for widget in dialog.findChildren(kind)]
    told["mnemonics"] = [text for text in (label.text() for label in dialog.findChildren(QLabel)) if "&" in text]
    told["at first"] = fields(dialog)
    studio.choose(dialog, strength=0.35, brush_scale=2.5, keep_colors=True)
    QTest.keyClick(dialog, Qt.Key_Escape)
    yield from studio.wait_for(lambda: not studio.shown("brushwarp_stylize_dialog"), "end of the dialog")
    told["tree after Escape"] = studio.tree(document.rootNode())

    dialog = yield from studio.open_dialog()
    told["after Escape"] = fields(dialog)
    studio.choose(dialog, arrows="Brushwarp keypoints, none yet")
    studio.button(dialog, "Ok").click()
    yield from studio.wait_for(studio.message_shown, "refusal")
    told["no arrows"] = yield from studio.dismiss()

    source = document.activeNode()
    dialog = yield from studio.open_dialog()
    studio.choose(dialog, strength=0.35, brush_scale=2.5, keep_colors=True)
    QTest.keyClick(dialog, Qt.Key_Return)
    progress = yield from studio.wait_for(lambda: studio.shown("brushwarp_progress"), "progress")
    yield 300
    screen.screenshot("krita_progress")
    told["progress"] = [label.text() for label in progress.findChildren(QLabel)]
    ticks = 0
    while studio.shown("brushwarp_progress"):
        ticks += 1
        yield 20
    told["ticks"] = ticks
    yield from studio.wait_for(lambda: document.activeNode().name() != source.name(), "new layer")
    yield 1000
    screen.screenshot("krita_result")
    told["message"] = studio.message_shown()
    told["tree at the end"] = studio.tree(document.rootNode())
    dialog = yield from studio.open_dialog()
    told["remembered"] = fields(dialog)
    studio.button(dialog, "RestoreDefaults").click()
    told["defaults"] = fields(dialog)
    studio.button(dialog, "Cancel").click()
    yield 200
    return told


@pytest.fixture(scope="module")
def seen(painter, tmp_path_factory):
    picture = save_png(photo(640, 420), tmp_path_factory.mktemp("Öl") / "größe.png")
    return painter.run_in_window(looks_around, opens=[picture])


def test_the_menu_is_tools_brushwarp(seen):
    assert seen["menu"] == [
        "&Stylize…", "&Deform…", "&Repeat last", "&Edit this result…", "Re&cipe…", "Suggest &keypoints…", "&Arrows…", "St&yles…",
        "&Train style from layer…", "En&gine…",
    ]


def test_the_dialog_names_layer_and_styles_and_explains_its_fields(seen):
    assert seen["title"].startswith("Brushwarp – Stylize “Background”")
    assert seen["style"] == STYLE_ID
    assert len(seen["tips"]) >= 5 and all(seen["tips"])
    letters = [text[text.index("&") + 1].lower() for text in seen["mnemonics"]]
    assert len(letters) == len(set(letters)) == 6


def test_the_newest_layer_with_arrows_is_chosen_by_itself(seen):
    assert seen["arrows"] == [
        "None", "Brushwarp keypoints, none yet (no arrows)", "Brushwarp keypoints 2 (2 arrows)", "Brushwarp keypoints (1 arrow)",
    ]
    assert seen["chosen"] == "Brushwarp keypoints 2 (2 arrows)"


def test_a_chosen_layer_without_arrows_is_refused_in_words(seen):
    assert "has no arrows" in seen["no arrows"] and "Draw a line" in seen["no arrows"]


def test_escape_leaves_the_document_and_the_settings_as_they_were(seen):
    assert seen["tree after Escape"] == seen["tree"]
    assert seen["after Escape"] == seen["at first"] == [100, 1.0, False]


def test_the_settings_are_remembered_and_can_be_reset(seen):
    assert seen["remembered"] == [35, 2.5, True]
    assert seen["defaults"] == [100, 1.0, False]


def test_krita_goes_on_while_it_is_painted_and_the_progress_says_what_is_done(seen):
    assert seen["progress"][0] == f"“Background” in the style of {STYLE_NAME}"
    assert seen["progress"][1].endswith(" s")
    assert seen["ticks"] >= 5
    assert seen["message"] is None
    assert seen["tree at the end"][:2] == ["Background", LAYER_NAME]
    assert seen["tree at the end"][2:] == seen["tree"][1:]


def refuses(home):
    import json
    import os

    import krita_studio as studio
    from krita import InfoObject, Krita

    krita = Krita.instance()
    told = {}
    told["no picture"] = yield from studio.open_dialog()
    document = yield from studio.new_document(60, 40)
    photo = yield from studio.add_layer(document, "photo", b"\x10\x80\xf0\xff" * 400, 5, 5, 20, 20)
    root = document.rootNode()
    nodes = {
        "group": document.createGroupLayer("a group"),
        "vector": document.createVectorLayer("a vector layer"),
        "clone": document.createCloneLayer("a clone", photo),
        "file": document.createFileLayer("a file", home + "/nothing.png", "None"),
        "fill": document.createFillLayer("a fill", "color", InfoObject(), studio.Selection()),
        "filter": document.createFilterLayer("a filter", krita.filter("invert"), studio.Selection()),
        "mask": document.createTransparencyMask("a mask"),
        "empty": document.createNode("nothing", "paintlayer"),
        "locked": document.createNode("held", "paintlayer"),
    }
    nodes["locked"].setPixelData(studio.QByteArray(b"\x10\x80\xf0\xff" * 400), 0, 0, 20, 20)
    nodes["locked"].setLocked(True)
    for name, node in nodes.items():
        (photo if name == "mask" else root).addChildNode(node, None)
        yield from studio.activate(document, node)
        told[name] = yield from studio.open_dialog()
    tree = studio.tree(root)
    yield from studio.activate(document, photo)
    install, styles = os.path.join(home, "install.json"), os.path.join(home, "styles")
    with open(install, "rb") as file:
        kept = file.read()
    os.rename(styles, styles + ".away")
    elsewhere = json.dumps(dict(json.loads(kept.decode("utf-8")), checkout=home)).encode("utf-8")  # no style is shipped there
    for name, content in (("no install.json", None), ("broken install.json", b"{"), ("no styles", elsewhere)):
        os.remove(install)
        if content is not None:
            with open(install, "wb") as file:
                file.write(content)
        told[name] = yield from (studio.open_dialog() if name == "no styles" else studio.led_to_engine())
        if content is None:
            open(install, "wb").close()
    os.rename(styles + ".away", styles)
    with open(install, "wb") as file:
        file.write(kept)
    dialog = yield from studio.open_dialog()
    told["all well again"] = not isinstance(dialog, str) and dialog.objectName()
    studio.button(dialog, "Cancel").click()
    yield 200
    told["nothing changed"] = studio.tree(root) == tree
    for model, depth in (("CMYKA", "U8"), ("LABA", "U16")):
        other = yield from studio.new_document(30, 20, model, depth)
        assert not other.activeNode().bounds().isEmpty()
        told[model] = yield from studio.open_dialog()
    return told


@pytest.fixture(scope="module")
def refused(painter):
    return painter.run_in_window(refuses, home=str(painter.user.brushwarp_home))


REFUSALS = {
    "no picture": ("No picture is open", "Open one"),
    "group": ("“a group” is a group", "Layer > Flatten Layer"),
    "vector": ("“a vector layer” is a vector layer", "Convert to Paint Layer"),
    "clone": ("“a clone” is a clone layer", "Convert to Paint Layer"),
    "file": ("“a file” is a file layer", "Convert to Paint Layer"),
    "fill": ("“a fill” is a fill layer", "Convert to Paint Layer"),
    "filter": ("“a filter” is a filter layer", "Choose the paint layer"),
    "mask": ("“a mask” is a mask", "Choose the paint layer"),
    "empty": ("“nothing” is empty", "Paint something on it"),
    "locked": ("“held” is locked", "Unlock it"),
    "CMYKA": ("CMYK colours", "Convert Layer Color Space"),
    "LABA": ("Lab colours", "Convert Layer Color Space"),
    "no install.json": ("engine is not installed", "python3 install_scripts/install.py"),
    "no styles": ("no styles yet", "docker Brushwarp styles"),
    "broken install.json": ("install.json is of no use", "python3 install_scripts/install.py"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_what_can_not_be_painted_is_refused_in_words_that_say_what_to_do(refused, what):
    for words in REFUSALS[what]:
        assert words in refused[what]


def test_a_refusal_changes_nothing_and_the_next_try_works(refused):
    assert refused["nothing changed"]
    assert refused["all well again"] == "brushwarp_stylize_dialog"


def ends_early(style, big, pixels, home):
    import glob
    import os
    import signal

    import krita_studio as studio
    import screen
    from krita import Krita

    krita = Krita.instance()
    width, height = big
    with open(pixels, "rb") as file:
        data = file.read()

    def worker():
        mark = ("BRUSHWARP_HOME=" + home).encode()
        for process in os.listdir("/proc"):
            try:
                with open("/proc/%s/environ" % process, "rb") as environ, open("/proc/%s/cmdline" % process, "rb") as command:
                    if mark in environ.read().split(b"\0") and b"brushwarp.worker" in command.read():
                        return int(process)
            except (OSError, ValueError):
                continue
        return None

    def state(document, source):
        return [studio.tree(document.rootNode()), studio.fingerprint(source), krita.action("edit_undo").text()]

    told = {}
    document = yield from studio.new_document(width, height)
    source = yield from studio.add_layer(document, "photo", data, 0, 0, width, height)
    before = state(document, source)

    progress = yield from studio.begin_painting(style)
    screen.screenshot("krita_painting")
    again = krita.action("brushwarp_stylize")
    again.trigger()
    told["a second job"] = studio.shown("brushwarp_stylize_dialog") is None and studio.shown("brushwarp_progress") is not None
    studio.cancel_button(progress).click()
    told["gone at once"] = studio.shown("brushwarp_progress") is None
    yield 2500
    told["cancelled"] = state(document, source) == before and studio.message_shown() is None

    yield from studio.begin_painting(style)
    source.remove()
    document.waitForDone()
    yield from studio.wait_for(studio.message_shown, "message after the removal")
    told["removed"] = yield from studio.dismiss()
    told["tree without it"] = studio.tree(document.rootNode())
    yield from studio.press("edit_undo")
    source = [node for node in document.rootNode().childNodes() if node.name() == "photo"][0]
    yield from studio.activate(document, source)
    before = state(document, source)

    yield from studio.begin_painting(style)
    os.kill(worker(), signal.SIGKILL)
    yield from studio.wait_for(studio.message_shown, "message after the kill")
    yield 300
    screen.screenshot("krita_worker_killed")
    told["killed"] = yield from studio.dismiss()
    told["after the kill"] = state(document, source) == before

    document.setModified(False)
    yield from studio.begin_painting(style)
    told["closed quietly"] = yield from studio.close_while_it_paints()
    told["payloads"] = glob.glob(os.path.join(home, "cache", "payloads", "*", "*"))
    return told


@pytest.fixture(scope="module")
def ended(painter, tmp_path_factory):
    pixels = tmp_path_factory.mktemp("big") / "photo.raw"
    pixels.write_bytes(to_layer_bytes(photo(*BIG), "U8", False))
    return painter.run_in_window(
        ends_early, style=STYLE_ID, big=BIG, pixels=pixels, home=str(painter.user.brushwarp_home), timeout=400
    )


def test_cancel_closes_the_window_at_once_and_leaves_the_document_as_it_was(ended):
    assert ended["gone at once"] and ended["cancelled"]


def test_a_second_stylize_shows_the_job_that_runs(ended):
    assert ended["a second job"]


def test_a_layer_removed_meanwhile_gets_no_painting(ended):
    assert "its layer had been removed" in ended["removed"]
    assert ended["tree without it"] == ["Background"]


def test_a_killed_worker_is_told_of_and_leaves_the_document_as_it_was(ended):
    assert "worker ended while it painted" in ended["killed"]
    assert ended["after the kill"]


def test_a_document_closed_meanwhile_ends_it_quietly_and_a_fresh_worker_had_painted_it(ended):
    assert ended["closed quietly"]
    assert ended["payloads"] == []


def test_all_of_this_happened_in_a_data_folder_with_an_umlaut(painter, ended, refused, seen):
    assert painter.user.brushwarp_home.name == HOME_NAME
    assert (painter.user.brushwarp_home / "logs" / "worker.log").is_file()
