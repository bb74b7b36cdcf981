"""Finding the worker of this user, or starting it.

Only one starter at a time (a file lock), and only one worker (a lock that it holds as long as it lives), so a stale
socket is known for one and removed, and two hosts that start at once meet at the same worker.
"""

from __future__ import annotations

import os
import time
from typing import Any, Callable, List, Optional, Tuple

from . import transport
from .detached import engine_command, installed, start_detached, tail
from .errors import ConnectionLost, ProtocolError, WorkerError
from .language import _
from .locks import FileLock
from .paths import INSTALL_HINT, Install, Runtime, log_folder, path_to_text
from .protocol import PROTOCOL, Busy, Goodbye, Progress, Shutdown, Welcome

START_SECONDS = 60.0  # from nothing to a worker that answers; 0.2 s is usual, a cold disk takes longer
ANSWER_SECONDS = 20.0  # a worker that loads its libraries may hold its breath for some seconds
ALREADY_SERVED = 75  # exit code of a worker that found another one alive (sysexits.h: EX_TEMPFAIL)

Report = Callable[[Progress], None]


def open_worker(runtime: Runtime, install: Optional[Install], report: Report) -> Tuple[Any, Welcome]:
    """A connection to the right worker: the one that runs, or a new one; and its welcome.

    `report` is called about ten times a second while a worker starts, and says so if it takes the place of one of another version; what it
    raises passes through. Raises WorkerError: "worker-missing", "worker-start", "worker-version", "worker-old", "worker-silent".
    """
    met, stage = meet(runtime), "starting"
    if met is not None and not fits(met[1], install):
        dismiss(*met)
        met, stage = None, "replacing"
    if met is None:
        met = start(runtime, install, report, stage)
    if fits(met[1], install):
        return met
    met[0].close()
    raise WorkerError(
        "worker-version",
        _("The Brushwarp worker is version {}, but {} is installed.").format(
            met[1].version, install.version if install else _("another protocol")
        ),
        _("Install again. ") + INSTALL_HINT,
    )


def meet(runtime: Runtime, seconds: float = ANSWER_SECONDS) -> Optional[Tuple[Any, Welcome]]:
    """A connection to the worker that runs now, or None. Raises WorkerError "worker-silent" if it does not answer within `seconds`."""
    connection = transport.dial(runtime.address, seconds)
    if connection is None:
        return None
    # Read after dialling: the worker writes its key before it listens, so this is the key of whoever took the call.
    key = transport.read_key(runtime.key_file)
    try:
        transport.prove_back(connection, key, seconds)
        if not connection.poll(seconds):
            raise transport.WrongKey(_("no welcome in time"))
        welcome = transport.receive(connection)
        if not isinstance(welcome, Welcome):
            raise ProtocolError("The worker did not begin with its welcome.")
        return connection, welcome
    except ConnectionLost:  # it was just ending
        connection.close()
        return None
    except transport.WrongKey as error:
        connection.close()
        if transport.read_key(runtime.key_file) != key:  # one was ending, another beginning
            return None
        raise WorkerError(
            "worker-silent",
            _("The Brushwarp worker does not answer ({}).").format(error),
            _("Try again in a minute. If it stays so, choose Engine… in the menu Brushwarp, and restart it."),
        ) from error
    except WorkerError:
        connection.close()
        raise


def start(runtime: Runtime, install: Optional[Install], report: Report, stage: str = "starting") -> Tuple[Any, Welcome]:
    """Start a worker, unless somebody else just did, and wait until it answers. stage: "starting", or "replacing" one that was ended."""
    deadline = time.monotonic() + START_SECONDS
    lock = FileLock(runtime.start_lock)
    while not lock.acquire():
        _wait(deadline, report, stage, _("another program has been starting the worker for too long"))
    try:
        while not _is_free(runtime.life_lock):  # one lives, is about to listen, or is about to end
            met = meet(runtime)
            if met is not None and fits(met[1], install):
                return met
            if met is not None:  # of another version: it may welcome us even after it said goodbye to somebody
                dismiss(*met)
                stage = "replacing"
            _wait(deadline, report, stage, _("the worker before it does not end"))
        engine = installed(install)
        if os.name != "nt":
            _unlink(runtime.address)
        child, start_log = _spawn(engine)
        while True:
            met = meet(runtime)
            if met is not None:
                return met
            if child.poll() not in (None, ALREADY_SERVED):
                raise _died(child.returncode, start_log)
            _wait(deadline, report, stage, _("it did not answer within {:.0f} seconds").format(START_SECONDS))
    finally:
        lock.release()


def worker_command(install: Install) -> List[str]:
    return engine_command(install, "brushwarp.worker")


def _spawn(install: Install) -> Tuple[Any, str]:
    """Start the worker so that it outlives this process. What it says before its own log is open goes to a file."""
    start_log = os.path.join(log_folder(), "worker-start.log")
    try:
        return start_detached(worker_command(install), start_log), start_log
    except OSError as error:
        raise WorkerError(
            "worker-start",
            _("The Brushwarp worker could not be started: {}.").format(error),
            _("Install again. ") + INSTALL_HINT,
        ) from error


def _died(code: Optional[int], start_log: str) -> WorkerError:
    said = tail(start_log)
    return WorkerError(
        "worker-start",
        _("The Brushwarp worker ended at its start (exit code {}){}").format(code, ": " + said if said else "."),
        _("Its log: {}").format(path_to_text(start_log)),
    )


def fits(welcome: Welcome, install: Optional[Install]) -> bool:
    return welcome.protocol == PROTOCOL and (install is None or welcome.version == install.version)


def dismiss(connection: Any, welcome: Welcome) -> None:
    """Ask a worker of another version to end. Raises WorkerError "worker-old" if it works for somebody."""
    try:
        transport.send(connection, Shutdown())
        if connection.poll(ANSWER_SECONDS):
            answer = transport.receive(connection)
            if isinstance(answer, Busy):
                raise WorkerError(
                    "worker-old",
                    _("Another program is being served by a Brushwarp worker of version {}.").format(welcome.version),
                    _("Try again when its picture is done."),
                )
    except ConnectionLost:
        pass  # it is gone already, which is what was wanted
    finally:
        connection.close()


def stop_worker(runtime: Runtime) -> bool:
    """End the worker if it is idle, for those who install or uninstall. True if none runs any more."""
    met = meet(runtime)
    if met is None:
        return True
    connection, _ = met
    try:
        transport.send(connection, Shutdown())
        if connection.poll(ANSWER_SECONDS) and not isinstance(transport.receive(connection), Goodbye):
            return False
    except ConnectionLost:
        pass
    finally:
        connection.close()
    lock = FileLock(runtime.life_lock)
    ended = lock.acquire(ANSWER_SECONDS)
    lock.release()
    return ended


def _is_free(path: str) -> bool:
    lock = FileLock(path)
    free = lock.acquire()
    lock.release()
    return free


def _unlink(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def _wait(deadline: float, report: Report, stage: str, why: str) -> None:
    """A tenth of a second, or the error that the time is up."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise WorkerError("worker-start", _("The Brushwarp worker could not be started: {}.").format(why), _("Try again."))
    report(Progress(0, stage, int((START_SECONDS - left) * 10), int(START_SECONDS * 10)))
    time.sleep(0.05)
