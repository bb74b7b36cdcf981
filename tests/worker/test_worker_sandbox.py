"""Hosts that are not simply there: in a Flatpak's sandbox, or in an AppImage that bends the environment of all that it starts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Iterator

import pytest
from worker_home import BRIDGE_PARENT, INVERTED, PIXELS, ClientProcess, Home, request, wait_until

from brushwarp.bridge.detached import worker_environment
from brushwarp.bridge.paths import Install, find_runtime, make_private_folder, meeting_folder, write_install
from brushwarp.bridge.sandbox import Flatpak, find_flatpak, outside

IN_FLATPAK = Path(__file__).with_name("in_flatpak.sh")
INFO = "[Application]\nname=org.kde.krita\n\n[Context]\nfilesystems=host;\n\n[Session Bus Policy]\n"
PERMITTED = INFO + "org.freedesktop.Flatpak=talk\n"
SPAWN = """#!/bin/sh
# Stands in for the real one: says how it was called, and runs the rest with the session's own environment.
printf '%s\\n' "$@" > {told}
[ "$1" = --host ] || exit 3
while case "$1" in --*) true;; *) false;; esac; do
    case "$1" in --env=*) more="$more ${{1#--env=}}";; esac
    shift
done
exec env -i HOME={home} PATH=/usr/bin:/bin XDG_RUNTIME_DIR={runtime} $more "$@"
"""


# An AppImage.

def pollute(folder: Path) -> dict[str, str]:
    """The environment that a careless AppImage would leave, with libraries in it that nobody can load."""
    libraries = folder / "usr" / "lib"
    libraries.mkdir(parents=True)
    for name in ("libstdc++.so.6", "libssl.so.3", "libcrypto.so.3", "libgomp.so.1", "libz.so.1", "libffi.so.8"):
        (libraries / name).write_bytes(b"this is no library")
    return {
        "APPDIR": str(folder), "APPIMAGE": str(folder) + ".AppImage", "ARGV0": "krita", "OWD": "/", "LD_LIBRARY_PATH": str(libraries),
        "LD_PRELOAD": str(libraries / "libgomp.so.1"), "PYTHONHOME": str(folder / "usr"), "PYTHONPATH": str(libraries / "python3.10"),
        "PATH": os.pathsep.join([str(folder / "usr" / "bin"), os.environ["PATH"]]), "SSL_CERT_FILE": str(folder / "etc" / "ssl.pem"),
        "XDG_DATA_DIRS": os.pathsep.join([str(folder / "usr" / "share"), "/usr/share"]), "QT_PLUGIN_PATH": str(folder / "plugins"),
    }  # fmt: skip


def test_the_engine_starts_from_within_an_appimage_that_would_keep_it_from_it(home, tmp_path, monkeypatch):
    bent = pollute(tmp_path / ".mount_krita")
    for start in ([sys.executable, "-c", "import ssl, ctypes, zlib"], [sys.executable, "-I", "-c", "import torch"]):
        assert subprocess.run(start, env={**os.environ, **bent}, capture_output=True).returncode != 0  # or this test would show nothing
    for name, value in bent.items():
        monkeypatch.setenv(name, value)
    home.install_engine()
    with home.connect() as client:
        pid = client.worker_pid
    environment = dict(entry.split("=", 1) for entry in Path(f"/proc/{pid}/environ").read_text().split("\0") if entry)
    assert not {"LD_LIBRARY_PATH", "LD_PRELOAD", "PYTHONHOME", "PYTHONPATH", "APPDIR", "APPIMAGE", "SSL_CERT_FILE", "QT_PLUGIN_PATH"} & set(environment)
    assert str(tmp_path / ".mount_krita") not in " ".join(environment.values())
    assert environment["XDG_DATA_DIRS"] == "/usr/share" and environment["PATH"] in bent["PATH"]


def test_what_only_begins_like_the_mount_stays():
    kept = worker_environment({"APPDIR": "/tmp/.mount_a", "PATH": "/tmp/.mount_ab/bin:/tmp/.mount_a/bin:/tmp/.mount_a", "A": "x:/y"})
    assert kept["PATH"] == "/tmp/.mount_ab/bin" and kept["A"] == "x:/y"


# A Flatpak.

def test_the_sandbox_is_known_by_its_mark_and_what_it_may_do_by_its_policy(tmp_path, monkeypatch):
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "flatpak-spawn").write_text("#!/bin/sh\n")
    (programs / "flatpak-spawn").chmod(0o755)
    info = tmp_path / "flatpak-info"
    assert find_flatpak(str(info)) is None
    info.write_text(PERMITTED)
    assert find_flatpak(str(info)) == Flatpak("org.kde.krita", may_start=False)  # there is nothing to start with
    monkeypatch.setenv("PATH", str(programs))
    assert find_flatpak(str(info)) == Flatpak("org.kde.krita", may_start=True)
    info.write_text(INFO)
    assert find_flatpak(str(info)) == Flatpak("org.kde.krita", may_start=False)
    info.write_bytes(b"[[[\xff")
    assert not find_flatpak(str(info)).may_start


def test_outside_of_a_sandbox_nothing_is_put_before_a_command():
    assert outside(["python", "-m", "x"], os.environ) == ["python", "-m", "x"]


class Sandbox:
    """A user whose Krita is a Flatpak: their own folders, which it sees, and those that it has for itself."""

    def __init__(self, folder: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.told = folder, folder / "spawned"
        self.programs, self.private = folder / "bin", folder / "private"
        for each in (self.programs, self.private):
            each.mkdir(parents=True)
        for name in ("BRUSHWARP_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HOME", str(folder))
        self.home = Home(folder / ".local" / "share" / "brushwarp")
        spawn = self.programs / "flatpak-spawn"
        spawn.write_text(SPAWN.format(told=self.told, home=folder, runtime=runtime))
        spawn.chmod(0o755)

    def run(self, info: str) -> tuple[list[str], dict[str, str]]:
        """The beginning of a command, and the environment that a Flatpak makes."""
        mark = self.folder / "info"
        mark.write_text(info)
        inside = self.folder / ".var" / "app" / "org.kde.krita"
        environment = {
            "PATH": f"{self.programs}:{os.environ['PATH']}", "XDG_RUNTIME_DIR": str(self.private), "FLATPAK_ID": "org.kde.krita",
            "XDG_DATA_HOME": str(inside / "data"), "XDG_CACHE_HOME": str(inside / "cache"), "XDG_CONFIG_HOME": str(inside / "config"),
        }  # fmt: skip
        return [str(IN_FLATPAK), str(mark)], environment

    def client(self, info: str, style: str = "invert") -> ClientProcess:
        prefix, environment = self.run(info)
        return ClientProcess(style, prefix=prefix, **environment)

    def look(self, info: str) -> dict:
        """How the engine stands, seen from inside."""
        ask = (
            "import json, sys; sys.path.insert(0, sys.argv[1]); from bridge.engine_state import look; from bridge.engine_words import way_out; "
            "state = look(); print(json.dumps([state.phase, state.problem, state.command, way_out(state)]))"
        )
        prefix, environment = self.run(info)
        done = subprocess.run(
            [*prefix, sys.executable, "-c", ask, str(BRIDGE_PARENT)], env={**os.environ, **environment}, capture_output=True, text=True, check=True
        )
        return dict(zip(("phase", "problem", "command", "way out"), json.loads(done.stdout), strict=True))


@pytest.fixture
def sandbox(tmp_path: Path, runtime_base: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    mark = tmp_path / "mark"
    mark.write_text(INFO)
    tried = subprocess.run([str(IN_FLATPAK), str(mark), "test", "-e", "/.flatpak-info"], capture_output=True, text=True)
    if tried.returncode:
        pytest.skip(f"a mount namespace of its own can't be had here: {tried.stderr.strip()}")
    with tempfile.TemporaryDirectory(prefix="bw-") as short:  # a socket's path may have 107 bytes, and this one lies deep in a home
        made = Sandbox(Path(short), runtime_base, monkeypatch)
        make_private_folder(meeting_folder())
        yield made
        made.home.close()


def test_a_permitted_flatpak_starts_the_worker_outside_and_meets_it(sandbox):
    with sandbox.client(PERMITTED) as client:
        assert bytes.fromhex(client.wait_for("pixels")["pixels"]) == INVERTED
    said = sandbox.told.read_text().splitlines()
    assert {"--env=LANGUAGE=en", "--env=OMP_WAIT_POLICY=passive"} <= set(said)
    assert said[:2] == ["--host", "--directory=/"] and said[-2:] == ["-m", "brushwarp.worker"]
    assert os.path.samefile(find_runtime().folder, meeting_folder())
    with sandbox.home.connect() as client:  # a host that is in none meets the same one
        assert client.stylize(request(), PIXELS).pixels == INVERTED
    assert len(sandbox.home.pids()) == 1
    assert not (sandbox.folder / ".var").exists()  # all that is ours lies in the user's own folders


def test_a_fenced_flatpak_says_what_to_type_and_is_served_by_a_worker_that_runs_already(sandbox):
    seen = sandbox.look(INFO)
    assert seen["phase"] == "fenced" and "org.kde.krita" in seen["problem"]
    assert seen["command"] == "flatpak override --user --talk-name=org.freedesktop.Flatpak org.kde.krita"
    assert "brushwarp worker" in seen["way out"]
    with sandbox.client(INFO) as client:
        assert client.next()["code"] == "worker-fenced"
    assert sandbox.home.pids() == []
    sandbox.home.connect().close()  # as somebody does who starts it by hand
    wait_until(lambda: sandbox.look(INFO)["phase"] == "ready", "it is seen from inside")
    with sandbox.client(INFO) as client:
        assert bytes.fromhex(client.wait_for("pixels")["pixels"]) == INVERTED
    assert len(sandbox.home.pids()) == 1


def test_an_engine_whose_python_is_a_link_that_leads_nowhere_in_the_sandbox_is_there_all_the_same(sandbox):
    (sandbox.folder / "link").symlink_to("/not/in/here/python3")
    write_install(Install(str(sandbox.folder / "link"), "1.0"))
    assert sandbox.look(PERMITTED)["phase"] == "resting"
    write_install(Install(str(sandbox.folder / "gone"), "1.0"))
    assert sandbox.look(PERMITTED)["phase"] == "missing"
