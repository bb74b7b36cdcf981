"""The frames of an animated layer, painted one after the other, as the keyframes of one new layer above it.

What was painted before the painter cancels, or before anything goes wrong, stays: a film takes long.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Callable, Iterator, List, Optional

from .bridge.client import notes_of
from .bridge.errors import WorkerError
from .bridge.language import _
from .bridge.series import FRAMES
from .cutout import Cutout
from .delivery import FIRST, tell_on_canvas
from .document import Document
from .frame_range import FrameRange
from .job import Answer
from .layer import Layer
from .messages import show_note, show_problem
from .origin import Made
from .painting import REMOVED, Painting, Task, Work
from .rectangle import Rectangle
from .reel import Reel
from .refusal import Refusal

SLICE = 0.02  # seconds in which frames are looked at before Krita goes on
LOOKING = _("Looking at the frames: {} of {}")
STOPPED = _("Painted frames: {} of {}, the last of them at time {}. One Undo takes them away.")


Cut = Callable[[Rectangle], Cutout]
"""A rectangle of a layer, to be painted."""


class FrameCutout(Cutout):
    """One of an animated layer's frames. All of them have one place, and what is selected of it, in common."""

    def __init__(self, document: Document, layer: Layer, place: Rectangle, selection: Optional[bytes], reel: Reel, time: int) -> None:
        super().__init__(document, layer, place)
        self._selection, self._has_looked = selection, True
        self._reel, self.time = reel, time

    def pixels(self) -> bytes:
        return self._reel.read(self.time, self.place, self.sent)


class FramePainting(Painting):
    """Blank frames stay blank. cut: of the layer, what all frames have in common. task: of that: every frame is asked for alike.
    Raises Refusal if there is no keyframe in the range."""

    def __init__(
        self, document: Document, layer: Layer, frames: FrameRange, cut: Cut, task: Callable[[Cutout], Task], on_made: Callable[[Made], None]
    ) -> None:
        if not frames.times:
            hint = _("Choose other times: a keyframe is where the Animation Timeline shows a box.")
            raise Refusal(_("“{}” has no keyframe from time {} to {}.").format(layer.name, frames.first, frames.last), hint)
        super().__init__(document, on_made, FRAMES)
        self._layer, self._frames, self._cut, self._task = layer, frames, cut, task
        self._reel = Reel(layer, frames)
        self._bounds: List[Rectangle] = []
        self._survey: Optional[Iterator[Rectangle]] = self._reel.bounds()
        self._first: Optional[Answer] = None  # the one whose recipe is kept
        self._notes: List[str] = []
        self._is_whole, self._drawn = False, 0
        self._is_at_work = False  # on the reel
        self._last: Optional[Callable[[], None]] = None  # what is done after that
        self._open()

    def cancel(self) -> None:
        """At once; what is painted stays."""
        self._leave(self._add_painted)

    def give_up(self) -> None:
        self._leave(self._reel.close)

    def _leave(self, last: Callable[[], None]) -> None:
        """Do what is left to do, but not in the middle of a step: Krita goes on while a reel is read or written, and crashes if it is closed then."""
        if not self.goes_on:
            return
        super().give_up()
        if self._is_at_work:
            self._last = last
        else:
            last()

    def _look(self) -> None:
        if self._is_at_work:  # Krita goes on while a frame is read or written
            return
        self._is_at_work = True
        try:
            self._step()
        except WorkerError as error:
            self._fail(error)
        except Exception:
            self._end()
            self._last = self._reel.close
            raise
        finally:
            self._is_at_work = False
            if self._last is not None:
                self._last()

    def _step(self) -> None:
        if self._survey is None or not self._document.is_open:
            super()._look()
        elif self._is_there:
            self._look_at_frames(self._survey)
        else:
            self._end()
            self._add_painted()

    def _look_at_frames(self, survey: Iterator[Rectangle]) -> None:
        """Some of them; after the last one begin."""
        end = time.monotonic() + SLICE
        for bounds in survey:
            if not self.goes_on:
                return
            self._bounds.append(bounds)
            seen, there = len(self._bounds), len(self._reel.times)
            self._progress.show_share(_("“{}”").format(self._layer.name), LOOKING.format(seen, there), seen / there)
            if time.monotonic() > end:
                return
        self._survey = None
        self.begin(self._works())

    @property
    def _is_there(self) -> bool:
        return self._document.is_open and self._document.layer(self._layer.id) is not None

    def _works(self) -> List[Work]:
        """Raises Refusal where nothing can be painted."""
        whole = Rectangle(0, 0, 0, 0)
        for bounds in self._bounds:
            whole = whole.joined(bounds)
        if whole.is_empty:
            raise Refusal(_("Nothing is drawn on these frames of “{}”.").format(self._layer.name), _("Choose others."))
        common = self._cut(whole)
        task = self._task(common)
        if self._reel.fades:  # the painting's opacity is the layer's: the strength is painted
            task = replace(task, request=replace(task.request, as_opacity=False))
        drawn = [moment for moment, bounds in zip(self._reel.times, self._bounds) if not bounds.is_empty]  # noqa: B905 - Python 3.8
        self._drawn = len(drawn)
        selection = common.selection()
        return [Work(FrameCutout(self._document, self._layer, whole, selection, self._reel, moment), task) for moment in drawn]

    @property
    def _needs_painter(self) -> bool:
        return super()._needs_painter and not self._rest  # the others go onto the reel

    def _deliver(self, answer: Answer) -> None:
        cutout = self._work.cutout
        self._reel.write(cutout.time, cutout.place, answer.pixels, cutout.sent)
        if self._first is None:
            self._first = answer
        else:  # what is said of the first one is that it is the first
            self._notes += [note for note in notes_of(answer.recipe) if note not in self._notes]

    def _go_on(self) -> None:
        if self._rest and self._is_there:
            self._begin_next()
            return
        self._is_whole = not self._rest
        self._end()
        self._add_painted()

    def _fail(self, error: WorkerError) -> None:
        if self._last is not None:  # it was left already
            return
        self._end()
        show_problem(error)
        self._add_painted()

    def _add_painted(self) -> None:
        try:
            self._add()
        finally:
            self._reel.close()

    def _add(self) -> None:
        if not self._document.is_open:
            return
        source = self._document.layer(self._layer.id)
        if source is None:
            show_note(*REMOVED)
            return
        if self._first is None:
            return
        delivery, painted = self._work.task.delivery, self._reel.painted
        cutout = self._work.cutout
        before = delivery.before(self._document, source) if self._is_whole else FIRST
        layer, notes = delivery.bring_frames(self._first.recipe, self._document, cutout, source, self._reel, self._is_whole)
        times = (self._frames.first, self._frames.last)
        self._on_made(delivery.keep(self._first.recipe, self._document, cutout, layer, before, times))
        self._notes += notes
        if not self._is_whole:
            self._notes.append(STOPPED.format(len(painted), self._drawn, painted[-1]))
        tell_on_canvas(self._notes)
