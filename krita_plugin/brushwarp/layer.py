"""A layer of Krita, in our words. Every method must be called in the thread of the window, as all of Krita's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Container, Iterator, List, Optional, Tuple

from .bridge.language import _
from .aside import aside
from .colour import ColorSpace, pixel_format, space_to_send
from .qt import QByteArray, QPixmap
from .rectangle import Rectangle
from .refusal import Refusal

CLIPS = ("transparencymask",)  # kinds of masks
_DUPLICATE = _("Work on a copy: Layer > New > Duplicate Layer or Mask, then ")
_TO_PAINT = _DUPLICATE + _("Layer > Convert > Convert to Paint Layer.")
_KINDS = {  # what a node is called, and the way out
    "grouplayer": (_("a group"), _DUPLICATE + _("Layer > Flatten Layer.")),
    "vectorlayer": (_("a vector layer"), _TO_PAINT),
    "filelayer": (_("a file layer"), _TO_PAINT),
    "clonelayer": (_("a clone layer"), _TO_PAINT),
    "filllayer": (_("a fill layer"), _TO_PAINT),
    "filterlayer": (_("a filter layer"), _("Choose the paint layer beneath it, or Layer > New > New Layer From Visible.")),
}


@dataclass(frozen=True)
class Shown:
    """How a painting shows. mask: how far each of its pixels does, for a transparency mask on it. opacity: 0 to 1, of its layer; None for that
    of the layer whose place it takes, or else in full."""

    mask: Optional[bytes] = None
    opacity: Optional[float] = None

    def dim(self, node) -> None:
        """Of a node that belongs to no parent yet: else Krita would show it as it was."""
        if self.opacity is not None:
            node.setOpacity(round(255 * self.opacity))


class Layer:
    """One node of the layer tree."""

    def __init__(self, node) -> None:
        self.node = node

    @property
    def id(self) -> str:
        """Stays the same when the document is saved and opened again."""
        return self.node.uniqueId().toString()

    @property
    def name(self) -> str:
        return self.node.name()

    @property
    def space(self) -> ColorSpace:
        return ColorSpace(self.node.colorModel(), self.node.colorDepth(), self.node.colorProfile())

    @property
    def bounds(self) -> Rectangle:
        """Where there is anything on it."""
        box = self.node.bounds()
        return Rectangle(box.x(), box.y(), box.width(), box.height())

    @property
    def offset(self) -> Tuple[int, int]:
        """How far it was moved since it was made, in the document's pixels; of an animated one each keyframe was by itself."""
        position = self.node.position()
        return position.x(), position.y()

    def refuse_unpaintable(self) -> None:
        """Raise Refusal unless this is an unlocked paint layer with something on it, in colours that can be painted."""
        self._refuse_other_kinds()
        if self.node.locked():
            raise Refusal(_("“{}” is locked.").format(self.name), _("Unlock it in the Layers docker, or choose another layer."))
        self._refuse_colours_and_nothing()

    def refuse_unreadable(self) -> None:
        """The same for a layer that is looked at alone: it may be locked."""
        self._refuse_other_kinds()
        self._refuse_colours_and_nothing()

    def refuse_unreplaceable(self, taken_over: Container[str] = ()) -> None:
        """Raise Refusal unless another layer can take the place of this one: masks on it would be lost, but for the kinds that are taken over."""
        self._refuse_other_kinds()
        if self.node.locked():
            raise Refusal(_("“{}” is locked.").format(self.name), _("Unlock it in the Layers docker."))
        if any(mask.type() not in taken_over for mask in self.node.childNodes()):
            raise Refusal(_("“{}” has masks, which would be lost.").format(self.name), _("Move them onto another layer, and back afterwards."))

    def beneath(self) -> Optional[Layer]:
        """The layer directly below, in the same group."""
        siblings = self._siblings()
        place = [layer.id for layer in siblings].index(self.id) if siblings else 0
        return siblings[place - 1] if place else None

    def sibling(self, beginning: str) -> Optional[Layer]:
        """One in the same group whose name begins so."""
        return next((layer for layer in self._siblings() if layer.name.startswith(beginning)), None)

    def _siblings(self) -> List[Layer]:
        """Itself among them, the lowest first."""
        parent = self.node.parentNode()
        return [] if parent is None else [Layer(child) for child in parent.childNodes()]

    def _refuse_other_kinds(self) -> None:
        kind = self.node.type()
        if kind != "paintlayer":
            what, hint = _KINDS.get(kind, (_("a mask"), _("Choose the paint layer that it belongs to.")))
            raise Refusal(_("“{}” is {}, and only paint layers can be painted.").format(self.name, what), hint)

    def _refuse_colours_and_nothing(self) -> None:
        space_to_send(self.space, self.name)
        if self.bounds.is_empty and self.node.animated():
            raise Refusal(_("Nothing is drawn on “{}” at this time.").format(self.name), _("Go to a frame with something on it, and try again."))
        if self.bounds.is_empty:
            raise Refusal(_("“{}” is empty.").format(self.name), _("Paint something on it, or choose another layer."))

    def read(self, place: Rectangle, space: ColorSpace) -> bytes:
        """The layer's own pixels (not its masks, not its styles) in a colour space; the layer stays as it is."""
        pixels = bytes(self.node.pixelData(place.x, place.y, place.width, place.height))
        if space != self.space:
            with aside() as document:
                pixels = converted(document, self.name, pixels, place, self.space, space)
        if len(pixels) != place.area * pixel_format(space).bytes_per_pixel:
            raise Refusal(_("The pixels of “{}” can't be read.").format(self.name), _("Save the document, open it again, and try once more."))
        return pixels

    def thumbnail(self, width: int, height: int) -> Optional[QPixmap]:
        """What is on it, small, in its own proportions; None for nothing."""
        box = self.bounds
        if box.is_empty:
            return None
        scale = min(width / box.width, height / box.height, 1.0)
        image = self.node.thumbnail(max(1, round(box.width * scale)), max(1, round(box.height * scale)))
        return QPixmap.fromImage(image)

    def below(self) -> Iterator[Layer]:
        """Every layer in this one, the topmost first."""
        for child in reversed(self.node.childNodes()):
            layer = Layer(child)
            yield layer
            yield from layer.below()


def filled_node(document, name: str, place: Rectangle, pixels: bytes, sent: ColorSpace, final: ColorSpace):
    """A new paint layer's node that belongs to no parent yet, so that adding it is one step of undo.

    `pixels` are in the space `sent`; the layer has them in `final`. Raises Refusal for a wrong length, at which Krita itself
    only shrugs.
    """
    check_painted(pixels, place, sent)
    node = document.createNode(name, "paintlayer")
    _convert(node, name, sent)
    node.setPixelData(QByteArray(pixels), place.x, place.y, place.width, place.height)
    _convert(node, name, final)
    return node


def check_painted(pixels: bytes, place: Rectangle, sent: ColorSpace) -> None:
    """Raises Refusal for a wrong length of what came from the worker."""
    if len(pixels) != place.area * pixel_format(sent).bytes_per_pixel:
        raise Refusal(_("The painted picture has the wrong size."), _("Install the plugin and the engine of the same Brushwarp release."))


def converted(document, name: str, pixels: bytes, place: Rectangle, space: ColorSpace, final: ColorSpace) -> bytes:
    """A layer's pixels of a rectangle from one colour space to another. The document may note that as steps of undo. Raises Refusal."""
    if space == final:
        return pixels
    node = document.createNode(name, "paintlayer")
    _convert(node, name, space)
    node.setPixelData(QByteArray(pixels), place.x, place.y, place.width, place.height)
    _convert(node, name, final)
    return bytes(node.pixelData(place.x, place.y, place.width, place.height))


def _convert(node, name: str, space: ColorSpace) -> None:
    if Layer(node).space != space and not node.setColorSpace(space.model, space.depth, space.profile):
        raise _conversion_refused(name, space)


def _conversion_refused(name: str, space: ColorSpace) -> Refusal:
    return Refusal(
        _("Krita can't convert the colours of “{}” ({}).").format(name, space.profile),
        _("Convert a copy of the layer to sRGB: Layer > Convert > Convert Layer Color Space…"),
    )


def find_layer(document, layer_id) -> Optional[Layer]:
    """The layer of an id (a QUuid), if it is still part of the document."""
    node = document.nodeByUniqueID(layer_id)
    return Layer(node) if node is not None and node.parentNode() is not None else None
