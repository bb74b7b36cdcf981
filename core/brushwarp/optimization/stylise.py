"""The base methods on their own: a content and a style picture in, a painted picture out, coarse to fine."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..image.resample import resize
from ..progress import OnProgress, Progress, ignore_progress
from .loop import Course, optimise
from .method import Method
from .pyramid import Canvas, PixelCanvas, PyramidCanvas, laplacian, mean_colour
from ..replay import adam

SMALLEST_SIDE = 16  # pixels of a scale: below it the deepest layers of an encoder have nothing left to look at


@dataclass(frozen=True)
class Schedule:
    """long_sides and iterations of the scales, coarse to fine. content_weight: alpha of the first; it halves from scale to scale.

    optimiser: "rmsprop" on a Laplacian pyramid (STROTSS), "adam" or "lbfgs" on pixels (Gatys).
    """

    long_sides: tuple[int, ...]
    iterations: tuple[int, ...]
    content_weight: float
    optimiser: str
    learning_rate: float
    last_learning_rate: float


STROTSS_SCHEDULE = Schedule((64, 128, 256, 512), (250, 250, 250, 250), 16.0, "rmsprop", 2e-3, 1e-3)
GATYS_SCHEDULE = Schedule((256, 512), (300, 150), 8.0, "adam", 2e-2, 1e-2)


def stylise(
    content: Tensor, style: Tensor, method: Method, schedule: Schedule, *, seed: int = 0, on_progress: OnProgress = ignore_progress
) -> tuple[Tensor, Course]:
    """(3, H, W) content painted as (3, h, w) style, RGB in 0..1, at the schedule's last size; and how the losses went.

    STROTSS begins with the content's edges on the style's mean colour and gives each finer scale the content's edges again, but
    for the last (published code); Gatys begins with the content, which spares it the noise. Nothing is enlarged beyond its own size.
    """
    course, done = Course(), 0
    picture: Tensor | None = None
    for scale, (long_side, iterations) in enumerate(zip(schedule.long_sides, schedule.iterations, strict=True)):
        last = scale == len(schedule.long_sides) - 1
        here, there = at_long_side(content, long_side), at_long_side(style, long_side)
        objective = method.objective(here, there, schedule.content_weight / 2**scale, seed + scale)
        canvas: Canvas
        if schedule.optimiser == "rmsprop":
            start = mean_colour(there).expand_as(here) if picture is None else resize(picture, (here.shape[1], here.shape[2]))
            canvas = PyramidCanvas(start if last and picture is not None else start + laplacian(here))
        else:
            canvas = PixelCanvas(here if picture is None else resize(picture, (here.shape[1], here.shape[2])))
        rate = schedule.last_learning_rate if last else schedule.learning_rate
        before = done

        def tell(iteration: int, state: Tensor | None, loss: float | None, before: int = before) -> None:
            on_progress(Progress("painting", before + iteration, sum(schedule.iterations), state, loss))

        optimise(canvas, objective, make_optimiser(schedule.optimiser, canvas.parameters, rate), iterations, course, on_iteration=tell)
        picture = canvas.picture().detach()
        done += iterations
        if course.diverged:
            break
    assert picture is not None
    return picture.clamp(0, 1), course


def make_optimiser(name: str, parameters: list[Tensor], rate: float) -> torch.optim.Optimizer:
    """By name: "rmsprop" and "adam" with torch's own constants, "lbfgs" as the published notebook: 100 pairs, no line search."""
    if name == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=rate, capturable=parameters[0].is_cuda)
    if name == "adam":
        return adam([{"params": parameters, "lr": rate}])
    return torch.optim.LBFGS(parameters, lr=1.0, history_size=100, max_iter=1)


def at_long_side(picture: Tensor, long_side: int) -> Tensor:
    """(3, H, W) scaled down to that long side; never up."""
    share = min(1.0, long_side / max(picture.shape[-2:]))
    height, width = (max(min(SMALLEST_SIDE, side), round(side * share)) for side in picture.shape[-2:])
    return resize(picture, (height, width))
