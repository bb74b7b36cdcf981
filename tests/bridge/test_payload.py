"""Pixels as files: whole or not at all, and never where somebody else can read them."""

from __future__ import annotations

import os
import resource
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from brushwarp.bridge import payload
from brushwarp.bridge.errors import WorkerError

CORE = Path(__file__).parents[2] / "core"

FULL_DISK = """
import os, sys
sys.path.insert(0, {core!r})
from brushwarp.bridge import payload
from brushwarp.bridge.errors import WorkerError
payload.write({folder!r} + "/small", b"x" * 1000)
for act in (payload.write, lambda path, data: payload.reserve(path, len(data))):
    try:
        act({folder!r} + "/large", bytes(4_000_000))
    except WorkerError as error:
        print(error.code, sorted(os.listdir({folder!r})))
"""


def in_a_mount_of_its_own(options: str, folder: Path, script: str) -> subprocess.CompletedProcess:
    """Run `script` where `folder` is a tmpfs with `options`, in a mount namespace that ends with it."""
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    if (
        not shutil.which("unshare")
        or subprocess.run([*unshare, "mount", "-t", "tmpfs", "none", str(folder)], capture_output=True).returncode
    ):
        pytest.skip("needs mount namespaces, which this system does not allow")
    mount = f'mount -t tmpfs -o "{options}" none "$1" && exec "$2" -c "$3"'
    return subprocess.run(
        [*unshare, "sh", "-c", mount, "sh", str(folder), sys.executable, script],
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.mark.parametrize("size", [0, 1, 5_000_000])
def test_what_is_written_is_what_is_taken_and_then_gone(tmp_path, size):
    path, data = str(tmp_path / "p"), os.urandom(size)
    payload.write(path, data)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert payload.take(path, size) == data
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_kind_of_bytes_can_be_written(tmp_path, kind):
    payload.write(str(tmp_path / "p"), kind(b"pixels"))
    assert payload.take(str(tmp_path / "p"), 6) == b"pixels"


def test_space_is_reserved_before_it_is_filled(tmp_path):
    path = str(tmp_path / "p")
    payload.reserve(path, 3_000_000)
    assert os.stat(path).st_blocks * 512 >= 3_000_000
    payload.fill(path, b"x" * 3_000_000)
    assert payload.take(path, 3_000_000) == b"x" * 3_000_000


@pytest.mark.parametrize("length", [0, 99, 101])
def test_a_payload_of_another_length_is_refused_and_removed(tmp_path, length):
    (tmp_path / "p").write_bytes(bytes(length))
    with pytest.raises(WorkerError) as caught:
        payload.take(str(tmp_path / "p"), 100)
    assert caught.value.code == "payload-damaged"
    assert os.listdir(tmp_path) == []


def test_a_missing_payload_is_told_in_words(tmp_path):
    with pytest.raises(WorkerError) as caught:
        payload.take(str(tmp_path / "p"), 100)
    assert caught.value.code == "payload-damaged"


def test_a_link_in_the_place_of_a_payload_is_not_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    os.symlink(secret, tmp_path / "p")
    with pytest.raises(WorkerError):
        payload.take(str(tmp_path / "p"), 6)
    os.symlink(secret, tmp_path / "p")
    with pytest.raises(WorkerError):
        payload.write(str(tmp_path / "p"), b"hacked")
    assert secret.read_bytes() == b"secret"


def test_a_payload_never_replaces_another(tmp_path):
    payload.write(str(tmp_path / "p"), b"one")
    with pytest.raises(WorkerError):
        payload.write(str(tmp_path / "p"), b"two")
    assert (tmp_path / "p").read_bytes() == b"one"


def test_a_file_that_may_not_grow_is_a_full_disk_in_words_and_leaves_nothing(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(WorkerError) as caught:
            payload.write(str(tmp_path / "p"), bytes(1_000_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.code == "disk-full" and "1 MB" in caught.value.message
    assert os.listdir(tmp_path) == []


def test_a_full_disk_is_told_in_words_and_no_half_payload_stays(tmp_path):
    done = in_a_mount_of_its_own("size=1m", tmp_path, FULL_DISK.format(core=str(CORE), folder=str(tmp_path)))
    assert done.stdout.splitlines() == ["disk-full ['small']"] * 2


def test_a_read_only_folder_is_told_in_words(tmp_path):
    script = f"import sys; sys.path.insert(0, {str(CORE)!r})\nfrom brushwarp.bridge import payload\npayload.write({str(tmp_path / 'p')!r}, b'x')"
    with pytest.raises(subprocess.CalledProcessError) as caught:
        in_a_mount_of_its_own("ro", tmp_path, script)
    assert "WorkerError: Nothing can be written to" in caught.value.stderr and "writable" in caught.value.stderr


def test_a_folder_that_is_none_is_told_in_words(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WorkerError) as caught:
        payload.write(str(tmp_path / "file" / "p"), b"x")
    assert caught.value.code == "cache-folder"


def test_sweeping_takes_one_connections_files_and_no_others(tmp_path):
    mine, other = "a" * 16, "b" * 16
    for name in (f"{mine}-1.pixels", f"{mine}-2.result", f"{other}-1.pixels"):
        (tmp_path / name).write_bytes(b"x")
    assert payload.sweep(str(tmp_path), mine) == 2
    assert os.listdir(tmp_path) == [f"{other}-1.pixels"]
    assert payload.sweep(str(tmp_path)) == 1
    assert payload.sweep(str(tmp_path / "nowhere")) == 0
