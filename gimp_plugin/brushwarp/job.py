"""The worker at work while GIMP's loop goes on: the talking is done in a thread, events come to the loop."""

from __future__ import annotations

import threading
from typing import Any, Callable, Optional, Union

from bridge.client import JobCancelled, JobResult, Suggested, WorkerClient
from bridge.request import LayerRequest
from gi.repository import GLib

Answer = Union[JobResult, Suggested]


class Job:
    """One request. `run` in the main thread; `cancel` from the main thread too, out of an event or a signal."""

    def __init__(self, request: LayerRequest, pixels: bytes, selection: Optional[bytes], style: Optional[bytes] = None) -> None:
        """style: the pixels of the request's style picture, where it has one."""
        self._request, self._pixels, self._selection, self._style = request, pixels, selection, style
        self._client: Optional[WorkerClient] = None
        self._cancelled = False
        self._meeting = threading.Lock()
        self._loop = GLib.MainLoop()

    def run(self, on_event: Callable[[Any], None]) -> Answer:
        """Have it done; meanwhile GLib's main loop runs, and `on_event` is called from it. Raises WorkerError, JobCancelled."""
        outcome = []

        def show(event: Any) -> None:
            if not self._cancelled:
                on_event(event)

        def tell(event: Any) -> None:
            if self._cancelled:
                raise JobCancelled()
            GLib.idle_add(_once, show, event)

        def work() -> None:
            try:
                outcome.append((self._ask(tell), None))
            except BaseException as error:  # raised again in the main thread
                outcome.append((None, error))
            GLib.idle_add(_once, self._loop.quit)

        threading.Thread(target=work, name="brushwarp-job", daemon=True).start()
        self._loop.run()
        if self._cancelled:
            raise JobCancelled()
        result, error = outcome[0]
        if error is not None:
            raise error
        return result

    def cancel(self) -> None:
        """`run` ends at once: its thread may be waiting for a worker that does not answer, and ends when it can."""
        with self._meeting:
            self._cancelled = True
            if self._client is not None:
                self._client.cancel()
        GLib.idle_add(_once, self._loop.quit)

    def _ask(self, tell: Callable[[Any], None]) -> Answer:
        with WorkerClient.connect(on_event=tell) as client:
            with self._meeting:
                if self._cancelled:
                    raise JobCancelled()
                self._client = client
            return client.ask(self._request, self._pixels, self._selection, self._style, on_event=tell)


def warm_up() -> None:
    """Start the worker already, while the user still looks at the dialog. What goes wrong here will be said by the job."""

    def work() -> None:
        try:
            WorkerClient.connect().close()
        except Exception:
            pass

    threading.Thread(target=work, name="brushwarp-warm-up", daemon=True).start()


def _once(call: Callable[..., Any], *arguments: Any) -> bool:
    """For GLib.idle_add: a truthy value would have it called again."""
    call(*arguments)
    return False
