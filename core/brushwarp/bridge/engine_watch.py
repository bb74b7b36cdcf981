"""The engine followed by a window: a thread looks, another one starts and stops it, and the host's own loop only ever reads.

    watch = EngineWatch()
    watch.state, watch.log             # from a timer of the host's, ten times a second
    watch.do(start)                    # or stop, restart; nothing while it does something already
    watch.doing, watch.take_problem()  # what it does, and what came of it
    watch.close()
"""

from __future__ import annotations

import threading
from typing import Callable, List, Optional, Sequence

from .client import WorkerClient
from .ending import end_worker
from .engine_log import last_lines
from .engine_state import LOOKING, EngineState, look
from .errors import WorkerError
from .language import _
from .paths import find_runtime

LOOK_EVERY = 1.0  # seconds

Deed = Callable[[], None]


def start() -> None:
    """Have the engine warm, so that the next picture needn't wait. Raises WorkerError, as `WorkerClient.connect` does."""
    WorkerClient.connect().close()


def stop() -> None:
    """End it, whatever it does. Raises WorkerError if it can't be ended."""
    end_worker(find_runtime())


def restart() -> None:
    """End it, and start it anew; those who wait in line go on at the new one. Raises WorkerError."""
    end_worker(find_runtime(), restart=True)
    start()


class EngineWatch:
    """Looks from the moment that it is made, until it is closed."""

    def __init__(self, every: float = LOOK_EVERY) -> None:
        self.state = EngineState(LOOKING)
        self.log: Sequence[str] = ()
        self.doing: Optional[Deed] = None
        self._every = every
        self._problems: List[WorkerError] = []
        self._closed = False
        self._wake = threading.Event()
        threading.Thread(target=self._look, name="brushwarp-watch", daemon=True).start()

    def close(self) -> None:
        """At once; what it does goes on to its end."""
        self._closed = True
        self._wake.set()

    def look_again(self) -> None:
        """Soon, and not when the second is over."""
        self._wake.set()

    def do(self, deed: Deed) -> None:
        if self.doing is None:
            self.doing = deed
            threading.Thread(target=self._do, args=(deed,), name="brushwarp-deed", daemon=True).start()

    def take_problem(self) -> Optional[WorkerError]:
        """What went wrong since the last call, if anything did."""
        return self._problems.pop(0) if self._problems else None

    def _look(self) -> None:
        while not self._closed:
            self._wake.clear()
            self.log = last_lines()
            self.state = look()
            self._wake.wait(self._every)

    def _do(self, deed: Deed) -> None:
        try:
            deed()
        except WorkerError as error:
            self._problems.append(error)
        except Exception as error:  # noqa: BLE001 - the end of the thread: nobody else would hear of it
            self._problems.append(WorkerError("plugin", _("The plugin failed: {!r}.").format(error), _("Please report it.")))
        self.doing = None
        self.look_again()
