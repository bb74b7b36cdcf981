"""The loop that all optimisation-based methods share: draw, look, measure, step."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor

from ..losses import excess
from .method import Objective
from .pyramid import Canvas

EXCESS_WEIGHT = 5.0  # of colours outside 0..1: without it a match is sought there, and lost when they are clamped; ours, by eye
LAST_RATE = 0.1  # of a falling rate, at its end
TOGETHER = 512 * 512  # pixels; larger pictures are looked at one after the other, which takes half the memory
LOOK_EVERY = 10  # iterations between looks at the loss on a CUDA device, each of which waits for it; on a CPU every one is looked at


class Bend(Protocol):
    """The shape of a picture, moved along with its texture (DST)."""

    parameters: list[Tensor]

    def __call__(self, picture: Tensor) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        """(3, H, W) to the picture bent, what the bending costs, and that cost's parts by name."""
        ...


@dataclass
class Course:
    """How an optimisation went: each iteration's terms, and whether its loss stopped being a number."""

    losses: list[dict[str, float]] = field(default_factory=list)
    diverged: bool = False


OnIteration = Callable[[int, Tensor, "float | None"], None]
"""Told the iteration (from 1), the picture (3, H, W) as it stands, and the loss where it was looked at. It may raise `Cancelled`."""


def falling_rate(rate: float, share: float) -> float:
    """The rate when a `share` of the iterations is done: it falls to LAST_RATE of itself along a cosine, and grain settles."""
    return rate * (LAST_RATE + (1 - LAST_RATE) * (1 + math.cos(math.pi * share)) / 2)


def optimise(
    canvas: Canvas,
    objective: Objective,
    optimiser: torch.optim.Optimizer,
    iterations: int,
    course: Course,
    *,
    bend: Bend | None = None,
    on_iteration: OnIteration = lambda iteration, picture, loss: None,
) -> None:
    """Moves canvas and bend towards the least loss; what it cost is added to `course`.

    Loss = content_weight * content(X) + style(X), and with a bend W, + style(W(X)) + the bend's own cost: DST's L (section 3.3);
    and what keeps colours within 0..1.
    Where the loss is no number, canvas and bend go back to their last good state, and the loop ends.
    """
    leaves = [*canvas.parameters, *(bend.parameters if bend else [])]
    good = [leaf.detach().clone() for leaf in leaves]
    waiting: list[dict[str, Tensor]] = []
    every = LOOK_EVERY if leaves[0].is_cuda else 1

    def evaluate() -> Tensor:
        optimiser.zero_grad(set_to_none=True)
        picture = canvas.picture()
        pictures, cost, terms = [picture], 0.0, {}
        if bend is not None:
            bent, cost, terms = bend(picture)
            pictures.append(bent)
        stacked = torch.stack(pictures)
        # What an encoder leaves behind for the gradient is forgotten here, before the next picture is looked at.
        looked_at = stacked.detach().requires_grad_()
        together = len(pictures) if picture.shape[1] * picture.shape[2] <= TOGETHER else 1
        content, styles = picture.new_zeros(()), []
        for first in range(0, len(pictures), together):
            features = objective.features(looked_at[first : first + together])
            found = [objective.style(columns) for columns in features]
            part = sum(found)
            if first == 0:
                content = objective.content(features[0])
                part = part + objective.content_weight * content
            part.backward()
            styles += [value.detach() for value in found]
        own = cost + EXCESS_WEIGHT * excess(picture)
        torch.autograd.backward([stacked, own], [looked_at.grad, torch.ones_like(own)])
        total = objective.content_weight * content.detach() + sum(styles) + own.detach()
        names = ("style", "style warped")
        waiting.append({"total": total, "content": content.detach(), **dict(zip(names, styles, strict=False)), **terms})
        return total

    for iteration in range(1, iterations + 1):
        objective.draw()
        before = [leaf.detach().clone() for leaf in leaves] if iteration % every == 0 else None
        optimiser.step(evaluate)
        if before is None and iteration < iterations:
            on_iteration(iteration, canvas.picture().detach(), None)
            continue
        found = [{name: float(value.detach()) for name, value in terms.items()} for terms in waiting]
        waiting.clear()
        if not all(math.isfinite(terms["total"]) for terms in found):
            for leaf, value in zip(leaves, good, strict=True):
                leaf.data.copy_(value)
            course.diverged = True
            return
        course.losses += found
        good = before or good
        on_iteration(iteration, canvas.picture().detach(), found[-1]["total"])
