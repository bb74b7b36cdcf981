"""How a plugin uses the worker.

    from .bridge.client import PixelFormat, StylizeRequest, WorkerClient, WorkerError
    from .bridge.paths import read_install
    from .bridge.styles import installed_styles

    def show(event):                                  # called in the thread that called the client
        if isinstance(event, Queued): ...             # event.position others come first
        if isinstance(event, Progress): ...           # event.stage, event.done of event.total; event.loss, event.preview

    try:
        styles = installed_styles(read_install())                     # id, name, credit, thumbnail; needs no worker
        with WorkerClient.connect(on_event=show) as client:           # starts a worker where none runs
            request = StylizeRequest(width, height, styles[0].id, PixelFormat("BGRA", "u8", "srgb"), brush_scale=1.5)
            result = client.stylize(request, pixels, selection, on_event=show)
            result.pixels, result.recipe                              # bytes of the request's own size and format; JSON
    except WorkerError as error:                      # error.code, error.message, error.hint: show the last two
        ...                                           # JobCancelled (code "cancelled"): nothing to show

`client.deform(DeformRequest(…), pixels, selection, style_pixels)` likewise; its result's recipe tells the solved arrows (`solved_of`).
`client.warp(WarpRequest(…), pixels, selection)` bends alone, `client.suggest(SuggestRequest(…), pixels, selection, style_pixels)` answers
with arrows; `client.ask` takes any of these requests. For a preview that follows what is drawn see `live`.

All calls block: make them in a thread of your own, and hand events on to the host's loop. `client.cancel()` comes from
any thread and returns at once; the blocked call then raises JobCancelled within a moment, and the client is used up:
**one client a job.** While `connect` starts a worker it reports Progress(stage "starting", or "replacing" one of another version) ten
times a second; to give up there, raise from `on_event`. An exception from `on_event` always passes through, and the job is dropped.

`pixels`: bytes of `request.payload_size`, rows from the top without padding, straight alpha. `selection`: bytes, one a
pixel (`request.selection_size`), or None for all; the result's alpha is multiplied by it, feathering included. A host
that dies needs no tidying: the worker notices and sweeps.

Keypoints are in the payload's pixels, the origin at the top-left corner. A request that breaks the rules (a number that
is none, more than 400 million pixels) raises WorkerError where it is made, or before anything is sent.
"""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import wait
from typing import Any, Callable, Dict, List, Optional, Tuple, Type, TypeVar, Union

from . import launcher, payload, transport
from .errors import ConnectionLost, JobCancelled, ProtocolError, WorkerError
from .language import _, spoken
from .paths import log_folder, path_from_text, path_to_text, read_install, runtime
from .protocol import (
    Deform,
    Failure,
    Finished,
    Message,
    Order,
    Progress,
    Queued,
    Started,
    Stylize,
    Suggest,
    Suggested,
    Warp,
    Welcome,
    payload_name,
)
from .request import (
    DeformRequest,
    LayerRequest,
    PictureRequest,
    PixelFormat,
    StylePicture,
    StylizeRequest,
    SuggestRequest,
    WarpRequest,
)

__all__ = [
    "DeformRequest",
    "JobCancelled",
    "JobResult",
    "PixelFormat",
    "Progress",
    "Queued",
    "StylePicture",
    "StylizeRequest",
    "SuggestRequest",
    "Suggested",
    "WarpRequest",
    "WorkerClient",
    "WorkerError",
    "notes_of",
    "solved_of",
]

Event = Union[Queued, Progress]
Answer = Union[Finished, Suggested]
A = TypeVar("A", bound="Union[JobResult, Suggested]")
_ORDERS = {order.asks: order for order in (Stylize, Deform, Warp, Suggest)}
OnEvent = Callable[[Event], None]


def ignore_event(_: Event) -> None:
    """The callback of those who do not ask."""


@dataclass(frozen=True)
class JobResult:
    """pixels: of the request's size and format, or what else it asks for; recipe: JSON text, to be stored with the new layer."""

    pixels: bytes
    recipe: str


def notes_of(recipe: str) -> List[str]:
    """What the engine did differently from what was asked, in sentences for the painter; none in a recipe that is damaged."""
    try:
        notes = json.loads(recipe)["notes"]
    except (ValueError, TypeError, KeyError):
        return []
    return [str(note) for note in notes] if isinstance(notes, list) else []


def solved_of(recipe: str) -> List[Tuple[float, float, float, float]]:
    """The arrows along which a deformation bent the picture, in the payload's pixels; none in a recipe without."""
    try:
        return [(float(a), float(b), float(c), float(d)) for a, b, c, d in json.loads(recipe)["solved"]]
    except (ValueError, TypeError, KeyError):
        return []


class WorkerClient:
    """A line to the worker. Made by `connect`; used from one thread at a time, except for `cancel`."""

    def __init__(self, connection: Any, welcome: Welcome, on_event: OnEvent) -> None:
        self._connection = connection
        self._welcome = welcome
        self._on_event = on_event
        self._calls = threading.Lock()
        self._bells = threading.Lock()
        self._cancelled = False
        self._closed = False
        self._bell, self._bell_pull = Pipe(duplex=False)  # wakes the thread that waits for the worker
        self._job = 0

    @classmethod
    def connect(cls, on_event: Optional[OnEvent] = None) -> "WorkerClient":
        """A client of this user's worker, which is started if none runs.

        Raises WorkerError: "worker-missing" (the hint says how to install), "worker-start", "worker-old", …
        """
        report = on_event or ignore_event
        connection, welcome = launcher.open_worker(runtime(), read_install(), report)
        return cls(connection, welcome, report)

    def __enter__(self) -> "WorkerClient":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    @property
    def version(self) -> str:
        """The engine's version."""
        return self._welcome.version

    @property
    def worker_pid(self) -> int:
        return self._welcome.pid

    def close(self) -> None:
        """Hang up. A job that still runs is cancelled."""
        with self._bells:
            if not self._closed:
                self._closed = True
                self._connection.close()
                self._bell.close()
                self._bell_pull.close()

    def cancel(self) -> None:
        """Stop whatever this client does, now or next. From any thread; returns at once; final."""
        with self._bells:
            if not self._cancelled and not self._closed:
                self._cancelled = True
                self._bell_pull.send_bytes(b"!")

    def stylize(
        self,
        request: StylizeRequest,
        pixels: bytes,
        selection: Optional[bytes] = None,
        on_event: Optional[OnEvent] = None,
    ) -> JobResult:
        """Paint `pixels` as `request` says. Blocks; see the top of this file.

        Raises JobCancelled, or WorkerError with the engine's own code and words; "disk-full", "worker-lost".
        """
        return self._answer(JobResult, request, pixels, selection, None, on_event)

    def deform(
        self,
        request: DeformRequest,
        pixels: bytes,
        selection: Optional[bytes] = None,
        style_pixels: Optional[bytes] = None,
        on_event: Optional[OnEvent] = None,
    ) -> JobResult:
        """Paint and bend `pixels` as `request` says; `style_pixels` where it has a style picture. As `stylize` otherwise."""
        return self._answer(JobResult, request, pixels, selection, style_pixels, on_event)

    def warp(
        self,
        request: WarpRequest,
        pixels: bytes,
        selection: Optional[bytes] = None,
        on_event: Optional[OnEvent] = None,
    ) -> JobResult:
        """Bend `pixels` along the request's arrows, or the nodes of its lattice in their place. As `stylize` otherwise."""
        return self._answer(JobResult, request, pixels, selection, None, on_event)

    def suggest(
        self,
        request: SuggestRequest,
        pixels: bytes,
        selection: Optional[bytes] = None,
        style_pixels: Optional[bytes] = None,
        on_event: Optional[OnEvent] = None,
    ) -> Suggested:
        """Arrows from points of `pixels` to where they lie in the request's picture. As `stylize` otherwise."""
        return self._answer(Suggested, request, pixels, selection, style_pixels, on_event)

    def ask(
        self,
        request: LayerRequest,
        pixels: bytes,
        selection: Optional[bytes] = None,
        style_pixels: Optional[bytes] = None,
        on_event: Optional[OnEvent] = None,
    ) -> Union[JobResult, Suggested]:
        """Whichever of these the request is for."""
        _check_length("pixels", pixels, request.payload_size)
        if selection is not None:
            _check_length("selection", selection, request.selection_size)
        style_picture = request.style_picture if isinstance(request, PictureRequest) else None
        if (style_pixels is None) != (style_picture is None):
            raise ProtocolError("Pixels of a style picture go with a request that has one.")
        if style_pixels is not None and style_picture is not None:
            _check_length("style_pixels", style_pixels, style_picture.payload_size)
        given = {"pixels": pixels, "selection": selection, "style": style_pixels}
        payloads = {what: data for what, data in given.items() if data is not None}
        with self._call():
            return self._repeat_once(lambda: self._ask(request, payloads, on_event or self._on_event))

    # What follows is the inside.

    def _answer(self, kind: Type[A], *asked: Any) -> A:
        """`ask`, and what the request has to be answered with."""
        answer = self.ask(*asked)
        if not isinstance(answer, kind):
            raise ProtocolError("The worker answered with {}.".format(type(answer).__name__))
        return answer

    def _call(self) -> "_Call":
        if self._closed:
            raise WorkerError("client-closed", _("This client has hung up."), _("Connect anew."))
        return _Call(self._calls)

    def _repeat_once(self, ask: Callable[[], Any]) -> Any:
        """`ask`, and once more with a fresh worker if this one ended before it began with our job.

        It may have ended for want of work, or to be replaced because somebody else's job would not stop.
        """
        try:
            return ask()
        except _NotBegun:
            self._check_cancelled()
            self._connection.close()
        self._connection, self._welcome = launcher.open_worker(runtime(), read_install(), self._on_event)
        try:
            return ask()
        except _NotBegun as error:
            raise error.cause from None

    def _ask(self, request: LayerRequest, payloads: Dict[str, bytes], on_event: OnEvent) -> Union[JobResult, Suggested]:
        self._job += 1
        result = payload_name(self._welcome.session, self._job, "result")
        names = {what: payload_name(self._welcome.session, self._job, what) for what in payloads}
        folder = path_from_text(self._welcome.payload_folder)
        done = False
        try:
            for what, data in payloads.items():
                self._check_cancelled()
                payload.write(os.path.join(folder, names[what]), data)
            self._check_cancelled()
            answer = self._converse(_ORDERS[type(request)](job=self._job, request=request, language=spoken(), **names), on_event)
            if isinstance(answer, Finished):
                if answer.result != result:
                    raise ProtocolError("The worker answered with somebody else's result.")
                answer = JobResult(payload.take(os.path.join(folder, result), request.result_size), answer.recipe)
            done = True
            return answer
        finally:
            if not done:  # hanging up cancels the job; a worker that is gone can't sweep any more
                self._connection.close()
                for name in (result, *names.values()):
                    payload.discard(os.path.join(folder, name))

    def _converse(self, ask: Order, on_event: OnEvent) -> Answer:
        """Send the job and listen until it is done."""
        begun = False
        try:
            transport.send(self._connection, ask)
            while True:
                message = self._next()
                if isinstance(message, (Finished, Suggested)) and message.job == ask.job:
                    return message
                if isinstance(message, Failure):
                    failure = WorkerError(message.code, message.message, message.hint)
                    raise _NotBegun(failure) if message.code == "worker-restarted" and not begun else failure
                if isinstance(message, Started):
                    begun = True
                elif isinstance(message, (Queued, Progress)):
                    on_event(message)
                else:
                    raise ProtocolError("The worker answered with {}.".format(message.kind))
        except ConnectionLost as error:
            if not begun:
                raise _NotBegun(error) from error
            raise ConnectionLost(
                _("The Brushwarp worker ended while it painted."),
                _("If it happens again, the picture may need more memory than there is; its log: {}").format(
                    path_to_text(os.path.join(log_folder(), "worker.log"))
                ),
            ) from error

    def _next(self) -> Message:
        """The worker's next message, unless `cancel` comes first."""
        try:
            wait([self._connection, self._bell])
        except (OSError, ValueError) as error:
            raise ConnectionLost() from error
        self._check_cancelled()
        return transport.receive(self._connection)

    def _check_cancelled(self) -> None:
        if self._cancelled:
            raise JobCancelled()


class _NotBegun(Exception):
    """The worker ended before it began with the job: it can be asked again."""

    def __init__(self, cause: WorkerError) -> None:
        super().__init__(str(cause))
        self.cause = cause


class _Call:
    """One call at a time: a second thread gets an error instead of waiting unseen behind the first."""

    def __init__(self, lock: threading.Lock) -> None:
        self._lock = lock

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            raise WorkerError(
                "client-busy", _("This client is in the middle of another call."), _("Use a client of its own.")
            )

    def __exit__(self, *_: Any) -> None:
        self._lock.release()


def _check_length(name: str, data: Any, size: int) -> None:
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise ProtocolError("{} must be bytes, not {}.".format(name, type(data).__name__))
    if len(data) != size:
        raise ProtocolError("{} has {} bytes; this request needs {}.".format(name, len(data), size))
