"""The arrows on a vector layer: read as often as a preview needs it, muted, turned round, taken away.

What Krita lets scripts do to shapes, seen in 5.2: taking one away is a step of undo, each for itself; hiding and turning are none,
but each is taken back by doing it again. There is no way to join several into one step. Adding a shape anew in an old one's
stead would be two steps, would take it out of its group, and would lose its colours and its head: so what can be is done in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Sequence, Tuple

from .arrows import SUGGESTED_COLOUR, Arrow, ShapeReading, is_hidden, own_ends, read_shape, svg_of_arrows
from .bridge.language import _
from .layer import Layer
from .qt import QTransform
from .refusal import Refusal

ARROWS_BEGIN = "Brushwarp keypoints"  # names of the vector layers that hold arrows
SOLVED_BEGIN = "Brushwarp solved"  # names of those that tell how a painting was bent: not to be asked for again by itself
STEPS_OF_ARROWS = 1  # that Krita notes when `arrows_node` draws
POINTS_PER_INCH = 72.0
Resolution = Tuple[float, float]  # pixels per inch, across and down


@dataclass(frozen=True)
class ArrowEntry:
    """An arrow in the document's pixels. shape: its place among the layer's shapes; place: its place within that (see DrawnArrow)."""

    arrow: Arrow
    is_muted: bool
    shape: int
    place: Tuple[int, ...]


@dataclass(frozen=True)
class ArrowSheet:
    """All that a layer holds. others: how many shapes are no arrows."""

    entries: Tuple[ArrowEntry, ...] = ()
    others: int = 0

    @property
    def arrows(self) -> List[Arrow]:
        """Those that bend."""
        return [entry.arrow for entry in self.entries if not entry.is_muted]


class ArrowReader:
    """Reads one layer again and again. A shape's SVG is asked for only where Krita's cheap answers about it have changed: the SVG of
    fifty arrows costs 7 to 10 ms, the cheap answers 1.3 ms (measured). What they can't tell (both nodes of an arrow have changed
    places at once) is seen by `look` with `closely`."""

    def __init__(self) -> None:
        self._read: Dict[Any, ShapeReading] = {}

    def look(self, layer: Layer, resolution: Resolution, closely: bool = False) -> ArrowSheet:
        known = {} if closely else self._read
        self._read = {}
        # Shapes lie in points, and do not know how far the layer was moved since it was opened.
        x, y = layer.offset
        sx, sy = resolution[0] / POINTS_PER_INCH, resolution[1] / POINTS_PER_INCH
        entries: List[ArrowEntry] = []
        others, layer_id = 0, layer.id
        for index, shape in enumerate(layer.node.shapes()):
            sign = (layer_id, index, *_sign(shape))
            reading = known[sign] if sign in known else read_shape(shape.toSvg())
            self._read[sign] = reading
            others += reading.others
            for drawn in reading.drawn:
                a, b, c, d = drawn.arrow
                entries.append(ArrowEntry((a * sx + x, b * sy + y, c * sx + x, d * sy + y), drawn.is_muted, index, drawn.place))
        return ArrowSheet(tuple(entries), others)


def arrow_sheet(layer: Layer, resolution: Resolution) -> ArrowSheet:
    """What a layer holds now."""
    return ArrowReader().look(layer, resolution)


def mute(layer: Layer, entries: Iterable[ArrowEntry], muted: bool) -> None:
    """Hide the arrows, or show them again. Raises Refusal for a locked layer, as all that follow."""
    for way in _ways(layer, entries):
        if not muted:
            _open_groups(way[:-1])
        _show(way[-1], not muted)


def turn_round(layer: Layer, entries: Iterable[ArrowEntry]) -> None:
    """Each arrow from where it ended to where it began: turned by half a turn about its middle, so that all else of it stays."""
    for way in _ways(layer, entries):
        shape = way[-1]
        ends = own_ends(shape.toSvg())
        if ends is not None:
            half_turn = QTransform(-1, 0, 0, -1, ends[0] + ends[2], ends[1] + ends[3])
            shape.update()  # Krita draws anew where it was, and where it is
            shape.setTransformation(half_turn * shape.transformation())
            shape.update()


def take_away(layer: Layer, entries: Iterable[ArrowEntry]) -> None:
    """One step of undo for each."""
    for way in _ways(layer, entries):
        way[-1].remove()


def arrows_node(document, name: str, arrows: Sequence[Arrow], colour: str = SUGGESTED_COLOUR):
    """A new vector layer's node with these arrows, in the document's pixels, that belongs to no parent yet."""
    node = document.createVectorLayer(name)
    points = (POINTS_PER_INCH / document.xRes(), POINTS_PER_INCH / document.yRes())
    node.addShapesFromSvg(svg_of_arrows(arrows, document.width(), document.height(), points, colour))
    return node


def _sign(shape) -> Tuple[Any, ...]:
    """What changes with a shape. A group is as its parts are; whether it is hidden, each of them tells."""
    if shape.type() == "groupshape":
        return tuple(_sign(child) for child in shape.children())
    matrix, box = shape.absoluteTransformation(), shape.boundingBox()
    return (
        matrix.m11(), matrix.m12(), matrix.m21(), matrix.m22(), matrix.dx(), matrix.dy(),
        box.x(), box.y(), box.width(), box.height(), shape.visible(),
    )


def _ways(layer: Layer, entries: Iterable[ArrowEntry]) -> List[List[Any]]:
    """To each arrow the shapes on the way to it, from the outermost group to its path: all of them, before any is touched."""
    if layer.node.locked():  # to the painter alone: scripts may draw on it
        raise Refusal(_("“{}” is locked.").format(layer.name), _("Unlock it in the Layers docker, then edit its arrows."))
    shapes = layer.node.shapes()
    ways = []
    for entry in entries:
        way = [shapes[entry.shape]]
        for index in entry.place:
            way.append(way[-1].children()[index])
        ways.append(way)
    return ways


def _open_groups(groups: List[Any]) -> None:
    """Show groups that are hidden, and hide what else is in them: it was muted with them."""
    for group in groups:
        if is_hidden(group.toSvg()):  # itself: `visible` speaks of its layer as well
            for child in group.children():
                _show(child, False)
            _show(group, True)


def _show(shape, visible: bool) -> None:
    shape.setVisible(visible)
    shape.update()  # Krita would draw it anew at the next occasion
