"""Arrows on a vector layer: every line or path of exactly two nodes, from its first node to its last.

Input is the SVG that Krita writes for a shape: coordinates in points, groups nested, transforms on every level. Shapes of
another kind (curves with more nodes, closed outlines, text) may lie on the same layer, and are passed over. A shape that is
hidden is a muted arrow: it stays in the document, and bends nothing.
"""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from typing import Iterable, List, Optional, Tuple

Point = Tuple[float, float]
Arrow = Tuple[float, float, float, float]
Matrix = Tuple[float, float, float, float, float, float]

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

# Krita names elements and attributes by prefixes that are declared outside of the shape.
_WRAPPING = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="x:xlink" xmlns:krita="x:krita" xmlns:sodipodi="x:sodipodi"'
    ' xmlns:inkscape="x:inkscape">{}</svg>'
)
SOLVED_COLOUR = "#3ee01c"  # seldom a painting's own
SUGGESTED_COLOUR = "#ff5a1f"  # nor this, and not to be mistaken for it
_DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{!r}pt" height="{!r}pt" viewBox="0 0 {} {}" preserveAspectRatio="none">'
    '<defs><marker id="brushwarp-head" orient="auto" markerWidth="4" markerHeight="4" refX="2" refY="2">'
    '<path d="M0 0L4 2L0 4z" fill="{colour}"/></marker></defs>{paths}</svg>'
)
_PATH = '<path d="M{!r} {!r}L{!r} {!r}" stroke="{colour}" stroke-width="{stroke:g}" fill="none" marker-end="url(#brushwarp-head)"/>'
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_PATH_TOKEN = re.compile("([MmLlHhVvCcSsQqTtAaZz])|(" + _NUMBER + ")")
_TRANSFORM = re.compile(r"(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^)]*)\)")
_NUMBERS_OF = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7}


def svg_of_arrows(arrows: Iterable[Arrow], width: int, height: int, points: Tuple[float, float], colour: str = SOLVED_COLOUR) -> str:
    """A drawing of `width` by `height` pixels with one path an arrow, its head a marker. points: of a pixel, across and down."""
    stroke = max(2.0, min(width, height) / 300)
    paths = "".join(_PATH.format(*arrow, stroke=stroke, colour=colour) for arrow in arrows)
    return _DRAWING.format(width * points[0], height * points[1], width, height, colour=colour, paths=paths)


@dataclass(frozen=True)
class DrawnArrow:
    """An arrow in its shape's units. place: the way to its path through nested groups, by positions from the outermost in; nothing for a
    shape that is a path itself. is_muted: it is hidden, or a group that it lies in is."""

    arrow: Arrow
    place: Tuple[int, ...]
    is_muted: bool


@dataclass(frozen=True)
class ShapeReading:
    """What one shape holds. others: how many paths, texts and so on in it are no arrows."""

    drawn: Tuple[DrawnArrow, ...]
    others: int


def read_shape(shape: str) -> ShapeReading:
    """What the SVG of one shape holds; one that can't be read is no arrow."""
    element = _element(shape)
    if element is None:
        return ShapeReading((), 1)
    drawn: List[DrawnArrow] = []
    others = _collect(element, IDENTITY, (), False, drawn)
    return ShapeReading(tuple(drawn), others)


def arrows_of_shapes(shapes: Iterable[str]) -> List[Arrow]:
    """(source x, source y, target x, target y) of every arrow among the shapes, in their own units, in their order, without the muted."""
    return [drawn.arrow for shape in shapes for drawn in read_shape(shape).drawn if not drawn.is_muted]


def own_ends(shape: str) -> Optional[Arrow]:
    """Both nodes of a shape in its own coordinates, before any transform; None for one that is no arrow, or a group."""
    element = _element(shape)
    ends = None if element is None else _ends(_name(element), element)
    return None if ends is None else (*ends[0], *ends[1])


def is_hidden(shape: str) -> bool:
    """Whether a shape is hidden itself, whatever it lies in."""
    element = _element(shape)
    return element is not None and _is_hidden(element)


def _element(shape: str) -> Optional[ElementTree.Element]:
    """The one that is the shape."""
    try:
        return next(iter(ElementTree.fromstring(_WRAPPING.format(shape))), None)
    except ElementTree.ParseError:
        return None


def _is_hidden(element: ElementTree.Element) -> bool:
    return element.get("display") == "none"


def _collect(element: ElementTree.Element, outer: Matrix, place: Tuple[int, ...], muted: bool, drawn: List[DrawnArrow]) -> int:
    """Add the arrows in an element; how many others are in it."""
    matrix = product(outer, transform_of(element.get("transform", "")))
    muted = muted or _is_hidden(element)
    if _name(element) == "g":
        return sum(_collect(child, matrix, place + (index,), muted, drawn) for index, child in enumerate(element))
    ends = _ends(_name(element), element)
    if ends is None:
        return 1
    (a, b), (c, d) = (_apply(matrix, point) for point in ends)
    drawn.append(DrawnArrow((a, b, c, d), place, muted))
    return 0


def _name(element: ElementTree.Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _ends(name: str, element: ElementTree.Element) -> Optional[Tuple[Point, Point]]:
    """Both nodes of an element that has exactly two, in its own coordinates."""
    if name == "path":
        nodes = path_nodes(element.get("d", ""))
    elif name == "line":
        x1, y1, x2, y2 = (float(element.get(key, "0")) for key in ("x1", "y1", "x2", "y2"))
        nodes = [(x1, y1), (x2, y2)]
    elif name == "polyline":
        values = [float(number) for number in re.findall(_NUMBER, element.get("points", ""))]
        nodes = list(zip(values[::2], values[1::2]))  # noqa: B905 - Python 3.8 has no strict
    else:
        return None
    return (nodes[0], nodes[1]) if nodes is not None and len(nodes) == 2 else None


def path_nodes(data: str) -> Optional[List[Point]]:
    """The nodes of an SVG path; None for one that is closed, in several parts, or no path at all."""
    nodes: List[Point] = []
    command, values = "", []  # type: str, List[float]
    for letter, number in _PATH_TOKEN.findall(data):
        if letter:
            if values or letter in "Zz" or (letter in "Mm" and nodes):
                return None
            command = letter
            continue
        values.append(float(number))
        if not command or len(values) < _NUMBERS_OF[command.upper()]:
            continue
        x, y = nodes[-1] if nodes else (0.0, 0.0)
        kind, relative = command.upper(), command.islower()
        if kind != "M" and not nodes:
            return None
        if kind == "H":
            end = (values[0] + (x if relative else 0.0), y)
        elif kind == "V":
            end = (x, values[0] + (y if relative else 0.0))
        else:
            end = (values[-2] + (x if relative else 0.0), values[-1] + (y if relative else 0.0))
        nodes.append(end)
        values = []
        if kind == "M":  # further pairs after a move are lines
            command = "l" if relative else "L"
    return nodes if not values else None


def transform_of(text: str) -> Matrix:
    """The matrix (a, b, c, d, e, f) of an SVG transform attribute."""
    matrix = IDENTITY
    for name, inside in _TRANSFORM.findall(text):
        v = [float(number) for number in re.findall(_NUMBER, inside)]
        if name == "matrix" and len(v) == 6:
            step = (v[0], v[1], v[2], v[3], v[4], v[5])  # type: Matrix
        elif name == "translate" and v:
            step = (1.0, 0.0, 0.0, 1.0, v[0], v[1] if len(v) > 1 else 0.0)
        elif name == "scale" and v:
            step = (v[0], 0.0, 0.0, v[1] if len(v) > 1 else v[0], 0.0, 0.0)
        elif name == "rotate" and v:
            cosine, sine = math.cos(math.radians(v[0])), math.sin(math.radians(v[0]))
            x, y = (v[1], v[2]) if len(v) == 3 else (0.0, 0.0)
            step = (cosine, sine, -sine, cosine, x - cosine * x + sine * y, y - sine * x - cosine * y)
        elif name == "skewX" and v:
            step = (1.0, 0.0, math.tan(math.radians(v[0])), 1.0, 0.0, 0.0)
        elif name == "skewY" and v:
            step = (1.0, math.tan(math.radians(v[0])), 0.0, 1.0, 0.0, 0.0)
        else:
            continue
        matrix = product(matrix, step)
    return matrix


def product(outer: Matrix, inner: Matrix) -> Matrix:
    """The matrix that applies `inner` first, then `outer`."""
    a, b, c, d, e, f = outer
    g, h, i, j, k, m = inner
    return (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f)


def _apply(matrix: Matrix, point: Point) -> Point:
    a, b, c, d, e, f = matrix
    x, y = point
    return a * x + c * y + e, b * x + d * y + f
