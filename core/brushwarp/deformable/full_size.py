"""A picture solved at a working size, carried up to the layer's own: each doubling paints the strokes that it makes room for.

Ours: the published code ends at its working size. Only the two finest bands of a pyramid move here, so that colours and forms stay
as they were solved, under the brushwork's own statistics (`detail`). Where memory is short they move strip after strip in every iteration,
and what counts are the whole picture's statistics all the same: an iteration looks at all strips before the first of them moves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor

from ..bridge.paths import cache_folder
from ..devices import free_memory
from ..features.compact import load_compact
from ..image.resample import resize
from ..optimization import Course, at_long_side, falling_rate, optimise
from ..optimization.pyramid import PyramidCanvas, laplacian, scaled
from ..progress import OnProgress, Progress, ignore_progress
from ..streaming import Resized, Whole
from ..streaming.stores import in_file
from .detail import AROUND, Brushwork, Likeness, Sums, total

ITERATIONS = 14  # for each doubling; by eye, as what follows
LARGE, ITERATIONS_WHERE_LARGE = 2_000_000, 6  # pixels; from there on a stroke is many pixels long, and its fine grain is what is left
RATES = (1e-2, 2e-2)  # Adam's at first, of the bands that move, finest first; with half of it the strokes stay dots
LITTLE = 0.2  # doublings that are worth no step of their own; two bands move, so a factor isn't much larger than 2
EDGES = 0.4  # share of the content's own edges that a doubling begins with; the rest gives way to strokes

SHARE_OF_FREE_MEMORY = 0.8
LOOKED_AT = 450_000_000  # bytes that a tile takes while it is looked at; measured, as what follows: tests/benchmarks/memory.py --carry
MOVING = 180  # bytes a pixel that moves, besides
KEPT = 64  # bytes a pixel of the others: bands, Adam's moments of them, and the pictures before and after
SHOWN = 2 * AROUND  # rows beside a strip: its pixels show themselves in half of them, which are seen with what is around them
LOWEST = 128  # rows of a strip; a multiple of the strides that `detail` looks with


def carry_up(picture: Tensor, content: Tensor, style: Tensor, on_progress: OnProgress = ignore_progress) -> Tensor:
    """`picture` (3, h, w), solved for `content` (3, H, W) at a smaller size, at the size of `content`. RGB in 0..1.

    Each doubling adds the content's edges, which the painting's brushwork then makes its own; the style picture (3, y, x) is
    looked at in the same measure, its long side like the content's, but never enlarged, and by the compact encoder always: it is the
    shallow layers that count. A picture of the content's size is returned as it is. Raises `Cancelled` as on_progress does.
    """
    sizes = _doublings((picture.shape[1], picture.shape[2]), (content.shape[1], content.shape[2]))
    if not sizes:
        return picture
    encoder = load_compact().to(picture.device)
    work = sum(height * width * _iterations((height, width)) for height, width in sizes)
    done = 0.0

    def tell(pixels: float) -> None:
        nonlocal done
        done += pixels
        on_progress(Progress("detail", min(round(done), work), work))

    for size in sizes:
        rows, folder = _plan(size, picture.device)
        once = size[0] / _rows_looked_at(size[0], rows)  # what is looked at several times in an iteration is done once
        brushwork = Brushwork(encoder, at_long_side(style, max(size)), lambda pixels, once=once: tell(pixels * once))
        picture = _doubled(picture, resize(content, size), brushwork, rows, folder)
    return picture


def _doubled(picture: Tensor, content: Tensor, brushwork: Brushwork, rows: int, folder: Path | None) -> Tensor:
    """One doubling. rows: that move at once. folder: for what does not move just now, if it is not to stay in memory."""
    size = content.shape[1], content.shape[2]
    iterations = _iterations(size)
    strips = list(_strips(picture, content, brushwork, rows, folder))
    if len(strips) == 1:
        strips[0].move(iterations, 0.0, 1 / iterations)
    else:
        for iteration in range(iterations):
            whole = total(strip.seen() for strip in strips)
            for strip in strips:
                strip.likeness.whole = whole
                strip.move(1, iteration / iterations, 1 / iterations)
            for upper, lower in pairwise(strips):
                upper.canvas.meet(lower.canvas)
    painted = picture.new_empty(3, *size)
    top = 0
    while strips:  # each is let go when it is read
        own = strips.pop(0).canvas.own().detach()
        painted[:, top : top + own.shape[1]] = own.clamp_(0, 1)
        top += own.shape[1]
    return painted


def _strips(picture: Tensor, content: Tensor, brushwork: Brushwork, rows: int, folder: Path | None) -> Iterator[_Strip]:
    """The enlarged picture with some of the content's edges, cut."""
    height, width = content.shape[1:]
    enlarged = Resized(Whole(picture[None], picture.device), (height, width))
    tops = _tops(height, rows)
    for top, bottom in zip(tops, [*tops[1:], height], strict=True):
        first, last = max(0, top - SHOWN), min(height, bottom + SHOWN)
        shown = enlarged.rows(first, last)[0] + EDGES * laplacian(content[:, first:last])
        yield _Strip(_FineBands(shown, top - first, bottom - first, folder), brushwork, height * width, folder)


class _Strip:
    """Rows of a picture that move at once. folder: for their optimiser's state."""

    def __init__(self, canvas: _FineBands, brushwork: Brushwork, pixels: int, folder: Path | None) -> None:
        self.canvas, self._brushwork = canvas, brushwork
        above, own = canvas.above.shape[1], canvas.parameters[0].shape[1]
        self._own = above, above + own
        # Where a pixel of its own shows itself, and no farther.
        self.likeness = Likeness(brushwork, pixels, max(0, above - AROUND), above + own + min(AROUND, canvas.below.shape[1]))
        self._optimiser = torch.optim.Adam({"params": [band], "lr": rate} for band, rate in zip(canvas.parameters, RATES, strict=True))
        if folder is not None:
            for band in canvas.parameters:  # as Adam's own first step makes them, but for where they lie
                moments = (in_file(tuple(band.shape), band.dtype, folder).zero_() for _ in range(2))
                self._optimiser.state[band] = {"step": torch.tensor(0.0), **dict(zip(("exp_avg", "exp_avg_sq"), moments, strict=True))}

    def move(self, iterations: int, begun: float, share: float) -> None:
        """So many iterations, of which each is a `share` of the doubling's, when the share `begun` is done."""
        self._slow_down(begun)
        optimise(
            self.canvas, self.likeness, self._optimiser, iterations, Course(),
            on_iteration=lambda iteration, picture, loss: self._slow_down(begun + iteration * share),
        )

    def _slow_down(self, done: float) -> None:
        for group, rate in zip(self._optimiser.param_groups, RATES, strict=True):
            group["lr"] = falling_rate(rate, done)

    @torch.no_grad()
    def seen(self) -> Sums:
        """Its share in what the whole picture is judged by."""
        return self._brushwork.sums(self.canvas.picture(), *self._own)


class _FineBands(PyramidCanvas):
    """A picture's rows `top`..`bottom`, of which the two finest bands alone move: which is to say, what they look like at half of their
    size, and the finest band over that. Rows beside them are seen, and don't move; nor does a row of each neighbour at half of its size,
    which goes on beyond the edge, so that nothing begins there."""

    def __init__(self, shown: Tensor, top: int, bottom: int, folder: Path | None) -> None:
        self.above, self.below = shown[:, :top].clone(), shown[:, bottom:].clone()
        own = shown[:, top:bottom]
        half = scaled(own, (max(1, own.shape[1] // 2), max(1, own.shape[2] // 2)))
        beyond = [scaled(rows, (1, half.shape[2])) for rows in (self.above[:, -2:], self.below[:, :2]) if rows.shape[1]]
        self._half_above = beyond.pop(0) if top else half[:, :0]
        self._half_below = beyond.pop(0) if beyond else half[:, :0]
        bands = own - self._enlarged(half, own.shape[1]), half
        moving = [band if folder is None else in_file(tuple(band.shape), band.dtype, folder).copy_(band) for band in bands]
        self.parameters = [band.requires_grad_() for band in moving]

    def own(self) -> Tensor:
        fine, half = self.parameters
        return fine + self._enlarged(half, fine.shape[1])

    def picture(self) -> Tensor:
        return torch.cat([self.above, self.own(), self.below], 1) if self.above.numel() or self.below.numel() else self.own()

    @torch.no_grad()
    def meet(self, lower: _FineBands) -> None:
        """The rows below are shown the last of these, and these the first of those."""
        lower.above.copy_(self.own()[:, -lower.above.shape[1] :])
        self.below.copy_(lower.own()[:, : self.below.shape[1]])
        lower._half_above.copy_(self.parameters[1][:, -1:])
        self._half_below.copy_(lower.parameters[1][:, :1])

    def _enlarged(self, half: Tensor, rows: int) -> Tensor:
        above, below = 2 * self._half_above.shape[1], 2 * self._half_below.shape[1]
        if above or below:
            half = torch.cat([self._half_above, half, self._half_below], 1)
        return scaled(half, (above + rows + below, self.above.shape[2]))[:, above : above + rows]


def _plan(size: tuple[int, int], device: torch.device) -> tuple[int, Path | None]:
    """The rows that move at once, and the folder for what doesn't, if that is not to stay in memory."""
    free = SHARE_OF_FREE_MEMORY * free_memory(device) - LOOKED_AT
    area = size[0] * size[1]
    if MOVING * area <= free:
        return size[0], None
    spills = device.type == "cpu" and 2 * KEPT * area > free
    left = free - (0 if spills else KEPT * area)
    rows = int(left / (MOVING * size[1])) // LOWEST * LOWEST
    return max(LOWEST, rows), Path(cache_folder()) / "strips" if spills else None


def _tops(height: int, rows: int) -> range:
    """Where strips of so many rows begin; what is left over goes to the last."""
    return range(0, max(1, height - LOWEST + 1), rows)


def _rows_looked_at(height: int, rows: int) -> int:
    """In an iteration: in strips all of them, then each strip's with those beside it."""
    edges = len(_tops(height, rows)) - 1
    return 2 * (height + AROUND * edges) if edges else height


def _iterations(size: tuple[int, int]) -> int:
    return ITERATIONS if size[0] * size[1] < LARGE else ITERATIONS_WHERE_LARGE


def _doublings(small: tuple[int, int], whole: tuple[int, int]) -> list[tuple[int, int]]:
    """Sizes between, coarse to fine, the whole one last; none where nothing is to be enlarged. From one to the next by the same factor,
    about 2: with 2 itself a layer a little too large for that was gone through twice at nearly the same size."""
    ratio = max(whole) / max(small)
    if ratio <= 1:
        return []
    count = max(1, math.ceil(math.log2(ratio) - LITTLE))
    # A narrow picture was solved no narrower than an encoder can look at: it waits until the long side has caught up.
    shares = (ratio ** (step / count - 1) for step in range(1, count))
    return [*((max(small[0], round(whole[0] * share)), max(small[1], round(whole[1] * share))) for share in shares), whole]
