"""Arrows in the real Krita: suggested, listed in the docker, muted, turned round, taken away, previewed, and followed by a warp.

By hand, with screenshots to look at, and how fast the preview follows:
    BRUSHWARP_SCREENSHOTS=shots .venv/bin/python -m pytest -s tests/hosts/test_krita_arrows.py
"""

from __future__ import annotations

import functools
import statistics

import numpy as np
import pytest
from harness import KritaHost
from krita_fixtures import STYLE_NAME, photo, save_png, settle_painter, to_layer_bytes

from brushwarp.bridge.methods import smoothness_of

SIZE = (192, 128)
WAVES = (9.0, 6.0)  # pixels, across and down, by which the picture to match is bent at most
COUNT = 8
SELECTION = (20, 15, 130, 90)
PLACES = [(72.0, 72.0, (0, 0)), (100.0, 100.0, (17, -9)), (300.0, 300.0, (-40, 25)), (300.0, 150.0, (5, 8))]  # ppi across, down; the layer moved by
DRAWN = [[30.25, 40.5, 60.0, 45.125], [100.0, 90.0, 80.5, 70.25], [150.0, 20.0, 150.0, 44.0]]
BEND = (150, 20)  # percent of reach and smoothing for Apply warp
LARGE = (1024, 768)


@pytest.fixture(scope="module")
def painter(settled_user) -> KritaHost:
    settle_painter(settled_user)
    save_painted_style(settled_user.brushwarp_home / "styles")
    return settled_user.krita


def save_painted_style(folder) -> None:
    """A style that keeps what it was learnt from: the moved picture."""
    import torch
    from krita_fixtures import save_random_style

    from brushwarp.styles import load_style, save_pack

    path = save_random_style(folder, "gemalt", "Gemaltes", seed=7)
    pack = load_style(str(path))
    save_pack(type(pack)(pack.card, pack.weights, pack.thumbnail, painting=torch.from_numpy(moved())), path)


@functools.lru_cache
def scene() -> np.ndarray:
    """(H, W, 3) uint8 with shapes that can be told apart."""
    from brushwarp.sample import render_sample

    return (render_sample(*SIZE).permute(1, 2, 0) * 255).round().byte().numpy()


@functools.lru_cache
def moved() -> np.ndarray:
    """The same shapes, elsewhere: no shift, turn or size would bring all of them back."""
    from scipy.ndimage import map_coordinates

    y, x = np.mgrid[: SIZE[1], : SIZE[0]].astype(np.float64)
    places = [y - WAVES[1] * np.sin(2 * np.pi * y / SIZE[1]), x - WAVES[0] * np.sin(2 * np.pi * x / SIZE[0])]
    return np.stack([map_coordinates(scene()[..., channel], places, order=1, mode="nearest") for channel in range(3)], 2)


def story(folder, canvas, count, selection, drawn, places, bend, large):
    import krita_docker as docker
    import krita_studio as studio
    import screen
    from krita import Krita
    from PyQt5.QtWidgets import QCheckBox, QComboBox, QLabel, QMdiArea, QSpinBox

    from brushwarp.document import Document

    krita = Krita.instance()
    krita.activeWindow().qwindow().showMaximized()
    width, height = canvas
    told = {}

    def read(name):
        with open("%s/%s.raw" % (folder, name), "rb") as file:
            return file.read()

    def keep(name, data):
        with open("%s/%s.raw" % (folder, name), "wb") as file:
            file.write(data)

    def arrows_on(node, of=None):
        shown = Document(of or document)
        return shown.arrows(shown.layer(node.uniqueId().toString()))

    document = krita.activeDocument()
    document.setBatchmode(True)
    source = document.activeNode()
    tree = studio.tree(document.rootNode())

    # Nothing to show yet.
    yield from docker.show()
    yield from docker.settle()
    told["no arrows"] = [docker.status(), docker.layers()[0], docker.can_press("apply"), docker.picture() is None]

    # The dialog.
    like = yield from studio.add_layer(document, "verschoben", read("moved"), 0, 0, *canvas)
    like.setVisible(False)
    yield from studio.activate(document, source)
    dialog = yield from studio.open_dialog("suggest")
    told["title"], told["styles"] = dialog.windowTitle(), studio.entries(dialog, "style")
    told["at first"] = [dialog.findChild(QSpinBox, "count").value(), dialog.findChild(QCheckBox, "mirror").isChecked()]
    told["tips"] = [bool(w.toolTip()) for kind in (QComboBox, QSpinBox, QCheckBox) for w in dialog.findChildren(kind)]
    told["mnemonics"] = [label.text() for label in dialog.findChildren(QLabel) if "&" in label.text()]
    told["mnemonics"] += [dialog.findChild(QCheckBox).text(), "&Picture file…", "&OK", "&Cancel"]
    studio.pick(dialog, "style", "Layer “verschoben”")
    yield 300
    screen.screenshot("krita_suggest_dialog")
    studio.button(dialog, "Cancel").click()
    yield 200

    def suggest(style, file=None, cancel=False):
        """The new layer's node, or what was told instead."""
        before = [node.uniqueId() for node in document.rootNode().childNodes()]
        dialog = yield from studio.open_dialog("suggest")
        if isinstance(dialog, str):
            return dialog
        if file is not None:
            yield from studio.pick_file(dialog, file)
        else:
            studio.pick(dialog, "style", style)
        dialog.findChild(QSpinBox, "count").setValue(count)
        studio.button(dialog, "Ok").click()
        progress = yield from studio.wait_for(lambda: studio.shown("brushwarp_progress"), "progress")
        if cancel:
            told["progress"] = progress.findChildren(QLabel)[0].text()
            studio.cancel_button(progress).click()
            yield 1000
            return [node.uniqueId() for node in document.rootNode().childNodes()] == before and not studio.message_shown()

        def new():
            nodes = [node for node in document.rootNode().childNodes() if node.uniqueId() not in before]
            return not studio.shown("brushwarp_progress") and (nodes and nodes[0] or studio.message_shown())

        node = yield from studio.wait_for(new, "arrows", 120)
        document.waitForDone()
        if studio.message_shown():
            said = yield from studio.dismiss()
            if isinstance(node, str):
                return said
        return node

    # Suggested: one layer, one step.
    told["cancelled"] = yield from suggest("Layer “verschoben”", cancel=True)
    tree = studio.tree(document.rootNode())
    before = [studio.fingerprint(source), krita.action("edit_undo").text()]
    layer = yield from suggest("Layer “verschoben”")
    assert not isinstance(layer, str), layer
    told["suggested"] = arrows_on(layer)
    told["tree"] = studio.tree(document.rootNode())
    told["heads"] = all("marker-end" in shape.toSvg() for shape in layer.shapes())
    told["visible"] = layer.visible()
    yield from studio.wait_for(lambda: document.activeNode().uniqueId() == layer.uniqueId(), "active arrows")
    told["source unchanged"] = studio.fingerprint(source) == before[0]
    yield from studio.wait_for(lambda: studio.projection(document) != read("scene"), "arrows on the canvas", 10)
    yield from studio.press("edit_undo")
    told["undone"] = [studio.tree(document.rootNode()) == tree, krita.action("edit_undo").text() == before[1]]
    yield from studio.press("edit_redo")
    layer = document.nodeByName("Brushwarp keypoints · verschoben")
    told["redone"] = arrows_on(layer)
    yield from studio.activate(document, source)
    told["from a file"] = arrows_on((yield from suggest(None, folder + "/verschoben.png")))
    yield from studio.press("edit_undo")
    yield from studio.activate(document, source)
    told["from a style"] = arrows_on((yield from suggest("Gemaltes")))
    yield from studio.press("edit_undo")
    yield from studio.activate(document, source)
    studio.select(document, rectangle=(0, 0, width // 2, height))
    told["selected"] = arrows_on((yield from suggest("Layer “verschoben”")))
    yield from studio.press("edit_undo")
    document.setSelection(None)
    yield from studio.activate(document, source)
    flat = yield from studio.add_layer(document, "flat", b"\x80\x80\x80\xff" * (width * height), 0, 0, *canvas)
    flat.setVisible(False)
    yield from studio.activate(document, source)
    told["flat"] = yield from suggest("Layer “flat”")
    flat.remove()
    told["flat adds nothing"] = "Brushwarp keypoints · flat" not in studio.tree(document.rootNode())

    # The docker shows them, with the vector layer active as painters have it; one is moved, and the preview follows.
    layer = document.nodeByName("Brushwarp keypoints · verschoben")
    yield from studio.activate(document, layer)
    yield from docker.settle()
    told["docker"] = [docker.status(), docker.layers(), len(docker.lines()), [checked for _, checked in docker.lines()]]
    told["preview"] = docker.picture()[0]
    shape = layer.shapes()[0]
    told["seconds"] = []
    for step in range(4):
        told["seconds"].append((yield from docker.seconds_to_follow(shape, 3 if step % 2 == 0 else -2, 1)))
        yield 250
    yield from docker.settle()
    told["moved"] = arrows_on(layer)
    shown = docker.picture()
    docker.show_grid(False)
    yield from docker.settle()
    told["without grid"] = docker.picture() != shown
    docker.choose(1)
    yield from docker.settle()
    told["marked is yellow"] = docker.picture() != shown
    screen.screenshot("krita_arrows_docker")

    # Muted, turned round, taken away.
    docker.check(2, False)
    yield from docker.settle()
    told["muted"] = [arrows_on(layer), docker.status(), [checked for _, checked in docker.lines()], document.modified()]
    yield from studio.activate(document, source)
    dialog = yield from studio.open_dialog("deform")
    told["muted elsewhere"] = studio.entries(dialog, "arrows")
    studio.button(dialog, "Cancel").click()
    yield 200
    assert document.saveAs(folder + "/stumm.kra")
    document.waitForDone()
    reopened = krita.openDocument(folder + "/stumm.kra")
    told["muted reopened"] = arrows_on(reopened.nodeByName(layer.name()), reopened)
    docker.check(2, True)
    yield from docker.settle()
    told["unmuted"] = arrows_on(layer)
    docker.choose(0, 2)
    docker.press("reverse")
    yield from docker.settle()
    told["reversed"] = arrows_on(layer)
    docker.press("reverse")
    docker.choose(1, 3)
    docker.press("delete")
    yield from docker.settle()
    told["deleted"] = arrows_on(layer)
    yield from studio.press("edit_undo")
    yield from studio.press("edit_undo")
    told["deletion undone"] = sorted(arrows_on(layer))

    # Grouped, turned and scaled, among other shapes; on a layer that is hidden, then locked.
    one, two, three = (studio.arrow(*arrow) for arrow in drawn)
    turned, straight = studio.arrow(5, -40, 20, -30), studio.arrow(40, 10, 45, 20)
    group = '<g transform="translate(10 5) scale(2)"><g transform="rotate(90)">%s</g>%s</g>' % (turned, straight)
    shapes = one + group + '<rect x="5" y="5" width="9" height="9"/><path d="M1 1L5 5L9 1" fill="none" stroke="#000"/>' + two
    mixed = yield from studio.draw(document, shapes, "Brushwarp keypoints, gemischt")
    yield from docker.settle()
    told["newest"] = docker.layers()[1]
    mixed.setVisible(False)
    document.waitForDone()
    yield from docker.settle()
    told["mixed"] = [arrows_on(mixed), docker.status()]
    docker.choose(1)
    docker.press("reverse")
    yield from docker.settle()
    told["mixed reversed"] = arrows_on(mixed)
    docker.check(2, False)
    yield from docker.settle()
    told["mixed muted"] = arrows_on(mixed)
    [shape for shape in mixed.shapes() if shape.type() == "groupshape"][0].setVisible(False)
    yield from docker.settle(2200)  # on a hidden layer the docker sees that at its next close look
    told["group muted"] = [checked for _, checked in docker.lines()]
    docker.check(1, True)
    yield from docker.settle()
    told["one of the group"] = [checked for _, checked in docker.lines()]
    mixed.setVisible(True)
    mixed.setLocked(True)
    docker.choose(0)
    docker.press("delete")
    yield from studio.wait_for(studio.message_shown, "refusal")
    told["locked"] = [(yield from studio.dismiss()), len(arrows_on(mixed))]
    docker.check(0, False)
    yield from studio.wait_for(studio.message_shown, "refusal")
    yield from studio.dismiss()
    told["locked"] += [len(arrows_on(mixed)), docker.lines()[0][1]]
    mixed.setLocked(False)

    # Folds are told; then the warp is applied, softened and exaggerated, through a feathered selection.
    crossing = yield from studio.draw(document, studio.arrow(60, 50, 110, 80) + studio.arrow(110, 50, 60, 80), "Brushwarp keypoints, gekreuzt")
    yield from docker.settle()
    told["folds"] = docker.status()
    docker.move(crossing.shapes()[0], 0, -80)
    yield from docker.settle()
    told["outside"] = [docker.status(), docker.picture() is None]
    crossing.remove()
    lines = yield from studio.draw(document, one + two + three, "Brushwarp keypoints, zuletzt")
    yield from docker.settle()
    told["folds no more"] = docker.status()
    keep("mask", studio.select(document, rectangle=selection, feather=5))
    docker.slide("exaggeration", bend[0])
    docker.slide("smoothing", bend[1])
    docker.check(1, False)
    yield from docker.settle()
    tree = studio.tree(document.rootNode())

    def apply():
        """Press Apply warp: the new layer."""
        ids = [node.uniqueId() for node in document.rootNode().childNodes()]
        docker.press("apply")
        new = yield from studio.wait_for(
            lambda: [node for node in document.rootNode().childNodes() if node.uniqueId() not in ids], "warped layer"
        )
        document.waitForDone()
        return new[0]

    warped = yield from apply()
    told["warp"] = {"tree": studio.tree(document.rootNode()), "before": tree, "recipe": studio.recipe(document, warped)}
    studio.dump(warped, folder + "/warped.raw", 0, 0, width, height)
    yield from docker.settle()
    told["warp"]["still about"] = docker.status()
    yield from studio.press("edit_undo")
    told["warp"]["undone"] = studio.tree(document.rootNode()) == tree
    document.setSelection(None)
    docker.slide("exaggeration", 100)
    docker.slide("smoothing", 0)
    docker.check(1, True)
    yield from docker.settle()

    # All of it ends in a painting: the arrows that were suggested, and one of them moved.
    yield from studio.activate(document, source)
    studio.remember("deform", size=64, method="gatys")
    painted, said = yield from studio.deform(style=told["styles"][0], arrows="Brushwarp keypoints · verschoben")
    assert painted is not None, said
    told["painted"] = [painted.name(), studio.recipe(document, painted)["keypoints"], sorted(arrows_on(layer))]
    yield from studio.press("edit_undo")

    # Layers go, and the document, while the docker looks at them.
    yield from studio.activate(document, source)
    yield from docker.settle()
    lines.remove()
    document.waitForDone()
    yield from docker.settle()
    told["arrows gone"] = [docker.status(), docker.layers()[1]]
    other = yield from studio.add_layer(document, "kurz", read("moved"), 0, 0, *canvas)
    yield from docker.settle()
    told["other layer"] = docker.status()
    other.remove()
    document.waitForDone()
    yield from docker.settle()
    told["layer gone"] = docker.status()

    # Every resolution, with the layer moved: what is added reads back as the same.
    told["places"] = []
    for across, down, (dx, dy) in places:
        another = yield from studio.new_document(width, height, ppi=across)
        another.setXRes(across)
        another.setYRes(down)
        base = yield from studio.add_layer(another, "Bild", read("moved"), 0, 0, *canvas)
        added = Document(another).add_arrows_above(Document(another).layer(base.uniqueId().toString()), "Stil", [tuple(arrow) for arrow in drawn])
        another.waitForDone()
        added.node.move(added.node.position().x() + dx, added.node.position().y() + dy)
        another.waitForDone()
        yield from studio.wait_for(docker.lines, "arrows in the docker")
        told["places"].append([another.xRes(), another.yRes(), arrows_on(added.node, another), docker.lines()[0][0]])

    # How fast it follows on a large layer with many arrows, the docker as wide as the preview may be.
    big = yield from studio.new_document(*large)
    photo = yield from studio.add_layer(big, "Foto", read("large"), 0, 0, *large)
    many = "".join(studio.arrow(60 + 90 * (i % 10), 80 + 140 * (i // 10), 70 + 90 * (i % 10), 90 + 140 * (i // 10)) for i in range(50))
    fifty = yield from studio.draw(big, many)
    yield from studio.activate(big, photo)
    docker.find().setFloating(True)
    docker.find().resize(large[0] + 40, 1150)
    yield from docker.settle(1500)
    told["large"] = docker.picture()[0]
    told["large seconds"] = []
    for step in range(6):
        told["large seconds"].append((yield from docker.seconds_to_follow(fifty.shapes()[7], 5 if step % 2 == 0 else -4, 2)))
        yield 300
    screen.screenshot("krita_arrows_floating")
    docker.find().setFloating(False)

    # The last documents close.
    area = krita.activeWindow().qwindow().findChild(QMdiArea)
    for opened in krita.documents():
        opened.waitForDone()
        opened.setModified(False)
    for window in area.subWindowList():
        for opened in krita.documents():
            opened.setModified(False)
        window.close()
        yield 400
    told["hidden with the last"] = not docker.find().isVisible()  # by Krita, which shows its welcome instead
    yield from docker.show()
    yield from docker.settle()
    told["closed"] = [docker.status(), docker.picture() is None, studio.message_shown()]
    told["no picture"] = yield from studio.open_dialog("suggest")
    return told


@pytest.fixture(scope="module")
def seen(painter, tmp_path_factory):
    """All that Krita told, and the folder with the pixels that it left."""
    folder = tmp_path_factory.mktemp("Pfeile")
    save_png(scene() / 255, folder / "Szene.png", ppi=100.0)
    save_png(moved() / 255, folder / "verschoben.png")
    (folder / "scene.raw").write_bytes(to_layer_bytes(scene() / 255, "U8", False))
    (folder / "moved.raw").write_bytes(to_layer_bytes(moved() / 255, "U8", False))
    (folder / "large.raw").write_bytes(to_layer_bytes(photo(*LARGE), "U8", False))
    told = painter.run_in_window(
        story, opens=[folder / "Szene.png"], size="1400x1250", timeout=400,
        folder=folder, canvas=SIZE, count=COUNT, selection=SELECTION, drawn=DRAWN, places=PLACES, bend=BEND, large=LARGE,
    )
    return told, folder


def expected() -> np.ndarray:
    """What the engine suggests."""
    import torch

    from brushwarp import api
    from brushwarp.image import Picture

    content, like = (Picture(torch.from_numpy(picture).permute(2, 0, 1).float() / 255) for picture in (scene(), moved()))
    return np.array(api.suggest_keypoints(content, like, count=COUNT).pairs.rows())


def same(arrows, others) -> bool:
    """As sets, within a hundredth of a pixel."""
    return len(arrows) == len(others) and np.abs(np.array(sorted(map(list, arrows))) - np.array(sorted(map(list, others)))).max() <= 0.01


def test_without_arrows_the_docker_says_how_to_get_some(seen):
    status, layers, can_apply, is_empty = seen[0]["no arrows"]
    assert "no arrows in this picture yet" in status and "Suggest keypoints…" in status
    assert layers == [] and not can_apply and is_empty


def test_the_dialog_lists_what_can_be_matched_and_explains_its_fields(seen):
    told, _ = seen
    assert told["title"] == "Brushwarp – Suggest keypoints for “Background”"
    assert "Layer “verschoben”" in told["styles"] and any(style.startswith("Gemaltes") for style in told["styles"])
    assert not any(style.startswith(STYLE_NAME) for style in told["styles"])  # it keeps no picture of its painting
    assert told["at first"] == [12, False]
    assert len(told["tips"]) == 3 and all(told["tips"])
    letters = [text[text.index("&") + 1].lower() for text in told["mnemonics"]]
    assert len(letters) == len(set(letters)) == 6


def test_suggested_arrows_come_on_one_layer_directly_above_as_the_engine_found_them(seen):
    told, _ = seen
    assert told["tree"][:2] == ["Background", "Brushwarp keypoints · verschoben"]
    assert same(told["suggested"], expected())
    assert told["heads"] and told["visible"]
    assert told["source unchanged"]


def test_one_undo_takes_the_suggested_arrows_away_and_redo_brings_them_back(seen):
    assert seen[0]["undone"] == [True, True]  # and the step that undo would take next is the one before
    assert same(seen[0]["redone"], seen[0]["suggested"])


def test_a_layer_a_file_and_a_trained_style_with_one_picture_suggest_the_same(seen):
    told, _ = seen
    assert same(told["from a file"], told["suggested"]) and same(told["from a style"], told["suggested"])


def test_arrows_begin_where_it_is_selected(seen):
    assert seen[0]["selected"] and all(arrow[0] <= SIZE[0] / 2 + 1 for arrow in seen[0]["selected"])


def test_cancel_and_a_picture_without_anything_to_match_add_nothing(seen):
    told, _ = seen
    assert told["progress"] == "Arrows from “Background” towards verschoben" and told["cancelled"]
    assert told["flat"].startswith("No arrows were found from “Background” to flat.") and told["flat adds nothing"]


def test_the_docker_lists_the_newest_layers_arrows_and_shows_the_layer_beneath_them(seen):
    told, _ = seen
    status, (layers, chosen), count, checked = told["docker"]
    assert status.startswith(f"“Background” along {len(told['suggested'])} arrows.")
    assert chosen == layers[0] == "Brushwarp keypoints · verschoben"
    assert count == len(told["suggested"]) and all(checked)
    width, height = told["preview"]
    assert abs(width / height - SIZE[0] / SIZE[1]) < 0.05 and width <= SIZE[0]


def test_the_preview_follows_a_moved_arrow(seen, record_property):
    told, _ = seen
    for which in ("seconds", "large seconds"):
        record_property(which, told[which])
        each = [round(second * 1000) for second in told[which]]
        print(f"the preview followed ({which}) after {statistics.median(each):.0f} ms (median of {each})")
    step = np.array([2, 4]) * 100 / 72  # points, four moves together
    shifted = [[a + step[0], b + step[1], c + step[0], d + step[1]] for a, b, c, d in told["suggested"][:1]]
    assert same(told["moved"], shifted + told["suggested"][1:])
    assert told["without grid"] and told["marked is yellow"]
    assert max(told["large"]) == max(LARGE)


def test_a_muted_arrow_stays_in_the_document_and_bends_nothing(seen):
    told, _ = seen
    arrows, status, checked, is_modified = told["muted"]
    without = told["moved"][:2] + told["moved"][3:]
    assert arrows == without and is_modified
    assert f"{len(told['moved'])} arrows, 1 muted." in status and checked.index(False) == 2
    assert f"Brushwarp keypoints · verschoben ({len(without)} arrows)" in told["muted elsewhere"]
    assert same(told["muted reopened"], without)
    assert told["unmuted"] == told["moved"]


def test_reversed_arrows_end_where_they_began(seen):
    told, _ = seen
    wanted = [[c, d, a, b] if row in (0, 2) else [a, b, c, d] for row, (a, b, c, d) in enumerate(told["moved"])]
    assert np.abs(np.array(told["reversed"]) - wanted).max() <= 0.01


def test_deleted_arrows_are_gone_and_undo_brings_them_back(seen):
    told, _ = seen
    assert same(told["deleted"], [arrow for row, arrow in enumerate(told["moved"]) if row not in (1, 3)])
    assert same(told["deletion undone"], told["moved"])


def test_grouped_and_transformed_arrows_are_edited_in_their_place_on_a_hidden_layer(seen):
    told, _ = seen
    arrows, status = told["mixed"]
    assert told["newest"] == "Brushwarp keypoints, gemischt"
    assert same(arrows, [DRAWN[0], [90, 15, 70, 45], [90, 25, 100, 45], DRAWN[1]])
    assert "4 arrows. 2 shapes are no arrows, and are left alone." in status
    assert same(told["mixed reversed"], [DRAWN[0], [70, 45, 90, 15], [90, 25, 100, 45], DRAWN[1]])
    assert same(told["mixed muted"], [DRAWN[0], [70, 45, 90, 15], DRAWN[1]])
    assert told["group muted"] == [True, False, False, True]
    assert told["one of the group"] == [True, True, False, True]


def test_a_locked_layers_arrows_are_not_touched(seen):
    said, before, after, checked = seen[0]["locked"]
    assert "“Brushwarp keypoints, gemischt” is locked" in said and "Unlock it" in said
    assert before == after == 3 and checked


def test_an_arrow_that_begins_outside_of_the_layer_is_named(seen):
    said, is_empty = seen[0]["outside"]
    assert said.startswith("Arrow 1 begins outside of “Background”. Move it onto the layer") and is_empty


def test_folds_are_told_in_words(seen):
    assert "turned over itself" in seen[0]["folds"] and "turned over itself" not in seen[0]["folds no more"]


def test_apply_warp_is_what_the_engine_makes_of_the_active_arrows_within_the_selection(seen):
    import torch

    from brushwarp import api
    from brushwarp.geometry import KeypointPairs
    from brushwarp.image import Picture

    told, folder = seen
    warp = told["warp"]
    assert warp["tree"] == [warp["before"][0], "Warp · Brushwarp", *warp["before"][1:]]
    assert warp["undone"] and warp["recipe"]["verb"] == "warp"
    assert warp["still about"].startswith("“Background”")
    reach = BEND[0] / 100
    arrows = [(a, b, a + reach * (c - a), b + reach * (d - b)) for a, b, c, d in (DRAWN[0], DRAWN[2])]
    content = Picture(torch.from_numpy(scene()).permute(2, 0, 1).float() / 255)
    bent = api.warp(content, KeypointPairs.from_rows(arrows), smoothness=smoothness_of(BEND[1] / 100, *SIZE))
    wanted = np.rint(bent.pixels.clamp(0, 1).permute(1, 2, 0).numpy() * 255)
    mask = np.frombuffer((folder / "mask.raw").read_bytes(), np.uint8).reshape(SIZE[1], SIZE[0])
    found = np.frombuffer((folder / "warped.raw").read_bytes(), np.uint8).reshape(SIZE[1], SIZE[0], 4).astype(int)
    assert ((0 < mask) & (mask < 255)).sum() > 100
    assert np.abs(found[..., 3] - mask).max() <= 1
    assert np.abs(found[..., 2::-1] - wanted)[mask > 0].max() <= 1
    assert np.abs(wanted - scene()).mean() > 1  # it does bend


def test_the_painting_is_bent_along_the_suggested_arrows_as_they_were_moved(seen):
    name, keypoints, arrows = seen[0]["painted"]
    assert name.endswith(" · Brushwarp") and same(keypoints, arrows) and same(arrows, seen[0]["moved"])


def test_layers_and_documents_may_go_while_the_docker_looks_at_them(seen):
    told, _ = seen
    status, chosen = told["arrows gone"]
    assert chosen == "Brushwarp keypoints, gemischt" and status.startswith("“Background” along 4 arrows")
    assert told["other layer"].startswith("“kurz”")
    assert told["layer gone"].startswith("“")
    assert told["hidden with the last"]
    assert told["closed"] == ["No picture is open.", True, None]
    assert "No picture is open" in told["no picture"]


@pytest.mark.parametrize("index", range(len(PLACES)), ids=[f"{across:.0f}x{down:.0f} ppi" for across, down, _ in PLACES])
def test_arrows_read_back_where_they_lie_at_every_resolution_on_a_moved_layer(seen, index):
    across, down, (dx, dy) = PLACES[index]
    found_across, found_down, arrows, line = seen[0]["places"][index]
    assert (found_across, found_down) == pytest.approx((across, down), rel=1e-4)
    assert np.abs(np.array(arrows) - (np.array(DRAWN) + [dx, dy, dx, dy])).max() <= 0.01
    assert line.startswith("1   →")
