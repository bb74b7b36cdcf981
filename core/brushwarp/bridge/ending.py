"""Ending the worker whatever it does: asked to, and by force where it does not answer any more."""

from __future__ import annotations

import os
import signal
from typing import Any

from . import transport
from .errors import ConnectionLost, WorkerError
from .language import _
from .launcher import dismiss, meet
from .locks import FileLock, is_held
from .paths import Runtime
from .protocol import PROTOCOL, Welcome
from .standing import Stop

PATIENCE_SECONDS = 5.0  # for a worker to answer, and to be gone
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # which on Windows is as final


def end_worker(runtime: Runtime, restart: bool = False) -> None:
    """End the worker whatever it does, by force if it does not answer; nothing if none runs. Returns when it is gone.

    restart: another one is to follow, at which those who wait in line are served. Raises WorkerError "worker-silent", "worker-old".
    """
    try:
        met = meet(runtime, PATIENCE_SECONDS)
        if met is None and not is_held(runtime.life_lock):
            return
        if met is not None:
            _tell_to_stop(*met, restart)
    except WorkerError as error:
        if error.code != "worker-silent":
            raise
        _kill(runtime)
    lock = FileLock(runtime.life_lock)
    ended = lock.acquire(PATIENCE_SECONDS)
    if not ended:
        _kill(runtime)
        ended = lock.acquire(PATIENCE_SECONDS)
    lock.release()
    if not ended:
        raise _goes_on()


def _tell_to_stop(connection: Any, welcome: Welcome, restart: bool) -> None:
    if welcome.protocol != PROTOCOL:
        dismiss(connection, welcome)
        return
    try:
        transport.send(connection, Stop(restart))
        connection.poll(PATIENCE_SECONDS)
    except ConnectionLost:
        pass
    finally:
        connection.close()


def _kill(runtime: Runtime) -> None:
    """The process that holds the life lock, and no other: a number in a file may be of yesterday."""
    try:
        with open(runtime.pid_file, encoding="ascii") as file:
            pid = int(file.read())
        if os.path.isdir("/proc/self/fd") and not _has_open(pid, runtime.life_lock):
            raise _goes_on()
        os.kill(pid, KILL)
    except ProcessLookupError:
        pass
    except (OSError, ValueError) as error:
        raise _goes_on() from error


def _has_open(pid: int, path: str) -> bool:
    """Whether a process of this system has a file open. Raises OSError."""
    folder = "/proc/{}/fd".format(pid)
    return any(os.path.realpath(os.path.join(folder, name)) == os.path.realpath(path) for name in os.listdir(folder))


def _goes_on() -> WorkerError:
    return WorkerError("worker-silent", _("The Brushwarp worker does not end."), _("End the process “brushwarp.worker”, or log out and in again."))
