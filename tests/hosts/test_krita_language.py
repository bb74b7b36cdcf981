"""Krita in another language: every window of ours speaks it, and so does the worker when it answers.

That nothing is left in English is looked at in a language that was made for it: every sentence of ours is in brackets there.
By hand:  BRUSHWARP_SCREENSHOTS=folder pytest tests/hosts/test_krita_language.py
"""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from harness import User
from krita_fixtures import STYLE_NAME, photo, save_png, settle_painter
from places import CHECKOUT

from brushwarp.bridge.pack_header import read_header

LOCALE = CHECKOUT / "core" / "brushwarp" / "bridge" / "locale"
BRACKETED = "eo"  # the code of a language that has no catalogue of ours, and that Qt knows
LAYER = "Meine Ebene"
OTHERS = ("OK", "Cancel", "Close", "Restore Defaults", " px")  # Qt's own buttons, on which Krita sets marks as it likes; and a unit

SHIPPED = [read_header(str(path)).card() for path in (LOCALE.parents[1] / "styles" / "packs").glob("*.safetensors")]
NAMES = (STYLE_NAME, "Niemand", LAYER, "Brushwarp keypoints", "photo", *(card[field] for card in SHIPPED for field in ("name", "artist")))


def reads_every_window(layer, pictures):
    import krita_studio as studio
    import krita_words
    import screen
    from krita import Krita
    from PyQt5.QtCore import Qt
    from PyQt5.QtGui import QKeySequence
    from PyQt5.QtTest import QTest
    from PyQt5.QtWidgets import QDockWidget

    def shown_with(keys, action):
        action.setShortcut(QKeySequence(keys))
        shown = action.toolTip()
        action.setShortcut(QKeySequence())
        return shown

    told = {}
    window = Krita.instance().activeWindow().qwindow()
    document = Krita.instance().activeDocument()
    document.activeNode().setName(layer)
    yield from studio.draw(document, studio.arrow(100, 100, 140, 90), "Brushwarp keypoints")
    yield from studio.activate(document, document.nodeByName(layer))
    tools = [action for action in window.menuBar().actions() if action.objectName() == "tools"][0]
    entry = [action for action in tools.menu().actions() if action.text().replace("&", "") == "Brushwarp"][0]
    entries = [action for action in entry.menu().actions() if action.text()]
    told["menu"] = [action.text() for action in entries]
    told["shortcut"] = shown_with("Ctrl+Alt+F9", entries[0])
    told["tips"] = [words for action in entries for words in (action.toolTip(), action.statusTip(), action.whatsThis())]
    told["names"] = [action.objectName() for action in entries]
    window.menuBar().setActiveAction(tools)
    tools.menu().setActiveAction(entry)
    entry.menu().setActiveAction(entries[0])
    yield 800
    screen.screenshot(pictures + "_menu")
    entry.menu().close()
    tools.menu().close()
    for verb in ("stylize", "deform", "suggest", "train"):
        dialog = yield from studio.open_dialog(verb)
        yield 1500
        screen.screenshot("%s_%s" % (pictures, verb))
        told[verb] = krita_words.words(dialog)
        QTest.keyClick(dialog, Qt.Key_Escape)
        yield from studio.wait_for(lambda name=verb: not studio.shown("brushwarp_%s_dialog" % name), "end of the dialog")
    for entry in ("arrows", "styles"):
        Krita.instance().action("brushwarp_" + entry).trigger()
        yield 800
    screen.screenshot(pictures + "_dockers")
    dockers = [docker for docker in window.findChildren(QDockWidget) if docker.objectName().startswith("brushwarp")]
    told["dockers"] = [text for docker in dockers for text in [docker.windowTitle(), *krita_words.words(docker.widget())]]
    Krita.instance().action("brushwarp_repeat").trigger()
    told["refusal"] = yield from studio.dismiss()
    # What the engine itself refuses: two arrows that end in one place.
    yield from studio.draw(document, studio.arrow(100, 100, 140, 90) + studio.arrow(60, 60, 140, 90), "Brushwarp keypoints 2")
    yield from studio.activate(document, document.nodeByName(layer))
    dialog = yield from studio.open_dialog("stylize")
    studio.choose(dialog, arrows="Brushwarp keypoints 2")
    studio.button(dialog, "Ok").click()
    yield from studio.wait_for(studio.message_shown, "a message", 120)
    screen.screenshot(pictures + "_refusal")
    told["engine"] = yield from studio.dismiss()
    return told


def visit(user: User, folder: Path, pictures: str) -> dict:
    picture = save_png(photo(480, 360), folder / "photo.png")
    return user.krita.run_in_window(reads_every_window, opens=[picture], layer=LAYER, pictures=pictures, timeout=300)


@pytest.fixture(scope="module")
def german(settled_user, tmp_path_factory) -> SimpleNamespace:
    settle_painter(settled_user)
    (settled_user.config / "klanguageoverridesrc").write_text("[Language]\nkrita=de:en_US\n", encoding="utf-8")
    told = visit(settled_user, tmp_path_factory.mktemp("german"), "krita_german")
    (settled_user.config / "klanguageoverridesrc").unlink()
    return SimpleNamespace(**told)


@pytest.fixture(scope="module")
def bracketed(german, settled_user, tmp_path_factory) -> dict:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with open(LOCALE / "de" / "LC_MESSAGES" / "brushwarp.po", "rb") as file:
        catalogue = read_po(file, "de")
    for message in catalogue:
        if message.id:
            message.string = tuple(f"⟦{text}⟧" for text in message.id) if isinstance(message.id, tuple) else f"⟦{message.id}⟧"
    target = settled_user.data / "krita" / "pykrita" / "brushwarp" / "bridge" / "locale" / BRACKETED / "LC_MESSAGES" / "brushwarp.mo"
    target.parent.mkdir(parents=True)
    with open(target, "wb") as file:
        write_mo(file, catalogue)
    settled_user.more_environment = {**settled_user.more_environment, "LANGUAGE": BRACKETED}
    return visit(settled_user, tmp_path_factory.mktemp("bracketed"), "krita_bracketed")


def test_the_menu_speaks_the_language_that_was_chosen_in_krita(german):
    assert "&Stilisieren…" in german.menu and "&Stylize…" not in german.menu
    assert "Die aktive Ebene im Stil eines Malers neu malen" in german.tips
    assert german.shortcut == "Die aktive Ebene im Stil eines Malers neu malen (Ctrl+Alt+F9)"


def test_krita_s_list_of_shortcuts_says_of_each_entry_what_the_entry_says(bracketed):
    """It reads brushwarp.action, which is English in every language."""
    actions = ElementTree.parse(CHECKOUT / "krita_plugin" / "brushwarp.action").getroot().findall("Actions/Action")
    assert [action.get("name") for action in actions] == bracketed["names"]
    assert [f"⟦{action.findtext('text')}⟧" for action in actions] == bracketed["menu"]
    assert [f"⟦{action.findtext(word)}⟧" for action in actions for word in ("toolTip", "statusTip", "whatsThis")] == bracketed["tips"]


def test_refusals_are_in_that_language(german):
    assert "There is" not in german.refusal and german.refusal


def test_the_worker_answers_in_the_language_of_whoever_ordered(german):
    assert "Zwei Pfeile" in german.engine


@pytest.mark.parametrize("window", ["menu", "tips", "stylize", "deform", "suggest", "train", "dockers"])
def test_every_word_can_be_translated(bracketed, window):
    names = re.compile("|".join(map(re.escape, (*NAMES, *OTHERS))))
    left = [text for text in bracketed[window] if not text.startswith("⟦") and "⟦" not in text]
    assert [text for text in left if re.search(r"[a-z]{2}", names.sub("", text.replace("&", "")))] == []
