"""DST at its working size: texture and shape solved together, coarse to fine (Kim et al. 2020, section 3)."""

from __future__ import annotations

import torch
from torch import Tensor

from ..geometry import KeypointPairs
from ..optimization import Course, Method, optimise
from ..optimization.pyramid import PyramidCanvas, scaled
from ..optimization.stylise import SMALLEST_SIDE
from ..progress import OnProgress, Progress, ignore_progress
from .moving_arrows import MovingArrows
from .settings import DeformSettings

SHAPE_ITERATIONS = 200  # of arrows alone; they have long arrived (measured on data/pairs)


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
    code: Adam, with a step of its own for the arrows, and colours clamped instead of stretched.
    """
    course = Course()
    size = (content.shape[1], content.shape[2])
    canvas = PyramidCanvas(content)
    bend = MovingArrows(pairs, size, settings, content.device) if len(pairs) else None
    groups = [{"params": canvas.parameters, "lr": settings.picture_rate}]
    if bend:
        groups.append({"params": bend.parameters, "lr": settings.arrow_rate * max(size) / 256})
    optimiser = torch.optim.Adam(groups)  # one for all scales, as published: what it learnt of a level goes on
    scales = len(settings.iterations)
    done = 0
    for scale, iterations in enumerate(settings.iterations):
        coarser = min(scales - 1 - scale, _halvings(size), _halvings((style.shape[1], style.shape[2])))
        level = PyramidCanvas.sharing(canvas, coarser)
        here = level.size
        if bend:
            bend.at(here)
        there = (style.shape[1] >> coarser, style.shape[2] >> coarser)
        objective = method.objective(scaled(content, here), scaled(style, there), settings.content_weight * 2**coarser, settings.seed + scale)

        def tell(iteration: int, picture: Tensor, loss: float | None, before: int = done) -> None:
            on_progress(Progress("painting", before + iteration, settings.total, picture.clamp(0, 1), loss))

        optimise(level, objective, optimiser, iterations, course, bend=bend, on_iteration=tell)
        done += iterations
        if course.diverged:
            break
    return canvas.picture().detach().clamp(0, 1), bend.solved() if bend else KeypointPairs.none(), course


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
