"""GIMP and Krita open at once, for one painter: both ask the one worker, and both get what they asked for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from krita_fixtures import STYLE_ID, photo, save_png, settle_painter, to_layer_bytes

SIZE = (900, 700)
ROUNDS = 3


def paints_in_gimp(folder, style, rounds):
    import os
    import time

    import gimp_studio as studio

    image = studio.load(folder + "/photo.png")
    source = image.get_layers()[0]
    open(folder + "/gimp_is_ready", "w").close()
    while not os.path.exists(folder + "/krita_is_ready"):
        time.sleep(0.02)
    times = [time.time()]
    for number in range(rounds):
        layer = studio.stylize(image, [source], style=style)
        times.append(time.time())
        studio.dump(layer, "R'G'B'A u8", "%s/gimp%d.raw" % (folder, number))
    return times


def paints_in_krita(folder, canvas, style, rounds):
    import os
    import time

    import krita_studio as studio

    read, keep = studio.raw_files(folder)
    document = yield from studio.new_document(*canvas)
    source = yield from studio.add_layer(document, "photo", read("photo"), 0, 0, *canvas)
    open(folder + "/krita_is_ready", "w").close()
    while not os.path.exists(folder + "/gimp_is_ready"):
        yield 20
    times = [time.time()]
    for number in range(rounds):
        yield from studio.activate(document, source)
        layer = yield from studio.stylize(style=style, strength=1.0, brush_scale=1.0, arrows="None")
        assert not isinstance(layer, str), layer
        times.append(time.time())
        keep("krita%d" % number, studio.own_pixels(layer))
    return times


@pytest.fixture(scope="module")
def told(settled_user, tmp_path_factory):
    settle_painter(settled_user)
    assert settled_user.gimp  # or skips
    settled_user.install("gimp")
    folder = tmp_path_factory.mktemp("beide")
    save_png(photo(*SIZE), folder / "photo.png")
    (folder / "photo.raw").write_bytes(to_layer_bytes(photo(*SIZE), "U8", False))
    with ThreadPoolExecutor(2) as beside:
        gimp = beside.submit(settled_user.gimp.run, paints_in_gimp, timeout=90, folder=folder, style=STYLE_ID, rounds=ROUNDS)
        krita = beside.submit(settled_user.krita.run_in_window, paints_in_krita, timeout=90, folder=folder, canvas=SIZE, style=STYLE_ID, rounds=ROUNDS)
        seen = krita.result()
        return gimp.result(), seen, folder


def pixels(path: Path, order: list[int]) -> np.ndarray:
    return np.fromfile(path, np.uint8).reshape(SIZE[1], SIZE[0], 4)[..., order].astype(int)


def test_both_painted_at_the_same_time(told):
    gimp, krita, _ = told
    assert max(gimp[0], krita[0]) < min(gimp[-1], krita[-1])


def test_both_got_the_same_painting_each_time(told):
    folder = told[2]
    first = pixels(folder / "gimp0.raw", [0, 1, 2, 3])
    source = np.rint(photo(*SIZE) * 255)
    assert np.abs(first[..., :3] - source).mean() > 5
    for number in range(ROUNDS):
        for other in (pixels(folder / f"gimp{number}.raw", [0, 1, 2, 3]), pixels(folder / f"krita{number}.raw", [2, 1, 0, 3])):
            assert np.abs(other - first).max() <= 1
