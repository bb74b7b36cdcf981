"""The real worker, with light jobs in place of the painting: the style's name says what the job does.

Not a test: it is the program that `worker_home.Home` installs as "the engine".
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import signal
import sys
import time
from pathlib import Path

from brushwarp.bridge.paths import data_folder
from brushwarp.bridge.standing import Device
from brushwarp.errors import BrushwarpError
from brushwarp.progress import Progress
from brushwarp.worker import server
from brushwarp.worker.__main__ import main
from brushwarp.worker.line import Job, Line


class LightWorks:
    """Styles are "word" or "word:seconds"."""

    def stylize(self, request, pixels, selection, on_progress):
        word, _, seconds = request.style.partition(":")
        return getattr(self, word)(request, pixels, selection, on_progress, float(seconds or 0))

    def device(self):
        return Device("cpu", "", 2, 10**9, 3 * 10**9, 8 * 10**9)

    def invert(self, request, pixels, selection, on_progress, seconds):
        """Inverts every byte, and keeps those that the selection leaves out."""
        end = time.monotonic() + seconds
        step = 0
        while True:
            on_progress(Progress("inverting", step, step + 1))
            step += 1
            if time.monotonic() >= end:
                break
            time.sleep(0.02)
        painted = pixels.translate(bytes(range(255, -1, -1)))
        if selection is not None:
            size = request.format.bytes_per_pixel
            painted = b"".join(
                (painted if chosen else pixels)[i * size : (i + 1) * size] for i, chosen in enumerate(selection)
            )
        return painted, json.dumps({"style": request.style, "seed": request.seed})

    def stuck(self, request, pixels, selection, on_progress, seconds):
        """Never looks up from its work."""
        on_progress(Progress("stuck", 0, 1))
        time.sleep(seconds)
        return pixels, "{}"

    def environment(self, request, pixels, selection, on_progress, seconds):
        about = {"environment": dict(os.environ), "isolated": sys.flags.isolated, "utf8": sys.flags.utf8_mode}
        return pixels, json.dumps(about)

    def chatter(self, request, pixels, selection, on_progress, seconds):
        for _ in range(1000):
            print("x" * 1000)
            print("x" * 1000, file=sys.stderr)
        sys.stdout.flush()
        return pixels, "{}"

    def refuse(self, *_):
        raise BrushwarpError("pack-format", "The pack is of wood.", "Use one of wool.")

    def run_out_of_memory(self, *_):
        return [bytes(2**62)], "{}"

    def fill_the_disk(self, *_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def have_a_bug(self, *_):
        raise ValueError("seven")

    def return_too_little(self, request, pixels, *_):
        return pixels[:-1], "{}"

    def crash(self, *_):
        os.kill(os.getpid(), signal.SIGSEGV)
        time.sleep(10)


def load_nothing():
    raise ImportError("No module named 'torch'")


def load_slowly():
    time.sleep(1.0)
    return LightWorks()


def end_slowly(seconds: float) -> None:
    """Make the line's end come `seconds` after the goodbye, as on a busy machine; calls are answered meanwhile."""
    at_once = Line.next

    def next_job(self: Line, idle_seconds: float) -> Job | None:
        job = at_once(self, idle_seconds)
        if job is None:
            time.sleep(seconds)
        return job

    Line.next = next_job


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--idle-seconds", default="60")
    parser.add_argument("--version", default="1.0")
    parser.add_argument("--protocol", type=int, default=server.PROTOCOL)
    parser.add_argument("--load", choices=["light", "nothing", "slowly"], default="light")
    parser.add_argument("--last-seconds", type=float, default=0.0)
    options = parser.parse_args()
    server.PROTOCOL = options.protocol
    end_slowly(options.last_seconds)
    with open(Path(data_folder()) / "pids", "a", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")
    load = {"light": LightWorks, "nothing": load_nothing, "slowly": load_slowly}[options.load]
    sys.exit(main(["--idle-seconds", options.idle_seconds], load=load, version=options.version))
