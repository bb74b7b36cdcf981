"""Bending alone, its preview, and suggested arrows: through client, worker and engine."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
import torch
from PIL import Image
from test_worker_engine import HEIGHT, U8, WIDTH, engine, photo, some_style  # noqa: F401 - the fixture

from brushwarp import api
from brushwarp.bridge.client import PixelFormat, StylePicture, SuggestRequest, WarpRequest, notes_of
from brushwarp.bridge.errors import ProtocolError, WorkerError
from brushwarp.bridge.live import LiveWarp, Preview
from brushwarp.bridge.methods import smoothness_of
from brushwarp.geometry import KeypointPairs, carried
from brushwarp.recipe import read_recipe
from brushwarp.sample import render_sample
from brushwarp.styles import load_style, save_pack
from brushwarp.worker.pixels import picture_from_wire, picture_to_wire

ARROWS = ((30.0, 30.0, 40.0, 34.0), (70.0, 20.0, 66.0, 28.0))


def warp_request(layout: PixelFormat = U8, arrows=ARROWS, **fields) -> WarpRequest:
    return WarpRequest(WIDTH, HEIGHT, format=layout, keypoints=arrows, **fields)


@pytest.mark.parametrize("layout", [U8, PixelFormat("BGRA", "u16", "linear"), PixelFormat("RGBA", "f32", "linear")])
def test_apply_warp_gives_what_the_engine_gives(engine, layout):  # noqa: F811
    raw = photo(PixelFormat("RGBA", "f32")) if layout.depth == "f32" else bytes(picture_to_wire(picture_from_wire(photo(), WIDTH, HEIGHT, U8)[0], layout))
    with engine.connect() as client:
        result = client.warp(warp_request(layout, smoothness=3.0), raw)
    picture, _ = picture_from_wire(raw, WIDTH, HEIGHT, layout)
    expected = api.warp(picture, KeypointPairs.from_rows(ARROWS), smoothness=3.0)
    assert result.pixels == bytes(picture_to_wire(expected, layout))
    record = read_recipe(result.recipe)
    assert record["verb"] == "warp" and record["parameters"]["smoothness"] == 3.0 and not record["notes"]


def test_a_selection_clips_what_is_bent(engine):  # noqa: F811
    selection = bytes(255 if x < WIDTH // 2 else 0 for _ in range(HEIGHT) for x in range(WIDTH))
    with engine.connect() as client:
        bent = np.frombuffer(client.warp(warp_request(), photo(), selection).pixels, np.uint8).reshape(HEIGHT, WIDTH, 4)
    assert (bent[:, WIDTH // 2 :, 3] == 0).all() and (bent[:, : WIDTH // 2, 3] == 255).all()


@pytest.mark.parametrize("exaggeration, same_as", [(0.0, 0.0), (0.5, 0.5), (2.0, 2.0)])
def test_exaggerating_all_arrows_is_drawing_them_longer(engine, exaggeration, same_as):  # noqa: F811
    longer = tuple((a, b, a + same_as * (c - a), b + same_as * (d - b)) for a, b, c, d in ARROWS)
    with engine.connect() as client:
        exaggerated = client.warp(warp_request(exaggeration=exaggeration), photo())
        drawn = client.warp(warp_request(arrows=longer), photo())
    assert exaggerated.pixels == drawn.pixels
    assert (exaggerated.pixels == photo()) == (exaggeration == 0)


def test_exaggerated_arrows_end_at_the_edge_at_the_latest(engine):  # noqa: F811
    with engine.connect() as client:
        client.warp(warp_request(arrows=((50.0, 30.0, 5.0, 30.0),), exaggeration=2.0), photo())  # would end at -40


def test_crossing_arrows_are_told(engine):  # noqa: F811
    crossing = ((30.0, 30.0, 60.0, 30.0), (60.0, 32.0, 30.0, 32.0))
    with engine.connect() as client:
        assert "turned over itself" in notes_of(client.warp(warp_request(arrows=crossing), photo()).recipe)[0]
        calm = client.warp(warp_request(arrows=crossing, smoothness=smoothness_of(0.8, WIDTH, HEIGHT)), photo())
    assert not notes_of(calm.recipe)


def test_a_preview_shows_the_same_warp(engine):  # noqa: F811
    with engine.connect() as client:
        bent = client.warp(warp_request(), photo())
        preview = client.warp(warp_request(show=("folds",)), photo())  # nothing folds
    difference = np.abs(np.frombuffer(bent.pixels, np.uint8).astype(int) - np.frombuffer(preview.pixels, np.uint8))
    assert difference.mean() < 1 and difference.max() < 25  # bilinear; smooth colours


def test_a_live_preview_answers_the_newest_request(engine):  # noqa: F811
    live = LiveWarp()
    try:
        requests = [warp_request(show=("grid", "arrows"), arrows=((30.0, 30.0, 31.0 + i, 30.0),)) for i in range(20)]
        for request in requests:
            live.ask(request, photo())
        answered = []
        deadline = time.monotonic() + 60
        while not (answered and answered[-1].request == requests[-1]):
            assert time.monotonic() < deadline
            news = live.news()
            if isinstance(news, Preview):
                answered.append(news)
            else:
                assert news is None
                time.sleep(0.01)
        assert len(answered) < len(requests)  # those that came meanwhile were passed over
        assert len(answered[-1].result.pixels) == requests[-1].payload_size
        live.ask(warp_request(show=("grid",), arrows=((30.0, 30.0, WIDTH + 5.0, 30.0),)), photo())  # ends beyond the layer: at its edge
        live.ask(warp_request(show=("grid",), arrows=((WIDTH + 5.0, 30.0, 30.0, 30.0),)), photo())
        while (news := live.news()) is None or isinstance(news, Preview):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert isinstance(news, WorkerError) and news.code == "keypoints-outside"
        live.ask(requests[0], photo())  # it goes on after a problem
        while not isinstance(news := live.news(), Preview):
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        live.close()


# Suggested arrows.


def scene(width: int = 192, height: int = 128) -> np.ndarray:
    rgb = (render_sample(width, height).permute(1, 2, 0) * 255).round().byte().numpy()
    return np.dstack([rgb, np.full((height, width), 255, np.uint8)])


def test_arrows_are_suggested_towards_pixels_a_file_and_a_trained_style(engine, tmp_path):  # noqa: F811
    content = scene()
    moved = np.roll(content, 12, axis=1)
    Image.fromarray(moved[..., :3]).save(tmp_path / "moved.png")
    some_style(engine.folder / "styles" / "painted.safetensors", 3)
    pack = load_style(str(engine.folder / "styles" / "painted.safetensors"))
    save_pack(type(pack)(pack.card, pack.weights, painting=torch.from_numpy(moved[..., :3].copy())), engine.folder / "styles" / "painted.safetensors")
    size = {"width": content.shape[1], "height": content.shape[0]}
    with engine.connect() as client:
        sent = client.suggest(SuggestRequest(style="moved", style_picture=StylePicture(**size), count=8, **size), content.tobytes(), None, moved.tobytes())
        from_file = client.suggest(SuggestRequest(style=str(tmp_path / "moved.png"), count=8, **size), content.tobytes())
        from_style = client.suggest(SuggestRequest(style="painted", trained=True, count=8, **size), content.tobytes())
        with pytest.raises(WorkerError) as refused:
            client.suggest(SuggestRequest(style="chance", trained=True, **size), content.tobytes())
    assert 1 <= len(sent.arrows) <= 8
    assert sent.arrows == from_file.arrows == from_style.arrows
    assert refused.value.code == "style-picture"


def test_arrows_begin_within_the_selection(engine):  # noqa: F811
    content = scene()
    height, width = content.shape[:2]
    selection = np.zeros((height, width), np.uint8)
    selection[:, : width // 2] = 255
    size = {"width": width, "height": height}
    request = SuggestRequest(style="itself", style_picture=StylePicture(**size), **size)
    with engine.connect() as client:
        found = client.suggest(request, content.tobytes(), selection.tobytes(), content.tobytes())
    assert found.arrows and all(arrow[0] <= width / 2 + 1 for arrow in found.arrows)


def test_flat_pictures_get_no_arrows_but_a_sentence(engine):  # noqa: F811
    size = {"width": WIDTH, "height": HEIGHT}
    flat = bytes([90, 90, 90, 255]) * (WIDTH * HEIGHT)
    with engine.connect() as client:
        found = client.suggest(SuggestRequest(style="flat", style_picture=StylePicture(**size), **size), flat, None, flat)
    assert found.arrows == () and "nothing to match" in found.notes[0]


def test_as_many_arrows_can_be_asked_for_as_the_engine_gives():
    from brushwarp.bridge.request import MOST_SUGGESTED
    from brushwarp.geometry.cleaning import MOST_ARROWS

    assert MOST_SUGGESTED == MOST_ARROWS
    assert json.loads(json.dumps(SuggestRequest(8, 8, "x", count=MOST_SUGGESTED).to_json()))["count"] == MOST_SUGGESTED


def test_a_lattice_comes_back_in_the_place_of_pixels(engine):  # noqa: F811
    columns, rows = tuple(x + 0.5 for x in range(0, WIDTH, 4)), tuple(y + 0.5 for y in range(0, HEIGHT, 4))
    with engine.connect() as client:
        result = client.warp(warp_request(exaggeration=0.5, lattice=(columns, rows)), photo())
    nodes = np.frombuffer(result.pixels, np.float32).reshape(len(rows), len(columns), 2)
    expected = carried(KeypointPairs.from_rows(ARROWS).exaggerated(0.5), (HEIGHT, WIDTH), columns, rows)
    assert (nodes == expected).all() and read_recipe(result.recipe)["verb"] == "warp"


def test_folds_have_no_lattice(engine):  # noqa: F811
    with engine.connect() as client, pytest.raises(WorkerError, match="over itself") as caught:
        client.warp(warp_request(arrows=((30.0, 30.0, 60.0, 30.0), (60.0, 32.0, 30.0, 32.0)), lattice=(tuple(range(WIDTH)), tuple(range(HEIGHT)))), photo())
    assert caught.value.code == "warp-folds"


@pytest.mark.parametrize("lattice", [((1.0,), (1.0, 2.0)), ((2.0, 1.0), (1.0, 2.0)), ((1.0, 2.0),), ("ab", (1.0, 2.0))])
def test_a_lattice_without_a_cell_is_refused(lattice):
    with pytest.raises(ProtocolError):
        warp_request(lattice=lattice)
