"""Arrows in the real Krita: suggested, listed in the docker, muted, turned round, taken away, previewed, and followed by a warp.

By hand, with screenshots to look at, and how fast the preview follows:
    BRUSHWARP_SCREENSHOTS=shots .venv/bin/python -m pytest -s tests/hosts/test_krita_arrows.py
"""

from __future__ import annotations

import functools
import statistics

import numpy as np
import pytest
from harness import INSIDE, KritaHost
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
        INSIDE / "krita_arrows.py", opens=[folder / "Szene.png"], size="1400x1250", timeout=400,
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
