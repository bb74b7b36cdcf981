"""Two processes that want the same weights: one downloads, the other waits for it, or goes on in its stead."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from contextlib import ExitStack

import pytest
import torch
from file_server import serving
from safetensors.torch import load_file

from brushwarp.bridge.locks import FileLock
from brushwarp.errors import BrushwarpError, Cancelled
from brushwarp.features import turns
from brushwarp.features.download import CHUNK, part_path

FETCHING = """
import sys
from pathlib import Path
from brushwarp.features.published import Published, fetch
from brushwarp.features.vgg import Vgg16
published = Published("vgg16", "VGG-16", sys.argv[1], 3, Vgg16)
print(fetch(published, Path(sys.argv[2]), lambda *_: True, lambda progress: print(progress.done, flush=True)))
"""


@pytest.fixture(scope="module")
def content() -> bytes:
    """As many convolutions as VGG-16 has, each of them small, in 3 MB: a download of several chunks."""
    file = io.BytesIO()
    torch.manual_seed(4)
    torch.save({f"features.{index}.{part}": torch.rand(30_000) for index in range(13) for part in ("weight", "bias")}, file)
    return file.getvalue()


@pytest.fixture
def server(content, monkeypatch):
    monkeypatch.delenv("BRUSHWARP_OFFLINE", raising=False)
    with serving(content, f"vgg16-{hashlib.sha256(content).hexdigest()[:8]}.pth", monkeypatch) as server:
        yield server


@pytest.fixture
def fetching(server, tmp_path):
    """Begins to fetch into tmp_path / "weights" in a process of its own that prints how many bytes have come, then the file."""
    with ExitStack() as stack:

        def begin() -> subprocess.Popen:
            words = [sys.executable, "-c", FETCHING, server.url, str(tmp_path / "weights")]
            process = stack.enter_context(subprocess.Popen(words, stdout=subprocess.PIPE, text=True))
            stack.callback(process.kill)
            return process

        yield begin


def until(process: subprocess.Popen, line: str) -> None:
    for found in process.stdout:
        if found.strip() == line:
            return
    pytest.fail(f"it ended without a line {line}")


@pytest.fixture
def two(fetching, server) -> tuple[subprocess.Popen, subprocess.Popen]:
    """One process in the midst of its download, which the server holds up, and one that has begun to wait for it."""
    server.held = [CHUNK + 1]
    first = fetching()
    until(first, str(CHUNK))
    second = fetching()
    until(second, str(CHUNK))
    return first, second


def test_the_second_waits_for_the_download_of_the_first_and_shows_it(two, server, tmp_path):
    first, second = two
    server.go.set()
    weights = tmp_path / "weights" / "vgg16.safetensors"
    for process in (first, second):
        assert process.stdout.read().splitlines()[-1] == str(weights) and process.wait() == 0
    assert server.asked == [None]
    assert len(load_file(weights)) == 26 and os.listdir(weights.parent) == [weights.name]


def test_where_the_first_is_killed_the_second_goes_on(two, server, tmp_path):
    first, second = two
    first.kill()
    weights = tmp_path / "weights" / "vgg16.safetensors"
    assert second.stdout.read().splitlines()[-1] == str(weights) and second.wait() == 0
    assert server.asked == [None, f"bytes={CHUNK}-"]
    assert len(load_file(weights)) == 26 and os.listdir(weights.parent) == [weights.name]


def test_one_who_stands_still_is_told_of_and_waiting_can_be_cancelled(tmp_path, monkeypatch):
    path = tmp_path / "file"
    other = FileLock(str(tmp_path / ".brushwarp-file.lock"))
    assert other.acquire()
    part_path(path).write_bytes(b"some")
    monkeypatch.setattr(turns, "LOOK", 0.05)

    def cancel(progress):
        assert (progress.done, progress.total) == (4, 10)
        raise Cancelled

    with pytest.raises(Cancelled), turns.taking_turns(path, 10, cancel):
        pytest.fail("nobody had given it the turn")
    monkeypatch.setattr(turns, "STANDSTILL", 0.2)
    with pytest.raises(BrushwarpError, match="nothing has come") as caught, turns.taking_turns(path, 10, lambda _: None):
        pytest.fail("nobody had given it the turn")
    assert caught.value.code == "download-busy"
    other.release()


def test_a_folder_that_is_no_folder_is_named(tmp_path):
    (tmp_path / "taken").write_text("not a folder")
    with pytest.raises(BrushwarpError, match="taken") as caught, turns.taking_turns(tmp_path / "taken" / "file", 10, lambda _: None):
        pytest.fail("there is nothing to take turns at")
    assert caught.value.code == "save-folder"
