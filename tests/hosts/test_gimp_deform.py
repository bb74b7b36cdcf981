"""Deform in the real GIMP, without a window: what a painter finds in the image afterwards, and what is refused."""

from __future__ import annotations

import hashlib
from types import SimpleNamespace

import numpy as np
import pytest
from gimp_fixtures import CANVAS, PACK_ID, PACK_NAME, photo_pixels, write_photo
from harness import Gimp

PIECE, PLACE = (80, 56), (40, 25)  # the layer that is deformed, and where it lies on the canvas
LIKE, LIKE_PLACE = (60, 70), (-10, 31)  # the layer that is painted like
ARROWS = [[(70.0, 50.0), (80.0, 54.0)], [(110.0, 70.0), (104.0, 62.0)]]  # on the canvas, in the piece
BOLD = {"warp_weight": 1.0, "smoothness": 1.0}
FILE_NAME = "große Wellen.png"
SOLVED = "Brushwarp solved · "


def stripes(size) -> np.ndarray:
    """(H, W, 4) uint8: slanting stripes of strong colours."""
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    wave = np.sin((x + 2 * y) / 4)
    picture = np.stack([0.5 + 0.45 * wave, 0.35 + 0.1 * wave, 0.5 - 0.45 * wave, np.ones_like(wave)], -1)
    return (picture * 255).round().astype(np.uint8)


def deforms(path, folder, file, style, piece, place, like, like_place, arrows, bold):
    import gimp_studio as studio
    from gi.repository import Gimp, Gio

    told = {"refused": {}}
    image = studio.load(path)
    photo = image.get_layers()[0]
    source = studio.new_layer(image, *piece, name="piece", at=place, pixels=studio.read(photo, "R'G'B'A u8", (*place, *piece)))
    with open(folder + "/stripes.raw", "rb") as pixels:
        stripes = studio.new_layer(image, *like, name="Streifen", at=like_place, pixels=pixels.read())
    stripes.set_visible(False)
    studio.draw_arrows(image, arrows)

    def deform(name, **settings):
        layer = studio.deform(image, [source], style=style, **settings)
        told[name] = {
            "layers": studio.tree(image.get_layers()), "paths": [found.get_name() for found in image.get_paths()],
            "place": [layer.get_width(), layer.get_height(), *layer.get_offsets()[1:]],
            "recipe": studio.recipe(layer), "solved": studio.arrows_of(image, image.get_paths()[0].get_name()),
        }
        studio.dump(layer, "R'G'B'A u8", "%s/%s.raw" % (folder, name))
        return layer

    def refused(name, **settings):
        before = studio.tree(image.get_layers())
        try:
            studio.deform(image, [source], **{"style": style, **settings})
            told["refused"][name] = "it was not refused"
        except studio.Refused as refusal:
            told["refused"][name] = "%s: %s" % (refusal.status, refusal.message)
        assert studio.tree(image.get_layers()) == before

    before = [studio.fingerprint(layer) for layer in (source, stripes)]
    layer = deform("like a layer", style_layer=stripes, style_file=Gio.File.new_for_path(file), seed=3, **bold)
    told["untouched"] = [studio.fingerprint(layer) for layer in (source, stripes)] == before
    layer.set_visible(False)
    deform("like a file", style_file=Gio.File.new_for_path(file), keypoints="none").set_visible(False)
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 55, 35, 60, 40)
    Gimp.Selection.feather(image, 12.0)
    with open(folder + "/before.flat", "wb") as flat:
        flat.write(studio.flat(image, "R'G'B' u8"))
    deform("trained", method="multimodal", unfold=True)
    with open(folder + "/after.flat", "wb") as flat:
        flat.write(studio.flat(image, "R'G'B' u8"))
    studio.dump(image.get_selection(), "Y u8", folder + "/selection.raw")
    Gimp.Selection.none(image)

    refused("like itself", style_layer=source)
    refused("trained style for a picture's method", method="strotss")
    refused("layer for the trained styles' method", style_layer=stripes, method="multimodal")
    refused("file for the trained styles' method", style_file=Gio.File.new_for_path(file), method="multimodal")
    refused("not a picture", style_file=Gio.File.new_for_path(folder + "/stripes.raw"))
    refused("unknown style", method="multimodal", style="rembrandt")
    refused("empty style layer", style_layer=studio.new_layer(image, 30, 20, name="blank"))
    refused("tiny style layer", style_layer=studio.new_layer(image, 3, 2, name="speck", pixels=b"\1\2\3\xff" * 6))
    return told


@pytest.fixture(scope="module")
def told(painter: Gimp, tmp_path_factory) -> SimpleNamespace:
    """One image, deformed three times: what GIMP tells of it, and pixels by name."""
    folder = tmp_path_factory.mktemp("Gemälde")
    (folder / "stripes.raw").write_bytes(stripes(LIKE).tobytes())
    file = write_photo(folder / FILE_NAME, np.ascontiguousarray(stripes((50, 40))[..., :3]))
    found = painter.run(
        deforms, path=write_photo(folder / "photo.png"), folder=folder, file=file, style=PACK_ID,
        piece=PIECE, place=PLACE, like=LIKE, like_place=LIKE_PLACE, arrows=ARROWS, bold=BOLD,
    )

    def pixels(name, size=PIECE, channels=4):
        return np.fromfile(folder / name, np.uint8).reshape(size[1], size[0], channels).astype(int)

    said = painter.said()
    return SimpleNamespace(refused=found.pop("refused"), deformed=found, pixels=pixels, folder=folder, said=said)


def test_a_layer_like_another_layer_that_is_hidden_and_lies_elsewhere(told):
    found = told.deformed["like a layer"]
    assert found["layers"] == ["Streifen", "Streifen · Brushwarp", "piece", "Background"]
    assert found["place"] == [*PIECE, *PLACE]
    assert told.deformed["untouched"]
    recipe = found["recipe"]
    assert (recipe["verb"], recipe["parameters"]["base"], recipe["seed"]) == ("deform", "gatys", 3)
    assert recipe["style"]["sha256"] == hashlib.sha256((told.folder / "stripes.raw").read_bytes()).hexdigest()
    assert recipe["parameters"]["warp_weight"] == recipe["parameters"]["tv_weight"] == 1.0
    piece = photo_pixels()[PLACE[1] : PLACE[1] + PIECE[1], PLACE[0] : PLACE[0] + PIECE[0]].astype(int)
    assert np.abs(told.pixels("like a layer.raw")[..., :3] - piece).mean() > 10


def test_the_solved_arrows_are_a_path_on_the_canvas_near_where_they_were_drawn_to(told):
    found = told.deformed["like a layer"]
    assert found["paths"] == [SOLVED + "Streifen", "Brushwarp keypoints"]
    left, top = PLACE
    told_by_recipe = [[x + left, y + top, to_x + left, to_y + top] for x, y, to_x, to_y in found["recipe"]["solved"]]
    assert np.allclose(found["solved"], told_by_recipe, atol=1e-3)
    solved, drawn = np.array(found["solved"]).reshape(-1, 2, 2), np.array(ARROWS)
    assert np.allclose(solved[:, 0], drawn[:, 0], atol=1e-3)
    assert np.linalg.norm(solved[:, 1] - drawn[:, 1], axis=1).max() < 3


def test_a_solved_path_is_never_taken_for_the_painters_own(told):
    drawn = [[x - PLACE[0], y - PLACE[1], to_x - PLACE[0], to_y - PLACE[1]] for (x, y), (to_x, to_y) in ARROWS]
    found = told.deformed["trained"]
    assert found["paths"] == [SOLVED + PACK_NAME, SOLVED + "Streifen", "Brushwarp keypoints"]
    assert np.allclose(found["recipe"]["keypoints"], drawn)


def test_a_picture_file_without_arrows_keeps_the_shape_and_says_so(told):
    found = told.deformed["like a file"]
    assert "große Wellen · Brushwarp" in found["layers"]
    assert found["paths"] == [SOLVED + "Streifen", "Brushwarp keypoints"]  # no new one
    recipe = found["recipe"]
    assert recipe["style"]["sha256"] == hashlib.sha256((told.folder / FILE_NAME).read_bytes()).hexdigest()
    (note,) = recipe["notes"]
    assert "no arrows" in note and note in told.said


def test_a_trained_style_is_bent_and_clipped_by_the_selection_as_it_is_feathered(told):
    found = told.deformed["trained"]
    assert f"{PACK_NAME} · Brushwarp" in found["layers"]
    assert found["recipe"]["parameters"]["unfold"] is True and len(found["solved"]) == 2
    selection = told.pixels("selection.raw", CANVAS, 1)[..., 0]
    before, after = (told.pixels(f"{name}.flat", CANVAS, 3) for name in ("before", "after"))
    assert len(np.unique(selection)) > 50
    assert (after[selection == 0] == before[selection == 0]).all()
    assert np.abs(after - before)[selection == 255].mean() > 15
    alpha = told.pixels("trained.raw")[..., 3]
    assert (alpha == selection[PLACE[1] : PLACE[1] + PIECE[1], PLACE[0] : PLACE[0] + PIECE[0]]).all()


SENTENCES = {
    "like itself": "Choose another layer as the style",
    "trained style for a picture's method": "Choose a layer or a picture file",
    "layer for the trained styles' method": "Choose a style of the gallery",
    "file for the trained styles' method": "Choose a style of the gallery",
    "not a picture": "stripes.raw",
    "unknown style": "rembrandt",
    "empty style layer": "“blank” is empty",
    "tiny style layer": "3 × 2 pixels",
}


@pytest.mark.parametrize("what", SENTENCES)
def test_a_style_that_does_not_do_is_refused_in_words_that_help(told, what):
    assert told.refused[what].startswith("EXECUTION_ERROR: ")
    assert SENTENCES[what] in told.refused[what]
    assert "\n" in told.refused[what]  # what happened, and what to do
