"""A picture solved at a working size, carried up to the layer's own: each doubling paints the strokes that it makes room for.

Ours: the published code ends at its working size. Only the two finest bands of a pyramid move here, so that colours and forms stay
as they were solved, and a tile needs no more of the picture around it than a margin.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from ..image.region import Box
from ..image.resample import resize
from ..optimization import Course, Method, at_long_side, optimise
from ..optimization.pyramid import PyramidCanvas, collapse, laplacian
from ..progress import OnProgress, Progress, ignore_progress

TILE = 512  # pixels of a tile's side, margins included: what an encoder and its gradients take is bounded by it
MARGIN = 32  # pixels that neighbouring tiles share, and fade into each other over
MOVING_BANDS = 2
ITERATIONS = 20  # for each doubling
RATE = 5e-3  # Adam's; fine bands are small numbers


def carry_up(
    picture: Tensor, content: Tensor, style: Tensor, method: Method, content_weight: float, seed: int, on_progress: OnProgress = ignore_progress
) -> Tensor:
    """`picture` (3, h, w), solved for `content` (3, H, W) at a smaller size, at the size of `content`. RGB in 0..1.

    Each doubling adds the content's edges, which the painting's finer texture then replaces; the style picture (3, y, x) is
    looked at in the same measure, its long side like the content's, but never enlarged. A picture of the content's size is
    returned as it is. Raises `Cancelled` as on_progress does.
    """
    sizes = _doublings((picture.shape[1], picture.shape[2]), (content.shape[1], content.shape[2]))
    work = sum(len(list(_tiles(size))) for size in sizes) * ITERATIONS
    done = 0
    for size in sizes:
        here, there = resize(content, size), at_long_side(style, max(size))
        picture = resize(picture, size) + laplacian(here)
        painted, weight = torch.zeros_like(picture), torch.zeros_like(picture[:1])
        for box in _tiles(size):

            def tell(iteration: int, _: Tensor, loss: float | None, before: int = done) -> None:
                on_progress(Progress("detail", before + iteration, work))

            canvas = _FineBands(box.of(picture))
            objective = method.objective(box.of(here), there, content_weight, seed)
            optimiser = torch.optim.Adam(canvas.parameters, lr=RATE)
            optimise(canvas, objective, optimiser, ITERATIONS, Course(), on_iteration=tell)
            share = _fade(box, size).to(picture)
            box.of(painted).add_(canvas.picture().detach() * share)
            box.of(weight).add_(share)
            done += ITERATIONS
        picture = (painted / weight).clamp(0, 1)
    return picture


class _FineBands(PyramidCanvas):
    """A picture of which the finest bands alone move."""

    def __init__(self, picture: Tensor) -> None:
        super().__init__(picture)
        self.bands = [band if index < MOVING_BANDS else band.detach() for index, band in enumerate(self.parameters)]
        self.parameters = self.bands[:MOVING_BANDS]

    def picture(self) -> Tensor:
        return collapse(self.bands)


def _doublings(small: tuple[int, int], whole: tuple[int, int]) -> list[tuple[int, int]]:
    """Sizes between, coarse to fine, the whole one last; none where nothing is to be enlarged."""
    sizes = []
    while max(small) < max(whole):
        share = min(1.0, 2 * max(small) / max(whole))
        small = whole if share == 1 else (max(1, round(whole[0] * share)), max(1, round(whole[1] * share)))
        sizes.append(small)
    return sizes


def _tiles(size: tuple[int, int]) -> Iterator[Box]:
    """Tiles of at most TILE, overlapping by MARGIN or more, over a picture of `size`."""
    for top, bottom in _spans(size[0]):
        for left, right in _spans(size[1]):
            yield Box(left, top, right, bottom)


def _spans(side: int) -> list[tuple[int, int]]:
    """Beginnings and ends along a side, evenly spread."""
    extent = min(side, TILE)
    count = 1 if side == extent else -(-(side - MARGIN) // (TILE - MARGIN))
    begins = (round(index * (side - extent) / max(1, count - 1)) for index in range(count))
    return [(begin, begin + extent) for begin in begins]


def _fade(box: Box, size: tuple[int, int]) -> Tensor:
    """(1, h, w) the tile's share: 1 inside, falling over MARGIN towards neighbours, not towards the picture's edge."""

    def ramp(begin: int, end: int, side: int) -> Tensor:
        at = torch.arange(end - begin) + 0.5
        from_begin = at / MARGIN if begin > 0 else torch.ones_like(at)
        from_end = (end - begin - at) / MARGIN if end < side else torch.ones_like(at)
        return torch.minimum(from_begin, from_end).clamp(max=1)

    return (ramp(box.top, box.bottom, size[0])[:, None] * ramp(box.left, box.right, size[1]))[None]
