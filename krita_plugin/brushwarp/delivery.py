"""What becomes of the worker's answer: a painting, arrows, or a bent copy, as a new layer above the one that they were made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Sequence

from krita import Krita

from .bridge.client import JobResult, Suggested, notes_of, solved_of
from .cutout import Cutout
from .document import Document
from .job import Answer
from .layer import Layer
from .messages import guarded, show_note
from .qt import QIcon, QTimer
from .transform_mask import Lattice

NOTE_MS = 8000
POLL_MS = 30
ACTIVATION_MS = 3000  # by then the painter has chosen another layer, or Krita was very busy
WARP_NAME = "Warp"  # in the place of a style's name
NO_ARROWS = "Nothing was changed. Try another picture, or draw arrows by hand."


class Delivery:
    """subject: what is told of an answer that comes too late. shows_pictures: whether the job shows on the way how it stands."""

    subject: ClassVar[str] = "The painting was"
    shows_pictures: bool = False

    def title(self, layer_name: str) -> str:
        """What the progress window says is made."""
        raise NotImplementedError

    def bring(self, answer: Answer, document: Document, cutout: Cutout, source: Layer) -> None:
        """Add what was made above `source`."""
        raise NotImplementedError


@dataclass(frozen=True)
class NewPainting(Delivery):
    """waits_to_be_read: notes stay until they are read, instead of some seconds: they are about the painter's arrows."""

    style_name: str
    shows_pictures: bool = False
    waits_to_be_read: bool = False

    def title(self, layer_name: str) -> str:
        return "“{}” in the style of {}".format(layer_name, self.style_name)

    def bring(self, answer: JobResult, document: Document, cutout: Cutout, source: Layer) -> None:
        place = cutout.place
        solved = [(a + place.x, b + place.y, c + place.x, d + place.y) for a, b, c, d in solved_of(answer.recipe)]
        layer = document.add_above(source, self.style_name, place, answer.pixels, cutout.sent, solved)
        document.keep_recipe(layer, answer.recipe)
        if solved:
            _activate(document, layer)
        notes = notes_of(answer.recipe)
        if self.waits_to_be_read and notes:
            show_note("“{}” is painted. Something to know:".format(cutout.layer.name), "\n\n".join(notes))
        else:
            _tell_on_canvas(notes)


@dataclass(frozen=True)
class NewWarp(NewPainting):
    """The layer bent, and nothing else."""

    subject: ClassVar[str] = "The warp was"
    style_name: str = WARP_NAME

    def title(self, layer_name: str) -> str:
        return "“{}” bent along its arrows".format(layer_name)


@dataclass(frozen=True)
class NewMask(Delivery):
    """The layer bent by a mask that can be edited."""

    subject: ClassVar[str] = NewWarp.subject
    lattice: Lattice

    def title(self, layer_name: str) -> str:
        return NewWarp().title(layer_name)

    def bring(self, answer: JobResult, document: Document, cutout: Cutout, source: Layer) -> None:
        layer = document.add_masked_above(source, WARP_NAME, cutout.place, cutout.pixels(), cutout.sent, self.lattice.xml(answer.pixels))
        document.keep_recipe(layer, answer.recipe)
        _tell_on_canvas(notes_of(answer.recipe))


@dataclass(frozen=True)
class NewArrows(Delivery):
    """style_name: of what they lead to."""

    subject: ClassVar[str] = "The arrows were"
    style_name: str

    def title(self, layer_name: str) -> str:
        return "Arrows from “{}” towards {}".format(layer_name, self.style_name)

    def bring(self, answer: Suggested, document: Document, cutout: Cutout, source: Layer) -> None:
        place = cutout.place
        arrows = [(a + place.x, b + place.y, c + place.x, d + place.y) for a, b, c, d in answer.arrows]
        notes = "\n\n".join(answer.notes)
        if not arrows:
            show_note("No arrows were found from “{}” to {}.".format(cutout.layer.name, self.style_name), notes or NO_ARROWS)
            return
        document.add_arrows_above(source, self.style_name, arrows)
        if notes:
            show_note("Arrows are suggested for “{}”. Something to know:".format(cutout.layer.name), notes)


def _activate(document: Document, layer: Layer) -> None:
    """The painting instead of its group, so that the painter can go on painting: as soon as Krita has come to the group."""
    patience = iter(range(ACTIVATION_MS // POLL_MS))
    timer = QTimer(Krita.instance())

    def look() -> None:
        if next(patience, None) is None or not document.is_open or document.activate_within(layer):
            timer.stop()
            timer.deleteLater()

    timer.timeout.connect(guarded(look))
    timer.start(POLL_MS)


def _tell_on_canvas(notes: Sequence[str]) -> None:
    """For some seconds, as Krita tells such things."""
    window = Krita.instance().activeWindow()
    view = window.activeView() if window is not None else None
    if notes and view is not None:
        view.showFloatingMessage("\n".join(notes), QIcon(), NOTE_MS, 1)
