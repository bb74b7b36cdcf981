"""A picture solved at a working size, carried up to the layer's own: each doubling paints the strokes that it makes room for.

Ours: the published code ends at its working size. Only the two finest bands of a pyramid move here, so that colours and forms stay
as they were solved, under the brushwork's own statistics (`detail`).
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..features.compact import load_compact
from ..image.resample import resize
from ..optimization import Course, at_long_side, falling_rate, optimise
from ..optimization.pyramid import PyramidCanvas, collapse, laplacian
from ..progress import OnProgress, Progress, ignore_progress
from .detail import Brushwork

ITERATIONS = 14  # for each doubling; by eye, as what follows
LARGE, ITERATIONS_WHERE_LARGE = 2_000_000, 6  # pixels; from there on a stroke is many pixels long, and its fine grain is what is left
RATES = (1e-2, 2e-2)  # Adam's at first, of the bands that move, finest first; with half of it the strokes stay dots
EDGES = 0.4  # share of the content's own edges that a doubling begins with; the rest gives way to strokes


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
    done = 0
    for size in sizes:

        def tell(pixels: int) -> None:
            nonlocal done
            done += pixels
            on_progress(Progress("detail", min(done, work), work))

        brushwork = Brushwork(encoder, at_long_side(style, max(size)), tell)
        canvas = _FineBands(resize(picture, size) + EDGES * laplacian(resize(content, size)))
        optimiser = torch.optim.Adam({"params": [band], "lr": rate} for band, rate in zip(canvas.parameters, RATES, strict=False))

        iterations = _iterations(size)

        def slow_down(iteration: int, _: Tensor | None, __: float | None, optimiser: torch.optim.Adam = optimiser, share: float = 1 / iterations) -> None:
            for group, rate in zip(optimiser.param_groups, RATES, strict=False):
                group["lr"] = falling_rate(rate, iteration * share)

        optimise(canvas, brushwork, optimiser, iterations, Course(), on_iteration=slow_down)
        picture = canvas.picture().detach().clamp(0, 1)
    return picture


class _FineBands(PyramidCanvas):
    """A picture of which the finest bands alone move."""

    def __init__(self, picture: Tensor) -> None:
        super().__init__(picture)
        self.bands = [band if index < len(RATES) else band.detach() for index, band in enumerate(self.parameters)]
        self.parameters = self.bands[: len(RATES)]

    def picture(self) -> Tensor:
        return collapse(self.bands)


def _iterations(size: tuple[int, int]) -> int:
    return ITERATIONS if size[0] * size[1] < LARGE else ITERATIONS_WHERE_LARGE


def _doublings(small: tuple[int, int], whole: tuple[int, int]) -> list[tuple[int, int]]:
    """Sizes between, coarse to fine, the whole one last; none where nothing is to be enlarged."""
    sizes = []
    while max(small) < max(whole):
        share = min(1.0, 2 * max(small) / max(whole))
        small = whole if share == 1 else (max(1, round(whole[0] * share)), max(1, round(whole[1] * share)))
        sizes.append(small)
    return sizes
