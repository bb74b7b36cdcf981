"""The line of jobs: one is painted, the others wait and know how many come first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ..bridge.protocol import Message, Order, Queued


@dataclass(eq=False)
class Job:
    """A client's order. `say` sends a message to that client, whatever became of it."""

    session: str
    order: Order
    say: Callable[[Message], None]
    cancelled: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class LineState:
    """running: the job that is painted, or None. seconds: since it began, or since anybody wanted anything."""

    running: Job | None
    waiting: int
    seconds: float


class Line:
    """Jobs in the order of their coming. All methods may be called from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[Job] = []
        self._running: Job | None = None
        self._closed = False
        self._quiet_since = self._begun = time.monotonic()

    def join(self, job: Job) -> bool:
        """Put `job` at the end. False if the line is closed, because the worker ends."""
        with self._changed:
            if self._closed:
                return False
            self._waiting.append(job)
            ahead = len(self._waiting) - 1 + (self._running is not None)
            self._changed.notify_all()
        if ahead:
            job.say(Queued(job.order.job, ahead))
        return True

    def next(self, idle_seconds: float) -> Job | None:
        """The job whose turn it is. None when the line has been closed, or idle for so long that it closes itself now."""
        with self._changed:
            while not self._waiting and not self._closed:
                left = self._quiet_since + idle_seconds - time.monotonic()
                if left <= 0:
                    self._closed = True
                else:
                    self._changed.wait(left)
            if self._closed:
                return None
            self._running, self._begun = self._waiting.pop(0), time.monotonic()
            return self._running

    def finish(self, job: Job) -> None:
        """`job` is done, in whichever way. Those who wait learn their new place."""
        with self._changed:
            self._running = None
            self._quiet_since = time.monotonic()
            ahead = list(enumerate(self._waiting))
        for place, other in ahead:
            if place:  # the first is about to start
                other.say(Queued(other.order.job, place))

    def leave(self, session: str) -> Job | None:
        """Take a client's waiting jobs out, and cancel its running one, which is returned: it still has to stop."""
        with self._changed:
            self._waiting = [job for job in self._waiting if job.session != session]
            running = self._running
            if running is None or running.session != session:
                return None
            running.cancelled.set()
            return running

    def state(self) -> LineState:
        with self._changed:
            since = self._quiet_since if self._running is None else self._begun
            return LineState(self._running, len(self._waiting), time.monotonic() - since)

    def is_running(self, job: Job) -> bool:
        with self._changed:
            return self._running is job

    def touch(self) -> None:
        """Somebody spoke to the worker: it is not idle."""
        with self._changed:
            self._quiet_since = time.monotonic()

    def close_if_empty(self) -> bool:
        """Close the line unless there is work. True if it is closed."""
        with self._changed:
            if not self._closed and (self._waiting or self._running):
                return False
            self._closed = True
            self._changed.notify_all()
            return True

    def cancel_running(self) -> Job | None:
        """The job that is painted, which still has to stop; or None."""
        with self._changed:
            if self._running is not None:
                self._running.cancelled.set()
            return self._running

    def close(self) -> list[Job]:
        """Close the line whatever there is to do. Returns those who waited in vain."""
        with self._changed:
            self._closed = True
            waiting, self._waiting = self._waiting, []
            self._changed.notify_all()
            return waiting
