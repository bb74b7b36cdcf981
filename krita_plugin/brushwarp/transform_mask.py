"""A warp as Krita's transform mask: a lattice whose nodes are carried somewhere, which its Transform tool can go on editing.

Of that tool's modes only Liquify moves every node freely. Krita lays its nodes out by itself (KisLiquifyTransformWorker and
kis_grid_interpolation_tools.h, seen in Krita 5.2), bends each cell bilinearly, and takes them from a mask's XML if they are as many.
"""

from __future__ import annotations

import functools
from array import array
from dataclasses import dataclass
from typing import Any, Iterable, List, Tuple
from xml.etree import ElementTree

from .aside import aside
from .bridge.language import _
from .rectangle import Rectangle
from .refusal import Refusal

FINEST = 2  # pixels
MOST_NODES = 50 * 1000  # 5 MB of XML, which Krita reads in a second and saves in some
AROUND = 1  # pixels: of what lies on the lattice's own edge Krita leaves a part out
_XML = (
    '<!DOCTYPE transform_params><transform_params><main id="tooltransformparams"/><data mode="3"><liquify_transform>'
    '<liquify_properties><mode type="value" value="0"/><size type="value" value="60"/><amount type="value" value="0.05"/>'
    '<spacing type="value" value="0.2"/><sizeHasPressure type="value" value="0"/><amountHasPressure type="value" value="0"/>'
    '<reverseDirection type="value" value="0"/><useWashMode type="value" value="0"/><flow type="value" value="0.2"/></liquify_properties>'
    '<liquify_points><srcBounds type="rect" x="{x}" y="{y}" w="{w}" h="{h}"/><originalPoints type="array">{original}</originalPoints>'
    '<transformedPoints type="array">{carried}</transformedPoints><pixelPrecision type="value" value="{spacing}"/>'
    '<gridSize type="size" w="{columns}" h="{rows}"/></liquify_points></liquify_transform></data></transform_params>'
)
Point = Tuple[float, float]


@dataclass(frozen=True)
class Lattice:
    """place: what is bent, in the document's pixels. spacing: of the nodes, a power of two."""

    place: Rectangle
    spacing: int

    @classmethod
    def over(cls, place: Rectangle) -> Lattice:
        """As fine as Krita takes it in good time."""
        lattice = cls(place, FINEST)
        while len(lattice.columns) * len(lattice.rows) > MOST_NODES:
            lattice = cls(place, 2 * lattice.spacing)
        return lattice

    @property
    def columns(self) -> List[int]:
        """Pixels on whose centres the nodes lie, across; `rows`: down."""
        box = self._bounds
        return _lines(box.x, box.x + box.width - 1, self.spacing)

    @property
    def rows(self) -> List[int]:
        box = self._bounds
        return _lines(box.y, box.y + box.height - 1, self.spacing)

    @property
    def asked(self) -> Tuple[Tuple[float, ...], Tuple[float, ...]]:
        """`WarpRequest.lattice`."""
        x, y = self.place.x - 0.5, self.place.y - 0.5
        return tuple(column - x for column in self.columns), tuple(row - y for row in self.rows)

    def xml(self, answer: bytes) -> str:
        """Of a mask that carries the nodes where the worker says."""
        x, y = self.place.x - 0.5, self.place.y - 0.5
        numbers = array("f", answer)
        box, columns, rows = self._bounds, self.columns, self.rows
        return _XML.format(
            x=box.x,
            y=box.y,
            w=box.width,
            h=box.height,
            original=_items((column, row) for row in rows for column in columns),
            carried=_items((a + x, b + y) for a, b in zip(numbers[::2], numbers[1::2])),
            spacing=self.spacing,
            columns=len(columns),
            rows=len(rows),
        )

    @property
    def _bounds(self) -> Rectangle:
        return self.place.grown(AROUND)


def mask_from_xml(document: Any, name: str, xml: str) -> Any:
    """A transform mask's node that belongs to no layer yet; Krita notes that as a step. Raises Refusal if it comes to nothing."""
    mask = document.createTransformMask(name)
    if not mask.fromXML(xml):
        raise Refusal(_("Krita does not take the warp as a transform mask."), _("Have it as pixels."))
    document.waitForDone()
    return mask


@functools.lru_cache(maxsize=None)
def takes_warps() -> bool:
    """Whether this Krita's masks keep a lattice: tried once."""
    lattice = Lattice(Rectangle(0, 0, 16, 16), 8)
    nodes = [(x + 0.25 * (x == y), y) for y in lattice.asked[1] for x in lattice.asked[0]]
    xml = lattice.xml(array("f", [number for node in nodes for number in node]).tobytes())
    try:
        with aside() as document:
            kept = _carried_in(mask_from_xml(document, "", xml).toXML())
        return len(kept) == len(nodes) and kept == _carried_in(xml)
    except (AttributeError, Refusal, ElementTree.ParseError):  # Krita before 5.2, or one that keeps it otherwise
        return False


def _carried_in(xml: str) -> List[Point]:
    found = ElementTree.fromstring(xml).iterfind(".//transformedPoints/*")
    return [(float(item.get("x", "nan")), float(item.get("y", "nan"))) for item in found]


def _lines(first: int, last: int, spacing: int) -> List[int]:
    """The first, every multiple of `spacing`, and the last."""
    lines = [first]
    while lines[-1] < last:
        further = lines[-1] + spacing
        lines.append(last if further > last else further // spacing * spacing)
    return lines


def _items(points: Iterable[Point]) -> str:
    return "".join('<item_%d type="pointf" x="%.4f" y="%.4f"/>' % (index, x, y) for index, (x, y) in enumerate(points))
