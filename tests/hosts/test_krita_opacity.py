"""Strength as the layer's opacity in the real Krita: painted in full, and dimmed by what the painter can change at any time."""

from __future__ import annotations

import pytest
from krita_fixtures import LAYER_NAME, STYLE_ID, photo, settle_painter, to_layer_bytes

SIZE = (150, 110)


def dims(folder, photo_size, style):
    import krita_studio as studio
    import screen
    from krita import Krita
    from PyQt5.QtWidgets import QCheckBox, QSpinBox

    def look(dialog):
        return [dialog.findChild(QSpinBox, "strength").value(), dialog.findChild(QCheckBox, "as_opacity").isChecked()]

    told = {}
    read, _ = studio.raw_files(folder)
    document = yield from studio.new_document(*photo_size)
    source = yield from studio.add_layer(document, "photo", read("photo"), 0, 0, *photo_size)
    full = yield from studio.stylize(style=style, strength=1.0, brush_scale=1.0, arrows="None", as_opacity=False)
    pixels, picture = studio.own_pixels(full), studio.projection(document)
    yield from studio.press("edit_undo")

    yield from studio.activate(document, source)
    dialog = yield from studio.open_dialog()
    studio.choose(dialog, style=style, strength=0.6, brush_scale=1.0, arrows="None", as_opacity=True)
    yield 1500
    screen.screenshot("krita_opacity")
    before = document.activeNode().uniqueId()
    studio.button(dialog, "Ok").click()
    layer = yield from studio.made_after(document, before, 60)
    told["made"] = [layer.name(), layer.opacity(), studio.own_pixels(layer) == pixels, studio.recipe(document, layer)["parameters"]["strength"]]
    told["shown"] = studio.projection(document) != picture
    told["step"] = Krita.instance().action("edit_undo").text()
    yield from studio.press("edit_undo")
    yield from studio.press("edit_redo")
    layer = document.rootNode().childNodes()[-1]
    told["redone"] = [layer.name(), layer.opacity()]

    yield from studio.activate(document, layer)
    layer.setOpacity(80)
    dialog = yield from studio.open_dialog_of("edit", "stylize")
    told["dialog"] = look(dialog)
    studio.choose(dialog, keep_colors=True)
    edited = yield from studio.accept_edit(document, dialog)
    told["edited"] = [edited.opacity(), studio.own_pixels(edited) != pixels, studio.recipe(document, edited)["parameters"]["strength"]]
    yield from studio.press("edit_undo")
    told["undone"] = [document.rootNode().childNodes()[-1].opacity(), studio.own_pixels(document.rootNode().childNodes()[-1]) == pixels]
    yield from studio.press("edit_redo")
    edited = document.rootNode().childNodes()[-1]
    told["edit redone"] = edited.opacity()

    yield from studio.activate(document, edited)
    dialog = yield from studio.open_dialog_of("edit", "stylize")
    studio.choose(dialog, as_opacity=False, strength=1.0, keep_colors=False)
    painted = yield from studio.accept_edit(document, dialog)
    told["painted"] = [painted.opacity(), studio.own_pixels(painted) == pixels]

    studio.select(document, rectangle=(20, 20, 80, 60))
    yield from studio.activate(document, source)
    masked = yield from studio.stylize(style=style, strength=0.25, brush_scale=1.0, arrows="None", as_opacity=True, as_mask=True)
    told["masked"] = [masked.opacity(), [mask.type() for mask in masked.childNodes()], studio.own_pixels(masked) == pixels]
    document.setSelection(None)
    yield from studio.activate(document, source)
    told["repeated"] = [(yield from studio.repeat(document)), document.activeNode().opacity()]
    yield from studio.activate(document, source)
    dialog = yield from studio.open_dialog()
    told["remembered"] = look(dialog)
    studio.button(dialog, "RestoreDefaults").click()
    told["defaults"] = look(dialog)
    studio.button(dialog, "Cancel").click()
    yield 200
    return told


@pytest.fixture(scope="module")
def told(settled_user, tmp_path_factory):
    settle_painter(settled_user)
    folder = tmp_path_factory.mktemp("Deckkraft")
    (folder / "photo.raw").write_bytes(to_layer_bytes(photo(*SIZE), "U8", False))
    return settled_user.krita.run_in_window(dims, folder=folder, photo_size=SIZE, style=STYLE_ID)


def test_the_layer_is_painted_in_full_and_as_opaque_as_the_strength_says(told):
    assert told["made"] == [LAYER_NAME, 153, True, 0.6] and told["shown"]


def test_it_is_one_step_of_undo_and_redo_has_its_opacity(told):
    assert told["step"] == "Undo Add Layer" and told["redone"] == [LAYER_NAME, 153]


def test_edit_shows_the_opacity_that_the_painter_has_given_it_and_keeps_it(told):
    assert told["dialog"] == [31, True] and told["edited"] == [80, True, pytest.approx(80 / 255)]
    assert told["undone"] == [80, True] and told["edit redone"] == 80


def test_a_strength_that_is_painted_after_all_leaves_the_layer_opaque(told):
    assert told["painted"] == [255, True]


def test_it_goes_with_a_mask_and_with_repeat_last(told):
    assert told["masked"] == [64, ["transparencymask"], True]
    assert told["repeated"] == [LAYER_NAME, 64]


def test_the_choice_is_remembered_until_the_defaults_are_restored(told):
    assert told["remembered"] == [25, True] and told["defaults"] == [100, False]
