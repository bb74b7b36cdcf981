"""The whole way: a layer through client, worker and engine, compared with the engine called directly.

The style is a small network with chance weights, saved as a pack: it paints nonsense, but always the same nonsense.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Iterator

import numpy as np
import pytest
import torch
from worker_home import Home, wait_until

from brushwarp import api
from brushwarp.bridge.client import (
    DeformRequest,
    PixelFormat,
    Progress,
    Queued,
    StylePicture,
    StylizeRequest,
    notes_of,
    solved_of,
)
from brushwarp.bridge.engine_state import BUSY, READY, look
from brushwarp.bridge.errors import JobCancelled, WorkerError
from brushwarp.bridge.request import Part
from brushwarp.deformable import DeformSettings
from brushwarp.geometry import KeypointPairs
from brushwarp.image import Box, save_picture
from brushwarp.multimodal.network import MultimodalNetwork, Widths
from brushwarp.recipe import read_recipe
from brushwarp.styles import StyleCard, StylePack, list_styles, load_style, save_pack
from brushwarp.worker.jobs import SEQUENCES
from brushwarp.worker.pixels import picture_from_wire, picture_to_wire

WIDTH, HEIGHT = 96, 64
U8 = PixelFormat("RGBA", "u8", "srgb")
SMALL = Widths(style=4, enhance=16, enhance_residuals=1, refine=16)


def some_style(path: Path, seed: int) -> None:
    torch.manual_seed(seed)
    card = StyleCard("chance", "Chance", artist="Nobody", year="2026", widths=SMALL)
    path.parent.mkdir(exist_ok=True)
    save_pack(StylePack(card, dict(MultimodalNetwork(SMALL).state_dict())), path)


@pytest.fixture(scope="module")
def engine() -> Iterator[Home]:
    """A home with the real engine, one for all tests: loading torch takes seconds."""
    folder = Path(tempfile.mkdtemp(prefix="bw-"))
    (folder / "run").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRUSHWARP_HOME", str(folder / "hôme"))
        patch.setenv("XDG_RUNTIME_DIR", str(folder / "run"))
        patch.setenv("BRUSHWARP_DEVICE", "cpu")
        patch.setenv("ONEDNN_MAX_CPU_ISA", "AVX512_CORE")  # float32 on any processor: chance weights magnify what bfloat16 rounds
        home = Home(folder / "hôme")
        home.install_engine()
        some_style(home.folder / "styles" / "chance.safetensors", 1)
        yield home
        home.close()
    shutil.rmtree(folder)


def photo(layout: PixelFormat = U8, opaque: bool = True) -> bytes:
    """Smooth colours, so that a warp moves something; half transparent on the right unless opaque."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    planes = [x / WIDTH, y / HEIGHT, 0.5 + 0.5 * np.sin(x / 7) * np.cos(y / 5)][: layout.channels - 1]
    alpha = np.ones((HEIGHT, WIDTH)) if opaque else np.where(x < WIDTH / 2, 1.0, 0.5)
    values = np.stack([*planes, alpha], -1)
    if layout.depth == "u8":
        return np.rint(values * 255).astype(np.uint8).tobytes()
    return values.astype(np.float32).tobytes()


def request(layout: PixelFormat = U8, **fields) -> StylizeRequest:
    return StylizeRequest(WIDTH, HEIGHT, fields.pop("style", "chance"), layout, **fields)


def stylize(home: Home, order: StylizeRequest, pixels: bytes, selection: bytes | None = None):
    with home.connect() as client:
        result = client.stylize(order, pixels, selection)
    return result.pixels, json.loads(result.recipe)


def directly(pixels: bytes, layout: PixelFormat = U8, pairs: KeypointPairs | None = None, **settings) -> bytes:
    """What the engine paints without a worker, as the command line calls it."""
    picture, _ = picture_from_wire(pixels, WIDTH, HEIGHT, layout)
    painted = api.stylize(picture, "chance", device="cpu", **settings)
    return bytes(picture_to_wire(painted if pairs is None else api.warp(painted, pairs), layout))


def values(pixels: bytes, channels: int = 4) -> np.ndarray:
    return np.frombuffer(pixels, np.uint8).reshape(HEIGHT, WIDTH, channels).astype(np.int64)


def assert_same_within_one_level(one: bytes, other: bytes) -> None:
    assert np.abs(values(one) - values(other)).max() <= 1


@pytest.mark.parametrize(
    "settings", [{}, {"strength": 0.4}, {"brush_scale": 2.0}, {"keep_colors": True}, {"canvas_short_side": 1000}]
)
def test_a_layer_is_painted_as_the_command_line_paints_it(engine, settings):
    pixels = photo()
    painted, _ = stylize(engine, request(**settings), pixels)
    assert_same_within_one_level(painted, directly(pixels, **settings))
    assert np.abs(values(painted) - values(pixels))[..., :3].mean() > 10


def test_strokes_of_another_style_are_mixed_in_as_the_command_line_does(engine):
    some_style(engine.folder / "styles" / "other.safetensors", 2)
    pixels = photo()
    painted, recipe = stylize(engine, request(fine="other"), pixels)
    assert_same_within_one_level(painted, directly(pixels, mix=("", "other")))
    assert np.abs(values(painted) - values(directly(pixels)))[..., :3].mean() > 1
    assert recipe["parameters"]["fine"] == "other" and recipe["style"]["sha256"] != load_style("chance").sha256


def test_a_part_of_a_larger_layer_comes_as_large_as_it_is_there(engine):
    part = Part(4 * WIDTH, 4 * HEIGHT, 40, 100, 80, 64)
    selection = bytes(WIDTH * HEIGHT // 2) + b"\xff" * (WIDTH * HEIGHT - WIDTH * HEIGHT // 2)
    pixels = photo()
    painted, recipe = stylize(engine, request(part=part, keypoints=((5.0, 5.0, 9.0, 5.0),)), pixels, selection)
    assert len(painted) == 80 * 64 * 4 and "About" in recipe["notes"][-1] and "Arrows" in recipe["notes"][-1]
    picture, _ = picture_from_wire(pixels, WIDTH, HEIGHT, U8)
    expected = api.stylize_part(picture, "chance", Box(40, 100, 120, 164), (4 * HEIGHT, 4 * WIDTH), device="cpu")
    found = np.frombuffer(painted, np.uint8).reshape(64, 80, 4).astype(np.int64)
    assert np.abs(found[..., :3] - np.rint(expected.pixels.permute(1, 2, 0).numpy() * 255)).max() <= 1
    edge = 2 * HEIGHT - 100  # the lower half is selected
    assert not found[: edge - 4, :, 3].any() and (found[edge + 4 :, :, 3] == 255).all()


def test_a_crop_is_painted_with_the_brush_of_its_canvas(engine):
    pixels = photo()
    whole, _ = stylize(engine, request(), pixels)
    crop, _ = stylize(engine, request(canvas_short_side=1000), pixels)
    assert np.abs(values(whole) - values(crop)).max() > 10


def test_a_float_layer_in_linear_light_is_painted_as_the_same_layer_with_the_curve(engine):
    curved, light = PixelFormat("RGBA", "f32", "srgb"), PixelFormat("RGBA", "f32", "linear")
    pixels = photo(curved)
    picture, _ = picture_from_wire(pixels, WIDTH, HEIGHT, curved)
    painted, _ = stylize(engine, request(light), bytes(picture_to_wire(picture, light)))
    expected, _ = stylize(engine, request(curved), pixels)
    back, _ = picture_from_wire(painted, WIDTH, HEIGHT, light)
    assert np.allclose(bytes_as_floats(bytes(picture_to_wire(back, curved))), bytes_as_floats(expected), atol=1e-4)


def bytes_as_floats(pixels: bytes) -> np.ndarray:
    return np.frombuffer(pixels, np.float32)


def test_transparency_stays_as_it_was(engine):
    pixels = photo(opaque=False)
    painted, _ = stylize(engine, request(), pixels)
    assert np.array_equal(values(painted)[..., 3], values(pixels)[..., 3])


def test_a_feathered_selection_clips_the_result_and_changes_no_colour(engine):
    pixels = photo(opaque=False)
    ramp = np.tile(np.linspace(0, 255, WIDTH).round().astype(np.uint8), (HEIGHT, 1))
    painted, _ = stylize(engine, request(), pixels, ramp.tobytes())
    whole, _ = stylize(engine, request(), pixels)
    assert np.array_equal(values(painted)[..., :3], values(whole)[..., :3])
    expected = values(pixels)[..., 3] * ramp / 255
    assert np.abs(values(painted)[..., 3] - expected).max() <= 0.51


def test_arrows_bend_the_painting_and_the_selection_stays_where_it_is(engine):
    pixels = photo()
    arrows = ((30.0, 30.0, 45.0, 36.0), (70.0, 20.0, 62.0, 20.0))
    pairs = KeypointPairs(np.array(arrows)[:, :2], np.array(arrows)[:, 2:])
    bent, recipe = stylize(engine, request(keypoints=arrows), pixels)
    assert_same_within_one_level(bent, directly(pixels, pairs=pairs))
    straight, _ = stylize(engine, request(), pixels)
    assert np.abs(values(bent) - values(straight)).max() > 10
    assert recipe["keypoints"] == [list(arrow) for arrow in arrows]
    selection = np.zeros((HEIGHT, WIDTH), np.uint8)
    selection[10:50, 20:80] = 255
    clipped, _ = stylize(engine, request(keypoints=arrows), pixels, selection.tobytes())
    assert np.array_equal(values(clipped)[..., 3], selection)


def test_a_grey_layer_keeps_its_alpha_and_gets_the_paintings_luminance(engine):
    layout = PixelFormat("GRAYA", "u8", "srgb")
    pixels = photo(layout, opaque=False)
    painted, recipe = stylize(engine, request(layout), pixels)
    assert np.array_equal(values(painted, 2)[..., 1], values(pixels, 2)[..., 1])
    assert np.abs(values(painted, 2) - values(pixels, 2)).mean() > 5
    assert any("luminance alone" in note for note in recipe["notes"])


def test_the_recipe_says_what_it_takes_to_paint_it_again(engine):
    with engine.connect() as client:
        text = client.stylize(request(strength=0.5, brush_scale=1.5, seed=42), photo()).recipe
    recipe = read_recipe(text)
    assert recipe["style"] == {"id": "chance", "sha256": load_style("chance").sha256}
    assert recipe["seed"] == 42 and recipe["device"] == "cpu" and recipe["notes"] == []
    assert recipe["parameters"]["strength"] == 0.5 and recipe["parameters"]["brush_scale"] == 1.5


def test_a_strength_that_becomes_an_opacity_is_painted_in_full_and_told(engine):
    full, _ = stylize(engine, request(), photo())
    painted, recipe = stylize(engine, request(strength=0.5, as_opacity=True), photo())
    assert painted == full and recipe["parameters"]["strength"] == 0.5 and recipe["parameters"]["as_opacity"] is True


def test_a_style_that_was_trained_on_replaces_the_warm_one(engine):
    path = engine.folder / "styles" / "changing.safetensors"
    some_style(path, 2)
    before, _ = stylize(engine, request(style="changing"), photo())
    some_style(path, 3)
    os.utime(path, ns=(0, 0))  # whatever the clock's steps are
    after, _ = stylize(engine, request(style="changing"), photo())
    path.unlink()
    assert before != after
    with pytest.raises(WorkerError) as caught:
        stylize(engine, request(style="changing"), photo())
    assert caught.value.code == "style-missing"


@pytest.mark.parametrize(
    "fields, selection, code",
    [
        ({"style": "nobody"}, None, "style-missing"),
        ({"style": "/nowhere/at/all.safetensors"}, None, "style-missing"),
        ({"keypoints": ((5, 5, 500, 5),)}, None, "keypoints-outside"),
        ({"keypoints": ((5, 5, 9, 9), (6, 6, 9, 9))}, None, "keypoints-coincident"),
        ({"brush_scale": 9.0}, None, "setting"),
        ({}, bytes(WIDTH * HEIGHT), "region-empty"),
    ],
)
def test_what_cannot_be_painted_is_refused_in_words(engine, fields, selection, code):
    with pytest.raises(WorkerError) as caught:
        stylize(engine, request(**fields), photo(), selection)
    assert caught.value.code == code and caught.value.message and caught.value.hint


def test_a_layer_of_one_pixel_is_refused_in_words(engine):
    with engine.connect() as client, pytest.raises(WorkerError) as caught:
        client.stylize(StylizeRequest(1, 1, "chance"), bytes(4))
    assert caught.value.code == "picture-too-small"


def test_a_painting_can_be_cancelled_and_the_next_layer_is_painted(engine):
    with engine.connect() as client:
        with pytest.raises(JobCancelled):
            client.stylize(
                StylizeRequest(1024, 768, "chance"), bytes(1024 * 768 * 4), on_event=lambda _: client.cancel()
            )
    painted, _ = stylize(engine, request(), photo())
    assert_same_within_one_level(painted, directly(photo()))
    assert engine.payloads() == []


def test_the_shipped_style_paints_through_the_worker(engine):
    shipped = [style for style in list_styles() if style.shipped]
    if not shipped:
        pytest.skip("no style is shipped yet")
    events = []
    pixels = photo()
    with engine.connect() as client:
        result = client.stylize(request(style=shipped[0].path.stem), pixels, on_event=events.append)
    assert np.abs(values(result.pixels) - values(pixels))[..., :3].mean() > 15
    assert any(event.stage == "painting" for event in events if not isinstance(event, Queued))


ARROWS = ((30.0, 30.0, 40.0, 36.0), (70.0, 20.0, 62.0, 20.0))


def deform(home: Home, order: DeformRequest, pixels: bytes, selection: bytes | None = None, style: bytes | None = None):
    events = []
    with home.connect() as client:
        result = client.deform(order, pixels, selection, style, on_event=events.append)
    return result, events


def a_deformation(**fields) -> DeformRequest:
    return DeformRequest(WIDTH, HEIGHT, fields.pop("style", "layer"), U8, keypoints=ARROWS, size=64, encoder="compact", **fields)


def a_style_picture() -> tuple[StylePicture, bytes]:
    y, x = np.mgrid[0:48, 0:40]
    rgb = np.stack([128 + 120 * np.sin(x), 128 + 120 * np.cos(y / 2), (x * y) % 255, np.full_like(x, 255)], -1)
    return StylePicture(40, 48), rgb.astype(np.uint8).tobytes()


def test_a_layer_is_deformed_like_another_layer_as_the_engine_does_it(engine):
    base = "gatys"
    like, style = a_style_picture()
    pixels = photo()
    result, events = deform(engine, a_deformation(base=base, style_picture=like), pixels, style=style)
    picture, painting = (picture_from_wire(data, *size, U8)[0] for data, size in ((pixels, (WIDTH, HEIGHT)), (style, (40, 48))))
    settings = DeformSettings(size=64)
    found = api.deform(picture, painting, KeypointPairs.from_rows(ARROWS), base=base, settings=settings, encoder="compact", device="cpu")
    assert np.abs(values(result.pixels) - values(bytes(picture_to_wire(found.picture, U8)))).mean() < 1  # threads add in another order
    solved = np.array(solved_of(result.recipe))
    assert np.allclose(solved, found.pairs.rows(), atol=0.1) and not np.allclose(solved, ARROWS, atol=0.1)
    recipe = read_recipe(result.recipe)
    assert recipe["verb"] == "deform" and recipe["parameters"]["encoder"] == "compact" and recipe["parameters"]["base"] == base
    painting_events = [event for event in events if isinstance(event, Progress) and event.stage == "painting"]
    assert painting_events[-1].loss < painting_events[0].loss
    assert (painting_events[-1].preview.width, painting_events[-1].preview.height) == (64, 43)


def test_a_style_picture_may_be_a_file_and_a_selection_clips_the_result(engine, tmp_path):
    save_picture(picture_from_wire(a_style_picture()[1], 40, 48, U8)[0], tmp_path / "like.png")
    selection = np.zeros((HEIGHT, WIDTH), np.uint8)
    selection[10:30, 10:30] = 128
    result, _ = deform(engine, a_deformation(base="gatys", style=str(tmp_path / "like.png")), photo(), selection.tobytes())
    assert np.array_equal(values(result.pixels)[..., 3], selection)


def test_an_encoder_that_is_not_here_gives_way_to_the_best_at_hand_with_a_note(engine):
    like, style = a_style_picture()
    result, _ = deform(engine, replace(a_deformation(base="gatys", style_picture=like), encoder="vgg16"), photo(), style=style)
    assert read_recipe(result.recipe)["parameters"]["encoder"] == "compact"
    assert any("vgg16 is not on this machine" in note for note in notes_of(result.recipe))


def test_a_trained_style_is_bent_along_solved_arrows(engine):
    result, events = deform(engine, a_deformation(base="multimodal", style="chance"), photo())
    assert len(solved_of(result.recipe)) == 2 and any(getattr(event, "stage", "") == "bending" for event in events)
    assert read_recipe(result.recipe)["style"]["sha256"] == load_style("chance").sha256


@pytest.mark.parametrize(("style", "base"), [("nowhere.png", "strotss"), ("nobody", "multimodal")])
def test_a_style_that_is_not_there_is_said(engine, style, base):
    with pytest.raises(WorkerError) as told:
        deform(engine, a_deformation(style=style, base=base), photo())
    assert style in told.value.message and told.value.hint


def a_frame(step: int) -> bytes:
    """The photo with something before it that goes from left to right."""
    frame = values(photo()).copy()
    frame[24:40, 10 + 20 * step : 22 + 20 * step, :3] = 250, 40, 20
    return frame.astype(np.uint8).tobytes()


@pytest.mark.parametrize("settings", [{}, {"strength": 0.5, "keep_colors": True, "fine": "munch_the_scream_1893", "keypoints": ARROWS}])
def test_frames_of_a_name_are_painted_under_the_statistics_of_the_first(engine, settings):
    name = f"shot {len(settings)}"
    frames = [stylize(engine, request(style="vangogh_starry_night", steady=name, **settings), a_frame(step)) for step in (0, 3, 0)]
    alone = [stylize(engine, request(style="vangogh_starry_night", **settings), a_frame(step))[0] for step in (0, 3)]
    assert frames[0][0] == frames[2][0] == alone[0] and frames[1][0] != alone[1]
    assert [recipe["parameters"]["steadied"] for _, recipe in frames] == [False, True, True]
    assert all(recipe["parameters"]["steady"] == name for _, recipe in frames)
    assert "first frame" in frames[0][1]["notes"][0] and frames[1][1]["notes"] == []


def test_a_frame_of_another_brush_or_after_many_other_sequences_is_a_first_one_again_and_says_so(engine):
    def steadied(name: str, **fields) -> tuple[bool, str]:
        recipe = stylize(engine, request(steady=name, **fields), photo())[1]
        return recipe["parameters"]["steadied"], " ".join(recipe["notes"])

    assert not steadied("long shot")[0] and steadied("long shot") == (True, "")
    anew, said = steadied("long shot", canvas_short_side=1000)
    assert not anew and "its brush" in said
    assert steadied("long shot", canvas_short_side=1000)[0]
    for other in range(SEQUENCES):
        steadied(f"other {other}")
    forgotten, said = steadied("long shot", canvas_short_side=1000)
    assert not forgotten and "first frame of its sequence" in said


def test_a_frame_that_is_cancelled_leaves_its_sequence_as_it_was(engine):
    large = StylizeRequest(1024, 768, "chance", steady="cancelled")
    with engine.connect() as client, pytest.raises(JobCancelled):
        client.stylize(large, bytes(1024 * 768 * 4), on_event=lambda _: client.cancel())
    assert "first frame of its sequence" in stylize(engine, request(steady="cancelled"), photo())[1]["notes"][0]


def test_strokes_that_were_painted_a_moment_ago_are_not_painted_anew(engine):
    steps, pixels = [], bytes(value ^ 1 for value in photo())  # which no other test has had painted
    with engine.connect() as client:
        for strength in (1.0, 0.5):
            seen = []
            client.stylize(request(strength=strength, brush_scale=1.7), pixels, on_event=lambda event, seen=seen: seen.append(event))
            steps.append(sum(isinstance(event, Progress) and event.preview is not None for event in seen))
    assert steps[0] > 0 and steps[1] == 0


def test_the_engine_says_what_it_paints_on_while_it_paints(engine):
    told = []
    with engine.connect() as client:
        request = StylizeRequest(WIDTH, HEIGHT, "chance", U8)
        client.stylize(request, os.urandom(request.payload_size), on_event=lambda _: told.append(look()))
    seen = [state for state in told if state.phase == BUSY]
    assert seen and seen[0].standing.work == "stylize" and (seen[0].standing.width, seen[0].standing.height) == (WIDTH, HEIGHT)
    wait_until(lambda: look().phase == READY, "it is done")
    device = look().standing.device
    assert device.kind == "cpu" and device.threads == torch.get_num_threads()
    assert 50e6 < device.taken < device.total and 0 < device.free < device.total
