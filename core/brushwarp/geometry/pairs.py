"""Pairs: a point of the content and the point of the style picture that it shall become, and the arrows that they mean."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from brushwarp.errors import BrushwarpError
from brushwarp.geometry.arrows import (
    PAIRS_HEADER,
    TEXT_HEADER,
    first_line,
    is_drawing,
    read_points_file,
    table_rows,
)
from brushwarp.geometry.keypoints import KeypointPairs, fixed_points
from brushwarp.geometry.similarity import Similarity, fit_similarity
from brushwarp.image.atomic import atomic_write

from ..bridge.language import _

TARGET_MARGIN = 5.0
"""Pixels that targets keep from the content's edge, which stays where it is. Source: DST's code."""

_MARGIN_SHARE = 1 / 8  # of a side: the margin of pictures under 40 pixels, of which 5 would leave little

_TABLE_HINT = f'Begin it with "{PAIRS_HEADER}", then a line for each pair: content x y, style x y.'


@dataclass(frozen=True, eq=False)
class PointPairs:
    """Pairs, one a row: `content` and `style` (k, 2) float64 points (x, y), each in pixels of its own picture.

    The arrays are copies and read-only. Raises ValueError for other shapes.
    """

    content: np.ndarray
    style: np.ndarray

    def __post_init__(self) -> None:
        for name in ("content", "style"):
            object.__setattr__(self, name, fixed_points(getattr(self, name), name))
        if self.content.shape != self.style.shape:
            raise ValueError(f"{len(self.content)} points do not pair up with {len(self.style)}")

    def __len__(self) -> int:
        return len(self.content)

    def __getitem__(self, rows: np.ndarray | slice) -> PointPairs:
        """Some of them: by indices, a mask or a slice."""
        return PointPairs(self.content[rows], self.style[rows])

    def validated(self, content_size: tuple[int, int], style_size: tuple[int, int]) -> PointPairs:
        """Themselves, if all lie on their pictures of (H, W).

        Raises BrushwarpError "keypoints-nan", "keypoints-outside".
        """
        for name, points, (height, width) in (
            ("content", self.content, content_size),
            ("style picture", self.style, style_size),
        ):
            if not np.isfinite(points).all():
                raise BrushwarpError("keypoints-nan", _("A pair has a point that is no number."), _("Delete that pair."))
            outside = np.any((points < 0) | (points > (width, height)), axis=1)
            if outside.any():
                x, y = points[outside.argmax()]
                raise BrushwarpError(
                    "keypoints-outside",
                    _("The point ({:.1f}, {:.1f}) lies outside of the {} of {} × {} pixels.").format(x, y, name, width, height),
                    _("Check that the pairs were made for these two pictures at this size."),
                )
        return self


@dataclass(frozen=True, eq=False)
class Alignment:
    """arrows: from the content's points to where the style's points lie in its frame. transform: content to style."""

    arrows: KeypointPairs
    transform: Similarity


def read_pairs(path: str | os.PathLike[str]) -> PointPairs:
    """The pairs in a text file of four columns: content x, content y, style x, style y, in pixels.

    It begins "# brushwarp pairs", or with a comment of another program, or with none.
    Raises BrushwarpError "keypoints-file", "keypoints-none", "keypoints-nan".
    """
    path = Path(path)
    data = read_points_file(path)
    try:
        if is_drawing(data):
            raise _arrows_instead("This is a drawing, and a drawing holds arrows")
        return pairs_from_text(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BrushwarpError("keypoints-file", _("{} is not text.").format(path.name), _TABLE_HINT) from error
    except BrushwarpError as error:
        raise BrushwarpError(error.code, f"{path.name}: {error.message}", error.hint) from error


def write_pairs(path: str | os.PathLike[str], pairs: PointPairs) -> None:
    """Write them so that `read_pairs` reads the same, to the last bit. Raises BrushwarpError "save-folder", "disk-full"."""
    lines = [PAIRS_HEADER, "# content x, content y, style x, style y: pixels from each picture's top-left corner"]
    lines += [" ".join(map(repr, row)) for row in np.concatenate([pairs.content, pairs.style], 1).tolist()]
    with atomic_write(path) as file:
        file.write("\n".join([*lines, ""]).encode())


def pairs_from_text(text: str) -> PointPairs:
    """The pairs of a table; # begins a comment, commas may stand between columns."""
    if first_line(text).startswith(TEXT_HEADER):
        raise _arrows_instead("This file holds arrows")
    rows = table_rows(text, "a pair", "content x y, style x y")
    if len(rows) == 0:
        raise BrushwarpError("keypoints-none", _("There are no pairs in it."), _TABLE_HINT)
    if not np.isfinite(rows).all():
        raise BrushwarpError("keypoints-nan", _("A pair has a point that is no number."), _("Delete that pair."))
    return PointPairs(rows[:, :2], rows[:, 2:])


def align(
    pairs: PointPairs,
    content_size: tuple[int, int],
    style_size: tuple[int, int] | None = None,
    *,
    margin: float = TARGET_MARGIN,
) -> Alignment:
    """The arrows that carry the content's points to the style's, seen in the content's frame.

    The similarity that best carries the content's points onto the style's is undone, so that what remains is shape, and
    not that a face is elsewhere, larger or leaning in the painting. One pair alone has no shape: the two pictures are
    then laid centre on centre at equal area, if `style_size` says how large the other is; else the arrow has no length.
    content_size, style_size: (H, W). Targets keep `margin` pixels (less on the smallest pictures) from the content's
    edge. Source: DST section 3.1, and its code for the margin.
    """
    height, width = content_size
    if len(pairs) < 2 and style_size is not None:
        factor = complex((style_size[0] * style_size[1] / (height * width)) ** 0.5)
        transform = Similarity.of(factor, np.array([width, height]) / 2, np.array(style_size[::-1]) / 2)
    else:
        transform = fit_similarity(pairs.content, pairs.style)
    sides = np.array([width, height], np.float64)
    low = np.minimum(margin, _MARGIN_SHARE * sides)
    return Alignment(KeypointPairs(pairs.content, transform.inverse().apply(pairs.style).clip(low, sides - low)), transform)


def _arrows_instead(message: str) -> BrushwarpError:
    return BrushwarpError(
        "keypoints-file",
        _("{}, not pairs of points of two pictures.").format(message),
        _("Give it to `brushwarp deform --keypoints`."),
    )
