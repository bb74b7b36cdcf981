"""A Brushwarp installation of a test's own: a home, a runtime folder, and a worker whose jobs are light."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from brushwarp import __version__
from brushwarp.bridge import launcher
from brushwarp.bridge.client import PixelFormat, StylizeRequest, WorkerClient
from brushwarp.bridge.locks import FileLock
from brushwarp.bridge.paths import Install, Runtime, runtime, write_install

HERE = Path(__file__).parent
BRIDGE_PARENT = HERE.parents[1] / "core" / "brushwarp"

WIDTH, HEIGHT = 6, 4
PIXELS = bytes(range(WIDTH * HEIGHT * 4))
INVERTED = bytes(255 - value for value in PIXELS)


def request(style: str = "invert", **fields) -> StylizeRequest:
    return StylizeRequest(WIDTH, HEIGHT, style, PixelFormat("RGBA", "u8", "srgb"), **fields)


class Home:
    """Use it through the fixture `home`. `install` decides what the next worker is like; `close` ends every worker."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.install()

    def install(self, version: str = "1.0", *options: str) -> None:
        """Install an engine whose worker is light_worker.py with `options`; by default it says the installed version."""
        if "--version" not in options:
            options = ("--version", version, *options)
        command = [sys.executable, "-I", "-X", "utf8", str(HERE / "light_worker.py"), *options]
        python = self.folder / "python"
        python.write_text("#!/bin/sh\nexec " + shlex.join(command) + "\n", encoding="utf-8")
        python.chmod(0o755)
        write_install(Install(str(python), version))

    def install_engine(self) -> None:
        """Install this very engine instead."""
        write_install(Install(sys.executable, __version__))

    def connect(self, on_event=None) -> WorkerClient:
        return WorkerClient.connect(on_event)

    @property
    def runtime(self) -> Runtime:
        return runtime()

    def payloads(self) -> list[str]:
        folder = Path(self.runtime.payload_folder)
        return sorted(os.listdir(folder)) if folder.exists() else []

    def log(self) -> str:
        return (self.folder / "logs" / "worker.log").read_text(encoding="utf-8")

    def pids(self) -> list[int]:
        """Of every worker that was started here."""
        try:
            return [int(line) for line in (self.folder / "pids").read_text().split()]
        except FileNotFoundError:
            return []

    def wait_for_end(self) -> None:
        """Until no worker lives here. The test's own timeout is the deadline."""
        lock = FileLock(self.runtime.life_lock)
        assert lock.acquire(60), "the worker lives on"
        lock.release()

    def close(self) -> None:
        for pid in self.pids():
            kill(pid)
        met = launcher.meet(self.runtime)
        if met is not None:  # the real engine, which leaves no list
            met[0].close()
            kill(met[1].pid)
        self.wait_for_end()


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


CLIENT = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
from bridge.client import PixelFormat, StylizeRequest, WorkerClient, WorkerError

def tell(**what):
    sys.stdout.write(json.dumps(what) + "\\n")
    sys.stdout.flush()

width, height, style = 6, 4, sys.argv[2]
try:
    with WorkerClient.connect() as client:
        tell(pid=client.worker_pid)
        result = client.stylize(StylizeRequest(width, height, style), bytes(range(96)), None, lambda event: tell(event=event.kind))
        tell(pixels=result.pixels.hex(), recipe=result.recipe)
except WorkerError as error:
    tell(code=error.code, message=error.message)
"""


class ClientProcess:
    """A host's plugin, as far as the bridge goes: a process of its own, with the bridge as a package of its own."""

    def __init__(
        self, style: str = "invert", python: str = sys.executable, prefix: Sequence[str] = (), **environment: str
    ) -> None:
        self._process = subprocess.Popen(
            [*prefix, python, "-c", CLIENT, str(BRIDGE_PARENT), style],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def next(self) -> dict:
        line = self._process.stdout.readline()
        assert line, self._process.stderr.read().decode("utf-8", "replace")
        return json.loads(line)

    def wait_for(self, key: str) -> dict:
        """The next thing told that has `key`."""
        while key not in (told := self.next()):
            assert "code" not in told, told
        return told

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def __enter__(self) -> ClientProcess:
        return self

    def __exit__(self, *_) -> None:
        self.kill()


def wait_until(true, what: str) -> None:
    """Poll; for what another process does in its own time. Gives up after half a minute."""
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, f"not seen within half a minute: {what}"
        time.sleep(0.02)
