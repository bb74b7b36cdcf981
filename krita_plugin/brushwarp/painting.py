"""The course of one job, from the pixels of a layer to the new layer above it, whatever was asked for.

The progress is shown without stopping Krita; only reading the layer and adding the new one happen in its own thread, at
once. Meanwhile the painter may go on, and even close the document: then nothing is added anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Optional

from .bridge.client import Progress, Queued
from .bridge.language import _
from .bridge.request import LayerRequest
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


@dataclass(frozen=True)
class Task:
    """What the worker is asked for, and what becomes of its answer. style_pixels: of the request's style picture, if it has one."""

    request: LayerRequest
    delivery: Delivery
    style_pixels: Optional[bytes] = None


class Painting:
    """Begins when it is made; may raise Refusal then."""

    def __init__(self, document: Document, cutout: Cutout, task: Task, on_made: Callable[[Made], None]) -> None:
        """on_made: told of a result that can be repeated."""
        self._document, self._cutout, self._task, self._on_made = document, cutout, task, on_made
        self._answer: Optional[Answer] = None
        selection = cutout.selection()
        self._job = Job(Order(task.request, cutout.pixels(), selection, task.style_pixels))
        self._progress = ProgressWindow(main_window(), type(task.request), task.delivery.title(cutout.layer.name))
        if task.delivery.shows_pictures:
            self._progress.reserve_picture(task.request.width, task.request.height)
        self._progress.rejected.connect(guarded(self.cancel))
        self._timer = QTimer()
        self._timer.timeout.connect(guarded(self._look))
        self._job.start()
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
        """At once, and without a trace."""
        if self.goes_on:
            self._end()
            self._job.cancel()

    def _look(self) -> None:
        """Hand on what the job's thread has to say."""
        for event in self._job.news():
            if isinstance(event, (Queued, Progress)):
                self._progress.follow(event)
            elif isinstance(event, Failed):
                self._end()
                show_problem(event.error)
                return
            elif isinstance(event, Done):
                self._answer = event.answer
        if self._answer is None:
            self._progress.show_time()
        elif self._task.delivery.needs_painter and self._document.is_open and not self._document.is_active:
            self._progress.show_wish(COME_BACK)
        else:
            self._end()
            self._deliver(self._answer)

    def _end(self) -> None:
        self._timer.stop()
        self._progress.finish()

    def _deliver(self, answer: Answer) -> None:
        delivery = self._task.delivery
        if not self._document.is_open:
            show_note(_("Brushwarp finished after its picture had been closed."), _("Nothing was changed."))
            return
        source = self._document.layer(self._cutout.layer.id)
        if source is None:
            show_note(_("Brushwarp finished after its layer had been removed."), _("Nothing was changed."))
            return
        made = delivery.bring(answer, self._document, self._cutout, source)
        if made is not None:
            self._on_made(made)
