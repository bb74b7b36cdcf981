"""DST at its working size: texture and shape solved together, coarse to fine (Kim et al. 2020, section 3)."""

from __future__ import annotations

import torch
from torch import Tensor

from ..geometry import KeypointPairs
from ..image.resample import resize
from ..optimization import Course, Method, falling_rate, optimise
from ..optimization.pyramid import PyramidCanvas
from ..replay import adam, set_rate
from ..optimization.stylise import SMALLEST_SIDE
from ..progress import OnProgress, Progress, ignore_progress
from .moving_arrows import MovingArrows
from .settings import DeformSettings

SHAPE_ITERATIONS = 200  # of arrows alone; they have long arrived (measured on data/pairs)

# Shares of the picture's rate that the finest bands get, finest first. Adam takes steps of one length whatever the gradient, and in
# fine bands most of that is noise: without these the picture is speckled, and its loss higher (seen on data/pairs).
BAND_RATES = (0.2, 0.4, 0.7)


def solve(
    content: Tensor,
    style: Tensor,
    pairs: KeypointPairs,
    method: Method,
    settings: DeformSettings,
    *,
    on_progress: OnProgress = ignore_progress,
) -> tuple[Tensor, KeypointPairs, Course]:
    """The picture X, not warped, (3, H, W) RGB in 0..1; the arrows as solved; and how the losses went.

    content, style: (3, H, W) and (3, h, w) RGB of the working size. pairs: arrows on `content`; without any, this is the base
    method alone, begun from the content. Picture and arrows are those after the same, last step. Departures from the published
    code: Adam, with steps of their own for the arrows and for fine bands, which shorten within a scale; pictures antialiased where
    they are scaled; and colours clamped instead of stretched.
    """
    course = Course()
    size = (content.shape[1], content.shape[2])
    original, canvas = PyramidCanvas(content), PyramidCanvas(content)
    bend = MovingArrows(pairs, size, settings, content.device) if len(pairs) else None
    groups = [{"params": [band], "lr": settings.picture_rate} for band in canvas.parameters]
    if bend:
        groups.append({"params": bend.parameters, "lr": settings.arrow_rate * max(size) / 256})
    optimiser = adam(groups)  # one for all scales, as published: what it learnt of a level goes on
    scales = len(settings.iterations)
    done = 0
    for scale, iterations in enumerate(settings.iterations):
        coarser = min(scales - 1 - scale, _halvings(size), _halvings((style.shape[1], style.shape[2])))
        level = PyramidCanvas.sharing(canvas, coarser)
        here = level.size
        if bend:
            bend.at(here)
        there = (style.shape[1] >> coarser, style.shape[2] >> coarser)
        shown = PyramidCanvas.sharing(original, coarser).picture().detach()
        objective = method.objective(shown, resize(style, there), settings.content_weight * 2**coarser, settings.seed + scale)
        bands = optimiser.param_groups[coarser : len(canvas.parameters)]
        _set_rates(bands, settings.picture_rate)

        def tell(
            iteration: int, picture: Tensor | None, loss: float | None, before: int = done, bands: list[dict] = bands, share: float = 1 / iterations
        ) -> None:
            _set_rates(bands, falling_rate(settings.picture_rate, share * iteration))
            shown = None if picture is None else picture.clamp(0, 1)
            on_progress(Progress("painting", before + iteration, settings.total, shown, loss))

        optimise(level, objective, optimiser, iterations, course, bend=bend, on_iteration=tell)
        done += iterations
        if course.diverged:
            break
    return canvas.picture().detach().clamp(0, 1), bend.solved() if bend else KeypointPairs.none(), course


def _set_rates(bands: list[dict], rate: float) -> None:
    """Of an optimiser's groups, one a band of the scale's picture, finest first."""
    for index, group in enumerate(bands):
        set_rate(group, rate * (BAND_RATES[index] if index < len(BAND_RATES) else 1.0))


def _halvings(size: tuple[int, int]) -> int:
    """How often a picture can be halved and still be looked at by an encoder."""
    return max(0, (min(size) // SMALLEST_SIDE).bit_length() - 1)


def solve_shape(
    pairs: KeypointPairs, size: tuple[int, int], settings: DeformSettings, on_progress: OnProgress = ignore_progress
) -> tuple[KeypointPairs, Course]:
    """The arrows that beta L_warp + gamma R_TV alone would have, on a picture of `size` = (H, W): DST's shape without its texture."""
    course = Course()
    bend = MovingArrows(pairs, size, settings, torch.device("cpu"))
    optimiser = torch.optim.Adam(bend.parameters, lr=settings.arrow_rate * max(size) / 256)
    for iteration in range(1, SHAPE_ITERATIONS + 1):
        optimiser.zero_grad(set_to_none=True)
        _, cost, terms = bend.cost()
        cost.backward()
        optimiser.step()
        course.losses.append({name: float(value.detach()) for name, value in {"total": cost, **terms}.items()})
        on_progress(Progress("bending", iteration, SHAPE_ITERATIONS, loss=course.losses[-1]["total"]))
    return bend.solved(), course
