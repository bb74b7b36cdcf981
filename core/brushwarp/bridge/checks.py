"""The checks that every field of a message goes through. Each returns the value, or raises a ProtocolError that names it."""

from __future__ import annotations

import math
from typing import Any, Optional, Sequence

from .errors import ProtocolError


def whole(value: Any, name: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ProtocolError("{} must be a whole number, not {}.".format(name, _shown(value)))
    if not low <= value <= high:
        raise ProtocolError("{} must lie within {} and {}, not {}.".format(name, low, high, _shown(value)))
    return value


def number(value: Any, name: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ProtocolError("{} must be a number, not {}.".format(name, _shown(value)))
    if not low <= value <= high or not math.isfinite(value):  # NaN fails both
        raise ProtocolError("{} must lie within {:g} and {:g}, not {}.".format(name, low, high, _shown(value)))
    return float(value)


def text(value: Any, name: str, limit: int, *, empty: bool = True) -> str:
    """`limit` in characters."""
    if not isinstance(value, str):
        raise ProtocolError("{} must be text, not {}.".format(name, _shown(value)))
    if len(value) > limit:
        raise ProtocolError("{} has {} characters; at most {} are allowed.".format(name, len(value), limit))
    if not value and not empty:
        raise ProtocolError("{} is empty.".format(name))
    return value


def flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise ProtocolError("{} must be true or false, not {}.".format(name, _shown(value)))
    return value


def choice(value: Any, name: str, choices: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in choices:
        raise ProtocolError("{} must be one of {}, not {}.".format(name, ", ".join(choices), _shown(value)))
    return value


def items(value: Any, name: str, limit: int, length: Optional[int] = None) -> tuple:
    """A list of at most `limit` items, or of `length` items exactly, as a tuple."""
    if not isinstance(value, (list, tuple)):
        raise ProtocolError("{} must be a list, not {}.".format(name, _shown(value)))
    if len(value) > limit or (length is not None and len(value) != length):
        wanted = "at most {}".format(limit) if length is None else str(length)
        raise ProtocolError("{} has {} items instead of {}.".format(name, len(value), wanted))
    return tuple(value)


def _shown(value: Any) -> str:
    """`value` in few characters: it may be a megabyte of somebody's nonsense."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return "{!r:.40}".format(value) if abs(value) < 1e30 or value != value else "a huge number"
    return repr(value)[:40] if isinstance(value, str) and len(value) < 200 else type(value).__name__
