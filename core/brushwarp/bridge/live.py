"""A preview of a warp that follows what is drawn: the newest request is answered, older ones that still wait are passed over.

    live = LiveWarp()
    live.ask(request, pixels)      # at any time; returns at once
    live.news()                    # now and then: what came since the last call, or None
    live.close()
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Optional, Tuple, Union

from .client import Event, JobCancelled, JobResult, Queued, WorkerClient, WorkerError, notes_of
from .request import WarpRequest


@dataclass(frozen=True)
class Preview:
    """The answer to `request`; its pixels are as large as the request's."""

    request: WarpRequest
    result: JobResult

    @property
    def notes(self) -> Tuple[str, ...]:
        """Sentences for the painter: of folds, above all."""
        return tuple(notes_of(self.result.recipe))


News = Union[Preview, Queued, WorkerError]


class LiveWarp:
    """A thread with a client of its own, from the first request on; a worker is started where none runs. Call it from one thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._wanted: Optional[Tuple[WarpRequest, bytes]] = None
        self._news: Optional[News] = None
        self._closed = False
        self._client: Optional[WorkerClient] = None
        self._thread: Optional[threading.Thread] = None

    def ask(self, request: WarpRequest, pixels: bytes) -> None:
        """request: with something to show."""
        with self._changed:
            self._wanted = (request, pixels)
            self._changed.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="brushwarp-live", daemon=True)
                self._thread.start()

    def news(self) -> Optional[News]:
        """The newest preview, or that others are painted first, or what went wrong; the next request is tried all the same."""
        with self._changed:
            news, self._news = self._news, None
            return news

    def close(self) -> None:
        """Returns at once; nothing comes any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            client = self._client
            if client is not None:
                client.cancel()

    def _run(self) -> None:
        try:
            while True:
                with self._changed:
                    while self._wanted is None and not self._closed:
                        self._changed.wait()
                    if self._closed or self._wanted is None:
                        return
                    (request, pixels), self._wanted = self._wanted, None
                self._tell(self._answer(request, pixels))
        except JobCancelled:
            pass
        finally:
            if self._client is not None:
                self._client.close()

    def _answer(self, request: WarpRequest, pixels: bytes) -> News:
        try:
            if self._client is None:
                client = WorkerClient.connect(self._hear)
                with self._changed:
                    self._client = client
                    if self._closed:
                        raise JobCancelled()
            return Preview(request, self._client.warp(request, pixels))
        except JobCancelled:
            raise
        except WorkerError as error:  # the client has hung up
            self._client = None
            return error
        except Exception as error:  # the thread's end: nobody else would hear of it
            self._client = None
            return WorkerError("plugin", "The preview failed: {!r}.".format(error), "Please report it.")

    def _hear(self, event: Event) -> None:
        """While the worker starts, raising is the way to give up."""
        if self._closed:
            raise JobCancelled()
        if isinstance(event, Queued):
            with self._changed:
                self._news = self._news or event  # a preview that nobody has seen yet says more

    def _tell(self, news: News) -> None:
        with self._changed:
            self._news = news
