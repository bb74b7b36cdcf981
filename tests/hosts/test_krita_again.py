"""Repeat last and Edit this result… in the real Krita: recipes that stay with the document, and layers that take the place of others."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import KritaHost
from krita_fixtures import STYLE_ID, STYLE_NAME, photo, save_random_style, settle_painter, to_layer_bytes

OTHER_ID, OTHER_NAME = "breite_borsten", "Breite Borsten"
SIZE, SMALL = (150, 110), (90, 120)


@pytest.fixture(scope="module")
def painter(settled_user) -> KritaHost:
    settle_painter(settled_user)
    save_random_style(settled_user.brushwarp_home / "styles", OTHER_ID, OTHER_NAME, seed=8)
    return settled_user.krita


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("Wieder")
    (folder / "photo.raw").write_bytes(to_layer_bytes(photo(*SIZE), "U8", False))
    (folder / "small.raw").write_bytes(to_layer_bytes(photo(*SMALL, seed=4), "U8", False))
    return folder


def edits(folder, photo_size, style, other, other_name):
    import krita_studio as studio
    import screen
    from krita import Krita
    from PyQt5.QtWidgets import QComboBox, QSpinBox

    def state(document, *nodes):
        return [studio.tree(document.rootNode()), Krita.instance().action("edit_undo").text(), *map(studio.fingerprint, nodes)]

    told = {}
    read, _ = studio.raw_files(folder)
    document = yield from studio.new_document(*photo_size)
    source = yield from studio.add_layer(document, "photo", read("photo"), 0, 0, *photo_size)
    above = yield from studio.add_layer(document, "above", read("photo"), 0, 0, *photo_size)
    above.setOpacity(120)
    yield from studio.draw(document, studio.arrow(60, 50, 72, 56))
    yield from studio.activate(document, source)
    mask = studio.select(document, rectangle=(20, 20, 80, 60), feather=6)
    layer = yield from studio.stylize(style=style, strength=0.8, brush_scale=1.5, keep_colors=True)
    first = studio.own_pixels(layer)
    made = studio.recipe(document, layer)
    document.setSelection(None)
    document.waitForDone()

    dialog = yield from studio.open_dialog_of("edit", "stylize")
    yield 300
    screen.screenshot("krita_edit")
    told["dialog"] = [
        dialog.windowTitle(), studio.chosen_in_gallery(dialog), dialog.findChild(QSpinBox, "strength").value(),
        dialog.findChild(QComboBox, "arrows").currentText(),
    ]
    unchanged = yield from studio.accept_edit(document, dialog)
    told["the same again"] = [studio.own_pixels(unchanged) == first, unchanged.uniqueId() != layer.uniqueId(), unchanged.name() == layer.name()]
    told["same recipe"] = all(studio.recipe(document, unchanged)[name] == made[name] for name in ("style", "parameters", "keypoints", "seed"))

    unchanged.setColorLabel(3)
    unchanged.setBlendingMode("multiply")
    unchanged.setOpacity(200)
    unchanged.setInheritAlpha(True)
    document.refreshProjection()
    yield 500  # until Krita has noted, and shows, the blending mode
    before = state(document, source, above, unchanged)
    projection = studio.projection(document)
    dialog = yield from studio.open_dialog_of("edit", "stylize")
    studio.choose(dialog, style=other, strength=0.4)
    edited = yield from studio.accept_edit(document, dialog)
    told["edited"] = [edited.name(), edited.colorLabel(), edited.blendingMode(), edited.opacity(), edited.inheritAlpha()]
    told["names"] = studio.tree(document.rootNode())
    told["changed"] = studio.own_pixels(edited) != studio.own_pixels(unchanged)
    told["recipe"] = studio.recipe(document, edited)
    told["others"] = state(document, source, above)[2:] == before[2:4]
    alpha = bytes(edited.pixelData(0, 0, *photo_size))[3::4]
    told["clipped"] = max(abs(a - b) for a, b in zip(alpha, mask))
    after, shown = state(document, edited), studio.projection(document)
    yield from studio.press("edit_undo")
    yield 500
    back = [node for node in document.rootNode().childNodes() if node.uniqueId() == unchanged.uniqueId()][0]
    told["undone"] = [state(document, source, above, back) == before, studio.projection(document) == projection]
    yield from studio.press("edit_redo")
    yield 500
    again = [node for node in document.rootNode().childNodes() if node.uniqueId() == edited.uniqueId()][0]
    told["redone"] = [state(document, again) == after, studio.projection(document) == shown]

    edited.move(7, -5)
    document.waitForDone()
    edited.setName("Meine")
    yield from studio.activate(document, edited)
    dialog = yield from studio.open_dialog_of("edit", "stylize")
    studio.choose(dialog, strength=1.0, arrows="None")
    renamed = yield from studio.accept_edit(document, dialog)
    told["renamed"] = [renamed.name(), studio.recipe(document, renamed)["keypoints"]]
    alpha, moved = (bytes(renamed.pixelData(*place, *photo_size))[3::4] for place in ((7, -5), (0, 0)))
    told["moved"] = [max(abs(a - b) for a, b in zip(layer, mask)) for layer in (alpha, moved)]
    told["style of Stylize…"] = yield from studio.chosen_for_stylize(document, source)

    # What is painted, muted, drawn on or moved meanwhile decides nothing; what is edited there stays.
    document.setSelection(None)
    source.setPixelData(studio.QByteArray(bytes(4 * 20 * 20)), 0, 0, 20, 20)
    yield from studio.activate(document, renamed)
    other_document = yield from studio.new_document(60, 50)
    yield from studio.go_to(document)
    yield from studio.activate(document, renamed)
    dialog = yield from studio.open_dialog_of("edit", "stylize")
    studio.button(dialog, "Ok").click()
    yield from studio.go_to(other_document)
    yield from studio.progress_says("go back")
    yield 500
    screen.screenshot("krita_come_back")
    told["elsewhere"] = [studio.tree(document.rootNode()), studio.tree(other_document.rootNode()), renamed.parentNode() is not None]
    yield from studio.go_to(document)
    yield from studio.wait_for(lambda: not studio.shown("brushwarp_progress"), "end of the job")
    yield 300
    told["back"] = [studio.tree(document.rootNode()), renamed.parentNode() is None, Krita.instance().action("edit_undo").text()]
    later = [node for node in document.rootNode().childNodes() if node.name() == "Meine"][0]
    width, alpha = photo_size[0], bytes(later.pixelData(7, -5, *photo_size))[3::4]
    told["moved"].append(max(abs(a - b) for at, (a, b) in enumerate(zip(alpha, mask)) if at // width >= 20 or at % width >= 20))
    told["saved"] = document.saveAs(folder + "/edited.kra")

    # Source and result are moved by the same, as when the canvas is cut or their group is moved: both lie as they did to each other.
    def edges(node):
        return [node.bounds().x(), node.bounds().y()]

    apart = [b - a for a, b in zip(edges(source), edges(later))]
    document.resizeImage(20, 10, document.width() - 20, document.height() - 10)
    document.waitForDone()
    yield from studio.activate(document, later)
    dialog = yield from studio.open_dialog_of("edit", "stylize")
    cut = yield from studio.accept_edit(document, dialog)
    told["cut"] = [edges(source), [b - a for a, b in zip(edges(source), edges(cut))] == apart]
    alpha = bytes(cut.pixelData(7 - 20, -5 - 10, *photo_size))[3::4]
    told["moved"].append(max(abs(a - b) for at, (a, b) in enumerate(zip(alpha, mask)) if at // width >= 20 or at % width >= 20))

    # A result of this result is still one of it when it is edited.
    yield from studio.activate(document, cut)
    upper = yield from studio.stylize(style=style, strength=0.5, arrows="None")
    yield from studio.activate(document, cut)
    dialog = yield from studio.open_dialog_of("edit", "stylize")
    yield from studio.accept_edit(document, dialog)
    yield from studio.activate(document, upper)
    dialog = yield from studio.open_dialog_of("edit", "stylize")
    told["of an edited one"] = dialog if isinstance(dialog, str) else dialog.windowTitle()
    studio.button(dialog, "Cancel").click()
    yield 1000
    return told


@pytest.fixture(scope="module")
def edited(painter, folder):
    return painter.run_in_window(edits, folder=folder, photo_size=SIZE, style=STYLE_ID, other=OTHER_ID, other_name=OTHER_NAME)


def test_the_dialog_opens_as_it_was_filled_in(edited):
    assert edited["dialog"] == [f"Brushwarp – Edit “{STYLE_NAME} · Brushwarp”", STYLE_ID, 80, "As before (1 arrow)"]


def test_unchanged_it_paints_the_same_pixels_in_the_same_selection(edited):
    assert edited["the same again"] == [True, True, True]
    assert edited["same recipe"]


def test_the_result_is_replaced_where_it_was_and_nothing_else_changes(edited):
    assert edited["edited"] == [f"{OTHER_NAME} · Brushwarp", 3, "multiply", 200, True]
    assert edited["names"] == ["Background", "photo", f"{OTHER_NAME} · Brushwarp", "above", "Brushwarp keypoints"]
    assert edited["changed"] and edited["others"]
    assert edited["recipe"]["style"]["id"] == OTHER_ID and edited["recipe"]["parameters"]["strength"] == 0.4
    assert len(edited["recipe"]["keypoints"]) == 1
    assert edited["clipped"] <= 1


def test_one_undo_brings_the_earlier_result_and_redo_the_later_one(edited):
    assert edited["undone"] == [True, True]
    assert edited["redone"] == [True, True]


def test_a_name_of_the_painters_own_stays_and_so_does_a_move(edited):
    assert edited["renamed"] == ["Meine", []]
    there, where_it_was, edited_once_more, after_the_cut = edited["moved"]
    assert max(there, edited_once_more, after_the_cut) <= 1 and where_it_was > 50


def test_moved_together_with_its_source_it_lies_as_it_did_to_that(edited):
    assert edited["cut"] == [[-20, -10], True]


def test_a_result_of_a_result_finds_the_newest_version_of_that(edited):
    assert edited["of an edited one"] == f"Brushwarp – Edit “{STYLE_NAME} · Brushwarp”"


def test_editing_does_not_change_what_stylize_opens_with(edited):
    assert edited["style of Stylize…"] == STYLE_ID


def test_a_painter_who_is_elsewhere_by_then_is_asked_to_come_back(edited):
    tree = ["Background", "photo", "Meine", "above", "Brushwarp keypoints"]
    assert edited["elsewhere"] == [tree, ["Background"], True]
    assert edited["back"] == [tree, True, "Undo Convert to a Paint Layer"]


def masks_and_moves(folder, photo_size, style):
    """A result with a mask, whose layer Krita makes anew with another offset when it is edited, and one that was made of it."""
    import krita_studio as studio

    def edges(node):
        return [node.bounds().x(), node.bounds().y()]

    def edited(node):
        yield from studio.activate(document, node)
        dialog = yield from studio.open_dialog_of("edit", "stylize")
        return (yield from studio.accept_edit(document, dialog))

    read, _ = studio.raw_files(folder)
    document = yield from studio.new_document(*photo_size)
    source = yield from studio.add_layer(document, "photo", read("photo"), 0, 0, *photo_size)
    studio.select(document, rectangle=(20, 20, 80, 60))
    yield from studio.activate(document, source)
    lower = yield from studio.stylize(style=style, arrows="None", as_mask=True)
    document.setSelection(None)
    lower.move(7, -5)
    document.waitForDone()
    yield from studio.activate(document, lower)
    upper = yield from studio.stylize(style=style, strength=0.5, arrows="None")
    told = {"before": [edges(lower), edges(upper)]}
    lower = yield from edited(lower)
    upper = yield from edited(upper)
    told["edited"] = [edges(lower), edges(upper)]
    lower = yield from edited(lower)
    upper = yield from edited(upper)
    told["edited twice"] = [edges(lower), edges(upper)]
    told["masks"] = [len(lower.childNodes()), len(upper.childNodes())]
    return told


def test_results_with_masks_and_those_made_of_them_lie_where_they_lay(painter, folder):
    told = painter.run_in_window(masks_and_moves, folder=folder, photo_size=SIZE, style=STYLE_ID)
    assert told["before"] == told["edited"] == told["edited twice"] == [[7, -5], [7, -5]]
    assert told["masks"] == [1, 0]


def goes_on(folder, small_size):
    """In a Krita that was started anew, with the document that was saved."""
    import krita_studio as studio
    from krita import Krita

    told = {}
    read, _ = studio.raw_files(folder)
    document = Krita.instance().activeDocument()
    document.setBatchmode(True)
    nodes = {node.name(): node for node in document.rootNode().childNodes()}
    told["recipe"] = studio.recipe(document, nodes["Meine"])
    yield from studio.activate(document, nodes["Meine"])
    dialog = yield from studio.open_dialog_of("edit", "stylize")
    told["dialog"] = [dialog.windowTitle(), studio.chosen_in_gallery(dialog)]
    studio.choose(dialog, strength=0.3)
    layer = yield from studio.accept_edit(document, dialog)
    told["edited"] = studio.recipe(document, layer)["parameters"]["strength"]

    small = yield from studio.add_layer(document, "small", read("small"), 10, -10, *small_size)
    told["repeated"] = yield from studio.repeat(document)
    repeated = document.activeNode()
    told["place"] = [repeated.bounds().x(), repeated.bounds().y(), repeated.bounds().width(), repeated.bounds().height()]
    told["recipe of the repetition"] = studio.recipe(document, repeated)
    yield from studio.activate(document, small)
    layer = yield from studio.stylize(style="breite_borsten", strength=0.3, brush_scale=1.5, keep_colors=True, arrows="None")
    told["as by the dialog"] = studio.own_pixels(layer) == studio.own_pixels(repeated)
    yield from studio.press("edit_undo")
    yield from studio.press("edit_undo")
    told["undone"] = [node.name() for node in document.rootNode().childNodes()][-1]
    return told


@pytest.fixture(scope="module")
def reopened(painter, folder, edited):
    assert edited["saved"]
    return painter.run_in_window(goes_on, opens=[folder / "edited.kra"], folder=folder, small_size=SMALL)


def test_recipes_are_there_after_the_document_was_saved_and_opened_again(reopened):
    assert reopened["recipe"]["style"]["id"] == OTHER_ID
    assert reopened["dialog"] == ["Brushwarp – Edit “Meine”", OTHER_ID]
    assert reopened["edited"] == 0.3


def test_repeat_last_does_with_another_layer_what_stylize_would(reopened):
    assert reopened["repeated"] == f"{OTHER_NAME} · Brushwarp"
    assert reopened["place"] == [10, -10, *SMALL]
    parameters = reopened["recipe of the repetition"]["parameters"]
    assert (parameters["strength"], parameters["brush_scale"], parameters["keep_colors"]) == (0.3, 1.5, True)
    assert reopened["as by the dialog"]
    assert reopened["undone"] == "small"


def starts_with_the_newest(folder):
    """The newest of what the document keeps, in a session that has made nothing."""
    import krita_studio as studio
    from krita import Krita

    document = Krita.instance().activeDocument()
    document.setBatchmode(True)
    photo = [node for node in document.rootNode().childNodes() if node.name() == "photo"][0]
    yield from studio.activate(document, photo)
    name = yield from studio.repeat(document)
    recipe = studio.recipe(document, document.activeNode())
    return [name, recipe["parameters"]["strength"], recipe["style"]["id"]]


def test_a_fresh_session_repeats_the_newest_result_of_the_document(painter, folder, edited):
    found = painter.run_in_window(starts_with_the_newest, opens=[folder / "edited.kra"], folder=folder)
    assert found == [f"{OTHER_NAME} · Brushwarp", 1.0, OTHER_ID]


def refuses(folder, photo_size, style):
    import krita_studio as studio
    from krita import Krita

    told = {}
    read, _ = studio.raw_files(folder)
    document = yield from studio.new_document(*photo_size)
    source = yield from studio.add_layer(document, "photo", read("photo"), 0, 0, *photo_size)
    Krita.instance().action("brushwarp_repeat").trigger()
    yield from studio.wait_for(studio.message_shown, "refusal")
    told["nothing yet"] = yield from studio.dismiss()
    told["no result"] = yield from studio.open_dialog_of("edit", "stylize")
    layer = yield from studio.stylize(style=style, arrows="None")
    mask = document.createTransparencyMask("mask")
    layer.addChildNode(mask, None)
    document.waitForDone()
    yield from studio.activate(document, layer)
    told["masks"] = yield from studio.open_dialog_of("edit", "stylize")
    mask.remove()
    document.waitForDone()
    layer.setLocked(True)
    yield from studio.activate(document, layer)
    told["locked"] = yield from studio.open_dialog_of("edit", "stylize")
    layer.setLocked(False)
    key = "brushwarp/recipe/" + layer.uniqueId().toString()
    kept = bytes(document.annotation(key))
    document.setAnnotation(key, "", studio.QByteArray(kept[:-40]))
    told["damaged"] = yield from studio.open_dialog_of("edit", "stylize")
    document.setAnnotation(key, "", studio.QByteArray(kept.replace(style.encode(), b"verschwunden")))
    dialog = yield from studio.open_dialog_of("edit", "stylize", with_message=True)
    told["style gone"] = yield from studio.dismiss()
    studio.button(dialog, "Cancel").click()
    yield 300
    document.setAnnotation(key, "", studio.QByteArray(kept))
    document.setAnnotation(key, "", studio.QByteArray(kept.replace(b'"stylize"', b'"warp"')))
    told["bent"] = yield from studio.open_dialog_of("edit", "stylize")
    document.setAnnotation(key, "", studio.QByteArray(kept))
    before = [studio.tree(document.rootNode()), studio.fingerprint(layer)]
    source.remove()
    document.waitForDone()
    yield from studio.activate(document, layer)
    told["source gone"] = yield from studio.open_dialog_of("edit", "stylize")
    yield from studio.press("edit_undo")
    told["as before"] = [studio.tree(document.rootNode()), studio.fingerprint(layer)] == before
    return told


@pytest.fixture(scope="module")
def refused(painter, folder):
    return painter.run_in_window(refuses, folder=folder, photo_size=SIZE, style=STYLE_ID)


REFUSALS = {
    "nothing yet": ("nothing to repeat yet", "Stylize…"),
    "no result": ("“photo” is no result of Brushwarp", "Choose a layer that"),
    "masks": ("has masks, which would be lost", "Move them"),
    "locked": ("is locked", "Unlock it"),
    "damaged": ("no Brushwarp recipe", "Take the recipe as it was written"),
    "style gone": ("“verschwunden”", "not in the gallery any more", "Another one is chosen"),
    "bent": ("was not painted, but bent", "Brushwarp arrows"),
    "source gone": ("was made of is gone", "Undo"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_what_can_not_be_repeated_or_edited_is_refused_in_words_that_say_what_to_do(refused, what):
    for words in REFUSALS[what]:
        assert words in refused[what]


def test_a_refusal_changes_nothing(refused):
    assert refused["as before"]


def deforms(folder, photo_size, small_size):
    import krita_docker as docker
    import krita_studio as studio
    from krita import Krita
    from PyQt5.QtWidgets import QComboBox, QDockWidget

    def chosen(dialog):
        return [dialog.windowTitle(), *(dialog.findChild(QComboBox, name).currentText() for name in ("style", "method", "preset", "arrows", "size"))]

    told = {}
    read, _ = studio.raw_files(folder)
    document = yield from studio.new_document(*photo_size)
    source = yield from studio.add_layer(document, "photo", read("photo"), 0, 0, *photo_size)
    like = yield from studio.add_layer(document, "Streifen", read("small"), 0, 0, *small_size)
    like.setVisible(False)
    yield from studio.draw(document, studio.arrow(60, 50, 72, 56) + studio.arrow(30, 80, 34, 90))
    yield from studio.activate(document, source)
    studio.remember("deform", size=64, method="gatys")
    layer, said = yield from studio.deform(style="Layer “Streifen”", preset="Bold", arrows="None")
    assert layer is not None, said
    dialog = yield from studio.open_dialog_of("edit", "deform")
    told["dialog"] = chosen(dialog)
    studio.pick(dialog, "preset", "Gentle")
    tree = studio.tree(document.rootNode())
    edited = yield from studio.accept_edit(document, dialog, 120)
    weight, undo = studio.recipe(document, edited)["parameters"]["content_weight"], Krita.instance().action("edit_undo").text()
    told["edited"] = [studio.tree(document.rootNode()) == tree, weight, undo]
    small = yield from studio.add_layer(document, "small", read("small"), 0, 0, *small_size)
    told["repeated"] = yield from studio.repeat(document, 120)
    recipe = studio.recipe(document, document.activeNode())
    is_same = recipe["style"] == studio.recipe(document, edited)["style"]
    told["recipe"] = [is_same, recipe["parameters"]["content_weight"], recipe["parameters"]["size"]]
    told["small"] = small.name()

    # With arrows: the painting in the group is replaced, and the arrows beside it are spoken of.
    yield from studio.activate(document, source)
    layer, said = yield from studio.deform(style="Layer “Streifen”", preset="Bold", arrows="Brushwarp keypoints")
    assert layer is not None, said
    tree = studio.tree(document.rootNode())
    yield from studio.activate(document, layer.parentNode())
    dialog = yield from studio.open_dialog_of("edit", "deform")
    told["dialog with arrows"] = chosen(dialog)[-2]
    group, place = layer.parentNode(), [node.uniqueId() for node in layer.parentNode().childNodes()].index(layer.uniqueId())
    studio.button(dialog, "Ok").click()
    yield from studio.wait_for(studio.message_shown, "word about the arrows", 120)
    told["word"] = yield from studio.dismiss()
    told["in the group"] = [studio.tree(document.rootNode()) == tree, group.childNodes()[place].uniqueId() != layer.uniqueId()]

    # Bent alone: the arrows are where they were on what the other layer shows.
    yield from studio.activate(document, source)
    yield from docker.show()
    yield from docker.settle()
    before = document.activeNode().uniqueId()
    docker.press("apply")
    yield from studio.wait_for(lambda: document.activeNode().uniqueId() != before, "bent layer", 60)
    bent = studio.recipe(document, document.activeNode())
    told["edit a warp"] = yield from studio.open_dialog_of("edit", "stylize")
    yield from studio.activate(document, small)
    told["warp repeated"] = yield from studio.repeat(document)
    again = studio.recipe(document, document.activeNode())
    share = [small_size[0] / photo_size[0], small_size[1] / photo_size[1]] * 2
    wanted = [number * share[i % 4] for i, number in enumerate(sum(bent["keypoints"], []))]
    told["arrows"] = [again["verb"], max(abs(a - b) for a, b in zip(wanted, sum(again["keypoints"], [])))]
    Krita.instance().activeWindow().qwindow().findChild(QDockWidget, "brushwarp_arrows_docker").hide()

    # Done last, in the first document: painting like its layer.
    yield from studio.activate(document, source)
    layer, said = yield from studio.deform(style="Layer “Streifen”", preset="Bold", arrows="None")
    assert layer is not None, said
    other = yield from studio.new_document(*small_size)
    yield from studio.add_layer(other, "elsewhere", read("small"), 0, 0, *small_size)
    Krita.instance().action("brushwarp_repeat").trigger()
    yield from studio.wait_for(studio.message_shown, "refusal")
    told["elsewhere"] = yield from studio.dismiss()
    return told


@pytest.fixture(scope="module")
def deformed(painter, folder):
    return painter.run_in_window(deforms, folder=folder, photo_size=SIZE, small_size=SMALL, timeout=400)


def test_a_deformation_is_edited_and_repeated_like_the_same_layer(deformed):
    assert deformed["dialog"][0] == "Brushwarp – Edit “Streifen · Brushwarp”"
    assert deformed["dialog"][1:] == ["Layer “Streifen”", "Textures and shapes together (Gatys, a minute)", "Bold", "None", "64 px"]
    assert deformed["edited"] == [True, 3.0, "Undo Convert to a Paint Layer"]
    assert deformed["repeated"] == "Streifen · Brushwarp" and deformed["recipe"] == [True, 3.0, 64]


def test_a_bent_painting_is_replaced_in_its_group_and_its_old_arrows_are_spoken_of(deformed):
    assert deformed["dialog with arrows"] == "As before (2 arrows)"
    assert deformed["in the group"] == [True, True]
    assert "still those of the painting before" in deformed["word"]


def test_a_warp_is_repeated_on_a_layer_of_another_size_and_edited_in_the_docker(deformed):
    assert deformed["warp repeated"] == "Warp · Brushwarp"
    assert deformed["arrows"][0] == "warp" and deformed["arrows"][1] < 0.01
    assert "was not painted, but bent" in deformed["edit a warp"]


def test_a_layer_to_paint_like_is_missed_in_another_document(deformed):
    assert "The layer to paint like is gone" in deformed["elsewhere"]
