"""What becomes of the worker's answer: a painting, arrows, or a bent copy, as a new layer above the one that they were made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Optional, Sequence, Tuple

from krita import Krita

from .arrow_layer import SOLVED_BEGIN
from .arrows import Arrow
from .bridge.client import JobResult, Suggested, notes_of, solved_of
from .bridge.language import _
from .bridge.recipes import Recipe, difference, other_style, read_recipe
from .cutout import Cutout
from .document import LAYER_NAME, Document
from .job import Answer
from .layer import Layer, Shown
from .messages import guarded, show_note
from .origin import Made, Origin
from .qt import QIcon, QTimer
from .reel import Reel
from .transform_mask import Lattice

NOTE_MS = 8000
POLL_MS = 30
ACTIVATION_MS = 3000  # by then the painter has chosen another layer, or Krita was very busy
WARP_NAME = "Warp"  # in the place of a style's name; the same in all languages, as bent layers are known by it
NO_ARROWS = _("Nothing was changed. Try another picture, or draw arrows by hand.")


class Delivery:
    """needs_painter: it can't be brought into a document behind others.
    shows_pictures: whether the job shows on the way how it stands. clips_pixels: what is made is clipped by the selection."""

    needs_painter: ClassVar[bool] = False
    clips_pixels: bool = True
    shows_pictures: bool = False

    def title(self, layer_name: str) -> str:
        """What the progress window says is made."""
        raise NotImplementedError

    def bring(self, answer: Answer, document: Document, cutout: Cutout, source: Layer) -> Optional[Made]:
        """Add what was made above `source`. Returns what can be repeated, if it is a result with a recipe."""
        raise NotImplementedError


@dataclass(frozen=True)
class Before:
    """The result whose place a new one takes. apart: how far it lies from its source. versions: its id, and those before it. offset: as
    Document.offset_of has it."""

    apart: Tuple[int, int] = (0, 0)
    versions: Tuple[str, ...] = ()
    offset: Optional[Tuple[int, int]] = None


FIRST = Before()


@dataclass(frozen=True)
class NewPainting(Delivery):
    """style: its key as a StyleChoice. waits_to_be_read: notes stay until they are read, instead of some seconds: they are about the
    painter's arrows. follows: the recipe that is repeated. as_mask: the selection becomes a transparency mask on it."""

    style_name: str
    style: str = ""
    shows_pictures: bool = False
    waits_to_be_read: bool = False
    follows: Optional[Recipe] = None
    as_mask: bool = False

    @property
    def clips_pixels(self) -> bool:  # type: ignore[override]
        return not self.as_mask

    def _shown(self, cutout: Cutout, recipe: str) -> Shown:
        return Shown(cutout.selection() if self.as_mask else None, read_recipe(recipe).opacity)

    def title(self, layer_name: str) -> str:
        return _("“{}” in the style of {}").format(layer_name, self.style_name)

    def bring(self, answer: JobResult, document: Document, cutout: Cutout, source: Layer) -> Optional[Made]:
        place = cutout.place
        solved = [(a + place.x, b + place.y, c + place.x, d + place.y) for a, b, c, d in solved_of(answer.recipe)]
        before = self.before(document, source)
        layer = self._add(answer, document, cutout, source, solved, before)
        if layer is None:
            return None
        made = self.keep(answer.recipe, document, cutout, layer, before)
        notes = [*notes_of(answer.recipe), *self._remarks(answer, document, layer)]
        if self.waits_to_be_read and notes:
            show_note(_("“{}” is painted. Something to know:").format(cutout.layer.name), "\n\n".join(notes))
        else:
            tell_on_canvas(notes)
        return made

    def bring_frames(
        self, recipe: str, document: Document, cutout: Cutout, source: Layer, reel: Reel, is_whole: bool
    ) -> Tuple[Layer, Sequence[str]]:
        """Add what was painted of the frames of `source`, all of them or not; the new layer, and what the painter should know."""
        layer = document.add_frames_above(source, LAYER_NAME.format(self.style_name), reel, cutout.place, self._shown(cutout, recipe))
        return layer, () if self.follows is None else other_style(self.follows, recipe)

    def before(self, document: Document, source: Layer) -> Before:
        """To be asked as long as that layer is there."""
        return FIRST

    def _add(
        self, answer: JobResult, document: Document, cutout: Cutout, source: Layer, solved: Sequence[Arrow], before: Before
    ) -> Optional[Layer]:
        shown = self._shown(cutout, answer.recipe)
        layer = document.add_above(source, self.style_name, cutout.place, answer.pixels, cutout.sent, shown, solved)
        if solved:
            _activate(document, layer)
        return layer

    def _remarks(self, answer: JobResult, document: Document, layer: Layer) -> Sequence[str]:
        """What else the painter should know."""
        return () if self.follows is None else difference(self.follows, answer.recipe)

    def keep(
        self, recipe: str, document: Document, cutout: Cutout, layer: Layer, before: Before = FIRST, frames: Tuple[int, ...] = ()
    ) -> Made:
        """In the document, how the layer was made. frames: as Origin has them."""
        place, (x, y), now = cutout.place, before.apart, layer.offset
        box = (place.x, place.y, place.width, place.height)
        origin = Origin(cutout.layer.id, box, self.style, self.style_name, as_mask=self.as_mask, frames=frames, versions=before.versions)
        if not frames and not cutout.layer.node.animated():
            whole_x, whole_y = before.offset or now
            offsets = (*document.offset_of(cutout.layer), whole_x - x, whole_y - y)
            origin = replace(origin, offsets=offsets, rebase=(whole_x - now[0], whole_y - now[1]))
        made = Made(recipe, origin)
        document.records.keep(layer, made, cutout.selection())
        return made


@dataclass(frozen=True)
class NewVersion(NewPainting):
    """In the place of an earlier result. result: that layer's id. renames: after the style, unless the painter has called it otherwise.
    was_dimmed: its strength was its layer's opacity. was_masked: what was selected is a mask on it."""

    needs_painter: ClassVar[bool] = True
    result: str = ""
    renames: bool = True
    was_dimmed: bool = False
    was_masked: bool = False

    def _shown(self, cutout: Cutout, recipe: str) -> Shown:
        shown = super()._shown(cutout, recipe)
        return replace(shown, opacity=1.0) if self.was_dimmed and shown.opacity is None else shown

    def before(self, document: Document, source: Layer) -> Before:
        old = document.layer(self.result)
        made = None if old is None else document.records.of(old)
        if made is None:
            return FIRST
        offset = document.offset_of(old)
        return Before(made.origin.apart(document.offset_of(source), offset), (*made.origin.versions, old.id), offset)

    def _add(
        self, answer: JobResult, document: Document, cutout: Cutout, source: Layer, solved: Sequence[Arrow], before: Before
    ) -> Optional[Layer]:
        old = document.layer(self.result)
        if old is None:
            show_note(_("The painting finished after the one that it was to replace had been removed."), _("Nothing was changed."))
            return None
        place = cutout.place.moved(*before.apart)
        return document.replace(old, self._name(old), place, answer.pixels, cutout.sent, self._shown(cutout, answer.recipe))

    def bring_frames(
        self, recipe: str, document: Document, cutout: Cutout, source: Layer, reel: Reel, is_whole: bool
    ) -> Tuple[Layer, Sequence[str]]:
        """Where the earlier one is gone, or not all is painted, as a layer of its own."""
        old = document.layer(self.result)
        if old is None:
            return super().bring_frames(recipe, document, cutout, source, reel, is_whole)
        if not is_whole:
            return super().bring_frames(recipe, document, cutout, old, reel, is_whole)
        layer = document.replace_frames(old, self._name(old), reel, cutout.place, self._shown(cutout, recipe), self.was_masked)
        return layer, (_("Undo takes two steps here: the painting before comes back, then the new one goes."),)

    def _name(self, old: Layer) -> str:
        return LAYER_NAME.format(self.style_name) if self.renames else old.name

    def _remarks(self, answer: JobResult, document: Document, layer: Layer) -> Sequence[str]:
        old, arrows = document.layer(self.result), layer.sibling(SOLVED_BEGIN)
        if old is not None:
            return (_("Krita did not let “{}” go: the new painting lies above it.").format(old.name),)
        notes = (_("Undo takes two steps here: the mask first, then the painting."),) if layer.node.childNodes() else ()
        return notes if arrows is None else (*notes, _("The arrows on “{}” are still those of the painting before.").format(arrows.name),)


@dataclass(frozen=True)
class NewWarp(NewPainting):
    """The layer bent, and nothing else."""

    style_name: str = WARP_NAME

    def title(self, layer_name: str) -> str:
        return _("“{}” bent along its arrows").format(layer_name)


@dataclass(frozen=True)
class NewMask(NewWarp):
    """The layer bent by a mask that can be edited. lattice: of the mask."""

    lattice: Optional[Lattice] = None

    def _add(
        self, answer: JobResult, document: Document, cutout: Cutout, source: Layer, solved: Sequence[Arrow], before: Before
    ) -> Optional[Layer]:
        place = self.lattice.place  # its nodes lie there, wherever the layer may have been moved meanwhile
        return document.add_masked_above(source, WARP_NAME, place, cutout.pixels(), cutout.sent, self.lattice.xml(answer.pixels))


@dataclass(frozen=True)
class NewArrows(Delivery):
    """style_name: of what they lead to."""

    style_name: str

    def title(self, layer_name: str) -> str:
        return _("Arrows from “{}” towards {}").format(layer_name, self.style_name)

    def bring(self, answer: Suggested, document: Document, cutout: Cutout, source: Layer) -> None:
        place = cutout.place
        arrows = [(a + place.x, b + place.y, c + place.x, d + place.y) for a, b, c, d in answer.arrows]
        notes = "\n\n".join(answer.notes)
        if not arrows:
            show_note(_("No arrows were found from “{}” to {}.").format(cutout.layer.name, self.style_name), notes or NO_ARROWS)
            return
        document.add_arrows_above(source, self.style_name, arrows)
        if notes:
            show_note(_("Arrows are suggested for “{}”. Something to know:").format(cutout.layer.name), notes)


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


def tell_on_canvas(notes: Sequence[str]) -> None:
    """For some seconds, as Krita tells such things."""
    window = Krita.instance().activeWindow()
    view = window.activeView() if window is not None else None
    if notes and view is not None:
        view.showFloatingMessage("\n".join(notes), QIcon(), NOTE_MS, 1)
