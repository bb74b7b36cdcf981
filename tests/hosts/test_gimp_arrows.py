"""Suggest keypoints, Warp and the arrows between them in the real GIMP, without a window: what a painter finds in the image afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from gimp_fixtures import PACK_ID, write_photo
from harness import Gimp
from krita_fixtures import as_a_worker

from brushwarp import api
from brushwarp.bridge.methods import smoothness_of
from brushwarp.bridge.request import PixelFormat
from brushwarp.geometry import KeypointPairs
from brushwarp.sample import render_sample
from brushwarp.styles import load_style, save_pack
from brushwarp.worker.pixels import picture_from_wire, picture_to_wire

CANVAS = (250, 180)
PIECE, PLACE = (192, 128), (40, 25)  # the layer that is looked at and bent, and where it lies on the canvas
LIKE_PLACE = (-10, 31)  # of the layer that the arrows lead to
SHIFT = 12  # pixels by which that one shows the same scene farther to the right
PAINTED, NAME, MUTED = "painted", "Brushwarp keypoints · Wellen", "Brushwarp muted · Brushwarp keypoints · Wellen"
DRAWN = [[(90.0, 60.0), (104.0, 66.0)], [(150.0, 90.0), (140.0, 84.0)], [(180.5, 60.25), (190.0, 60.0)]]
OTHERS = [[(10.0, 10.0)], [(60.0, 40.0), (70.0, 41.0), (72.0, 50.0)]]
BEND = {"exaggeration": 1.5, "smoothness": 0.3}


def scene() -> np.ndarray:
    rgb = (render_sample(*PIECE).permute(1, 2, 0) * 255).round().byte().numpy()
    return np.dstack([rgb, np.full((PIECE[1], PIECE[0]), 255, np.uint8)])


def draws_and_bends(path, folder, piece, place, like_place, painted, plain, name, drawn, others, bend):
    import gimp_arrows as arrows
    import gimp_studio as studio
    from gi.repository import Gimp

    told = {"refused": {}}
    image = studio.load(path)

    def layer_of(file, name, at):
        with open("%s/%s.raw" % (folder, file), "rb") as pixels:
            return studio.new_layer(image, *piece, name=name, at=at, pixels=pixels.read())

    like, flat = layer_of("moved", "Wellen", like_place), layer_of("flat", "flat", (0, 0))
    source = layer_of("scene", "piece", place)
    for hidden in (like, flat):
        hidden.set_visible(False)

    def paths():
        return [found.get_name() for found in image.get_paths()]

    def refused(what, procedure, **settings):
        before = studio.tree(image.get_layers()), paths()
        try:
            procedure(image, [source], **settings)
            told["refused"][what] = "it was not refused"
        except studio.Refused as refusal:
            told["refused"][what] = "%s: %s" % (refusal.status, refusal.message)
        assert (studio.tree(image.get_layers()), paths()) == before

    # Suggested arrows.
    found = studio.suggest(image, [source], style_layer=like, count=8)
    told["suggested"] = {
        "paths": paths(), "arrows": studio.arrows_of(image, found.get_name()), "shown": found.get_visible(),
        "selected": [path.get_name() for path in image.get_selected_paths()], "layers": studio.tree(image.get_layers()),
    }
    told["used"] = studio.recipe(studio.stylize(image, [source], style=plain))["keypoints"]
    trained = studio.suggest(image, [source], style=painted, count=8)
    told["trained"] = [trained.get_name(), studio.arrows_of(image, trained.get_name())]
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 0, 0, place[0] + piece[0] // 2, 500)
    told["half"] = studio.arrows_of(image, studio.suggest(image, [source], style_layer=like).get_name())
    Gimp.Selection.none(image)
    before = paths()
    told["nothing"] = [studio.suggest(image, [source], style_layer=flat), paths() == before]
    refused("a style without its painting", studio.suggest, style=plain)

    # Arrows that are edited.
    for old in image.get_paths():
        image.remove_path(old)
    mine = studio.draw_arrows(image, [*drawn, *others], name)
    curve = [140.0, 50.0, 145.0, 55.0, 149.0, 51.0, 160.0, 50.0, 155.0, 58.0, 150.0, 70.0]
    mine.stroke_new_from_points(Gimp.PathStrokeType.BEZIER, curve, True)
    image.set_selected_paths([mine])
    rows = arrows.Rows(image, name)
    told["rows"] = [rows.told()]

    def edited(*edit, **how):
        told["refused"].setdefault(edit[0], rows.edit(*edit, **how))
        told["rows"].append(rows.told())
        told["paths"] = [[found.get_name(), found.get_visible(), len(found.get_strokes())] for found in image.get_paths()]
        return told["paths"]

    told["muted"] = edited("mute", 1, muted=True)
    assert [path.get_name() for path in image.get_selected_paths()] == [name]
    told["with one muted"] = studio.recipe(studio.warp(image, [source]))["keypoints"]
    edited("reverse", 0)
    told["unmuted"] = edited("mute", 1, muted=False)
    edited("delete", 2)
    edited("mute", 0, 1, muted=True)
    refused("all muted", studio.warp)
    edited("mute", 0, 1, muted=False)
    mine.set_lock_content(True)
    told["refused"]["locked"] = rows.edit("reverse", 0)
    told["rows"].append(rows.told())
    mine.set_lock_content(False)
    told["drawn"] = [[*points[2:4], *points[8:10]] for points, closed, _ in rows.told() if len(points) == 12 and not closed]

    # The layer bent along them.
    bent = studio.warp(image, [source], **bend)
    told["warped"] = {
        "layers": studio.tree(image.get_layers()), "place": list(bent.get_offsets()[1:]), "recipe": studio.recipe(bent),
    }
    studio.dump(bent, "R'G'B'A u8", folder + "/bent.raw")
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 70, 40, 100, 80)
    Gimp.Selection.feather(image, 10.0)
    clipped = studio.warp(image, [source], **bend)
    studio.dump(clipped, "R'G'B'A u8", folder + "/clipped.raw")
    studio.dump(image.get_selection(), "Y u8", folder + "/selection.raw", (*place, *piece))
    Gimp.Selection.none(image)
    image.remove_path(mine)
    refused("no path", studio.warp)
    studio.draw_arrows(image, [[(100, 60), (160, 60)], [(160, 62), (100, 62)]], name)
    told["crossing"] = studio.recipe(studio.warp(image, [source]))["notes"]
    told["small"] = {kind: list(set(small)) for kind, small in arrows.small_layers().items()}
    return told


@pytest.fixture(scope="module")
def told(painter: Gimp, tmp_path_factory) -> SimpleNamespace:
    folder = tmp_path_factory.mktemp("Pfeile ✓")
    shown, moved = scene(), np.roll(scene(), SHIFT, axis=1)
    for name, pixels in (("scene", shown), ("moved", moved), ("flat", np.full_like(shown, 90))):
        (folder / f"{name}.raw").write_bytes(pixels.tobytes())
    styles = painter.user.brushwarp_home / "styles"
    pack = load_style(str(styles / f"{PACK_ID}.safetensors"))
    save_pack(type(pack)(pack.card, pack.weights, painting=torch.from_numpy(moved[..., :3].copy())), styles / f"{PAINTED}.safetensors")
    found = painter.run(
        draws_and_bends, path=write_photo(folder / "photo.png", np.zeros((CANVAS[1], CANVAS[0], 3), np.uint8)), folder=folder,
        piece=PIECE, place=PLACE, like_place=LIKE_PLACE, painted=PAINTED, plain=PACK_ID, name=NAME, drawn=DRAWN, others=OTHERS, bend=BEND,
    )
    (styles / f"{PAINTED}.safetensors").unlink()

    def pixels(name, channels=4):
        return np.fromfile(folder / name, np.uint8).reshape(PIECE[1], PIECE[0], channels)

    return SimpleNamespace(**{key.replace(" ", "_"): value for key, value in found.items()}, pixels=pixels, said=painter.said())


def on_the_layer(arrows) -> np.ndarray:
    return np.array(arrows) - (*PLACE, *PLACE)


SUGGEST = """
import json, sys
from brushwarp import api
from brushwarp.bridge.request import PixelFormat
from brushwarp.worker.pixels import picture_from_wire
width, height, count = map(int, sys.argv[1:])
size = 4 * width * height
content, like = (picture_from_wire(sys.stdin.buffer.read(size), width, height, PixelFormat())[0] for _ in range(2))
print(json.dumps(api.suggest_keypoints(content, like, count=count).pairs.rows()))
"""


def engine_suggests(count: int) -> np.ndarray:
    words = [sys.executable, "-c", SUGGEST, *map(str, PIECE), str(count)]
    pixels = scene().tobytes() + np.roll(scene(), SHIFT, axis=1).tobytes()
    said = subprocess.run(words, input=pixels, env=as_a_worker(), check=True, capture_output=True).stdout
    return np.array(json.loads(said))


def test_suggested_arrows_are_a_path_on_top_shown_and_selected_that_lies_where_the_layer_does(told):
    found = told.suggested
    assert found["paths"] == found["selected"] == [NAME] and found["shown"]
    assert found["layers"] == ["piece", "flat", "Wellen", "Background"]  # none added, none changed
    assert 1 <= len(found["arrows"]) <= 8
    assert np.allclose(on_the_layer(found["arrows"]), engine_suggests(8), atol=0.01)


def test_a_picture_that_only_lies_elsewhere_asks_for_no_bending(told):
    x, y, to_x, to_y = on_the_layer(told.suggested["arrows"]).T
    assert np.hypot(to_x - x, to_y - y).max() < 3  # the whole is laid over the layer before arrows are drawn


def test_stylize_takes_suggested_arrows_as_if_they_were_drawn_by_hand(told):
    assert np.allclose(told.used, on_the_layer(told.suggested["arrows"]), atol=0.01)


def test_arrows_towards_a_trained_styles_painting_are_named_for_it(told):
    name, arrows = told.trained
    assert name == "Brushwarp keypoints · Coarse Wëave"
    assert np.allclose(arrows, told.suggested["arrows"], atol=0.01)  # for that painting is the same picture


def test_arrows_begin_within_the_selection(told):
    assert told.half and on_the_layer(told.half)[:, 0].max() <= PIECE[0] / 2 + 1


def test_where_nothing_matches_it_is_said_and_nothing_is_added(told):
    assert told.nothing == [None, True]
    assert "nothing to match" in told.said


def test_a_muted_arrow_rests_in_a_path_of_its_own_and_bends_nothing(told):
    assert told.muted == [[NAME, False, 5], [MUTED, False, 1]]
    assert np.allclose(told.with_one_muted, on_the_layer([[*a, *b] for a, b in (DRAWN[0], DRAWN[2])]), atol=1e-3)


def test_an_arrow_switched_on_again_is_back_in_its_place_and_the_resting_path_is_gone(told):
    rows = told.rows
    assert rows[1] == [[*rows[0][1][:2], True] if at == 1 else row for at, row in enumerate(rows[0])]
    assert rows[3] == [rows[2][0], rows[0][1], *rows[0][2:]]
    assert told.unmuted == [[NAME, False, 6]]


def test_reversed_and_deleted_arrows_leave_all_others_as_they_were(told):
    rows = told.rows
    (points, _, _), (before, _, _) = rows[2][0], rows[0][0]
    assert points == [*before[6:], *before[:6]] and rows[2][1:] == rows[1][1:]
    assert rows[4] == [*rows[3][:2], *rows[3][3:]]
    assert [[len(points) // 6, closed] for points, closed, _ in rows[4][2:]] == [[1, False], [3, False], [2, True]]  # shapes that are no arrows
    assert [row[:2] for row in rows[-1]] == [row[:2] for row in rows[4]]  # after all were muted and switched on again


def test_a_locked_path_is_not_edited(told):
    assert told.refused["locked"].startswith(f"The path “{NAME}” is locked.\n") and told.rows[-1] == told.rows[-2]
    assert all(told.refused[edit] is None for edit in ("mute", "reverse", "delete"))


def test_apply_warp_gives_what_the_engine_gives_on_a_layer_above(told):
    found = told.warped
    layers = found["layers"]
    assert layers[layers.index("piece") - 1] == "Warp · Brushwarp #1" and found["place"] == list(PLACE)
    arrows = KeypointPairs.from_rows(on_the_layer(told.drawn)).exaggerated(BEND["exaggeration"])
    picture, _ = picture_from_wire(scene().tobytes(), *PIECE, PixelFormat())
    expected = api.warp(picture, arrows, smoothness=smoothness_of(BEND["smoothness"], *PIECE))
    assert told.pixels("bent.raw").tobytes() == bytes(picture_to_wire(expected, PixelFormat()))
    assert np.abs(told.pixels("bent.raw").astype(int) - scene()).mean() > 1
    recipe = found["recipe"]
    assert recipe["verb"] == "warp" and recipe["parameters"]["exaggeration"] == BEND["exaggeration"] and not recipe["notes"]


def test_a_selection_clips_the_warp_with_its_feathering(told):
    clipped, selection = told.pixels("clipped.raw"), told.pixels("selection.raw", 1)[..., 0]
    assert len(np.unique(selection)) > 30 and (clipped[..., 3] == selection).all()
    inside = selection == 255
    assert (clipped[inside] == told.pixels("bent.raw")[inside]).all()


def test_arrows_that_fold_the_picture_are_told(told):
    assert "turned over itself" in told.crossing[0] and told.crossing[0] in told.said


def test_layers_of_every_precision_are_seen_in_the_dialogs(told):
    assert len(told.small) == 6
    for kind, values in told.small.items():
        assert sorted(values) == [188, 255], kind  # linear 0.5 in sRGB, and alpha


SENTENCES = {
    "a style without its painting": "keeps no picture of its painting",
    "all muted": f"All arrows of the path “{NAME}” are muted",
    "no path": "There are no arrows to bend along",
}


@pytest.mark.parametrize("what", SENTENCES)
def test_what_does_not_do_is_refused_in_words_that_help(told, what):
    assert told.refused[what].startswith("EXECUTION_ERROR: ")
    assert SENTENCES[what] in told.refused[what] and "\n" in told.refused[what]
