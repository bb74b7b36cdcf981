"""Engine… as a painter uses it in the real Krita: at rest, started, busy, restarted, stopped; and from no engine to the entry that wanted it.

By hand, with screenshots to look at:
    BRUSHWARP_SCREENSHOTS=shots .venv/bin/python -m pytest tests/hosts/test_krita_engine.py
"""

from __future__ import annotations

import os

import pytest
from harness import KritaHost
from krita_fixtures import photo, save_png, settle_painter


@pytest.fixture(scope="module")
def painter(settled_user) -> KritaHost:
    settle_painter(settled_user)
    return settled_user.krita


def looks_around(install, theme):
    import os

    import engine_studio as engine
    import krita_docker as docker
    import krita_preview as preview
    import krita_studio as studio
    import screen
    from krita import Krita
    from PyQt5.QtCore import Qt
    from PyQt5.QtTest import QTest
    from PyQt5.QtWidgets import QApplication, QLabel, QPlainTextEdit

    told = {}

    def look_at(name):
        yield 1500
        screen.screenshot("krita_engine_" + name + theme)

    def text(name):
        return studio.shown("brushwarp_engine").findChild(QLabel, name).text()

    def press(name):
        button = yield from studio.wait_for(lambda: window.findChild(type(window.findChild(object, name)), name), name)
        yield from studio.wait_for(button.isEnabled, name + " that can be pressed")
        QTest.mouseClick(button, Qt.LeftButton)

    def phase(wanted):
        yield from studio.wait_for(lambda: engine.look().phase == wanted, wanted, 90)

    if theme:
        preview.choose_theme("Krita bright")
        yield 1000
    os.rename(install, install + ".gone")
    Krita.instance().action("brushwarp_stylize").trigger()
    window = yield from studio.wait_for(lambda: studio.shown("brushwarp_engine"), "window of the engine")
    yield from studio.wait_for(lambda: text("headline"), "words")
    yield from look_at("missing")
    yield from press("copy_command")
    told["command"] = QApplication.clipboard().text()
    yield from press("check_again")
    yield 1500
    told["still there"] = bool(studio.shown("brushwarp_engine"))
    Krita.instance().action("brushwarp_styles").trigger()  # another entry leads to the same window, and takes the first one's place
    Krita.instance().action("brushwarp_stylize").trigger()
    told["windows"] = len([w for w in QApplication.topLevelWidgets() if w.objectName() == "brushwarp_engine" and w.isVisible()])
    os.rename(install + ".gone", install)
    yield from press("check_again")
    dialog = yield from studio.wait_for(lambda: studio.shown("brushwarp_stylize_dialog"), "Stylize…")
    told["went on"] = not studio.shown("brushwarp_engine")
    dialog.reject()

    document = Krita.instance().activeDocument()
    yield from studio.draw(document, studio.arrow(100, 100, 140, 90), "Brushwarp keypoints")
    yield from docker.show()
    yield from docker.settle()
    layers = len(document.topLevelNodes())
    os.rename(install, install + ".gone")
    docker.press("apply")
    yield from studio.wait_for(lambda: studio.shown("brushwarp_engine") and text("headline"), "window of the engine")
    told["not applied"] = [studio.message_shown(), len(document.topLevelNodes()) - layers]
    os.rename(install + ".gone", install)
    window = studio.shown("brushwarp_engine")
    yield from press("check_again")
    yield from studio.wait_for(lambda: len(document.topLevelNodes()) > layers, "the layer that was bent")
    told["applied"] = [node.name() for node in document.topLevelNodes()]
    docker.find().hide()
    engine.stop()
    yield from phase("resting")

    Krita.instance().action("brushwarp_engine").trigger()
    window = yield from studio.wait_for(lambda: studio.shown("brushwarp_engine"), "window of the engine")
    yield from look_at("resting")
    told["rests"] = [engine.look().phase, text("headline")]
    yield from press("start")
    yield from phase("ready")
    yield from look_at("ready")
    told["log"] = window.findChild(QPlainTextEdit, "log").toPlainText()
    bar = window.findChild(QPlainTextEdit, "log").verticalScrollBar()
    told["at its end"] = bar.value() == bar.maximum()
    first = engine.look().pid
    elsewhere = engine.Elsewhere()
    yield from phase("busy")
    yield from look_at("busy")
    told["busy"] = text("headline")
    yield from press("restart")
    yield from studio.wait_for(studio.message_shown, "question")
    yield from look_at("asked")
    told["question"] = yield from studio.answer("Cancel")
    told["not restarted"] = [engine.look().phase, engine.look().pid == first]
    yield from press("restart")
    yield from studio.wait_for(studio.message_shown, "question")
    yield from studio.answer("Restart")
    yield from studio.wait_for(lambda: elsewhere.code, "the other's end")
    told["elsewhere"] = elsewhere.code
    yield from phase("ready")
    told["restarted"] = engine.look().pid != first
    yield 1500
    yield from press("copy_report")
    told["report"] = QApplication.clipboard().text()
    yield from press("stop")
    yield from phase("resting")
    window.reject()
    yield 500
    told["closed"] = [engine.look().phase, bool(studio.shown("brushwarp_engine"))]
    return told


@pytest.fixture(scope="module", params=["dark", "light"])
def seen(painter: KritaHost, tmp_path_factory, request) -> dict:
    if painter.user.worker_outside:
        pytest.skip("the worker does not run beside the host")
    picture = save_png(photo(320, 240), tmp_path_factory.mktemp("photo") / "photo.png")
    install = os.fspath(painter.user.brushwarp_home / "install.json")
    return painter.run_in_window(looks_around, opens=[picture], install=install, theme="_light" if request.param == "light" else "", timeout=400)


def test_an_entry_without_an_engine_leads_to_the_command_and_goes_on_once_it_is_there(seen):
    assert seen["command"] == "python3 install_scripts/install.py"
    assert seen["still there"] and seen["windows"] == 1 and seen["went on"]


def test_apply_warp_without_an_engine_leads_there_as_well_and_goes_on(seen):
    assert seen["not applied"] == [None, 0]
    assert seen["applied"] == ["Background", "Warp · Brushwarp", "Brushwarp keypoints"]


def test_looking_starts_nothing_and_start_does(seen):
    assert seen["rests"] == ["resting", "Not running. It starts by itself when it is needed."] and seen["closed"] == ["resting", False]


def test_the_log_is_shown_to_its_end(seen):
    assert "engine loaded" in seen["log"] and seen["at its end"]


def test_somebodys_picture_is_asked_about_before_it_is_cancelled(seen):
    assert seen["busy"] == "Busy: it paints and bends a layer of 256 × 256 pixels." and "cancelled" in seen["question"]
    assert seen["not restarted"] == ["busy", True] and seen["elsewhere"] == "worker-restarted" and seen["restarted"]


def test_the_report_tells_versions_device_and_log(seen):
    assert "Host: Krita 5." in seen["report"] and "Device: Processor" in seen["report"] and "engine loaded" in seen["report"]
