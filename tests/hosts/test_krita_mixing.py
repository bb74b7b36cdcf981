"""Strokes of several styles in the real Krita: the dialog folds their pickers away until wanted, remembers them, and the layer is named for all."""

from __future__ import annotations

import numpy as np
import pytest
from harness import KritaHost
from krita_fixtures import (
    STYLE_ID,
    STYLE_NAME,
    command_line_paints,
    from_layer_bytes,
    photo,
    save_png,
    save_random_style,
    settle_painter,
    to_layer_bytes,
)

OTHER_ID, OTHER_NAME = "breite_borsten", "Breite Borsten"
SIZE = (150, 110)


@pytest.fixture(scope="module")
def painter(settled_user) -> KritaHost:
    settle_painter(settled_user)
    save_random_style(settled_user.brushwarp_home / "styles", OTHER_ID, OTHER_NAME, seed=8)
    return settled_user.krita


def mixes(folder, photo_size, style, other):
    import krita_studio as studio
    import screen
    from PyQt5.QtWidgets import QCheckBox, QComboBox

    def look(dialog):
        fields = [dialog.findChild(QComboBox, name) for name in ("style", "medium", "fine")]
        return [dialog.findChild(QCheckBox, "mix").isChecked(), [field.isVisible() for field in fields], [field.currentText() for field in fields]]

    told = {}
    document = yield from studio.new_document(*photo_size)
    with open(folder + "/photo.raw", "rb") as file:
        source = yield from studio.add_layer(document, "photo", file.read(), 0, 0, *photo_size)
    dialog = yield from studio.open_dialog()
    told["at first"] = look(dialog)
    studio.choose(dialog, style=style, mix=(other, ""))
    told["unfolded"] = look(dialog)
    coarse = dialog.findChild(QComboBox, "style")
    for wanted in (other, style):
        coarse.setCurrentIndex(coarse.findData(wanted))
        coarse.activated.emit(coarse.currentIndex())
        told["picked"] = studio.chosen_in_gallery(dialog), coarse.currentData()
    yield 300
    screen.screenshot("krita_mix")
    studio.button(dialog, "Cancel").click()
    yield 200
    layer = yield from studio.stylize(style=style, strength=1.0, brush_scale=1.0, arrows="None", mix=(other, ""))
    assert not isinstance(layer, str), layer
    studio.dump(layer, folder + "/mixed.raw", 0, 0, *photo_size)
    told["name"] = layer.name()
    told["recipe"] = studio.recipe(document, layer)
    yield from studio.activate(document, source)
    dialog = yield from studio.open_dialog()
    told["remembered"] = look(dialog)
    studio.button(dialog, "RestoreDefaults").click()
    told["defaults"] = look(dialog)
    studio.button(dialog, "Cancel").click()
    yield 200
    return told


@pytest.fixture(scope="module")
def mixed(painter, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mixed")
    (folder / "photo.raw").write_bytes(to_layer_bytes(photo(*SIZE), "U8", False))
    return painter.run_in_window(mixes, folder=folder, photo_size=SIZE, style=STYLE_ID, other=OTHER_ID), folder


def test_other_styles_are_folded_away_until_wanted_and_remembered(mixed):
    told, _ = mixed
    as_style, other = "As the style", OTHER_NAME
    assert told["at first"] == [False, [False] * 3, [told["at first"][2][0], as_style, as_style]]
    assert told["unfolded"] == told["remembered"] == [True, [True] * 3, [STYLE_NAME, other, as_style]]
    assert told["picked"] == [STYLE_ID, STYLE_ID]
    assert told["defaults"] == [False, [False] * 3, [STYLE_NAME, as_style, as_style]]


def test_the_layer_is_named_for_both_and_the_recipe_says_whose_strokes_they_are(mixed):
    told, _ = mixed
    assert told["name"] == f"{STYLE_NAME} + {OTHER_NAME} · Brushwarp"
    parameters = told["recipe"]["parameters"]
    assert (told["recipe"]["style"]["id"], parameters["medium"], parameters["fine"]) == (STYLE_ID, OTHER_ID, "")


def test_the_pixels_are_those_of_the_command_line(mixed, painter, tmp_path):
    _, folder = mixed
    picture = save_png(photo(*SIZE), tmp_path / "photo.png")
    expected = command_line_paints(painter.user, picture, tmp_path / "out.png", "--mix", f"{STYLE_ID},{OTHER_ID},{STYLE_ID}")
    alone = command_line_paints(painter.user, picture, tmp_path / "alone.png")
    colour, _ = from_layer_bytes((folder / "mixed.raw").read_bytes(), *SIZE, "U8", False)
    assert np.abs(colour * 255 - expected).max() < 1.5 < np.abs(expected.astype(float) - alone).mean()
