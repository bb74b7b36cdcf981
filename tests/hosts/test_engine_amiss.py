"""In both hosts: an engine of another version, at rest and at work for somebody else, and a disk that is full."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from gimp_fixtures import write_photo
from harness import User
from krita_fixtures import STYLE_ID, photo, save_png, settle_painter

SIZE = (900, 700)
FULL = 1_000_000  # bytes that a file may have; the layer's has more


def paints_amiss_in_krita(style, full):
    import resource
    import signal

    import engine_studio as engine
    import krita_studio as studio
    from krita import Krita

    told = {}
    document = Krita.instance().activeDocument()
    source = document.topLevelNodes()[0]
    before = studio.fingerprint(source)
    yield from studio.stylize(style=style, arrows="None")
    layers = len(document.topLevelNodes())

    def paint():
        yield from studio.activate(document, source)
        return (yield from studio.repeat(document))

    engine.begin_old()
    yield from studio.activate(document, source)
    active = document.activeNode().uniqueId()
    Krita.instance().action("brushwarp_repeat").trigger()
    yield from studio.progress_says("Replacing the engine of another version")
    made = yield from studio.made_after(document, active, 60)
    told["idle"] = [made if isinstance(made, str) else made.name(), engine.look().phase, engine.look().version]

    engine.begin_old()
    elsewhere = engine.old_elsewhere()
    told["busy"] = [(yield from paint()), engine.look().version, elsewhere.code]
    engine.stop()
    elsewhere.wait()
    told["free again"] = yield from paint()

    _, hard = limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a disk that is full ends no program either
    resource.setrlimit(resource.RLIMIT_FSIZE, (full, hard))
    try:
        told["full"] = yield from paint()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    told["room again"] = yield from paint()
    told["added"] = len(document.topLevelNodes()) - layers
    told["untouched"] = studio.fingerprint(source) == before
    return told


def paints_amiss_in_gimp(path, style, full):
    import os
    import resource

    import engine_studio as engine
    import gimp_studio as studio

    told = {}
    image = studio.load(path)
    source = image.get_layers()[0]
    before = studio.fingerprint(source)

    def paint():
        try:
            return studio.stylize(image, [source], style=style).get_name()
        except studio.Refused as refusal:
            return refusal.message

    engine.begin_old()
    told["idle"] = [paint(), engine.look().phase, engine.look().version]

    engine.begin_old()
    elsewhere = engine.old_elsewhere()
    told["busy"] = [paint(), engine.look().version, elsewhere.code]
    engine.stop()
    elsewhere.wait()
    told["free again"] = paint()

    gimp = os.getppid()  # which hands it on to every plug-in
    _, hard = limits = resource.prlimit(gimp, resource.RLIMIT_FSIZE)
    resource.prlimit(gimp, resource.RLIMIT_FSIZE, (full, hard))
    try:
        told["full"] = paint()
    finally:
        resource.prlimit(gimp, resource.RLIMIT_FSIZE, limits)
    told["room again"] = paint()
    told["added"] = len(image.get_layers()) - 1
    told["untouched"] = studio.fingerprint(source) == before
    return told


@pytest.fixture(scope="module", params=["krita", "gimp"])
def told(request, settled_user: User, tmp_path_factory) -> SimpleNamespace:
    user, folder = settled_user, tmp_path_factory.mktemp("voll")
    settle_painter(user)
    if user.worker_outside:
        pytest.skip("the worker does not run beside the host")
    if request.param == "krita":
        picture = save_png(photo(*SIZE), folder / "photo.png")
        found = user.krita.run_in_window(paints_amiss_in_krita, opens=[picture], style=STYLE_ID, full=FULL, timeout=300)
    else:
        assert user.gimp  # or skips
        user.install("gimp")
        picture = write_photo(folder / "photo.png", (photo(*SIZE) * 255).round().astype("uint8"))
        found = user.gimp.run(paints_amiss_in_gimp, path=picture, style=STYLE_ID, full=FULL, timeout=300)
    left = [path for path in Path(user.brushwarp_home / "cache" / "payloads").glob("*/*")]
    return SimpleNamespace(**{key.replace(" ", "_"): value for key, value in found.items()}, left=left)


def test_an_idle_engine_of_another_version_is_replaced_and_the_layer_painted(told):
    name, phase, version = told.idle
    assert name.endswith("· Brushwarp")
    assert phase == "ready" and version != "0.0.9"


def test_one_that_paints_for_somebody_is_left_alone_and_told_of(told):
    words, version, code = told.busy
    assert "served by a Brushwarp worker of version 0.0.9" in words and "Try again when its picture is done" in words
    assert version == "0.0.9" and code is None


def test_once_that_is_done_the_same_paints(told):
    assert "· Brushwarp" in told.free_again


def test_a_full_disk_is_told_of_and_leaves_nothing_behind(told):
    assert "There is no room for 3 MB" in told.full and "Make room on that disk" in told.full
    assert told.left == []


def test_with_room_the_same_paints_and_nothing_else_was_changed(told):
    assert "· Brushwarp" in told.room_again
    assert told.added == 3 and told.untouched
