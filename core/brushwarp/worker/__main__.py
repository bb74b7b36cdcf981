"""`python -I -m brushwarp.worker`, which is what the bridge starts, and `brushwarp worker`."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType

from .. import __version__
from ..allocation import keep_memory
from ..bridge.launcher import ALREADY_SERVED
from ..bridge.locks import FileLock
from ..bridge.paths import data_folder, runtime
from .log import log, open_log, silence_output
from .server import Server, Settings
from .works import Works

IDLE_SECONDS = 600.0
LOCK_SECONDS = 2.0  # a launcher holds the life lock for a blink while it looks whether anybody lives


def load_engine() -> Works:
    """The engine, which brings torch with it: imported after the worker listens."""
    from .jobs import Engine

    return Engine()


def main(
    arguments: Sequence[str] | None = None, *, load: Callable[[], Works] = load_engine, version: str = __version__
) -> int:
    """Serve until idle. Returns the exit code; ALREADY_SERVED if this user has a worker already."""
    begun = time.monotonic()
    keep_memory()
    parser = argparse.ArgumentParser(
        prog="brushwarp worker", description="Paint for Krita and GIMP until there is nothing to do."
    )
    parser.add_argument(
        "--idle-seconds",
        type=float,
        default=float(os.environ.get("BRUSHWARP_IDLE_SECONDS") or IDLE_SECONDS),
        help="end after so long without work (default: 600)",
    )
    options = parser.parse_args(arguments)
    open_log()
    place = runtime()
    life = FileLock(place.life_lock)
    if not life.acquire(LOCK_SECONDS):
        log.info("another worker serves this user already")
        return ALREADY_SERVED
    try:
        _leave_pid(place.pid_file)
        if os.name != "nt" and os.path.lexists(place.address):
            os.unlink(place.address)  # of a worker that was killed: whoever holds the life lock is alone
        signal.signal(signal.SIGTERM, _leave)

        def listening() -> None:
            log.info("version %s serves %s after %.2f s", version, data_folder(), time.monotonic() - begun)
            silence_output()

        settings = Settings(idle_seconds=options.idle_seconds, version=version)
        Server(place, load, settings).run(listening)
        log.info("ends")
    except Exception:
        log.exception("ends with an error")
        raise  # whoever started it finds the traceback on standard error
    finally:
        life.release()
        logging.shutdown()
    return 0


def _leave_pid(path: str) -> None:
    """For whoever has to end a worker that answers no more."""
    with open(path, "w", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
