"""Where two pictures agree as a whole: the similarity that most places follow, and how each bends away from it.

Single matches of a photograph and a painting are mostly wrong, and a face matches itself mirrored; all of them together are not.
Points are complex numbers here, x + iy from the picture's centre, its long side being 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as functional
from torch import Tensor

from .search import correlations, unit_features
from .views import View

SHARPNESS = 3.0  # of the softmax, in standard deviations of the correlations
GRID = 1.5  # nodes a place of the deepest level

# What is tried of similarities: heads lean, and a painter frames things tighter or wider, but not upside down.
_SCALES = torch.logspace(-1, 1, 9, base=2)
_TURNS = torch.arange(-3, 4) * math.radians(10)
_SHIFTS = torch.linspace(-0.4, 0.4, 11)
_KEPT, _DRAWS, _ROUNDS = 20, 40, 6
_STEPS = torch.tensor([0.1, 0.1, 0.05, 0.05])  # of factor and shift; each round 0.6 of the one before
_BLOCK = 512

# Shares of the long side: how far a match may lie from where it is expected, and how far places bend alike.
REACH = 0.08
_BEND = 0.05
_PRIOR = 0.5  # of the mean evidence of a place, for not bending at all
_BENDS = 3


@dataclass(frozen=True, eq=False)
class Grid:
    """Nodes over a picture of `size` = (H, W): `shape` = (rows, columns) of them, at the centres of its cells."""

    shape: tuple[int, int]
    size: tuple[int, int]
    device: torch.device

    def nodes(self) -> Tensor:
        """(n,) complex."""
        (rows, columns), (height, width) = self.shape, self.size
        y, x = (torch.arange(count, device=self.device) + 0.5 for count in (rows, columns))
        y, x = torch.meshgrid((y / rows - 0.5) * height, (x / columns - 0.5) * width, indexing="ij")
        return torch.complex(x, y).flatten() / max(self.size)

    def cells(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """In which cell points (…) lie, as an index of a node, and whether they lie in the picture."""
        (rows, columns), (height, width), side = self.shape, self.size, max(self.size)
        column = (points.real * (side / width * columns) + columns / 2).floor()
        row = (points.imag * (side / height * rows) + rows / 2).floor()
        inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        return (row.clamp(0, rows - 1) * columns + column.clamp(0, columns - 1)).long(), inside


@dataclass(frozen=True, eq=False)
class Agreement:
    """likeness: (n, m) of the grids' nodes, 1 being what chance gives on average. factor, shift: z -> factor z + shift.

    sureness: how many times as alike as by chance the pictures are when one is laid upon the other.
    """

    likeness: Tensor
    first: Grid
    second: Grid
    factor: complex
    shift: complex
    sureness: float

    def carried(self, points: Tensor) -> Tensor:
        """Where complex points (k,) of the first picture lie on the second by the similarity alone."""
        return points * self.factor + self.shift


def agree(first: View, second: View, seed: int = 0) -> Agreement:
    """The similarity that two pictures agree on most, by levels 4 and 5 of their views."""
    hypercolumns, grids, hidden = [], [], []
    for view in (first, second):
        deepest = view.maps[5]
        shape = tuple(max(1, round(GRID * side)) for side in deepest.shape[1:])
        hypercolumns.append(_hypercolumns(view, shape))
        grids.append(Grid(shape, view.size, deepest.device))
        visible = functional.interpolate(view.visible[5][None, None].float(), size=shape, mode="nearest")
        hidden.append(visible.flatten() == 0)
    likeness = _likeness(correlations(*hypercolumns, 1), *hidden)
    parameters, best = _dominant(likeness, *grids, seed)
    factor, shift = complex(*parameters[:2]), complex(*parameters[2:])
    return Agreement(likeness, *grids, factor, shift, best)


def bend(agreement: Agreement) -> tuple[Tensor, Tensor]:
    """Where the first grid's nodes lie on the second picture, (n,) complex, and the evidence for each, (n,), mean 1 by chance.

    Each node is drawn to what it looks like near where it is expected, its neighbours go along, and so on a few times.
    """
    nodes, others = agreement.first.nodes(), agreement.second.nodes()
    near = _closeness(nodes, nodes, _BEND)
    straight = agreement.carried(nodes)
    expected = straight
    for _ in range(_BENDS):
        weight = agreement.likeness * _closeness(expected, others, REACH)
        evidence = weight.sum(1)
        drawn = (weight.to(others.dtype) @ others) / evidence.clamp(min=1e-9)
        pulls = near * evidence
        moved = (pulls.to(drawn.dtype) @ (drawn - straight)) / (pulls.sum(1) + _PRIOR * evidence.mean()).clamp(min=1e-9)
        expected = straight + moved
    return expected, evidence


def _hypercolumns(view: View, shape: tuple[int, int]) -> Tensor:
    """(C, *shape): the deep maps, each channel normalised over the picture, which takes most of a style away."""
    columns = []
    for features in (view.maps[4], view.maps[5]):
        mean = features.mean((1, 2), keepdim=True)
        deviation = features.std((1, 2), keepdim=True, correction=0) + 1e-6 * features.abs().max() + 1e-12
        normal = unit_features((features - mean) / deviation)
        normal = functional.interpolate(normal[None], size=shape, mode="bilinear", align_corners=False, antialias=True)[0]
        columns.append(unit_features(normal))
    return unit_features(torch.cat(columns))


def _likeness(alike: Tensor, hidden: Tensor, other_hidden: Tensor) -> Tensor:
    """Of correlations (n, m): high where both sides prefer each other to all else, 0 where either is hidden; mean 1."""
    excluded = hidden[:, None] | other_hidden[None]
    spread = alike.std(correction=0).clamp(min=1e-12)
    logits = (SHARPNESS * alike / spread).masked_fill(excluded, -torch.inf)
    both = (logits.softmax(1) * logits.softmax(0)).sqrt().masked_fill(excluded, 0)
    return both / both.mean().clamp(min=1e-12)


def _dominant(likeness: Tensor, first: Grid, second: Grid, seed: int) -> tuple[list[float], float]:
    """The best similarity, (factor's real and imaginary part, shift's), and its score: a grid of them, then draws about the best."""
    device = likeness.device
    scale, turn, across, down = (each.flatten() for each in torch.meshgrid(_SCALES, _TURNS, _SHIFTS, _SHIFTS, indexing="ij"))
    tried = torch.stack([scale * turn.cos(), scale * turn.sin(), across, down], 1).to(device)
    best = tried[_scores(likeness, first, second, tried).topk(_KEPT).indices]
    generator, steps = torch.Generator().manual_seed(seed), _STEPS.clone()
    for _ in range(_ROUNDS):
        draws = torch.randn(_KEPT, _DRAWS, 4, generator=generator) * steps
        tried = torch.cat([best, (best[:, None] + draws.to(device)).flatten(0, 1)])
        scores, order = _scores(likeness, first, second, tried).topk(_KEPT)
        best, steps = tried[order], steps * 0.6
    # Scores are steps of whole cells: the mean of the best few lies finer.
    return best[: _KEPT // 3].double().mean(0).tolist(), float(scores[0])


def _scores(likeness: Tensor, first: Grid, second: Grid, similarities: Tensor) -> Tensor:
    """(k,): mean likeness of what falls on each other, seen from both sides, so that neither shrinking nor enlarging wins by itself."""
    here, there, back = first.nodes(), second.nodes(), likeness.T.contiguous()
    scores = []
    for part in similarities.split(_BLOCK):
        factor, shift = torch.complex(part[:, :1], part[:, 1:2]), torch.complex(part[:, 2:3], part[:, 3:])
        forth = _found(likeness, second, here * factor + shift)
        scores.append((forth + _found(back, first, (there - shift) / factor)) / 2)
    return torch.cat(scores)


def _found(likeness: Tensor, grid: Grid, points: Tensor) -> Tensor:
    """(k,): mean of likeness (n, m) over nodes that lie at points (k, n) of the other grid."""
    cells, inside = grid.cells(points)
    return (likeness.gather(1, cells.T).T * inside).mean(1)


def _closeness(points: Tensor, others: Tensor, reach: float) -> Tensor:
    """(k, m) of complex (k,) and (m,): 1 at the same place, falling off as a normal distribution."""
    return (-(points[:, None] - others[None]).abs().square() / (2 * reach**2)).exp()
