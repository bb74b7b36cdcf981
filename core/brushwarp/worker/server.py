"""The server: a thread a connection, a line of jobs, and one thread, the main one, that paints.

One job runs at a time, because there is one device. A connection that closes cancels its jobs: the progress callback
raises Cancelled at its next call. A job that has not stopped two seconds later can't be stopped but with its process, so
the process ends itself; those who waited in line are told, and repeat their order at the next worker (`bridge.client`).
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from .. import __version__
from ..allocation import give_back_memory
from ..bridge import payload, transport
from ..bridge.errors import ConnectionLost, ProtocolError, WorkerError
from ..bridge.language import _, speaking
from ..bridge.locks import FileLock
from ..bridge.paths import Runtime, make_private_folder, path_to_text
from ..bridge.protocol import (
    PROTOCOL,
    Busy,
    Failure,
    Finished,
    Goodbye,
    Message,
    Order,
    PictureOrder,
    Progress,
    Shutdown,
    Started,
    Suggest,
    Suggested,
    Welcome,
    encode,
    payload_name,
)
from ..bridge.standing import Inquiry, Stop
from ..bridge.styles import Thumbnail
from ..errors import Cancelled
from ..progress import OnProgress
from ..progress import Progress as EngineProgress
from .errors import explain
from .line import Job, Line
from .log import log, log_file
from .standing import standing_of
from .works import Works

KEY_SECONDS = 2.0  # for a client to prove that it knows the key
SEND_SECONDS = 2.0  # for a client to read what it is told, before it counts as gone
PROGRESS_SECONDS = 0.05  # between two messages about one stage
BUSY_SECONDS = 0.2  # a training that looks at the lock holds it for a blink
MOST_CLIENTS = 64
REPLACED = 3  # exit code of a worker whose job would not stop


@dataclass(frozen=True)
class Settings:
    idle_seconds: float = 600.0
    stop_seconds: float = 2.0
    version: str = __version__


class Server:
    """Serves at one address until there has been nothing to do for a while. The caller holds the life lock."""

    def __init__(self, place: Runtime, load: Callable[[], Works], settings: Settings) -> None:
        self._place = place
        self._load = load
        self._settings = settings
        self._folder = place.payload_folder
        self._line = Line()
        self._loaded = threading.Event()
        self._works: Works | None = None
        self._trouble: Exception | None = None  # of the engine, or, once that is loaded, of the last job: memory ran out
        self._clients = threading.Semaphore(MOST_CLIENTS)
        self._watch: threading.Timer | None = None
        self._watching = threading.Lock()
        self._ended = False

    def run(self, on_listening: Callable[[], None]) -> None:
        """Listen, load the engine, paint what comes; returns when idle or asked to end. Raises OSError, WorkerError."""
        self._make_room()
        key = transport.write_key(self._place.key_file)
        listener = transport.listen(self._place.address)
        try:
            threading.Thread(target=self._accept, args=(listener, key), name="accept", daemon=True).start()
            on_listening()
            self._get_ready()
            idle = self._settings.idle_seconds if self._works else min(1.0, self._settings.idle_seconds)
            while (job := self._line.next(idle)) is not None:
                with speaking(job.order.language):
                    self._paint(job)
        finally:
            self._ended = True
            self._line.close()
            with suppress(FileNotFoundError):  # a socket whose file went first, when it was told to stop
                listener.close()
            payload.sweep(self._folder)

    def _make_room(self) -> None:
        """A clean payload folder. One that can't be had is told to whoever sends pixels, in the same words."""
        try:
            make_private_folder(self._folder)
        except WorkerError as error:
            log.warning("%s", error)
        left = payload.sweep(self._folder)
        if left:
            log.info("removed %d payload files that a killed process left", left)

    def _get_ready(self) -> None:
        """Load the engine. If it can't be loaded, every client hears why, and the worker ends soon."""
        start = time.monotonic()
        try:
            self._works = self._load()
            log.info("engine loaded in %.2f s", time.monotonic() - start)
        except Exception as error:
            log.exception("the engine can't be loaded")
            self._trouble = error
        self._loaded.set()

    # Connections

    def _accept(self, listener: Any, key: bytes) -> None:
        while not self._ended:
            try:
                connection = listener.accept()
            except OSError as error:  # a client that hung up at once, too many open files, or the end
                log.warning("accept: %s", error)
                time.sleep(0.05)
                continue
            if not self._clients.acquire(blocking=False):
                connection.close()
                continue
            threading.Thread(target=self._serve, args=(connection, key), name="client", daemon=True).start()

    def _serve(self, connection: Any, key: bytes) -> None:
        """One connection, from the key to its end."""
        session = secrets.token_hex(8)
        client = _Client(connection)
        try:
            transport.prove(connection, key, KEY_SECONDS)
            transport.limit_waiting(connection, send=SEND_SECONDS)
            folder = path_to_text(self._folder)
            client.say(Welcome(PROTOCOL, self._settings.version, session, folder, os.getpid()))
            self._converse(connection, session, client)
        except transport.WrongKey as error:
            log.warning("a client was refused: %s", error)
        except ConnectionLost:
            pass
        except WorkerError as error:
            log.warning("a client broke the rules: %s", error.message)
            client.say(Failure(0, error.code, error.message, error.hint))
        except Exception:
            log.exception("a connection failed")
        finally:
            self._let_go(session)
            client.close()
            self._clients.release()

    def _converse(self, connection: Any, session: str, client: _Client) -> None:
        """Until the client hangs up, in which whoever only calls to warm the worker up says all there is to say. Who looks on keeps nothing awake."""
        looks_on = False
        try:
            while True:
                message = transport.receive(connection)
                looks_on = isinstance(message, Inquiry)
                if not looks_on:
                    self._line.touch()
                self._answer(message, session, client)
        finally:
            if not looks_on:
                self._line.touch()

    def _answer(self, message: Message, session: str, client: _Client) -> None:
        if isinstance(message, Order):
            _check_names(message, session)
            job = Job(session, message, client.say)
            if not self._line.join(job):
                client.say(_restarted(job))
            elif not self._loaded.is_set():
                client.say(Progress(message.job, "starting", 0, 1))
        elif isinstance(message, Inquiry):
            with speaking(message.language):
                client.say(standing_of(self._works, self._trouble, self._line.state(), self._settings.idle_seconds))
        elif isinstance(message, Shutdown):
            client.say(Goodbye() if self._line.close_if_empty() else Busy())
        elif isinstance(message, Stop):
            self._stop(message.restart)
            client.say(Goodbye())
        else:
            raise ProtocolError(f"A client does not send {message.kind}.")

    def _let_go(self, session: str) -> None:
        """A client is gone: its jobs are cancelled, its files removed."""
        running = self._line.leave(session)
        if running is not None:
            log.info("job %s-%d: its client is gone, stopping", session, running.order.job)
            self._watch_over(running)
        payload.sweep(self._folder, session)

    def _stop(self, restart: bool) -> None:
        """Let go of all that is being done, and of all that waits. The main thread then ends."""
        log.info("is %s", "restarted" if restart else "stopped")
        if os.name != "nt":
            payload.discard(self._place.address)  # those who ask anew are to find the next worker
        waiting = self._line.close()
        running = self._line.cancel_running()
        for job in waiting:
            job.say(_restarted(job) if restart else _stopped(job))
        if running is not None:
            running.say(_restarted(running) if restart else _stopped(running))
            self._watch_over(running)

    # Jobs

    def _ready(self) -> Works:
        if self._works is None:
            raise self._trouble or RuntimeError("the engine is not loaded")
        return self._works

    def _paint(self, job: Job) -> None:
        """Answered when the line is free again: whoever hears the answer can order anew without being told to wait."""
        order, request = job.order, job.order.request
        start, answer = time.monotonic(), None
        busy = self._busy()
        try:
            job.say(Started(order.job))
            answer = self._answer_to(job)
            self._trouble = None
            log.info("job %s-%d: %s, %d x %d in %.2f s", job.session, order.job, order.kind, request.width, request.height, time.monotonic() - start)
        except Cancelled:
            log.info("job %s-%d: stopped", job.session, order.job)
        except Exception as error:
            payload.discard(self._path(_result_name(job)))
            answer = self._failure(order.job, error)
        finally:
            busy.release()
            self._line.finish(job)
            self._watch_no_more()
            if job.cancelled.is_set():  # what was written after its client had been swept after
                payload.sweep(self._folder, job.session)
        if answer is not None:
            job.say(answer)
        give_back_memory()

    def _answer_to(self, job: Job) -> Message:
        """Suggested arrows, or the name of the file with what was painted; known to be short enough to be said."""
        works, order, request = self._ready(), job.order, job.order.request
        if isinstance(order, Suggest):
            answer: Message = Suggested(order.job, *self._work(works, order, _reporter(job)))
            encode(answer)
            return answer
        result = _result_name(job)
        payload.reserve(self._path(result), request.result_size)  # a full disk is known before the work, not after
        painted, recipe = self._work(works, order, _reporter(job))
        if len(painted) != request.result_size:
            raise RuntimeError(f"{len(painted)} bytes were painted instead of {request.result_size}")
        answer = Finished(order.job, result, recipe)
        encode(answer)
        payload.fill(self._path(result), painted)
        return answer

    def _busy(self) -> FileLock:
        """Held while a job lasts: trainings look at it between two steps, and give way."""
        lock = FileLock(self._place.busy_lock)
        try:
            lock.acquire(BUSY_SECONDS)
        except OSError as error:  # the runtime folder is gone; what was ordered is painted all the same
            log.warning("trainings can't be told to wait: %s", error)
        return lock

    def _work(self, works: Works, order: Order, on_progress: OnProgress) -> Any:
        """What the order's namesake among the works answers to its request and its payloads."""
        request = order.request
        pixels = payload.take(self._path(order.pixels), request.payload_size)
        selection = payload.take(self._path(order.selection), request.selection_size) if order.selection else None
        work = getattr(works, order.kind)
        if not isinstance(order, PictureOrder):
            return work(request, pixels, selection, on_progress)
        style = payload.take(self._path(order.style), request.style_picture.payload_size) if order.style else None
        return work(request, pixels, selection, style, on_progress)

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name)

    def _failure(self, job: int, error: Exception) -> Failure:
        told = explain(error, log_file())
        if told.code == "internal":
            log.error("internal error", exc_info=error)
        else:
            log.info("refused: %s (%s)", told, told.code)
        if told.code == "out-of-memory":
            self._trouble = WorkerError(told.code, told.message, told.hint)  # itself, it would keep what memory ran out with
        return Failure(job, told.code, told.message[:10000], told.hint[:10000])

    # A job that will not stop

    def _watch_over(self, job: Job) -> None:
        with self._watching:
            if self._watch is not None or not self._line.is_running(job):
                return
            self._watch = threading.Timer(self._settings.stop_seconds, self._replace, [job])
            self._watch.daemon = True
            self._watch.start()

    def _watch_no_more(self) -> None:
        with self._watching:
            if self._watch is not None:
                self._watch.cancel()
                self._watch = None

    def _replace(self, job: Job) -> None:
        """End this process: `job` has not stopped. The next client starts a fresh one."""
        if not self._line.is_running(job):
            return
        log.warning(
            "job %s-%d does not stop; this worker ends, the next job finds a fresh one", job.session, job.order.job
        )
        waiting = self._line.close()
        if os.name != "nt":
            payload.discard(self._place.address)  # nobody else is to call here
        for other in waiting:
            other.say(_restarted(other))
        for session in {job.session, *(other.session for other in waiting)}:
            payload.sweep(self._folder, session)
        os._exit(REPLACED)


class _Client:
    """The sending half of a connection, for all threads. A client that does not listen any more is hung up on."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def say(self, message: Message) -> None:
        with self._lock:
            try:
                transport.send(self._connection, message)
            except ConnectionLost:
                transport.hang_up(self._connection)  # its own thread then finds it closed, and cancels its jobs

    def close(self) -> None:
        with self._lock:
            self._connection.close()


def _check_names(order: Order, session: str) -> None:
    """A client may name its own payloads alone."""
    if any(name != payload_name(session, order.job, what) for what, name in order.payloads.items()):
        raise ProtocolError("The payloads are not those of this connection and job.")


def _result_name(job: Job) -> str:
    return payload_name(job.session, job.order.job, "result")


def _restarted(job: Job) -> Failure:
    with speaking(job.order.language):
        return Failure(job.order.job, "worker-restarted", _("The Brushwarp worker was restarted."), _("Try again."))


def _stopped(job: Job) -> Failure:
    with speaking(job.order.language):
        return Failure(job.order.job, "worker-stopped", _("The Brushwarp engine was stopped."), _("Begin anew: it starts by itself."))


def _reporter(job: Job) -> OnProgress:
    """The engine's callback: passes progress on, not too often, and stops a job that nobody waits for."""
    last_stage, last_time = "", 0.0

    def report(progress: EngineProgress) -> None:
        nonlocal last_stage, last_time
        if job.cancelled.is_set():
            raise Cancelled
        now = time.monotonic()
        preview = progress.preview if isinstance(progress.preview, Thumbnail) else None
        if preview is not None or progress.stage != last_stage or now - last_time >= PROGRESS_SECONDS:
            last_stage, last_time = progress.stage, now
            job.say(Progress(job.order.job, progress.stage[:200], int(progress.done), int(progress.total), progress.loss, preview))

    return report
