"""Deform in the real Krita: dialog, styles of all three kinds, live pictures, solved arrows, undo, refusals, Cancel.

By hand, with screenshots to look at:
    BRUSHWARP_SCREENSHOTS=shots .venv/bin/python -m pytest tests/hosts/test_krita_deform.py
"""

from __future__ import annotations

import re
from dataclasses import asdict

import numpy as np
import pytest
from harness import KritaHost
from krita_fixtures import STYLE_NAME, from_layer_bytes, photo, save_png, settle_painter, to_layer_bytes

from brushwarp.bridge import presets

SIZE = (200, 150)
SELECTION = (30, 20, 130, 100)
ARROWS = [[60.0, 50.0, 74.0, 56.0], [140.0, 100.0, 128.0, 92.0], [150.0, 40.0, 150.0, 44.0]]
STYLE_SIZE = (96, 72)
OFFSET = (-20, 12)
PRESETS = {name: list(asdict(preset).values()) for name, preset in presets.PRESETS.items()}


@pytest.fixture(scope="module")
def painter(settled_user) -> KritaHost:
    settle_painter(settled_user)
    return settled_user.krita


def stripes(width: int, height: int) -> np.ndarray:
    """(H, W, 3): a picture to paint like, of strong colours in slanting stripes."""
    y, x = np.mgrid[:height, :width]
    wave = np.sin((x + 2 * y) / 4)
    return np.clip(np.stack([0.5 + 0.45 * wave, 0.35 + 0.1 * wave, 0.5 - 0.45 * wave], 2), 0, 1)


def to_pixels(picture: np.ndarray) -> np.ndarray:
    """(H, W, 4) uint8 as an 8-bit layer has them."""
    return np.frombuffer(to_layer_bytes(picture, "U8", False), np.uint8).reshape(*picture.shape[:2], 4)


def deforms(folder, canvas, style_size, selection, arrows, offset, presets):
    import krita_studio as studio
    import screen
    from krita import Krita
    from PyQt5.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLabel

    from brushwarp import command
    from brushwarp.document import Document
    from brushwarp.style_choice import layer_choice
    from brushwarp.style_sources import Offer

    krita = Krita.instance()
    width, height = canvas
    told = {}

    read, keep = studio.raw_files(folder)

    def fields(dialog):
        numbers = [dialog.findChild(QDoubleSpinBox, name).value() for name in ("content", "warp", "smoothness")]
        return [dialog.findChild(QComboBox, "method").currentData(), dialog.findChild(QComboBox, "preset").currentText(), *numbers,
                dialog.findChild(QCheckBox).isChecked()]

    def enabled(dialog):
        methods = dialog.findChild(QComboBox, "method")
        return {
            "methods": [methods.itemData(i) for i in range(methods.count()) if methods.model().item(i).isEnabled()],
            "sliders": [dialog.findChild(QDoubleSpinBox, name).isEnabled() for name in ("content", "warp", "smoothness")],
        }

    document = krita.activeDocument()
    document.setBatchmode(True)
    source = document.activeNode()
    like = yield from studio.add_layer(document, "Streifen", read("style"), 0, 0, *style_size)
    like.setVisible(False)
    yield from studio.add_layer(document, "nothing on it", b"\0" * 4, 0, 0, 1, 1)
    document.activeNode().setPixelData(studio.QByteArray(b"\0" * 4), 0, 0, 1, 1)
    lines = yield from studio.draw(document, "".join(studio.arrow(*arrow) for arrow in arrows))
    keep("mask", studio.select(document, rectangle=selection, feather=6))
    yield from studio.activate(document, source)

    # The dialog.
    dialog = yield from studio.open_dialog("deform")
    told["title"] = dialog.windowTitle()
    told["styles"] = studio.entries(dialog, "style")
    told["at first"] = fields(dialog)
    told["with a trained style"] = enabled(dialog)
    labels = [label.text() for label in dialog.findChildren(QLabel)]
    told["mnemonics"] = [text for text in labels if "&" in text] + [dialog.findChild(QCheckBox).text(), "&Picture file…", "&OK", "&Cancel"]
    told["tips"] = [bool(w.toolTip()) for kind in (QComboBox, QDoubleSpinBox, QCheckBox) for w in dialog.findChildren(kind)]
    yield 300
    screen.screenshot("krita_deform_dialog_trained")
    studio.pick(dialog, "style", "Layer “Streifen”")
    told["with a layer"] = [fields(dialog)[0], enabled(dialog)]
    studio.pick(dialog, "preset", "Bold")
    told["bold"] = fields(dialog)
    dialog.findChild(QDoubleSpinBox, "warp").setValue(0.77)
    told["by hand"] = fields(dialog)
    for name, value in zip(("content", "warp", "smoothness"), presets["gentle"], strict=True):
        dialog.findChild(QDoubleSpinBox, name).setValue(value)
    told["as gentle"] = fields(dialog)
    studio.pick(dialog, "arrows", "None")
    told["without arrows"] = enabled(dialog)
    studio.pick(dialog, "arrows", "Brushwarp keypoints")
    yield 300
    screen.screenshot("krita_deform_dialog_layer")
    yield from studio.pick_file(dialog, folder + "/große Wellen.png")
    told["file chosen"] = [dialog.findChild(QComboBox, "style").currentText(), fields(dialog)[0]]
    yield 300
    screen.screenshot("krita_deform_dialog_file")
    studio.button(dialog, "RestoreDefaults").click()
    told["defaults"] = [dialog.findChild(QComboBox, "style").currentText(), *fields(dialog)]
    studio.button(dialog, "Cancel").click()
    yield 200

    # Like a layer, with arrows and a feathered selection.
    studio.remember("deform", size=64, method="gatys")
    before = [studio.tree(document.rootNode()), studio.projection(document), studio.fingerprint(source), krita.action("edit_undo").text()]
    keep("before", before[1])
    seen = {"pictures": 0, "steps": []}

    def watch(progress):
        for _ in range(4000):  # a busy machine takes long to start the engine
            if not studio.shown("brushwarp_progress"):
                return
            picture = progress.findChild(QLabel, "picture")
            step = progress.findChild(QLabel, "step").text()
            if picture.pixmap() is not None and not picture.pixmap().isNull():
                seen["pictures"] += 1
                if seen["pictures"] == 10:
                    screen.screenshot("krita_deform_progress")
            if step and step not in seen["steps"]:
                seen["steps"].append(step)
            yield 20

    layer, said = yield from studio.deform(style="Layer “Streifen”", preset="Bold", during=watch)
    assert layer is not None, said
    told["said"], told["seen"] = said, {"pictures": seen["pictures"], "first": seen["steps"][:1], "last": seen["steps"][-1:], "count": len(seen["steps"])}
    told["tree"] = studio.tree(document.rootNode())
    told["recipe"] = studio.recipe(document, layer)
    told["source unchanged"] = studio.fingerprint(source) == before[2]
    studio.dump(layer, folder + "/like_layer.raw", 0, 0, width, height)
    keep("after", studio.projection(document))
    solved = [node for node in layer.parentNode().childNodes() if node.type() == "vectorlayer"][0]
    told["solved visible"] = solved.visible()

    shown = Document(document)
    told["solved"] = shown.arrows(shown.layer(solved.uniqueId().toString()))
    told["solved drawn"] = [shape.toSvg() for shape in solved.shapes()]
    yield 800
    screen.screenshot("krita_deform_result")
    for arrows_shown, lines_shown in ((True, False), (False, True)):
        solved.setVisible(arrows_shown)
        lines.setVisible(lines_shown)
        document.refreshProjection()
        yield 1200
        if arrows_shown:
            screen.screenshot("krita_deform_solved_arrows")
    document.waitForDone()
    yield 200
    with_it = [told["tree"], studio.projection(document)]
    yield from studio.press("edit_undo")
    after = [studio.tree(document.rootNode()), studio.projection(document), studio.fingerprint(source), krita.action("edit_undo").text()]
    told["undone"] = [a == b for a, b in zip(after, before, strict=True)]
    yield from studio.press("edit_redo")
    told["redone"] = [studio.tree(document.rootNode()), studio.projection(document)] == with_it
    again = [node for node in document.rootNode().childNodes() if node.type() == "grouplayer"][0]
    told["redone arrows"] = [len(node.shapes()) for node in again.childNodes() if node.type() == "vectorlayer"]
    yield from studio.press("edit_undo")
    yield from studio.activate(document, source)

    # Tried again: style, method and sliders are as they were. What was made survives saving.
    dialog = yield from studio.open_dialog("deform")
    told["tried again"] = [dialog.findChild(QComboBox, "style").currentText(), *fields(dialog)]
    studio.button(dialog, "Cancel").click()
    yield from studio.press("edit_redo")
    assert document.saveAs(folder + "/Bögen.kra")
    document.waitForDone()
    reopened = krita.openDocument(folder + "/Bögen.kra")
    kept = Document(reopened)
    told["reopened"] = {
        "tree": studio.tree(reopened.rootNode()),
        "solved": kept.arrows(kept.layer(reopened.nodeByName("Brushwarp solved · Streifen").uniqueId().toString())),
        "recipe": studio.recipe(reopened, reopened.nodeByName("Streifen · Brushwarp")),
    }
    yield from studio.press("edit_undo")
    yield from studio.activate(document, source)

    # Like a file, without arrows: one plain layer. Then the file is remembered.
    document.setSelection(None)
    layer, said = yield from studio.deform(file=folder + "/große Wellen.png", method="Textures", arrows="None")
    assert layer is not None, said
    told["like a file"] = [layer.name(), layer.parentNode().uniqueId() == document.rootNode().uniqueId(), said, studio.recipe(document, layer)["style"]["id"]]
    studio.dump(layer, folder + "/like_file.raw", 0, 0, width, height)
    yield from studio.press("edit_undo")
    yield from studio.activate(document, source)
    dialog = yield from studio.open_dialog("deform")
    told["remembered"] = [dialog.findChild(QComboBox, "style").currentText(), fields(dialog)[0], dialog.findChild(QComboBox, "size").currentText()]
    studio.button(dialog, "Cancel").click()
    yield 200

    # Like a trained style; two of the arrows cross.
    crossing = studio.arrow(60, 50, 90, 80) + studio.arrow(90, 50, 60, 80) + studio.arrow(150, 40, 150, 44)
    yield from studio.draw(document, crossing, "Brushwarp keypoints, crossing")
    layer, said = yield from studio.deform(style=told["styles"][0], arrows="Brushwarp keypoints, crossing")
    assert layer is not None, said
    told["trained"] = [layer.name(), said, studio.recipe(document, layer)["parameters"]["base"]]
    told["trained solved"] = [len(node.shapes()) for node in layer.parentNode().childNodes() if node.type() == "vectorlayer"]
    yield from studio.press("edit_undo")
    yield from studio.activate(document, source)

    # Refusals, and Cancel.
    told["refused"] = {}
    tree = studio.tree(document.rootNode())
    _, told["refused"]["empty"] = yield from studio.deform(style="Layer “nothing on it”", arrows="None")
    printed = yield from studio.add_layer(document, "printed", read("style"), 0, 0, *style_size)
    assert printed.setColorSpace("CMYKA", "U8", krita.profiles("CMYKA", "U8")[0])
    yield from studio.activate(document, source)
    _, told["refused"]["printed"] = yield from studio.deform(style="Layer “printed”", arrows="None")
    printed.remove()
    dialog = yield from studio.open_dialog("deform")
    dialog._style.add(Offer(layer_choice(source.uniqueId().toString(), "itself"), None))  # the list has no such entry
    studio.pick(dialog, "style", "Layer “itself”")
    studio.button(dialog, "Ok").click()
    yield from studio.wait_for(studio.message_shown, "refusal")
    told["refused"]["itself"] = yield from studio.dismiss()
    dialog = yield from studio.open_dialog("deform")
    studio.pick(dialog, "style", "Layer “Streifen”")
    like.remove()
    studio.button(dialog, "Ok").click()
    yield from studio.wait_for(studio.message_shown, "refusal")
    told["refused"]["gone"] = yield from studio.dismiss()
    _, told["refused"]["no picture"] = yield from studio.deform(file=folder + "/no picture.png", method="Textures", arrows="None")
    tree.remove("Streifen")
    told["refusals change nothing"] = studio.tree(document.rootNode()) == tree
    studio.remember("deform", size=512, method="strotss", picture=folder + "/große Wellen.png", style="file:" + folder + "/große Wellen.png")
    dialog = yield from studio.open_dialog("deform")
    studio.button(dialog, "Ok").click()
    progress = yield from studio.progress_says("Iteration", 120)
    krita.action("brushwarp_stylize").trigger()
    told["one job at a time"] = studio.shown("brushwarp_stylize_dialog") is None
    studio.cancel_button(progress).click()
    told["gone at once"] = studio.shown("brushwarp_progress") is None
    yield 1500
    told["cancelled"] = studio.tree(document.rootNode()) == tree and studio.message_shown() is None

    # Right after, a layer that reaches beyond the canvas: the worker is free again, and the arrows lie where they were drawn.
    studio.remember("deform", size=64, method="gatys", picture=folder + "/große Wellen.png", style="file:" + folder + "/große Wellen.png")
    yield from studio.add_layer(document, "aside", read("style"), offset[0], offset[1], *style_size)
    yield from studio.draw(document, studio.arrow(20, 40, 26, 44), "Brushwarp keypoints, aside")
    layer, said = yield from studio.deform(arrows="Brushwarp keypoints, aside")
    assert layer is not None, said
    box = layer.bounds()
    solved = [node for node in layer.parentNode().childNodes() if node.type() == "vectorlayer"][0]
    told["aside"] = [[box.x(), box.y(), box.width(), box.height()], shown.arrows(shown.layer(solved.uniqueId().toString()))]

    # Neither styles nor other layers: there is still Picture file…
    gallery, command.installed_styles = command.installed_styles, lambda install: []
    studio.remember("deform")
    yield from studio.new_document(40, 30)
    dialog = yield from studio.open_dialog("deform")
    told["nothing to paint like"] = [studio.entries(dialog, "style"), studio.button(dialog, "Ok").isEnabled()]
    yield from studio.pick_file(dialog, folder + "/große Wellen.png")
    told["nothing to paint like"] += [studio.entries(dialog, "style"), studio.button(dialog, "Ok").isEnabled()]
    studio.button(dialog, "Cancel").click()
    command.installed_styles = gallery
    return told


@pytest.fixture(scope="module")
def seen(painter, tmp_path_factory):
    """All that Krita told, and the folder with the pixels that it left."""
    folder = tmp_path_factory.mktemp("Wölbung")
    picture = save_png(photo(*SIZE), folder / "Föto.png", ppi=100.0)
    save_png(stripes(*STYLE_SIZE), folder / "große Wellen.png")
    (folder / "no picture.png").write_bytes(b"nothing that could be looked at")
    (folder / "style.raw").write_bytes(to_layer_bytes(stripes(*STYLE_SIZE), "U8", False))
    told = painter.run_in_window(
        deforms, opens=[picture], folder=folder, canvas=SIZE, style_size=STYLE_SIZE, selection=SELECTION, arrows=ARROWS,
        offset=OFFSET, presets=PRESETS, timeout=400,
    )
    return told, folder


def test_the_dialog_lists_gallery_and_layers_and_explains_its_fields(seen):
    told, _ = seen
    assert told["title"] == "Brushwarp – Deform “Background”"
    assert f"{STYLE_NAME} (Niemand, 2025)" in told["styles"]
    assert told["styles"][-2:] == ["Layer “nothing on it”", "Layer “Streifen”"]  # the painted layer itself is not among them
    assert len(told["tips"]) >= 9 and all(told["tips"])
    letters = [text[text.index("&") + 1].lower() for text in told["mnemonics"]]
    assert len(letters) == len(set(letters)) == 12


def test_only_methods_that_fit_the_style_can_be_chosen(seen):
    told, _ = seen
    assert told["at first"][0] == "multimodal" and told["with a trained style"]["methods"] == ["multimodal"]
    method, enabled = told["with a layer"]
    assert method == "strotss" and enabled["methods"] == ["strotss", "gatys"]
    assert told["file chosen"] == ["große Wellen.png", "strotss"]


def test_without_any_style_a_picture_file_can_be_chosen(seen):
    assert seen[0]["nothing to paint like"] == [[], False, ["große Wellen.png"], True]


def test_sliders_that_decide_nothing_are_grey(seen):
    told, _ = seen
    assert told["with a trained style"]["sliders"] == [False, True, True]
    assert told["with a layer"][1]["sliders"] == [True, True, True]
    assert told["without arrows"]["sliders"] == [True, False, False]


def test_a_preset_sets_the_sliders_and_follows_them(seen):
    told, _ = seen
    assert told["at first"][1:] == ["Balanced", *PRESETS["balanced"], False]
    assert told["bold"][1:5] == ["Bold", *PRESETS["bold"]]
    assert told["by hand"][1:5] == ["Custom", PRESETS["bold"][0], 0.77, PRESETS["bold"][2]]
    assert told["as gentle"][1] == "Gentle"
    assert told["defaults"] == ["große Wellen.png", "strotss", "Balanced", *PRESETS["balanced"], False]


def test_pictures_of_how_it_stands_come_with_iteration_and_loss(seen):
    told, _ = seen
    assert told["seen"]["pictures"] >= 10 and told["seen"]["count"] >= 10
    for step in (*told["seen"]["first"], *told["seen"]["last"]):
        assert re.fullmatch(r"Iteration \d+ of \d+, loss [\d.e+]+", step)


def test_painting_and_solved_arrows_come_in_one_group_directly_above(seen):
    told, _ = seen
    name = "Streifen · Brushwarp"
    assert told["tree"][:2] == ["Background", [f"{name} with arrows", [name, "Brushwarp solved · Streifen"]]]
    assert told["source unchanged"]
    assert not told["solved visible"]


def test_the_solved_arrows_read_back_as_the_recipe_tells_them_near_their_targets(seen):
    told, _ = seen
    solved = np.array(told["solved"])
    assert np.abs(solved - told["recipe"]["solved"]).max() <= 0.01
    assert np.abs(solved[:, :2] - np.array(ARROWS)[:, :2]).max() <= 0.01  # in their order, from where they were drawn
    assert (np.linalg.norm((solved - ARROWS)[:, 2:], axis=1) <= 0.5 * np.linalg.norm(np.array(ARROWS)[:, 2:] - solved[:, :2], axis=1)).all()
    assert all("marker-end" in shape for shape in told["solved drawn"])


def test_one_undo_takes_all_of_it_away_and_redo_brings_it_back(seen):
    told, _ = seen
    assert told["undone"] == [True] * 4  # tree, picture, source, and the step that undo would take next
    assert told["redone"] and told["redone arrows"] == [len(ARROWS)]


def test_the_next_try_begins_with_what_was_chosen(seen):
    assert seen[0]["tried again"] == ["Layer “Streifen”", "gatys", "Bold", *PRESETS["bold"], False]


def test_saved_and_opened_again_group_arrows_and_recipe_are_there(seen):
    told, _ = seen
    assert told["reopened"]["tree"] == told["tree"]
    assert np.abs(np.array(told["reopened"]["solved"]) - told["solved"]).max() <= 0.01
    assert told["reopened"]["recipe"] == told["recipe"]


def test_a_feathered_selection_clips_the_painting_softly(seen):
    told, folder = seen
    mask = np.frombuffer((folder / "mask.raw").read_bytes(), np.uint8).reshape(SIZE[1], SIZE[0])
    before, after = (np.frombuffer((folder / f"{which}.raw").read_bytes(), np.uint8).reshape(SIZE[1], SIZE[0], 4) for which in ("before", "after"))
    painted = np.frombuffer((folder / "like_layer.raw").read_bytes(), np.uint8).reshape(SIZE[1], SIZE[0], 4)
    assert ((0 < mask) & (mask < 255)).sum() > 200
    assert np.abs(painted[..., 3].astype(int) - mask).max() <= 1
    assert np.array_equal(before[mask == 0], after[mask == 0])
    assert np.abs(before.astype(int) - after)[mask == 255].mean() >= 10
    bare = (before == to_pixels(photo(*SIZE))).all(2)  # where no drawn arrow lies above
    share = mask[..., None] / 255.0
    assert np.abs(before * (1 - share) + painted * share - after)[bare][:, :3].max() <= 2  # on the canvas at once, whole


def test_the_colours_are_those_of_the_layer_or_the_file_to_paint_like(seen):
    """The stripes have a weak green that hardly changes; the photo's changes as much as its red."""
    _, folder = seen
    colour, alpha = from_layer_bytes((folder / "like_layer.raw").read_bytes(), *SIZE, "U8", False)
    for painted in (colour[alpha == 1], from_layer_bytes((folder / "like_file.raw").read_bytes(), *SIZE, "U8", False)[0].reshape(-1, 3)):
        spread = painted.std(axis=0)
        assert spread[1] < 0.8 * spread[0]


def test_a_file_without_arrows_gives_one_plain_layer_and_is_remembered(seen):
    told, folder = seen
    name, on_top_level, said, style = told["like a file"]
    assert name == "große Wellen · Brushwarp" and on_top_level and said is None
    assert style.endswith("große Wellen.png")
    assert told["remembered"] == ["große Wellen.png", "gatys", "64 px"]


def test_a_trained_style_bends_and_tells_of_arrows_that_cross(seen):
    told, _ = seen
    name, said, base = told["trained"]
    assert base == "multimodal" and name.endswith(" · Brushwarp")
    assert "“Background” is painted" in said and "cross" in said
    assert told["trained solved"] == [2]


def test_what_can_not_be_painted_like_is_refused_in_words(seen):
    told, _ = seen
    refused = told["refused"]
    assert "“nothing on it” is empty" in refused["empty"]
    assert "CMYK colours" in refused["printed"] and "Convert Layer Color Space" in refused["printed"]
    assert "“Background” can't be painted like itself" in refused["itself"]
    assert "is gone" in refused["gone"]
    assert "no picture.png" in refused["no picture"]
    assert told["refusals change nothing"]


def test_cancel_closes_the_window_at_once_and_leaves_no_trace(seen):
    told, _ = seen
    assert told["one job at a time"] and told["gone at once"] and told["cancelled"]


def test_a_layer_beyond_the_canvas_is_painted_in_its_place_and_its_arrows_too(seen):
    (place, solved), _ = seen[0]["aside"], None
    assert place == [*OFFSET, *STYLE_SIZE]
    assert np.abs(np.array(solved[0][:2]) - [20, 40]).max() <= 0.01
