"""The docker Brushwarp arrows: the arrows of the document before the painter, and the layer as they bend it, at once.

Krita tells nobody that a shape was dragged, so it is asked, several times in the time that an eye needs; but only while the
docker is seen, and no more than what is cheap to answer.
"""

from __future__ import annotations

from typing import List, Optional

from .arrow_layer import ArrowEntry, ArrowReader, ArrowSheet, mute, take_away, turn_round
from .arrows_panel import ArrowsPanel
from .bridge.bend import count_in_words, others_in_words
from .bridge.errors import WorkerError
from .bridge.language import _
from .command import Desk
from .docker import Docker
from .document import Document
from .engine import EngineCommand
from .layer import Layer
from .live_bend import LiveBend
from .messages import guarded
from .qt import QTimer
from .refusal import Refusal
from .small_copy import Copier
from .subject import LayerToBend, arrow_layers
from .transform_mask import takes_warps
from .warp import apply_warp

DOCKER = "brushwarp_arrows_docker"
TICK_MS = 20  # previews are taken as they come
LOOK_TICKS = 2  # arrows are looked at every 40 ms
SLOW_TICKS = 25  # layers, twice a second
CLOSE_TICKS = 100  # arrows, more closely than is needed often (see ArrowReader), every two seconds
NO_PICTURE = _("No picture is open.")
NO_ARROWS = _(
    "There are no arrows in this picture yet. Choose Tools > Brushwarp > Suggest keypoints…, or draw lines on a vector layer whose"
    " name begins “Brushwarp keypoints”."
)


class ArrowsDocker(Docker):
    """Krita makes one for every window."""

    def __init__(self, desk: Desk, engine: EngineCommand) -> None:
        super().__init__()
        self.setWindowTitle(_("Brushwarp arrows"))
        self._desk = desk
        self._panel = ArrowsPanel(guarded(self._mute))
        self._panel.reverse.clicked.connect(guarded(lambda *_: self._edit(turn_round)))
        self._panel.delete.clicked.connect(guarded(lambda *_: self._edit(take_away)))
        self._panel.apply.clicked.connect(guarded(lambda *_: engine.lead(self._apply)))
        self.setWidget(self._panel)
        self._reader, self._copier, self._bent, self._to_bend = ArrowReader(), Copier(), LiveBend(), LayerToBend()
        self._document: Optional[Document] = None
        self._layers: List[str] = []
        self._ticks = 0
        self._has_tried_masks = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(guarded(self._tick))
        self.visibilityChanged.connect(guarded(self._seen))

    def _seen(self, is_seen: bool) -> None:
        if is_seen:
            self._ticks = 0
            self._timer.start(TICK_MS)
        else:
            self._timer.stop()
            self._bent.forget()

    def _tick(self) -> None:
        try:
            self._follow()
        except WorkerError as error:
            self._bent.forget()
            self._panel.view.show_picture(None)
            self._show_words(str(error))
        except Exception:
            self._timer.stop()  # what fails once fails again; hiding and showing the docker begins anew
            raise

    def _follow(self) -> None:
        is_look, is_slow, is_close = (self._ticks % every == 0 for every in (LOOK_TICKS, SLOW_TICKS, CLOSE_TICKS))
        self._ticks += 1
        if self._bent.listen():
            self._panel.view.show_picture(self._bent.image)
        if not is_look and not is_slow:
            return
        document = Document.active()
        if document is None:
            self._document = None
            self._show_nothing(NO_PICTURE)
            return
        if not self._offer(document, is_slow):
            self._show_nothing(NO_ARROWS)
            return
        arrow_layer = document.layer(self._panel.arrow_layer)
        if arrow_layer is None:  # removed since the last slow look
            self._ticks = 0
            return
        sheet = self._reader.look(arrow_layer, document.resolution, closely=is_close)
        self._panel.arrows.show_sheet(sheet)
        self._panel.enable(bool(sheet.entries))
        self._offer_mask()
        layer = self._to_bend.find(document, arrow_layer)
        if is_slow:
            self._copier.check(layer)
        self._preview(document, layer, sheet)
        self._show_words(_("“{}” along {}").format(layer.name, _counted(sheet)), self._bent.words)

    def _offer(self, document: Document, is_slow: bool) -> bool:
        """Keep the list of layers; whether there are any."""
        is_other = document != self._document
        if is_slow or is_other:
            layers = arrow_layers(document)
            ids = [layer.id for layer in layers]
            is_newer = is_other or bool(ids) and ids[0] not in self._layers
            self._panel.offer_layers([(layer.name, layer.id) for layer in layers], is_newer)
            self._document, self._layers = document, ids
        return self._panel.arrow_layer is not None

    def _offer_mask(self) -> None:
        """Once: it takes a fifth of a second, in which Krita goes on, and asks this docker anew."""
        if not self._has_tried_masks:
            self._has_tried_masks = True
            self._panel.offer_mask(takes_warps())

    def _preview(self, document: Document, layer: Layer, sheet: ArrowSheet) -> None:
        copy = self._copier.look(document, layer)
        for number, entry in enumerate(sheet.entries, 1):  # the worker would say so in the preview's pixels
            if not entry.is_muted and not copy.place.contains(*entry.arrow[:2]):
                outside = _("Arrow {} begins outside of “{}”.").format(number, layer.name)
                raise Refusal(outside, _("Move it onto the layer, mute it, or delete it."))
        view = self._panel.view
        view.set_shape(copy.image.width(), copy.image.height())
        width, height = view.fitting()
        largest = copy.image.width()
        shown = (width, height) if width <= largest else (largest, copy.image.height())
        self._bent.ask(copy, sheet.arrows, self._panel.bend, shown, self._panel.arrows.marked)

    def _show_words(self, *sentences: str) -> None:
        self._panel.status.setText(" ".join(sentence for sentence in sentences if sentence))

    def _show_nothing(self, why: str) -> None:
        self._bent.forget()
        panel = self._panel
        panel.view.show_picture(None)
        panel.arrows.show_sheet(ArrowSheet())
        panel.enable(False)
        panel.offer_layers([], False)
        self._show_words(why)

    # What the painter does.

    def _mute(self, entry: ArrowEntry, is_muted: bool) -> None:
        self._edit(lambda layer, entries: mute(layer, entries, is_muted), [entry])

    def _edit(self, edit, entries: Optional[List[ArrowEntry]] = None) -> None:
        """Change the chosen arrows, or these. Raises Refusal for a locked layer."""
        document = Document.active()
        layer = None if document is None or self._panel.arrow_layer is None else document.layer(self._panel.arrow_layer)
        if layer is None:
            return
        edit(layer, self._panel.arrows.chosen if entries is None else entries)
        document.mark_edited()
        self._ticks = 0

    def _apply(self) -> None:
        document, arrow_layer = Document.active(), self._panel.arrow_layer
        if document is not None and arrow_layer is not None and document.layer(arrow_layer) is not None:
            layer = self._to_bend.find(document, document.layer(arrow_layer))
            apply_warp(self._desk, document, layer.id, arrow_layer, self._panel.bend, self._panel.as_mask)


def _counted(sheet: ArrowSheet) -> str:
    muted = len(sheet.entries) - len(sheet.arrows)
    count = count_in_words(len(sheet.entries)) + (_(", {} muted.").format(muted) if muted else ".")
    return " ".join(part for part in (count, others_in_words(sheet.others)) if part)
