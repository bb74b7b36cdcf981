"""The course of jobs that come one after the other, each from the pixels of a layer to the new layer above it, whatever was asked for.

The progress is shown without stopping Krita; only reading a layer and adding a new one happen in its own thread, at
once. Meanwhile the painter may go on, and even close the document: then it ends without a word.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Callable, Deque, List, Optional, Sequence

from .bridge.client import Progress, Queued
from .bridge.errors import WorkerError
from .bridge.language import _
from .bridge.request import LayerRequest
from .bridge.series import LAYERS, OTHERS_DONE, Series, left_out, stopped_at
from .cutout import Cutout
from .delivery import Delivery
from .document import Document
from .job import Answer, Done, Failed, Job, Order
from .messages import guarded, main_window, show_note, show_problem
from .origin import Made
from .progress import ProgressWindow
from .qt import QTimer

POLL_MS = 30
COME_BACK = _("It is painted: go back to its picture to have it there.")
REMOVED = (_("Brushwarp finished after its layer had been removed."), _("Nothing was changed."))


@dataclass(frozen=True)
class Task:
    """What the worker is asked for, and what becomes of its answer. style_pixels: reads those of the request's style picture, if it has one."""

    request: LayerRequest
    delivery: Delivery
    style_pixels: Optional[Callable[[], bytes]] = None


@dataclass(frozen=True)
class Work:
    """A task, and the part of a layer that it is about."""

    cutout: Cutout
    task: Task

    @property
    def title(self) -> str:
        return self.task.delivery.title(self.cutout.layer.name)

    def order(self) -> Order:
        """Read all that the worker needs. Raises Refusal."""
        selection = self.cutout.selection() if self.task.delivery.clips_pixels else None
        style_pixels = None if self.task.style_pixels is None else self.task.style_pixels()
        return Order(self.task.request, self.cutout.pixels(), selection, style_pixels)


class Painting:
    """`begin` it. Each layer is read when its turn comes, what was selected of it at once. what: of the bridge's Series."""

    def __init__(self, document: Document, on_made: Callable[[Made], None], what: str = LAYERS) -> None:
        """on_made: told of each result that can be repeated."""
        self._document, self._on_made, self._what = document, on_made, what
        self._rest: Deque[Work] = deque()
        self._are_many = False
        self._gone: List[str] = []  # names of layers that were removed meanwhile
        self._has_made = False  # any that was not
        self._answer: Optional[Answer] = None
        self._job: Optional[Job] = None
        self._progress: Optional[ProgressWindow] = None
        self._has_window = False  # `_progress` may be a window that is gone
        self._timer = QTimer()
        self._timer.timeout.connect(guarded(self._look))

    def begin(self, works: Sequence[Work]) -> None:
        """One after the other. Raises Refusal, before any work, where nothing of one is selected."""
        for work in works:
            work.cutout.selection()
        self._are_many = len(works) > 1
        self._rest = deque(works)
        self._work = self._rest.popleft()
        order = self._work.order()
        if self._progress is None:
            self._open()
        elif not self.goes_on:  # Krita goes on while a layer is read: Cancel can come in between
            return
        self._job = Job(order)
        self._progress.count(Series([work.cutout.place.area for work in works], self._what))
        if self._work.task.delivery.shows_pictures:
            self._progress.reserve_picture([(work.cutout.place.width, work.cutout.place.height) for work in works])
        self._tell_begin()
        self._job.start()

    def _open(self) -> None:
        """The window, and the looks at how it goes."""
        self._progress = ProgressWindow(main_window())
        self._progress.rejected.connect(guarded(self.cancel))
        self._progress.destroyed.connect(guarded(lambda *_: self._lose_window()))
        self._has_window = True
        self._timer.start(POLL_MS)
        self._progress.show()

    @property
    def goes_on(self) -> bool:
        return self._timer.isActive()

    def show(self) -> None:
        self._progress.show()
        self._progress.raise_()
        self._progress.activateWindow()

    def cancel(self) -> None:
        """At once, and without a trace of what is not whole."""
        self.give_up()

    def give_up(self) -> None:
        """Krita, or the document, is closed."""
        if self.goes_on:
            self._end()
            if self._job is not None:
                self._job.cancel()

    def _lose_window(self) -> None:
        """It goes with Krita's window, whose child it is, even before the document does; in another window that may stay."""
        self._has_window = False
        if self._document.is_open and main_window() is not None:
            self.cancel()
        else:
            self.give_up()

    def _tell_begin(self) -> None:
        self._progress.begin(type(self._work.task.request), self._work.title)

    def _look(self) -> None:
        """Hand on what the job's thread has to say."""
        if not self._document.is_open:
            self.give_up()
            return
        for event in self._job.news():
            if isinstance(event, (Queued, Progress)):
                self._progress.follow(event)
            elif isinstance(event, Failed):
                self._fail(event.error)
                return
            elif isinstance(event, Done):
                self._answer = event.answer
        if self._answer is None:
            self._progress.show_time()
        elif self._needs_painter and not self._document.is_active:
            self._progress.show_wish(COME_BACK)
        else:
            self._finish(self._answer)

    @property
    def _needs_painter(self) -> bool:
        return self._work.task.delivery.needs_painter

    def _finish(self, answer: Answer) -> None:
        self._answer = None
        is_last = not self._rest
        if is_last:
            self._end()
        try:
            self._deliver(answer)
            if is_last or self.goes_on:  # Krita goes on while a layer is added: Cancel can come in between
                self._go_on()
        except WorkerError as error:
            self._fail(error)
        except Exception:
            self._end()
            raise

    def _go_on(self) -> None:
        """Begin the next one whose layer is there; after the last one tell of those that were not."""
        while self._rest:
            if self._document.layer(self._rest[0].cutout.layer.id) is not None:
                self._begin_next()
                return
            self._gone.append(self._rest.popleft().cutout.layer.name)
        self._end()
        if self._gone:
            show_note(left_out(self._gone), OTHERS_DONE if self._has_made else REMOVED[1])

    def _begin_next(self) -> None:
        self._work = self._rest.popleft()
        self._tell_begin()
        order = self._work.order()
        if self.goes_on:  # as above
            self._job = Job(order)
            self._job.start()

    def _fail(self, error: WorkerError) -> None:
        self._end()
        show_problem(stopped_at(error, self._work.cutout.layer.name) if self._are_many else error)

    def _end(self) -> None:
        if self.goes_on:
            self._timer.stop()
            if self._has_window:
                self._progress.finish()

    def _deliver(self, answer: Answer) -> None:
        delivery = self._work.task.delivery
        source = self._document.layer(self._work.cutout.layer.id)
        if source is None and self._are_many:
            self._gone.append(self._work.cutout.layer.name)
            return
        if source is None:
            show_note(*REMOVED)
            return
        self._work.cutout.follow()
        made = delivery.bring(answer, self._document, self._work.cutout, source)
        self._has_made = True
        if made is not None:
            self._on_made(made)
