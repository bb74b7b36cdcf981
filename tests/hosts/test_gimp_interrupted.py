"""Stylize in the real GIMP, killed in the middle: no half result, and the next painting is as if nothing had been."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Callable, List

import pytest
from gimp_fixtures import PACK_ID, add_pack, make_slow_pack, photo_pixels, write_photo
from harness import Gimp

LARGE = (1500, 1000)


def is_interrupted_then_paints(path, slow, quick):
    import gimp_studio as studio

    image = studio.load(path)
    source = image.get_layers()[0]
    before = studio.fingerprint(source)
    told = []
    for style in (slow, quick):
        try:
            studio.stylize(image, [source], style=style)
            told.append("painted")
        except studio.Refused as refusal:
            told.append("%s: %s" % (refusal.status, refusal.message))
        told.append(len(image.get_layers()))
    return told, studio.fingerprint(source) == before


@pytest.fixture(scope="module")
def large_photo(painter: Gimp, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("large")
    add_pack(painter.user, make_slow_pack(folder / "slow.safetensors"))
    return write_photo(folder / "photo.png", photo_pixels(LARGE))


def payloads(painter: Gimp) -> List[Path]:
    return list((painter.user.brushwarp_home / "cache" / "payloads").glob("*/*"))


def processes_named(painter: Gimp, word: str) -> List[int]:
    return [pid for pid in painter.user.processes() if word.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()]


def while_it_paints(painter: Gimp, act: Callable[[], None]) -> threading.Thread:
    """A thread that acts once the worker has begun to paint: then the result's file is there."""

    def watch() -> None:
        end = time.monotonic() + 90
        while time.monotonic() < end:
            if any(path.suffix == ".result" for path in payloads(painter)):
                time.sleep(0.1)
                act()
                return
            time.sleep(0.05)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


def kill(painter: Gimp, word: str) -> None:
    for pid in processes_named(painter, word):
        os.kill(pid, signal.SIGKILL)


def test_a_worker_killed_while_it_paints_leaves_the_image_as_it_was(painter, large_photo):
    watching = while_it_paints(painter, lambda: kill(painter, "brushwarp.worker"))
    (slow, layers, quick, layers_then), untouched = painter.run(
        is_interrupted_then_paints, path=large_photo, slow="slow", quick=PACK_ID
    )
    watching.join()
    assert slow.startswith("EXECUTION_ERROR: The Brushwarp worker ended while it painted")
    assert layers == 1 and untouched
    assert (quick, layers_then) == ("painted", 2)
    assert payloads(painter) == []


def gives_up_while_no_worker_answers(plugin, runtime):
    import os
    import socket
    import sys
    import threading

    from gi.repository import GLib

    sys.path.insert(0, plugin)
    from bridge.client import JobCancelled, StylizeRequest
    from bridge.paths import runtime as meeting_place
    from job import Job

    os.makedirs(runtime)
    os.environ["XDG_RUNTIME_DIR"] = runtime
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(meeting_place().address)
        silent.listen()
        job = Job(StylizeRequest(1, 2, "any"), bytes(8), None)
        GLib.timeout_add(200, job.cancel)
        try:
            job.run(lambda event: None)
        except JobCancelled:
            return "brushwarp-job" in [thread.name for thread in threading.enumerate()]


def test_cancel_does_not_wait_for_a_worker_that_does_not_answer(painter):
    plugin = painter.user.config / "GIMP" / "3.0" / "plug-ins" / "brushwarp"
    goes_on_waiting = painter.run(
        gives_up_while_no_worker_answers, plugin=plugin, runtime=painter.user.runtime / "silent"
    )
    assert goes_on_waiting is True  # the thread, of which the painter sees nothing any more


def test_gimps_own_cancel_which_kills_the_plug_in_leaves_the_image_as_it_was(painter, large_photo):
    watching = while_it_paints(painter, lambda: kill(painter, "plug-ins/brushwarp/brushwarp.py"))
    (slow, layers, quick, layers_then), untouched = painter.run(
        is_interrupted_then_paints, path=large_photo, slow="slow", quick=PACK_ID
    )
    watching.join()
    assert slow != "painted" and layers == 1 and untouched
    assert (quick, layers_then) == ("painted", 2)
    assert payloads(painter) == []
