"""Cleaning: arrows that repeat, crowd or cross others are left out, and the user is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ..bridge.language import ngettext
from .keypoints import KeypointPairs, first_of_each
from .pairs import PointPairs, align

NEAREST = 2.0
"""Pixels. Arrows that begin or end nearer to each other say the same twice, or contradict each other."""

SPACING = 10.0
"""Pixels at a long side of 256, across and down, between suggested points. Source: DST's code."""

MOST_ARROWS = 80
"""Source: DST's code."""

WEAKEST_RESPONSE = 1.0
"""Of best buddies; their responses go up to 4. Source: DST's code."""

_SPACING_LONG_SIDE = 256

# Leaving out arrows changes the similarity and so what crosses; DST's code looks twice.
_CROSSING_ROUNDS = 2


@dataclass(frozen=True, eq=False)
class Cleaned:
    """pairs: the arrows that stay, the strongest first (or as they were drawn). kept: their indices before.

    notes: sentences for the user, one for each reason why arrows were left out.
    """

    pairs: KeypointPairs
    kept: np.ndarray
    notes: tuple[str, ...]


def clean(
    pairs: KeypointPairs,
    size: tuple[int, int],
    *,
    response: np.ndarray | None = None,
    spacing: float = SPACING,
    count: int = MOST_ARROWS,
) -> Cleaned:
    """The arrows without those that repeat others, lie outside the picture of `size` = (H, W), crowd or cross.

    Of two arrows that do not go together the earlier stays or, with `response` (k,), the stronger. With responses
    (suggested arrows) those of 0 are left out, sources keep `spacing` (pixels at a long side of 256) and at most `count`
    stay; arrows drawn by hand may lie as near as NEAREST and be any number. Arrows without length never cross.
    Source: DST's code, without its fault of taking the first arrow again when all responses are used up.
    """
    order = _ranked(len(pairs), response)
    notes = []
    for keep, sentence in _steps(pairs, size, order, response, spacing, count):
        if len(keep) < len(order):
            out = len(order) - len(keep)
            notes.append(sentence(out).format(out))
        order = keep
    return Cleaned(KeypointPairs(pairs.source[order], pairs.target[order]), order, tuple(notes))


def clean_matches(
    matches: PointPairs,
    content_size: tuple[int, int],
    style_size: tuple[int, int],
    response: np.ndarray,
    *,
    spacing: float = SPACING,
    count: int = MOST_ARROWS,
    weakest: float = WEAKEST_RESPONSE,
) -> Cleaned:
    """The arrows of points matched between two pictures: strong, spaced, and not crossing once aligned.

    response: (k,), those under `weakest` are left out. `kept` are indices into `matches`. Other arguments: see `clean`,
    which is applied twice, for what was left out has a share in the first alignment. Source: DST's code.
    """
    strong = np.flatnonzero(response >= weakest)
    if len(strong) == 0:
        return Cleaned(KeypointPairs.none(), strong, ())
    order = strong[_ranked(len(strong), response[strong])]
    order = order[spaced(matches.content[order], _in_pixels(spacing, content_size), count)]
    notes: list[str] = []
    for _round in range(_CROSSING_ROUNDS):
        cleaned = clean(align(matches[order], content_size, style_size).arrows, content_size)
        order = order[cleaned.kept]
        notes += [note for note in cleaned.notes if note not in notes]
    return Cleaned(align(matches[order], content_size, style_size).arrows, order, tuple(notes))


def spaced(points: np.ndarray, spacing: float, count: int) -> np.ndarray:
    """Indices of at most `count` of the points (k, 2), the first first, each more than `spacing` beside or below those before."""
    kept: list[int] = []
    for index, point in enumerate(points):
        if len(kept) == count:
            break
        if not kept or (np.abs(points[kept] - point) > spacing).any(1).all():
            kept.append(index)
    return np.array(kept, np.intp)


def crossing(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Whether the segments `first` (..., 4) and `second` (..., 4), each (x, y, x, y), cut through each other: (...)."""
    return _apart(first, second) & _apart(second, first)


def _apart(line: np.ndarray, segment: np.ndarray) -> np.ndarray:
    """Whether the segment's ends lie on different sides of the line."""
    origin, along = line[..., :2], line[..., 2:] - line[..., :2]
    sides = []
    for end in (segment[..., :2], segment[..., 2:]):
        offset = end - origin
        sides.append(along[..., 0] * offset[..., 1] - along[..., 1] * offset[..., 0])
    return sides[0] * sides[1] < 0


def _ranked(count: int, response: np.ndarray | None) -> np.ndarray:
    """Indices, those first that stay in a conflict."""
    if response is None:
        return np.arange(count)
    if np.shape(response) != (count,):
        raise ValueError(f"{np.shape(response)} responses are not one for each of {count} arrows")
    return np.argsort(-np.asarray(response, np.float64), kind="stable")


def _steps(
    pairs: KeypointPairs,
    size: tuple[int, int],
    order: np.ndarray,
    response: np.ndarray | None,
    spacing: float,
    count: int,
) -> Iterator[tuple[np.ndarray, Callable[[int], str]]]:
    """After each step, the indices that stay, and a sentence about so many that do not."""
    ends = np.concatenate([pairs.source, pairs.target], 1)

    inside = np.isfinite(ends).all(1) & ((ends >= 0) & (ends <= (size[1], size[0]) * 2)).all(1)
    order = order[inside[order]]
    yield order, lambda n: ngettext("{} arrow leaves the picture and was left out.", "{} arrows leave the picture and were left out.", n)

    order = order[first_of_each(ends[order])]
    yield order, lambda n: ngettext("{} arrow repeats another and was left out.", "{} arrows repeat others and were left out.", n)

    if response is not None:
        order = order[np.asarray(response)[order] > 0]
        order = order[spaced(pairs.source[order], _in_pixels(spacing, size), count)]
        yield (
            order,
            lambda n: ngettext(
                "{} arrow is weaker than its neighbours and was left out.", "{} arrows are weaker than their neighbours and were left out.", n
            ),
        )

    # Before nearness: what crosses shall not first drive out what only lies near it.
    order = _compatible(order, crossing(ends[:, None], ends[None]))
    yield order, lambda n: ngettext("{} arrow crosses another and was left out.", "{} arrows cross others and were left out.", n)

    gaps = np.linalg.norm(ends.reshape(-1, 1, 2, 2) - ends.reshape(1, -1, 2, 2), axis=3).min(2)
    order = _compatible(order, gaps < NEAREST)
    yield (
        order,
        lambda n: ngettext(
            "{} arrow begins or ends where another does and was left out.", "{} arrows begin or end where others do and were left out.", n
        ),
    )


def _compatible(order: np.ndarray, conflicts: np.ndarray) -> np.ndarray:
    """Of the indices `order`, those that do not conflict (k, k) with one that stays before them."""
    kept: list[int] = []
    for index in order:
        if not conflicts[index, kept].any():
            kept.append(int(index))
    return np.array(kept, np.intp)


def _in_pixels(spacing: float, size: tuple[int, int]) -> float:
    return spacing * max(size) / _SPACING_LONG_SIDE
