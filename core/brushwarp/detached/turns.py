"""Who comes first: one training at a time, and the worker before any."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ..bridge.errors import WorkerError
from ..bridge.language import _
from ..bridge.locks import FileLock, is_held
from ..bridge.paths import find_runtime
from ..bridge.training import read_status, trainings_folder
from .account import Account

NAP_SECONDS = 0.1
NICENESS = 10
OWN_SESSION = "/proc/self/autogroup"


def lower_priority() -> None:
    """Of this process and those that it starts: whatever else wants a core has it first."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    # Where Linux shares cores among sessions first (sched(7), autogroup), niceness counts inside of one alone: a training, which the hosts
    # begin in a session of its own, took half of a busy core (measured). There it is the session's niceness that counts.
    if os.path.exists(OWN_SESSION) and os.getsid(0) == os.getpid():
        for _try in range(2):  # it is taken once in a tenth of a second, from all processes together
            with suppress(OSError), open(OWN_SESSION, "w") as file:
                file.write(str(NICENESS))
                break
            time.sleep(2 * NAP_SECONDS)


def hold(lock: FileLock, seconds: float = 0.0) -> bool:
    """Acquires `lock` for this process alone: one that is forked, to read photographs, would keep it when this one is killed."""
    held = lock.acquire(seconds)
    if held and hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lock.release)
    return held


@contextmanager
def my_turn(account: Account) -> Iterator[None]:
    """Waits until no other training of this user is at work, and lets none begin meanwhile. Raises Cancelled."""
    lock = FileLock(os.path.join(trainings_folder(), ".turn.lock"))
    noted = os.path.join(trainings_folder(), ".turn")
    account.check()
    while not hold(lock):
        account.tell(state="waiting", message=_("It waits until {} is learnt: one training runs at a time.").format(_whose(noted)))
        time.sleep(NAP_SECONDS)
        account.check()
    try:
        _note(noted, account.status.id)
        account.tell(state="running", message="")
        yield
    finally:
        lock.release()


def give_way(account: Account) -> None:
    """Between two steps: naps while the worker paints. Raises Cancelled. Costs some microseconds where nobody does."""
    account.check()
    before = account.status
    while _worker_paints():
        account.tell(state="waiting", message=_("It waits while a picture is painted."))
        time.sleep(NAP_SECONDS)
        account.check()
    account.tell(state=before.state, message=before.message)


def _worker_paints() -> bool:
    try:
        return is_held(find_runtime().busy_lock)
    except WorkerError:  # there is no runtime folder, so there is no worker
        return False


def _note(path: str, id: str) -> None:
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(id)
    except OSError:
        pass  # those who wait will say that they wait, but not for whom


def _whose(noted: str) -> str:
    try:
        with open(noted, encoding="utf-8") as file:
            return read_status(os.path.join(trainings_folder(), file.read())).name or _("another style")
    except OSError:
        return _("another style")
