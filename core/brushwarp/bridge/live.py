"""A preview that follows what is drawn and chosen: the newest request is answered, older ones that still wait are passed over.

    live = LiveWarp()
    live.ask(request, pixels)      # at any time; returns at once
    live.news()                    # now and then: what came since the last call, or None
    live.close()
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any, Optional, Tuple, Union

from .client import Event, JobCancelled, JobResult, Progress, Queued, WorkerClient, WorkerError, notes_of
from .language import _
from .request import LayerRequest
from .styles import Thumbnail


@dataclass(frozen=True)
class Preview:
    """The answer to `request`; its pixels are as large as the request's."""

    request: Any  # as it was asked: a LayerRequest
    result: JobResult

    @property
    def notes(self) -> Tuple[str, ...]:
        """Sentences for the painter: of folds, above all."""
        return tuple(notes_of(self.result.recipe))


@dataclass(frozen=True)
class Draft:
    """What there is of the answer so far, small: the forms first, then ever finer strokes. None, where what waited has just been begun."""

    request: Any
    picture: Optional[Thumbnail]


News = Union[Preview, Draft, Queued, WorkerError]
Asked = Tuple[LayerRequest, bytes, Optional[bytes]]  # and the pixels, and the selection


class Live:
    """A thread with a client of its own, from the first request on; a worker is started where none runs. Call it from one thread.

    calm: seconds that a request waits for a newer one, but for the first. drops_stale: what is being answered is cancelled for a newer
    request; else it is answered to its end.
    """

    def __init__(self, calm: float = 0.0, drops_stale: bool = False) -> None:
        self._calm, self._drops_stale = calm, drops_stale
        self._changed = threading.Condition()
        self._wanted: Optional[Asked] = None
        self._due = 0.0  # when it is to be asked for
        self._news: Optional[News] = None
        self._closed = False
        self._client: Optional[WorkerClient] = None
        self._answering = False
        self._is_queued = False
        self._thread: Optional[threading.Thread] = None

    def ask(self, request: LayerRequest, pixels: bytes, selection: Optional[bytes] = None) -> None:
        """request: of one kind that is answered with pixels."""
        with self._changed:
            self._wanted = (request, pixels, selection)
            self._due = time.monotonic() + (self._calm if self._thread else 0.0)
            if self._drops_stale:
                self._drop()
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
            self._wanted = self._news = None
            self._changed.notify_all()
            self._drop()

    def _drop(self) -> None:
        """Have the worker stop. A client that was cancelled is used up."""
        if self._client is not None and self._answering:
            self._client.cancel()
            self._client = None

    def _run(self) -> None:
        try:
            while True:
                asked = self._next()
                if asked is None:
                    return
                self._tell(self._answer(asked))
        finally:
            if self._client is not None:
                self._client.close()

    def _next(self) -> Optional[Asked]:
        """The newest request, once it is due; None when all is over."""
        with self._changed:
            while not self._closed:
                wait = self._due - time.monotonic()
                if self._wanted is not None and wait <= 0:
                    asked, self._wanted = self._wanted, None
                    return asked
                self._changed.wait(wait if self._wanted is not None else None)
            return None

    def _answer(self, asked: Asked) -> Optional[News]:
        """None where it is not wanted any more."""
        request, pixels, selection = asked
        client = self._client
        try:
            if client is None:
                client = WorkerClient.connect(self._hear)
            with self._changed:
                if self._closed or (self._drops_stale and self._wanted is not None):
                    raise JobCancelled()
                self._client, self._answering = client, True
            result = client.ask(request, pixels, selection, on_event=lambda event: self._hear(event, request))
            return Preview(request, result)  # type: ignore[arg-type]
        except JobCancelled:
            return None
        except WorkerError as error:  # the client has hung up
            with self._changed:
                self._client = None
            return error
        except Exception as error:  # the thread's end: nobody else would hear of it
            with self._changed:
                self._client = None
            return WorkerError("plugin", _("The preview failed: {!r}.").format(error), _("Please report it."))
        finally:
            with self._changed:
                self._answering = False
                if client is not None and client is not self._client:
                    client.close()

    def _hear(self, event: Event, request: Optional[LayerRequest] = None) -> None:
        """While the worker starts, raising is the way to give up."""
        with self._changed:
            if self._closed:
                raise JobCancelled()
            if isinstance(event, Queued):
                self._is_queued = True
                self._news = self._news or event  # a preview that nobody has seen yet says more
            elif isinstance(event, Progress) and self._wanted is None:
                if event.preview is not None or self._is_queued and (self._news is None or isinstance(self._news, Queued)):
                    self._news = Draft(request, event.preview)
                self._is_queued = False

    def _tell(self, news: Optional[News]) -> None:
        with self._changed:
            if news is not None and not self._closed:
                self._news = news


class LiveWarp(Live):
    """For WarpRequests with something to show: each is answered in a moment, so that none is dropped."""
