"""One job, from the pixels of a layer to the new layer above it, whatever was asked for.

The progress is shown without stopping Krita; only reading the layer and adding the new one happen in its own thread, at
once. Meanwhile the painter may go on, and even close the document: then nothing is added anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Optional

from krita import Krita

from .bridge.client import JobResult, Progress, Queued, notes_of, solved_of
from .bridge.request import DeformRequest, LayerRequest
from .cutout import Cutout
from .document import Document
from .job import Done, Failed, Job
from .layer import Layer
from .messages import guarded, main_window, show_note, show_problem
from .progress import ProgressWindow
from .qt import QIcon, QTimer

POLL_MS = 30
NOTE_MS = 8000
ACTIVATION_MS = 3000  # by then the painter has chosen another layer, or Krita was very busy


@dataclass(frozen=True)
class Task:
    """What the worker is asked for. style_name: for the new layer. style_pixels: of the request's style picture, if it has one."""

    request: LayerRequest
    style_name: str
    style_pixels: Optional[bytes] = None


class Painting:
    """Begins when it is made; may raise Refusal then."""

    def __init__(self, document: Document, cutout: Cutout, task: Task) -> None:
        self._document, self._cutout, self._task = document, cutout, task
        selection = cutout.selection()
        self._job = Job(task.request, cutout.pixels(), selection, task.style_pixels)
        self._progress = ProgressWindow(main_window(), cutout.layer.name, task.style_name)
        if isinstance(task.request, DeformRequest) and task.request.base != "multimodal":
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
            if isinstance(event, Queued):
                self._progress.show_queue(event.position)
            elif isinstance(event, Progress):
                self._progress.show_step(event)
            elif isinstance(event, Failed):
                self._end()
                show_problem(event.error)
                return
            elif isinstance(event, Done):
                self._end()
                self._add(event.result)
                return
        self._progress.show_time()

    def _end(self) -> None:
        self._timer.stop()
        self._progress.finish()

    def _add(self, result: JobResult) -> None:
        if not self._document.is_open:
            show_note("The painting was finished after its document had been closed.", "Nothing was changed.")
            return
        source = self._document.layer(self._cutout.layer.id)
        if source is None:
            show_note("The painting was finished after its layer had been removed.", "Nothing was changed.")
            return
        place = self._cutout.place
        solved = [(a + place.x, b + place.y, c + place.x, d + place.y) for a, b, c, d in solved_of(result.recipe)]
        layer = self._document.add_above(source, self._task.style_name, place, result.pixels, self._cutout.sent, solved)
        self._document.keep_recipe(layer, result.recipe)
        if solved:
            self._activate(layer)
        self._tell(notes_of(result.recipe))

    def _activate(self, layer: Layer) -> None:
        """The painting instead of its group, so that the painter can go on painting: as soon as Krita has come to the group."""
        patience = iter(range(ACTIVATION_MS // POLL_MS))
        self._activation = QTimer()

        def look() -> None:
            if next(patience, None) is None or not self._document.is_open or self._document.activate_within(layer):
                self._activation.stop()

        self._activation.timeout.connect(guarded(look))
        self._activation.start(POLL_MS)

    def _tell(self, notes: List[str]) -> None:
        """On the canvas for some seconds, as Krita tells such things; what was made of the painter's arrows waits to be read."""
        request = self._task.request
        if notes and isinstance(request, DeformRequest) and request.keypoints:
            show_note("“{}” is painted. Something to know:".format(self._cutout.layer.name), "\n\n".join(notes))
            return
        window = Krita.instance().activeWindow()
        view = window.activeView() if window is not None else None
        if notes and view is not None:
            view.showFloatingMessage("\n".join(notes), QIcon(), NOTE_MS, 1)
