"""A download, from a real server on this machine: cut off, gone on with, damaged, refused by server or disk."""

from __future__ import annotations

import hashlib
import os

import pytest
from file_server import serving

from brushwarp.errors import BrushwarpError, Cancelled
from brushwarp.features import download as module
from brushwarp.features.download import download

CONTENT = os.urandom(300_000)
PREFIX = hashlib.sha256(CONTENT).hexdigest()[:8]


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(module, "PAUSE", 0.0)
    with serving(CONTENT, f"file-{PREFIX}.pth", monkeypatch) as server:
        yield server


def test_a_file_arrives_whole_and_alone(server, tmp_path):
    steps = []
    download(server.url, tmp_path / "new" / "file", PREFIX, on_progress=lambda progress: steps.append((progress.done, progress.total)))
    assert (tmp_path / "new" / "file").read_bytes() == CONTENT
    assert os.listdir(tmp_path / "new") == ["file"]
    assert steps[0] == (0, len(CONTENT)) and steps[-1] == (len(CONTENT), len(CONTENT))


def test_a_cut_connection_is_gone_on_with(server, tmp_path):
    server.cut = [100_000, 50_000]
    download(server.url, tmp_path / "file", PREFIX)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.asked == [None, "bytes=100000-", "bytes=150000-"]


def test_a_cancelled_download_goes_on_in_a_later_call(server, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 50_000)

    def cancel(progress):
        if progress.done >= 100_000:
            raise Cancelled

    with pytest.raises(Cancelled):
        download(server.url, tmp_path / "file", PREFIX, on_progress=cancel)
    assert not (tmp_path / "file").exists()
    download(server.url, tmp_path / "file", PREFIX)
    assert (tmp_path / "file").read_bytes() == CONTENT and server.asked == [None, "bytes=100000-"]


def test_a_server_without_ranges_sends_it_all_again(server, tmp_path):
    server.cut, server.ranges = [100_000], False
    download(server.url, tmp_path / "file", PREFIX)
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_all_the_bytes_were_there_already(server, tmp_path):
    """The machine went down between the last byte and the renaming."""
    (tmp_path / ".brushwarp-file.part").write_bytes(CONTENT)
    download(server.url, tmp_path / "file", PREFIX)
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_other_contents_are_refused_and_removed(server, tmp_path):
    with pytest.raises(BrushwarpError, match="other contents") as caught:
        download(server.url, tmp_path / "file", "00000000")
    assert caught.value.code == "download-damaged" and "weights add" in caught.value.hint
    assert os.listdir(tmp_path) == []


def test_a_connection_that_brings_nothing_is_given_up_and_what_came_is_kept(server, tmp_path):
    server.cut = [1000] + [0] * 20
    with pytest.raises(BrushwarpError, match="1000 of 300000") as caught:
        download(server.url, tmp_path / "file", PREFIX)
    assert caught.value.code == "download-failed"
    assert (tmp_path / ".brushwarp-file.part").read_bytes() == CONTENT[:1000]


def test_a_server_that_lacks_the_file_is_asked_once(server, tmp_path):
    server.status = 404
    with pytest.raises(BrushwarpError, match="404"):
        download(server.url, tmp_path / "file", PREFIX)
    assert len(server.asked) == 1


def test_no_server_at_all(server, tmp_path):
    url = server.url.replace(str(server.server_address[1]), "9")  # the discard port, which nobody serves
    with pytest.raises(BrushwarpError, match="refused") as caught:
        download(url, tmp_path / "file", PREFIX)
    assert caught.value.code == "download-failed"


def test_a_folder_that_is_a_file_is_named(server, tmp_path):
    (tmp_path / "taken").write_text("not a folder")
    with pytest.raises(BrushwarpError, match="taken") as caught:
        download(server.url, tmp_path / "taken" / "file", PREFIX)
    assert caught.value.code == "save-folder"


def test_no_room_says_so_and_keeps_what_fitted(server, tmp_path):
    """The system's own limit on a file's size stands in for a full disk: both refuse to write more."""
    resource = pytest.importorskip("resource", reason="no such limit on this system")
    import signal

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        with pytest.raises(BrushwarpError) as caught:
            download(server.url, tmp_path / "file", PREFIX)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert caught.value.code == "disk-full"
    download(server.url, tmp_path / "file", PREFIX)
    assert (tmp_path / "file").read_bytes() == CONTENT
