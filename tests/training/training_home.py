"""A Brushwarp installation of a test's own, whose trainings are real processes that end with the test."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from brushwarp import __version__
from brushwarp.bridge.paths import Install, write_install
from brushwarp.bridge.request import PixelFormat
from brushwarp.bridge.trainings import TrainingRequest, TrainingStatus, list_trainings, start_training

SIZE = (160, 128)
QUICK = (3, 0, 0, 0, 0)  # iterations: a second each
LONG = (1000, 0, 0, 0, 0)


class TrainingHome:
    """Use it through the fixture `home`. painting: a picture file to learn; photos: a folder to practise on."""

    def __init__(self, folder: Path, painting: Path, photos: Path) -> None:
        self.folder, self.photos = folder, photos
        with Image.open(painting) as image:
            self.pixels = image.convert("RGBA").resize(SIZE).tobytes()
        folder.mkdir()
        self.install()

    def install(self, before: str = "") -> None:
        """Install this very engine. before: what the shell does first, such as setting limits."""
        python = self.folder / "python"
        python.write_text(f"#!/bin/sh\n{before}\necho $$ >> {shlex.quote(str(self.folder / 'pids'))}\nexec {shlex.quote(sys.executable)} \"$@\"\n")
        python.chmod(0o755)
        write_install(Install(str(python), __version__))

    def request(self, name: str = "Night", **fields) -> TrainingRequest:
        """A quick training on the photographs."""
        return TrainingRequest(**{"name": name, "width": SIZE[0], "height": SIZE[1], "format": PixelFormat(), "photos": str(self.photos), "iterations": QUICK} | fields)

    def begin(self, name: str = "Night", **fields) -> str:
        return start_training(self.request(name, **fields), self.pixels)

    def status(self, id: str) -> TrainingStatus:
        (found,) = [status for status in list_trainings() if status.id == id]
        return found

    def wait_for(self, id: str, true: Callable[[TrainingStatus], bool], seconds: float = 240) -> TrainingStatus:
        """Poll until the status is as it should be; says what it was instead, if it can't become so any more."""
        deadline = time.monotonic() + seconds
        while not true(status := self.status(id)):
            assert time.monotonic() < deadline and status.runs, status
            time.sleep(0.05)
        return status

    def wait_for_state(self, id: str, state: str) -> TrainingStatus:
        return self.wait_for(id, lambda status: status.state == state)

    def wait_for_steps(self, id: str, steps: int) -> TrainingStatus:
        return self.wait_for(id, lambda status: status.iteration >= steps)

    def pids(self) -> list[int]:
        """Of every training that was started here."""
        pids = self.folder / "pids"
        return [int(line) for line in pids.read_text().split()] if pids.exists() else []

    def kill(self) -> None:
        """End every training as a power cut would."""
        for pid in self.pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
