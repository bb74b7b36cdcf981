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
from ..replay import Replay, replayable

EXCESS_WEIGHT = 5.0  # of colours outside 0..1: without it a match is sought there, and lost when they are clamped; ours, by eye
LAST_RATE = 0.1  # of a falling rate, at its end
TOGETHER = 512 * 512  # pixels; larger pictures are looked at one after the other, which takes half the memory


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


OnIteration = Callable[[int, "Tensor | None", "float | None"], None]
"""Told the iteration (from 1), the picture (3, H, W) where it was looked at, and the last loss that is known. It may raise `Cancelled`."""


@dataclass(frozen=True)
class Pace:
    """How often an optimisation is looked at. every: iterations between looks. late: what a look finds is read at the next one, when it
    has long come from the device, so nothing ever waits for that; and no more than two looks' work is ahead of what the caller knows."""

    every: int = 1
    late: bool = False


CPU_PACE, CUDA_PACE = Pace(), Pace(10, late=True)


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
    pace: Pace | None = None,
) -> None:
    """Moves canvas and bend towards the least loss; what it cost is added to `course`.

    Loss = content_weight * content(X) + style(X), and with a bend W, + style(W(X)) + the bend's own cost: DST's L (section 3.3);
    and what keeps colours within 0..1.
    Where the loss is no number, canvas and bend go back to their last good state, and the loop ends. On a CUDA device with a
    `replayable` optimiser the iterations are replays of one graph. pace: the device's own by default.
    """
    leaves = [*canvas.parameters, *(bend.parameters if bend else [])]
    loss = _Loss(canvas, objective, optimiser, bend)
    step = Replay(loss.step, leaves[0].device) if leaves[0].is_cuda and replayable(optimiser) else loss.step
    watch = _Watch(leaves, loss, course, pace or (CUDA_PACE if leaves[0].is_cuda else CPU_PACE))
    for iteration in range(1, iterations + 1):
        objective.draw()
        last = iteration == iterations
        watch.before(iteration, last)
        step()
        looks = watch.after(iteration, last)
        if not all(watch.passes(look) for look in looks):
            course.diverged = True
            break
        on_iteration(iteration, looks[-1].picture if looks else None, course.losses[-1]["total"] if course.losses else None)
    optimiser.zero_grad(set_to_none=True)  # a graph's memory goes with its last tensor


class _Loss:
    """One iteration: the loss of canvas and bend, its gradient, and the optimiser's step. `row` holds the terms `names`."""

    def __init__(self, canvas: Canvas, objective: Objective, optimiser: torch.optim.Optimizer, bend: Bend | None) -> None:
        self.canvas, self.objective, self.optimiser, self.bend = canvas, objective, optimiser, bend
        self.names: list[str] = []
        self.row: Tensor | None = None

    def step(self) -> None:
        self.optimiser.step(self.evaluate)

    def evaluate(self) -> Tensor:
        objective = self.objective
        self.optimiser.zero_grad(set_to_none=True)
        picture = self.canvas.picture()
        pictures, cost, terms = [picture], 0.0, {}
        if self.bend is not None:
            bent, cost, terms = self.bend(picture)
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
        terms = {"total": total, "content": content, **dict(zip(("style", "style warped"), styles, strict=False)), **terms}
        self.names = list(terms)
        self.row = torch.stack([value.detach().to(total.dtype) for value in terms.values()])
        return total


@dataclass(frozen=True, eq=False)
class _Look:
    """What was found since the look before, on its way to the host. good: the leaves as they were before the last of its iterations."""

    rows: Tensor
    picture: Tensor
    good: list[Tensor]
    arrived: torch.cuda.Event | None

    def wait(self) -> None:
        if self.arrived is not None:
            self.arrived.synchronize()


class _Watch:
    """Looks at an optimisation at its pace, and keeps the last good state."""

    def __init__(self, leaves: list[Tensor], loss: _Loss, course: Course, pace: Pace) -> None:
        self.leaves, self.loss, self.course, self.pace = leaves, loss, course, pace
        self.good = [leaf.detach().clone() for leaf in leaves]
        self.before_look: list[Tensor] = self.good
        self.rows: list[Tensor] = []
        self.waiting: _Look | None = None

    def before(self, iteration: int, last: bool) -> None:
        if last or iteration % self.pace.every == 0:
            self.before_look = [leaf.detach().clone() for leaf in self.leaves]

    def after(self, iteration: int, last: bool) -> list[_Look]:
        """The looks that can be read now, the oldest first."""
        self.rows.append(self.loss.row.clone())  # a graph writes the next one to the same place
        if not last and iteration % self.pace.every:
            return []
        picture = self.loss.canvas.picture().detach()
        rows, shown = (tensor.to("cpu", non_blocking=True) if self.pace.late else tensor for tensor in (torch.stack(self.rows), picture))
        arrived = None
        if picture.is_cuda:
            arrived = torch.cuda.Event()
            arrived.record()
        self.rows = []
        look = _Look(rows, shown, self.before_look, arrived)
        if not self.pace.late:
            return [look]
        before, self.waiting = self.waiting, look
        return [known for known in (before, look if last else None) if known]

    def passes(self, look: _Look) -> bool:
        """Whether all that it found are numbers: then they are added to the course, else the leaves go back to the last good state."""
        look.wait()
        found = look.rows.tolist()
        if not all(math.isfinite(row[0]) for row in found):
            for leaf, value in zip(self.leaves, self.good, strict=True):
                leaf.data.copy_(value)
            return False
        self.course.losses += [dict(zip(self.loss.names, row, strict=True)) for row in found]
        self.good = look.good
        return True
