"""One job in a thread of its own: from the worker's start to its answer. Neither Krita nor Qt.

The thread never touches the host. What it has to say waits in a queue, which the window's own thread empties.
"""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from typing import List, Optional, Union

from .bridge.client import JobCancelled, JobResult, Progress, Queued, Suggested, WorkerClient, WorkerError
from .bridge.language import _
from .bridge.request import LayerRequest

Answer = Union[JobResult, Suggested]


@dataclass(frozen=True)
class Order:
    """All that the worker needs. selection: None for all of the layer; style_pixels: of the request's picture, if it has one."""

    request: LayerRequest
    pixels: bytes
    selection: Optional[bytes] = None
    style_pixels: Optional[bytes] = None


@dataclass(frozen=True)
class Done:
    answer: Answer


@dataclass(frozen=True)
class Failed:
    error: WorkerError


Event = Union[Queued, Progress, Done, Failed]


class Job:
    """Starts with `start`; ends with one Done or Failed, or without a word if it was cancelled."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._events: "queue.SimpleQueue[Event]" = queue.SimpleQueue()
        self._cancelled = threading.Event()
        self._client: Optional[WorkerClient] = None
        # A daemon: Krita may quit while it waits; the worker notices that by itself.
        self._thread = threading.Thread(target=self._run, name="brushwarp-job", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        """Give up. Returns at once; no event comes any more."""
        self._cancelled.set()
        client = self._client
        if client is not None:
            client.cancel()

    def news(self) -> List[Event]:
        """What happened since the last call."""
        events: List[Event] = []
        while not self._cancelled.is_set():
            try:
                events.append(self._events.get_nowait())
            except queue.Empty:
                break
        return events

    def _run(self) -> None:
        order = self._order
        del self._order  # as large as the layer
        try:
            with WorkerClient.connect(self._tell) as client:
                self._client = client
                if self._cancelled.is_set():  # between the last event and now
                    return
                self._events.put(Done(client.ask(order.request, order.pixels, order.selection, order.style_pixels)))
        except JobCancelled:
            pass
        except WorkerError as error:
            self._events.put(Failed(error))
        except Exception as error:  # noqa: BLE001 - the end of the thread: nobody else would hear of it
            self._events.put(Failed(WorkerError("plugin", _("The plugin failed: {!r}.").format(error), _("Please report it."))))

    def _tell(self, event: Event) -> None:
        """Called by the client in the job's thread. While the worker starts, raising is the way to give up."""
        if self._cancelled.is_set():
            raise JobCancelled()
        self._events.put(event)
