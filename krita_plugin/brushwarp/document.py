"""The document of Krita that is worked on, in our words. Every method must be called in the thread of the window."""

from __future__ import annotations

import os
from typing import Any, Iterator, List, Optional, Sequence, Tuple

from krita import Krita

from .arrow_layer import ARROWS_BEGIN, SOLVED_BEGIN, STEPS_OF_ARROWS, Resolution, arrow_sheet, arrows_node
from .arrows import SOLVED_COLOUR, Arrow
from .aside import aside
from .bridge.language import _
from .colour import ColorSpace
from .frame_range import FrameRange
from .layer import Layer, Shown, filled_node, find_layer
from .one_step import add_in_one_step
from .qt import QUuid
from .rectangle import Rectangle
from .records import Records
from .reel import Reel
from .refusal import Refusal
from .replacing import put_in_place, take_over
from .transform_mask import mask_from_xml
from .transparency_mask import NAME, mask_of

LAYER_NAME = "{} · Brushwarp"
ARROWS_NAME = ARROWS_BEGIN + " · {}"
SOLVED_NAME = SOLVED_BEGIN + " · {}"


class Document:
    """One open picture. It may be closed at any time: ask `is_open` after each wait."""

    def __init__(self, document) -> None:
        self._document = document

    @classmethod
    def active(cls) -> Optional[Document]:
        document = Krita.instance().activeDocument()
        return None if document is None else cls(document)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Document) and other._document == self._document

    @property
    def is_open(self) -> bool:
        return any(other == self._document for other in Krita.instance().documents())

    @property
    def is_active(self) -> bool:
        """Whether it is the one before the painter."""
        return Krita.instance().activeDocument() == self._document

    @property
    def file(self) -> str:
        """Where it was saved; nothing if it never was."""
        return self._document.fileName()

    @property
    def folder(self) -> str:
        """The folder of its file; nothing if it has none."""
        return os.path.dirname(self.file)

    @property
    def canvas(self) -> Rectangle:
        return Rectangle(0, 0, self._document.width(), self._document.height())

    @property
    def short_side(self) -> int:
        """The shorter side of the canvas: what brush sizes are measured by."""
        return min(self._document.width(), self._document.height())

    def active_layer(self) -> Optional[Layer]:
        node = self._document.activeNode()
        return None if node is None else Layer(node)

    def selected_layers(self) -> List[Layer]:
        """All that are selected in the Layers docker, the topmost first; this must be the active document."""
        view = Krita.instance().activeWindow().activeView()
        selected = [node.uniqueId() for node in view.selectedNodes()]
        return [layer for layer in self.layers() if layer.node.uniqueId() in selected]

    def layer(self, layer_id: str) -> Optional[Layer]:
        """The layer of an id, unless it was removed."""
        return find_layer(self._document, QUuid(layer_id))

    def newest_version(self, layer_id: str) -> Optional[Layer]:
        """Likewise, or the result that took its place."""
        layers = map(self.layer, (layer_id, *self.records.later_versions(layer_id)))
        return next((layer for layer in layers if layer is not None), None)

    def offset_of(self, layer: Layer) -> Tuple[int, int]:
        """As the layer itself has it; of a result together with that of those whose place it took: it may have begun anew."""
        (x, y), (more_x, more_y) = layer.offset, self.records.origin_of(layer).rebase or (0, 0)
        return x + more_x, y + more_y

    def arrow_layers(self) -> List[Layer]:
        """The vector layers that are named for arrows, the topmost (which is the newest) first."""
        return self._vector_layers(ARROWS_BEGIN)

    def solved_layers(self) -> List[Layer]:
        """Those that tell how paintings were bent, likewise."""
        return self._vector_layers(SOLVED_BEGIN)

    def _vector_layers(self, beginning: str) -> List[Layer]:
        return [each for each in self.layers() if each.node.type() == "vectorlayer" and each.name.startswith(beginning)]

    def paint_layers(self) -> List[Layer]:
        """The topmost first."""
        return [each for each in self.layers() if each.node.type() == "paintlayer"]

    def layers(self) -> Iterator[Layer]:
        """All of them, the topmost first."""
        return Layer(self._document.rootNode()).below()

    @property
    def resolution(self) -> Resolution:
        return self._document.xRes(), self._document.yRes()

    def arrows(self, layer: Layer) -> List[Arrow]:
        """Those on a vector layer that are not muted, in the document's pixels."""
        return arrow_sheet(layer, self.resolution).arrows

    def arrows_of(self, layer_id: Optional[str]) -> List[Arrow]:
        """The arrows of the layer of an id; none for None. Raises Refusal if none on it is to be followed."""
        layer = None if layer_id is None else self.layer(layer_id)
        if layer is None:
            return []
        sheet = arrow_sheet(layer, self.resolution)
        if not sheet.entries:
            raise Refusal(
                _("“{}” has no arrows on it.").format(layer.name),
                _("Draw a line from where a point is to where it shall go, or choose no arrows."),
            )
        if not sheet.arrows:
            raise Refusal(
                _("All arrows of “{}” are muted.").format(layer.name),
                _("Check those to follow in the docker Brushwarp arrows, or choose no arrows."),
            )
        return sheet.arrows

    def settled_layer(self, layer_id: str) -> Layer:
        """The layer of an id, once strokes and moves that are under way have come to their end. Raises Refusal if it is gone."""
        self._document.waitForDone()
        layer = self.layer(layer_id)
        if layer is None:
            raise Refusal(_("The layer is gone."), _("Choose another layer, and try again."))
        return layer

    def place_of(self, bounds: Rectangle) -> Rectangle:
        """The rectangle to paint: all that is on a layer, short of what lies further off than a canvas' length."""
        return bounds.clipped(self.canvas.grown(max(self.canvas.width, self.canvas.height)))

    @property
    def has_selection(self) -> bool:
        return self._document.selection() is not None

    def frames(self, layer: Layer) -> Optional[FrameRange]:
        """From the first to the last keyframe that a layer has in what is played back, or else in the clip; None if it has none there."""
        if not layer.node.animated():
            return None
        document = self._document
        first, last = document.fullClipRangeStartTime(), document.fullClipRangeEndTime()
        keyframes = tuple(time for time in range(first, last + 1) if layer.node.hasKeyframeAtTime(time))
        if not keyframes:
            return None
        return FrameRange(first, last, keyframes, (first, last)).played(document.playBackStartTime(), document.playBackEndTime())

    def add_frames_above(self, source: Layer, name: str, reel: Reel, place: Rectangle, shown: Shown) -> Layer:
        """What was painted of a reel, as `add_above` adds it."""
        node = reel.node(name, place, shown.mask)
        shown.dim(node)
        source.node.parentNode().addChildNode(node, source.node)
        return Layer(node)

    def replace_frames(self, old: Layer, name: str, reel: Reel, place: Rectangle, shown: Shown, was_masked: bool) -> Layer:
        """Likewise in the place of a layer, whose masks it takes over: that it comes and that the other one goes are two steps of undo.

        was_masked: the lowest of the masks was a selection. It stays, with all that was painted on it, where a mask is wanted again. Frames
        lie where those of their source do, for how far one of the old ones was moved nobody can tell. This must be the active document.
        """
        masks = old.node.childNodes()
        clip = masks[0] if was_masked and masks else None
        node = reel.node(name, place, None if clip is not None else shown.mask)
        for each in masks if shown.mask is not None or clip is None else masks[1:]:
            node.addChildNode(each.duplicate(), None)
        take_over(old.node, node)
        node.setBlendingMode(old.node.blendingMode())
        if not reel.fades:
            node.setOpacity(old.node.opacity())
            shown.dim(node)
        old.node.parentNode().addChildNode(node, old.node)
        old.node.remove()
        self._document.waitForDone()
        return Layer(node)

    def selection(self, layer: Layer, place: Rectangle) -> Optional[bytes]:
        """How far each pixel of a layer's rectangle is selected (0 to 255), or None if there is no selection.

        Raises Refusal if nothing in it is selected.
        """
        selection = self._document.selection()
        if selection is None:
            return None
        mask = bytes(selection.pixelData(place.x, place.y, place.width, place.height))
        if len(mask) != place.area:
            raise Refusal(_("The selection can't be read."), _("Choose Select > Deselect, then select anew."))
        if not mask.strip(b"\0"):
            raise Refusal(
                _("The selection does not touch “{}”.").format(layer.name), _("Move the selection onto the layer, or choose Select > Deselect.")
            )
        return mask

    def add_above(
        self, source: Layer, style: str, place: Rectangle, pixels: bytes, sent: ColorSpace, shown: Shown,
        solved: Sequence[Arrow] = (),
    ) -> Layer:
        """A new paint layer directly above `source`, in the same group and colour space, in one step of undo.

        With solved arrows it comes in a group of its own with them, hidden, above it: Krita has no other way to add two layers in one
        step. Krita makes what was added the active layer by itself, a moment later; told to do so at once, it complains of a failed
        assertion: of a group `activate_within` makes the painting active then.
        """
        name = LAYER_NAME.format(style)
        with aside() as document:
            node = filled_node(document, name, place, pixels, sent, source.space)
            shown.dim(node)
            if shown.mask is not None:
                node.addChildNode(mask_of(document, shown.mask, place), None)
            document.waitForDone()
            return Layer(self._added(node, source, name, style, solved))

    def _added(self, node: Any, source: Layer, name: str, style: str, solved: Sequence[Arrow]) -> Any:
        if not solved:
            source.node.parentNode().addChildNode(node, source.node)
            return node
        arrows = arrows_node(self._document, SOLVED_NAME.format(style), solved, SOLVED_COLOUR)
        arrows.setVisible(False)
        group = self._document.createGroupLayer(name + _(" with arrows"))
        group.addChildNode(node, None)
        group.addChildNode(arrows, node)
        added = add_in_one_step(self._document, group, STEPS_OF_ARROWS + 2, source.node)
        self._document.waitForDone()
        self._document.refreshProjection()  # of a group that comes with its contents Krita shows no more than a part by itself
        return added.childNodes()[0]

    def add_masked_above(self, source: Layer, style: str, place: Rectangle, pixels: bytes, sent: ColorSpace, xml: str) -> Layer:
        """As `add_above`, with a transform mask that bends the layer and, if there is a selection, one that clips it."""
        with aside() as document:
            node = filled_node(document, LAYER_NAME.format(style), place, pixels, sent, source.space)
            mask = mask_from_xml(document, style, xml)
            node.addChildNode(mask, None)
            selection = self._document.selection()
            if selection is not None:
                clip = document.createTransparencyMask(NAME)
                clip.setSelection(selection)
                node.addChildNode(clip, mask)
            document.waitForDone()
            source.node.parentNode().addChildNode(node, source.node)
        return Layer(node)

    def add_arrows_above(self, source: Layer, style: str, arrows: Sequence[Arrow]) -> Layer:
        """A new vector layer with arrows directly above `source`, in one step of undo; Krita makes it the active one, a moment later."""
        node = arrows_node(self._document, ARROWS_NAME.format(style), arrows)
        return Layer(add_in_one_step(self._document, node, STEPS_OF_ARROWS, source.node))

    def mark_edited(self) -> None:
        """Of changes that Krita does not notice by itself: it shall ask before they are lost."""
        self._document.setModified(True)

    def activate_within(self, layer: Layer) -> bool:
        """Make a layer active, if the group that it lies in is; whether it was."""
        active, group = self._document.activeNode(), layer.node.parentNode()
        if active is None or group is None or active.uniqueId() != group.uniqueId():
            return False
        self._document.setActiveNode(layer.node)
        return True

    def replace(self, old: Layer, name: str, place: Rectangle, pixels: bytes, sent: ColorSpace, shown: Shown) -> Layer:
        """A new paint layer instead of one, in its colour space, in one step of undo; above it, where Krita does not let it go.
        Transparency masks that are there stay instead of a new one, and either is a second step. This must be the active document."""
        kept = [each.duplicate() for each in old.node.childNodes()] if shown.mask is not None else []
        with aside() as document:
            node = filled_node(document, name, place, pixels, sent, old.space)
            node.setOpacity(old.node.opacity())
            shown.dim(node)
            found = put_in_place(self._document, old.node, node)
            if found is None:
                old.node.parentNode().addChildNode(node, old.node)
                found = node
            for each in kept or ([] if shown.mask is None else [mask_of(document, shown.mask, place)]):
                found.addChildNode(each, None)
        return Layer(found)

    @property
    def records(self) -> Records:
        """What it keeps of each result."""
        return Records(self._document)
