"""Stylize…, from the menu to the new layer.

The dialog and the progress are shown without stopping Krita; only reading the layer and adding the new one happen in
its own thread, at once. Meanwhile the painter may go on, and even close the document: then nothing is added anywhere.
"""

from __future__ import annotations

from typing import List, Optional

from krita import Krita

from .arrows import Arrow
from .bridge.client import Progress, Queued, StylizeRequest, JobResult, WorkerError, notes_of
from .bridge.paths import INSTALL_HINT, Install, read_install
from .bridge.styles import InstalledStyle, installed_styles
from .colour import ColorSpace, pixel_format, space_to_send
from .dialog import ArrowChoice, StylizeDialog
from .document import Document
from .job import Done, Failed, Job
from .layer import Layer
from .messages import guarded, show_note, show_problem
from .progress import ProgressWindow
from .qt import QIcon, QTimer
from .rectangle import Rectangle
from .refusal import Refusal
from .settings import Settings

SETTINGS_GROUP, SETTINGS_KEY = "brushwarp", "stylize"
POLL_MS = 30
NOTE_MS = 8000


class StylizeCommand:
    """What the menu calls. One dialog and one job at a time, whatever the number of windows."""

    def __init__(self) -> None:
        self._painting: Optional[Painting] = None

    def ask(self) -> None:
        """Show the dialog for the active layer. Raises Refusal or WorkerError if there is nothing that could be painted."""
        if self._painting is not None and self._painting.goes_on:
            self._painting.show()
            return
        install = _installed()
        document = Document.active()
        if document is None:
            raise Refusal("No picture is open.", "Open one, and choose the layer to paint.")
        layer = document.active_layer()
        if layer is None:
            raise Refusal("No layer is chosen.", "Choose the layer to paint in the Layers docker.")
        layer.refuse_unpaintable()
        styles = installed_styles(install)
        if not styles:
            raise Refusal("There are no styles yet.", "Add one: brushwarp styles add PACK.safetensors")
        settings = Settings.from_text(Krita.instance().readSetting(SETTINGS_GROUP, SETTINGS_KEY, ""))
        choices = [ArrowChoice(each.id, each.name, len(document.arrows(each))) for each in document.arrow_layers()]
        dialog = StylizeDialog(_window(), layer.name, styles, choices, settings)
        dialog.accepted.connect(guarded(lambda: self._begin(document, layer.id, dialog)))
        dialog.finished.connect(lambda *_: dialog.deleteLater())
        dialog.open()

    def give_up(self) -> None:
        """Krita is closing."""
        if self._painting is not None:
            self._painting.cancel()

    def _begin(self, document: Document, layer_id: str, dialog: StylizeDialog) -> None:
        Krita.instance().writeSetting(SETTINGS_GROUP, SETTINGS_KEY, dialog.settings.to_text())
        document.settle()
        layer = document.layer(layer_id)
        if layer is None:
            raise Refusal("The layer is gone.", "Choose another layer, and try again.")
        self._painting = Painting(document, layer, dialog.settings, dialog.style, dialog.arrow_layer)


class Painting:
    """One job, from the pixels of the layer to the new layer above it. Begins when it is made; may raise Refusal then."""

    def __init__(self, document: Document, layer: Layer, settings: Settings, style: InstalledStyle, arrow_layer: Optional[str]) -> None:
        layer.refuse_unpaintable()
        self._document, self._source, self._style = document, layer.id, style
        self._place = document.place_of(layer)
        if self._place.is_empty:
            raise Refusal("“{}” lies far outside of the canvas.".format(layer.name), "Move it onto the canvas.")
        self._sent = space_to_send(layer.space)
        request = _request(document, self._place, self._sent, settings, _arrows(document, arrow_layer))
        selection = document.selection(self._place)
        self._job = Job(request, layer.read(self._place, self._sent), selection)
        self._progress = ProgressWindow(_window(), layer.name, style.name)
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
                self._progress.show_stage(event.stage, event.done, event.total)
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
        source = self._document.layer(self._source)
        if source is None:
            show_note("The painting was finished after its layer had been removed.", "Nothing was changed.")
            return
        name = "{} · Brushwarp".format(self._style.name)
        layer = self._document.add_above(source, name, self._place, result.pixels, self._sent)
        self._document.keep_recipe(layer, result.recipe)
        _tell_notes(notes_of(result.recipe))


def _installed() -> Install:
    install = read_install()
    if install is None:
        raise WorkerError("worker-missing", "Brushwarp's engine is not installed.", INSTALL_HINT)
    return install


def _window():
    window = Krita.instance().activeWindow()
    return None if window is None else window.qwindow()


def _arrows(document: Document, arrow_layer: Optional[str]) -> List[Arrow]:
    if arrow_layer is None:
        return []
    layer = document.layer(arrow_layer)
    arrows = document.arrows(layer) if layer is not None else []
    if layer is not None and not arrows:
        raise Refusal("“{}” has no arrows on it.".format(layer.name), "Draw a line from where a point is to where it shall go, or choose no arrows.")
    return arrows


def _request(document: Document, place: Rectangle, sent: ColorSpace, settings: Settings, arrows: List[Arrow]) -> StylizeRequest:
    moved = tuple((a - place.x, b - place.y, c - place.x, d - place.y) for a, b, c, d in arrows)
    return StylizeRequest(
        place.width,
        place.height,
        settings.style,
        pixel_format(sent),
        strength=settings.strength,
        brush_scale=settings.brush_scale,
        keep_colors=settings.keep_colors,
        keypoints=moved,
        canvas_short_side=document.short_side,
    )


def _tell_notes(notes: List[str]) -> None:
    """On the canvas for some seconds, as Krita tells such things."""
    window = Krita.instance().activeWindow()
    view = window.activeView() if window is not None else None
    if notes and view is not None:
        view.showFloatingMessage("\n".join(notes), QIcon(), NOTE_MS, 1)
