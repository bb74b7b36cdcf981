"""Arrows as a drawing (SVG, for Inkscape, Krita and GIMP) and as a table (plain text)."""

from __future__ import annotations

import math
import os
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

import numpy as np

from brushwarp.errors import BrushwarpError
from brushwarp.geometry.keypoints import KeypointPairs
from brushwarp.geometry.svg_path import length, numbers_in, subpath_ends, transform_matrix
from brushwarp.image.atomic import atomic_write

from ..bridge.language import _

TEXT_HEADER = "# brushwarp arrows"
PAIRS_HEADER = "# brushwarp pairs"

_LARGEST_FILE = 16 << 20  # bytes; a thousand arrows take a tenth of a megabyte
_LARGEST_SHAPE_DIFFERENCE = 0.02  # of width : height, between a drawing and the picture it is for
_NOT_DRAWN = {"defs", "marker", "symbol", "clipPath", "mask", "pattern", "metadata", "title", "desc"}
_DRAWING_HINT = "Draw each arrow as a line from where it is to where it goes, and save as plain SVG."


def read_arrows(path: str | os.PathLike[str], size: tuple[int, int] | None = None) -> KeypointPairs:
    """The arrows in an SVG file or in a text file that begins "# brushwarp arrows", in pixels.

    size: (H, W) of the picture that they are for. An SVG is stretched to it, which no other reading can replace where
    the drawing is in millimetres or was made over a smaller copy; without it the drawing's own size counts, at 96
    pixels to the inch. Text is in pixels always.
    Raises BrushwarpError "keypoints-file", "keypoints-none", "keypoints-nan".
    """
    path = Path(path)
    data = read_points_file(path)
    try:
        if is_drawing(data):
            return arrows_from_svg(data, size)
        return arrows_from_text(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _bad(f"{path.name} is neither SVG nor text.", _DRAWING_HINT) from error
    except BrushwarpError as error:
        raise BrushwarpError(error.code, f"{path.name}: {error.message}", error.hint) from error


def write_arrows(path: str | os.PathLike[str], pairs: KeypointPairs, size: tuple[int, int]) -> None:
    """Write the arrows over a picture of `size` = (H, W): as SVG if `path` ends in .svg, else as text.

    What is read back is what was written, to the last bit. Raises BrushwarpError "save-folder", "disk-full".
    """
    as_svg = Path(path).suffix.lower() == ".svg"
    text = arrows_to_svg(pairs, size) if as_svg else arrows_to_text(pairs)
    with atomic_write(path) as file:
        file.write(text.encode())


def arrows_to_svg(pairs: KeypointPairs, size: tuple[int, int]) -> str:
    """A drawing of the picture's own size, to lay over it: one `<path>` an arrow, with a head."""
    height, width = size
    stroke = max(1.0, min(size) / 300)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<svg xmlns="http://www.w3.org/2000/svg" '
        f'width="{width}px" height="{height}px" viewBox="0 0 {width} {height}">',
        "<defs>",
        '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">',
        '<path d="M 0,0 L 8,4 L 0,8 z" fill="#d02020"/>',
        "</marker>",
        "</defs>",
        f'<g id="brushwarp-keypoints" fill="none" stroke="#d02020" stroke-width="{stroke:g}" stroke-linecap="round">',
    ]
    for index, ((sx, sy), (tx, ty)) in enumerate(_rows(pairs)):
        lines.append(f'<path id="arrow-{index}" d="M {sx!r},{sy!r} L {tx!r},{ty!r}" marker-end="url(#head)"/>')
    lines += ["</g>", "</svg>", ""]
    return "\n".join(lines)


def arrows_from_svg(data: str | bytes, size: tuple[int, int] | None = None) -> KeypointPairs:
    """The arrows of an SVG document: each `<line>`, `<polyline>` and subpath of a `<path>`, from first to last node.

    Transforms, groups and the view box are followed; what is hidden is passed over. size: see `read_arrows`.
    """
    root = _parsed(data.encode() if isinstance(data, str) else data)
    if _local(root) != "svg":
        raise _bad("This is XML, but not a drawing.", _DRAWING_HINT)
    ends: list[np.ndarray] = []
    try:
        _collect(root, _to_pixels(root, size), ends)
    except ValueError as error:
        raise _bad(f"The drawing has a part that cannot be read ({error}).", _DRAWING_HINT) from error
    return _pairs(np.array(ends).reshape(-1, 4))


def arrows_to_text(pairs: KeypointPairs) -> str:
    """A table of four columns: source x y, target x y, in pixels."""
    lines = [TEXT_HEADER, "# source x, source y, target x, target y: pixels from the picture's top-left corner"]
    lines += [f"{sx!r} {sy!r} {tx!r} {ty!r}" for (sx, sy), (tx, ty) in _rows(pairs)]
    return "\n".join([*lines, ""])


def arrows_from_text(text: str) -> KeypointPairs:
    """The arrows of a table; # begins a comment, commas may stand between columns."""
    header = first_line(text)
    if header.startswith(PAIRS_HEADER):
        raise _bad(
            "This file pairs points of a picture with points of a style picture; a warp needs arrows.",
            "Give it to `brushwarp deform --pairs`, which finds the arrows.",
        )
    if not header.startswith(TEXT_HEADER):
        raise _bad(
            f'The file does not begin with "{TEXT_HEADER}".', "Write that as its first line, or use an SVG drawing."
        )
    return _pairs(table_rows(text, "an arrow", "source x y, target x y"))


def read_points_file(path: Path) -> bytes:
    """What is in a file of points. Raises BrushwarpError "keypoints-file" if it can't be read or can't be such a file."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise BrushwarpError(
            "keypoints-file", _("{} cannot be read: {}.").format(path, error.strerror or error), _("Check the name and the folder.")
        ) from error
    if len(data) > _LARGEST_FILE:
        raise _bad(f"{path.name} is too large to be a drawing of arrows.", _DRAWING_HINT)
    return data


def first_line(text: str) -> str:
    """The first line that is not empty, in small letters."""
    return next((line.strip().lower() for line in text.splitlines() if line.strip()), "")


def is_drawing(data: bytes) -> bool:
    """Whether a file of points begins as XML does."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"\xff\xfe", b"\xfe\xff"))


def table_rows(text: str, noun: str, columns: str) -> np.ndarray:
    """(k, 4) float64 of a table; # begins a comment, commas may stand between columns.

    noun, columns: what a line is ("an arrow") and holds, for the message. Raises BrushwarpError "keypoints-file".
    """
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        fields = line.split("#")[0].replace(",", " ").split()
        if not fields:
            continue
        try:
            rows.append([float(field) for field in fields])
        except ValueError:
            rows.append([])
        if len(rows[-1]) != 4:
            raise _bad(f"Line {number} is not {noun}: {line.strip()[:60]!r}.", f"Write four numbers: {columns}.")
    return np.array(rows, np.float64).reshape(-1, 4)


def _rows(pairs: KeypointPairs) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    return list(zip(map(tuple, pairs.source.tolist()), map(tuple, pairs.target.tolist()), strict=True))


def _pairs(rows: np.ndarray) -> KeypointPairs:
    if len(rows) == 0:
        raise BrushwarpError("keypoints-none", _("There are no arrows in it."), _DRAWING_HINT)
    if not np.isfinite(rows).all():
        raise BrushwarpError(
            "keypoints-nan", _("An arrow has an end that is no number."), _("Delete that arrow, and draw it again.")
        )
    return KeypointPairs(rows[:, :2], rows[:, 2:])


def _parsed(data: bytes) -> ElementTree.Element:
    """The document, unless it declares entities: a few lines of those unfold to gigabytes.

    A bare DOCTYPE is let pass, for GIMP writes one; nothing is ever fetched for it.
    """
    guard = expat.ParserCreate()

    def refuse_entities(_name: str, _system: str | None, _public: str | None, has_internal_subset: int) -> None:
        if has_internal_subset:
            raise _bad("The drawing declares entities of its own.", "Save it as plain SVG.")

    guard.StartDoctypeDeclHandler = refuse_entities
    try:
        guard.Parse(data, True)
        return ElementTree.fromstring(data)
    except (expat.ExpatError, ElementTree.ParseError, LookupError, ValueError) as error:
        raise _bad(f"The drawing is damaged ({error}).", "Save it again as plain SVG.") from error


def _to_pixels(root: ElementTree.Element, size: tuple[int, int] | None) -> np.ndarray:
    """The (3, 3) matrix from the drawing's units to pixels of the picture."""
    box = numbers_in(root.get("viewBox", ""))
    width, height = (_side(root.get(name)) for name in ("width", "height"))
    if len(box) != 4:
        if box:
            raise ValueError("a view box of other than four numbers")
        # No view box: units are CSS pixels, and the page is as large as it says.
        box = [0.0, 0.0, width or (size or (0, 0))[1] or 1.0, height or (size or (0, 0))[0] or 1.0]
    left, top, across, down = box
    if across <= 0 or down <= 0:
        raise ValueError("a view box without area")
    if size is not None:
        goal = float(size[1]), float(size[0])
        if abs(math.log((across / down) / (goal[0] / goal[1]))) > _LARGEST_SHAPE_DIFFERENCE + 1 / min(size):
            raise _bad(
                f"The drawing's page is {across:g} × {down:g}, the picture {size[1]} × {size[0]}: not the same shape.",
                "Make the page as large as the picture, and save it again.",
            )
    else:
        goal = width or across, height or down
    sx, sy = goal[0] / across, goal[1] / down
    return np.array([[sx, 0, -left * sx], [0, sy, -top * sy], [0, 0, 1]])


def _side(text: str | None) -> float | None:
    """Width or height in CSS pixels; None where it says nothing (absent, or a share of a window)."""
    return None if text is None or text.strip().endswith("%") or text == "auto" else length(text)


def _collect(element: ElementTree.Element, matrix: np.ndarray, ends: list[np.ndarray]) -> None:
    """Append source and target (4,) of every arrow in `element`, in the order of drawing."""
    for child in element:
        name = _local(child)
        if name in _NOT_DRAWN or _is_hidden(child):
            continue
        inner = matrix @ transform_matrix(child.get("transform", ""))
        for start, end in _lines_of(name, child):
            with np.errstate(invalid="ignore"):  # an infinite coordinate becomes NaN, which _pairs refuses
                points = inner @ np.array([[start[0], end[0]], [start[1], end[1]], [1, 1]])
            ends.append(points[:2].T.reshape(4))
        _collect(child, inner, ends)


def _lines_of(name: str, element: ElementTree.Element) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    if name == "path":
        return subpath_ends(element.get("d", ""))
    if name == "line":
        x1, y1, x2, y2 = (length(element.get(key, "0")) for key in ("x1", "y1", "x2", "y2"))
        return [((x1, y1), (x2, y2))]
    if name == "polyline":
        numbers = numbers_in(element.get("points", ""))
        if len(numbers) >= 4 and len(numbers) % 2 == 0:
            return [((numbers[0], numbers[1]), (numbers[-2], numbers[-1]))]
    return []


def _is_hidden(element: ElementTree.Element) -> bool:
    style = element.get("style", "").replace(" ", "")
    hidden = ("display:none", "visibility:hidden")
    return (
        element.get("display") == "none"
        or element.get("visibility") == "hidden"
        or any(part in hidden for part in style.split(";"))
    )


def _local(element: ElementTree.Element) -> str:
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def _bad(message: str, hint: str) -> BrushwarpError:
    return BrushwarpError("keypoints-file", message, hint)
