"""The little of SVG that arrows need: path data, transforms and lengths, as SVG 1.1 chapters 7 and 8 have them."""

from __future__ import annotations

import math
import re

import numpy as np

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"

_PATH_TOKEN = re.compile(rf"([MmLlHhVvCcSsQqTtAaZz])|({NUMBER})|[\s,]+|(.)", re.DOTALL)
_TRANSFORM = re.compile(r"\s*,?\s*([A-Za-z]+)\s*\(([^)]*)\)")
_LENGTH = re.compile(rf"\s*({NUMBER})\s*([A-Za-z%]*)\s*")

# How many numbers a command takes; its point is the last two, but for H and V.
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7}

# CSS pixels, 96 to the inch.
_UNITS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "in": 96.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "q": 96 / 101.6}

_TRANSFORM_ARGUMENTS = {
    "matrix": (6,),
    "translate": (1, 2),
    "scale": (1, 2),
    "rotate": (1, 3),
    "skewX": (1,),
    "skewY": (1,),
}


def subpath_ends(data: str) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """First and last node of each subpath of a `d` attribute that has two nodes or more; of curves, the end points.

    A closed subpath ends at the node before it closes. Raises ValueError for malformed data.
    """
    ends = []
    start = point = (0.0, 0.0)
    nodes = 0
    for command, numbers in _commands(data):
        if command in "Mm" or (
            nodes == 0 and command not in "Zz"
        ):  # after Z, the next subpath begins where the last did
            if command in "Mm":
                if nodes > 1:
                    ends.append((start, point))
                point = _moved(command, numbers, point)
                start, nodes = point, 1
                continue
            start, nodes = point, 1
        if command in "Zz":
            if nodes > 1:
                ends.append((start, point))
            point, nodes = start, 0
            continue
        point = _moved(command, numbers, point)
        nodes += 1
    if nodes > 1:
        ends.append((start, point))
    return ends


def numbers_in(text: str) -> list[float]:
    """The numbers of a list such as `points`. Raises ValueError for anything else."""
    if not re.fullmatch(rf"(?:[\s,]*{NUMBER})*[\s,]*", text):
        raise ValueError(f"not a list of numbers: {text[:40]!r}")
    return [float(number) for number in re.findall(NUMBER, text)]


def length(text: str) -> float:
    """A length in CSS pixels. Raises ValueError for anything else, percentages included."""
    match = _LENGTH.fullmatch(text)
    if not match or match[2].lower() not in _UNITS:
        raise ValueError(f"not a length: {text[:40]!r}")
    return float(match[1]) * _UNITS[match[2].lower()]


def transform_matrix(text: str) -> np.ndarray:
    """The (3, 3) matrix of a `transform` attribute. Raises ValueError for what is none."""
    matrix, position = np.eye(3), 0
    for match in _TRANSFORM.finditer(text):
        if match.start() != position:
            break
        position = match.end()
        name, arguments = match[1], numbers_in(match[2])
        if len(arguments) not in _TRANSFORM_ARGUMENTS.get(name, ()):
            raise ValueError(f"not a transform: {match[0][:40]!r}")
        matrix = matrix @ _single(name, arguments)
    if text[position:].strip():
        raise ValueError(f"not a transform: {text[:40]!r}")
    return matrix


def _single(name: str, arguments: list[float]) -> np.ndarray:
    if name == "matrix":
        a, b, c, d, e, f = arguments
    elif name == "translate":
        a, b, c, d, e, f = 1, 0, 0, 1, arguments[0], arguments[1] if len(arguments) > 1 else 0
    elif name == "scale":
        a, b, c, d, e, f = arguments[0], 0, 0, arguments[-1], 0, 0
    elif name == "rotate":
        angle = math.radians(arguments[0])
        a, b, c, d, e, f = math.cos(angle), math.sin(angle), -math.sin(angle), math.cos(angle), 0, 0
        if len(arguments) == 3:
            x, y = arguments[1:]
            e, f = x - a * x - c * y, y - b * x - d * y
    else:
        slope = math.tan(math.radians(arguments[0]))
        a, b, c, d, e, f = (1, 0, slope, 1, 0, 0) if name == "skewX" else (1, slope, 0, 1, 0, 0)
    return np.array([[a, c, e], [b, d, f], [0, 0, 1]], np.float64)


def _commands(data: str) -> list[tuple[str, list[float]]]:
    """(command, numbers) with repeated arguments spelled out, and a move's further points as lines."""
    found: list[tuple[str, list[float]]] = []
    command, numbers = "", []

    def finish() -> None:
        if not command:
            if numbers:
                raise ValueError("path data begins with a number")
            return
        count = _ARGUMENTS.get(command.upper(), 0)
        if count == 0:
            if numbers:
                raise ValueError("numbers after a path was closed")
            found.append((command, []))
            return
        if not numbers or len(numbers) % count:
            raise ValueError(f"{command} takes {count} numbers, not {len(numbers)}")
        for index in range(0, len(numbers), count):
            repeated = {"M": "L", "m": "l"}.get(command, command) if index else command
            found.append((repeated, numbers[index : index + count]))

    for match in _PATH_TOKEN.finditer(data):
        if match[3]:
            raise ValueError(f"not path data: {data[:40]!r}")
        if match[1]:
            finish()
            command, numbers = match[1], []
        elif match[2]:
            numbers.append(float(match[2]))
    finish()
    if found and found[0][0] not in "Mm":
        raise ValueError("path data does not begin with a move")
    return found


def _moved(command: str, numbers: list[float], point: tuple[float, float]) -> tuple[float, float]:
    x, y = (0.0, 0.0) if command.isupper() else point
    if command in "Hh":
        return x + numbers[0], point[1]
    if command in "Vv":
        return point[0], y + numbers[0]
    return x + numbers[-2], y + numbers[-1]
