"""Recipe… in the real Krita: a result's recipe as text, and a recipe of the command line pasted and followed, or given by a script.

By hand:  BRUSHWARP_SCREENSHOTS=folder pytest tests/hosts/test_krita_recipe.py
"""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
from krita_fixtures import LAYER_NAME, STYLE_ID, command_line_makes, command_line_paints, from_layer_bytes, photo, save_png, settle_painter

SIZE = (150, 110)


def copies_and_follows(folder, photo_size, style, elsewhere, others):
    import json

    import krita_studio as studio
    import screen
    from krita import Krita
    from PyQt5.QtCore import Qt
    from PyQt5.QtTest import QTest
    from PyQt5.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton

    def look(dialog):
        return [dialog.findChild(QLabel, "words").text(), dialog.findChild(QPushButton, "follow").isEnabled()]

    told = {}
    _read, keep = studio.raw_files(folder)
    document = Krita.instance().activeDocument()
    source = document.activeNode()

    dialog = yield from studio.open_dialog("recipe")
    told["nothing yet"] = [dialog.findChild(QPlainTextEdit).toPlainText(), *look(dialog)]
    dialog.findChild(QPlainTextEdit).setPlainText('{"format": "brushwarp-recipe"')
    told["broken"] = look(dialog)
    QTest.keyClick(dialog, Qt.Key_Escape)
    yield from studio.wait_for(lambda: not studio.shown("brushwarp_recipe_dialog"), "end of the dialog")

    layer = yield from studio.stylize(style=style, strength=0.8)
    dialog = yield from studio.open_dialog("recipe")
    told["shown"] = dialog.findChild(QPlainTextEdit).toPlainText()
    told["of a result"] = look(dialog)
    yield 300
    screen.screenshot("krita_recipe")
    dialog.findChild(QPushButton, "copy").click()
    told["copied"] = QApplication.clipboard().text()
    told["kept"] = studio.recipe(document, layer)
    dialog.findChild(QPushButton, "follow").click()
    yield from studio.wait_for(lambda: len(document.rootNode().childNodes()) == 3 and not studio.shown("brushwarp_progress"), "second result")
    yield 500

    yield from studio.activate(document, source)
    dialog = yield from studio.open_dialog("recipe")
    edit = dialog.findChild(QPlainTextEdit)
    edit.setFocus()
    QApplication.clipboard().setText(elsewhere)
    QTest.keyClick(edit, Qt.Key_A, Qt.ControlModifier)
    QTest.keyClick(edit, Qt.Key_V, Qt.ControlModifier)
    told["pasted"] = look(dialog)
    dialog.findChild(QPushButton, "follow").click()
    yield from studio.wait_for(lambda: len(document.rootNode().childNodes()) == 4 and not studio.shown("brushwarp_progress"), "third result")
    yield 500
    new = source.parentNode().childNodes()[1]
    told["name"] = new.name()
    told["undo"] = Krita.instance().action("edit_undo").text()
    keep("followed", bytes(new.pixelData(0, 0, *photo_size)))

    yield from studio.activate(document, source)
    action = Krita.instance().action("brushwarp_recipe")
    action.setData(elsewhere)
    action.trigger()
    told["a window"] = bool(studio.shown("brushwarp_recipe_dialog"))
    action.setData(elsewhere)
    action.trigger()
    yield from studio.wait_for(studio.message_shown, "refusal")
    told["meanwhile"] = yield from studio.dismiss()
    yield from studio.wait_for(lambda: len(document.rootNode().childNodes()) == 5 and not studio.shown("brushwarp_progress"), "fourth result")
    yield 500
    keep("scripted", bytes(source.parentNode().childNodes()[1].pixelData(0, 0, *photo_size)))
    for verb, text in others.items():
        yield from studio.activate(document, source)
        action.setData(text)
        action.trigger()
        made = yield from studio.made_after(document, source.uniqueId(), 90)
        if not isinstance(made, str) and made.type() == "grouplayer":
            made = [each for each in made.childNodes() if each.type() == "paintlayer"][0]
        told[verb] = made if isinstance(made, str) else made.name()
        keep(verb, bytes(made.pixelData(0, 0, *photo_size)))
    yield from studio.activate(document, source)
    action.setData('{"format": "brushwarp-recipe"')
    action.trigger()
    yield from studio.wait_for(studio.message_shown, "refusal")
    told["a broken one"] = yield from studio.dismiss()
    like = json.loads(elsewhere)
    like.update(verb="deform", style={"id": "Muster", "sha256": ""}, parameters={"base": "gatys", "size": 64}, keypoints=[])
    action.setData(json.dumps(like))
    action.trigger()
    yield from studio.wait_for(studio.message_shown, "refusal")
    told["like no layer here"] = yield from studio.dismiss()
    before = document.activeNode()
    width, height = photo_size
    yield from studio.add_layer(document, "Muster", bytes(before.pixelData(0, 0, *photo_size)), 0, 0, width, height)
    yield from studio.activate(document, source)
    action.setData(json.dumps(like))
    action.trigger()
    made = yield from studio.made_after(document, source.uniqueId(), 90)
    told["like a layer"] = made if isinstance(made, str) else made.name()
    dialog = yield from studio.open_dialog("recipe")
    told["asks again"] = not isinstance(dialog, str)
    dialog.reject()
    return told


@pytest.fixture(scope="module")
def followed(settled_user, tmp_path_factory) -> SimpleNamespace:
    settle_painter(settled_user)
    folder = tmp_path_factory.mktemp("Rezepte")
    picture = save_png(photo(*SIZE), folder / "photo.png")
    painted = command_line_paints(settled_user, picture, folder / "painted.png", "--strength", "0.6", "--brush-scale", "1.5")
    recipe = next(path for path in folder.glob("painted*.json")).read_text(encoding="utf-8")
    (folder / "arrows.txt").write_text("# brushwarp arrows\n40 30 55 36\n100 80 92 70\n", encoding="utf-8")
    bent = {
        "warp": ("warp", picture, "--keypoints", folder / "arrows.txt"),
        "deform": ("deform", picture, STYLE_ID, "--base", "multimodal", "--keypoints", folder / "arrows.txt", "--size", "64"),
    }
    made = {verb: command_line_makes(settled_user, folder / f"{verb}.png", *words) for verb, words in bent.items()}
    others = {verb: (folder / f"{verb}.recipe.json").read_text(encoding="utf-8") for verb in bent}
    told = settled_user.krita.run_in_window(
        copies_and_follows, opens=[picture], folder=folder, photo_size=SIZE, style=STYLE_ID, elsewhere=recipe, others=others, timeout=300
    )
    return SimpleNamespace(told=told, painted=painted, folder=folder, made=made)


def test_an_empty_dialog_says_what_to_paste_and_a_broken_text_what_is_wrong(followed):
    text, words, can_be_followed = followed.told["nothing yet"]
    assert text == "" and words.startswith("Paste a recipe") and not can_be_followed
    words, can_be_followed = followed.told["broken"]
    assert "no Brushwarp recipe" in words and not can_be_followed


def test_a_result_shows_its_own_recipe_which_can_be_copied(followed):
    shown = json.loads(followed.told["shown"])
    assert shown == json.loads(followed.told["copied"])
    assert shown["style"]["id"] == STYLE_ID and shown["parameters"]["strength"] == 0.8
    assert shown["parameters"] == followed.told["kept"]["parameters"]
    assert followed.told["of a result"] == [f"Stylize · {STYLE_ID} · no arrows", True]


def test_a_recipe_of_the_command_line_gives_its_picture(followed):
    assert followed.told["pasted"][1] and followed.told["name"] == LAYER_NAME
    data = (followed.folder / "followed.raw").read_bytes()
    colour, alpha = from_layer_bytes(data, *SIZE, "U8", False)
    assert (alpha == 1).all()
    assert np.abs(np.rint(colour * 255) - followed.painted.astype(float)).max() <= 1


def test_a_script_that_leaves_a_recipe_with_the_action_has_it_followed_without_a_question(followed):
    assert not followed.told["a window"]
    assert (followed.folder / "scripted.raw").read_bytes() == (followed.folder / "followed.raw").read_bytes()
    assert "still paints" in followed.told["meanwhile"] and "no Brushwarp recipe" in followed.told["a broken one"]
    assert followed.told["asks again"]


def test_a_layer_that_a_recipe_from_elsewhere_was_painted_like_is_found_by_its_name(followed):
    assert "“Muster”, is neither a layer here nor a picture file" in followed.told["like no layer here"]
    assert followed.told["like a layer"] == "Muster · Brushwarp"


@pytest.mark.parametrize("verb", ["warp", "deform"])
def test_so_does_one_that_bends(followed, verb):
    colour, alpha = from_layer_bytes((followed.folder / f"{verb}.raw").read_bytes(), *SIZE, "U8", False)
    expected = followed.made[verb].astype(float)
    assert (alpha == 1).all() and np.abs(np.rint(colour * 255) - expected).max() <= 1
    assert np.abs(expected - np.rint(photo(*SIZE) * 255)).mean() > 1
