"""Entries of the menu, and what they share."""

from __future__ import annotations

from typing import Any, Callable, ClassVar, List, Optional, Sequence, Tuple

from krita import Krita

from .bridge.detached import find_engine
from .bridge.language import _
from .bridge.styles import InstalledStyle, installed_styles
from .cutout import Cutout
from .document import Document
from .fields import ArrowChoice
from .frame_painting import Cut, FramePainting
from .frame_range import FrameRange
from .layer import Layer
from .messages import guarded
from .origin import Made
from .painting import Painting, Task, Work
from .refusal import Refusal

SETTINGS_GROUP = "brushwarp"


class Desk:
    """What all entries of the menu share: one job at a time, whatever the number of windows. last: the newest result of this session."""

    def __init__(self) -> None:
        self.painting: Optional[Painting] = None
        self.last: Optional[Made] = None

    @property
    def is_taken(self) -> bool:
        return self.painting is not None and self.painting.goes_on

    def begin(self, document: Document, works: Sequence[Work]) -> None:
        """One after the other. Raises Refusal if nothing of one of them is selected."""
        painting = Painting(document, self.remember)
        painting.begin(works)
        self.painting = painting

    def begin_frames(self, document: Document, layer: Layer, frames: FrameRange, cut: Cut, task: Callable[[Cutout], Task]) -> None:
        """Of an animated layer, as FramePainting has it."""
        self.painting = FramePainting(document, layer, frames, cut, task, self.remember)

    def remember(self, made: Made) -> None:
        self.last = made

    def give_up(self) -> None:
        """Krita is closing."""
        if self.painting is not None:
            self.painting.give_up()


class Entry:
    """One entry of the menu. `name`: of its action and its settings; `text`: what the menu says; `tip`, `explanation`: more, short and long."""

    name = ""
    text = ""
    tip = ""
    explanation = ""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def ask(self) -> None:
        """What it is there for; the job that goes on, as long as one does. Raises Refusal or WorkerError if it can't be done."""
        if self._desk.is_taken:
            self._desk.painting.show()
        else:
            self._ask()

    def _ask(self) -> None:
        raise NotImplementedError


class Command(Entry):
    """An entry that asks in a dialog about the layers that are selected, and begins a painting of each; the active one is shown.

    takes_many: else of the active one alone.
    """

    takes_many: ClassVar[bool] = True

    def _ask(self) -> None:
        install = find_engine()
        document, layer = active_layer()
        layers = selected_layers(document, layer) if self.takes_many else [layer]
        for each in layers:
            each.refuse_unpaintable()
        kept = Krita.instance().readSetting(SETTINGS_GROUP, self.name, "")
        dialog = self.dialog(document, layer, installed_styles(install), kept)
        dialog.tell_count(len(layers))
        dialog.offer_mask(document.has_selection)
        ids = [each.id for each in layers]
        dialog.accepted.connect(guarded(lambda: self._begin(document, ids, dialog)))
        dialog.finished.connect(lambda *_: dialog.deleteLater())
        dialog.open()
        dialog.show_preview(lambda: Cutout(document, layer), lambda cutout: self.task(document, cutout, dialog).request)

    def _begin(self, document: Document, ids: Sequence[str], dialog: Any) -> None:
        self._remember(dialog)
        self._desk.begin(document, works_on(document, ids, lambda cutout: self.task(document, cutout, dialog)))

    def _remember(self, dialog: Any) -> None:
        Krita.instance().writeSetting(SETTINGS_GROUP, self.name, dialog.settings.to_text())

    def dialog(self, document: Document, layer: Layer, styles: List[InstalledStyle], kept: str) -> Any:
        """A LayerDialog about the layer. kept: the settings of the last time, as text."""
        raise NotImplementedError

    def task(self, document: Document, cutout: Cutout, dialog: Any) -> Task:
        """What was chosen in the dialog, as an order for the worker."""
        raise NotImplementedError


def works_on(document: Document, ids: Sequence[str], task: Callable[[Cutout], Task]) -> List[Work]:
    """Of the layers of these ids, none of them gone or unpaintable: raises Refusal else."""
    cutouts = []
    for each in ids:
        layer = document.settled_layer(each)
        layer.refuse_unpaintable()
        cutouts.append(Cutout(document, layer))
    return [Work(cutout, task(cutout)) for cutout in cutouts]


def selected_layers(document: Document, active: Layer) -> List[Layer]:
    """All that are selected, the topmost first: the active one at least."""
    layers = document.selected_layers()
    return layers if active.id in [layer.id for layer in layers] else [active]


def arrow_choices(document: Document) -> List[ArrowChoice]:
    """The layers of a document whose arrows can be followed."""
    return [ArrowChoice(each.id, each.name, len(document.arrows(each))) for each in document.arrow_layers()]


def active_layer() -> Tuple[Document, Layer]:
    """What the painter has before them. Raises Refusal if there is none."""
    document = Document.active()
    if document is None:
        raise Refusal(_("No picture is open."), _("Open one, and choose a layer of it."))
    layer = document.active_layer()
    if layer is None:
        raise Refusal(_("No layer is chosen."), _("Choose one in the Layers docker."))
    return document, layer
