"""STROTSS: style by relaxed optimal transport, content by self-similarity (Kolkin, Salavon & Shakhnarovich 2019)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..devices import fast_dtype
from ..features import STROTSS_LAYERS, Encoder
from ..losses import (
    moment_distance,
    palette_distance,
    relaxed_emd,
    self_similarity,
    self_similarity_distance,
    style_statistics,
)
from .hypercolumn import (
    Hypercolumns,
    lattice_axes,
    lattice_places,
    lattice_positions,
    lattice_steps,
    random_positions,
)

STYLE_SAMPLES = 5000  # drawn once a scale (published code: five times a thousand)


@dataclass(frozen=True)
class Strotss:
    """samples: positions an iteration, of content and candidate alike; 1024 in STROTSS' code, 2048 in DST's.

    redraw: iterations between new lattices; 0 keeps one a scale, as DST's code does; STROTSS' takes 10.
    """

    encoder: Encoder
    samples: int = 1024
    redraw: int = 10
    name: str = "strotss"

    def objective(self, content: Tensor, style: Tensor, content_weight: float, seed: int) -> StrotssObjective:
        return StrotssObjective(self, content, style, content_weight, seed)


class StrotssObjective:
    """One scale. style = relaxed EMD + moments + palette / max(alpha, 1), without the common denominator of the paper."""

    def __init__(self, method: Strotss, content: Tensor, style: Tensor, content_weight: float, seed: int) -> None:
        self.method = method
        self.content_weight = content_weight
        self.device = content.device
        self.size = (content.shape[1], content.shape[2])
        self.generator = torch.Generator().manual_seed(seed)  # on the CPU, so that every device draws the same
        self.columns = Hypercolumns(method.encoder, STROTSS_LAYERS[method.encoder.name], style)
        with torch.no_grad():
            positions = random_positions((style.shape[1], style.shape[2]), STYLE_SAMPLES, self.generator)
            found = self._read(self.columns.maps(style[None]), torch.stack(positions).to(self.device))[0]
            self.style_target = style_statistics(found, dtype=fast_dtype(self.device))
        self.shown = content
        self.drawn = 0
        self.offset = (0, 0)
        # The content's columns on the whole lattice, and (3, n) positions: rows, columns, and places on the lattice. Both stay where they
        # are for as long as the scale lasts.
        self.lattice: Tensor | None = None
        self.positions: Tensor | None = None

    def draw(self) -> None:
        every = self.method.redraw
        if self.drawn == 0 or every and self.drawn % every == 0:
            steps = lattice_steps(self.size)
            # Not beyond the picture's own first row or column, where it is smaller than a step.
            self.offset = tuple(
                int(torch.randint(min(step, side), (1,), generator=self.generator)) for step, side in zip(steps, self.size, strict=True)
            )
            self._look_at_content()
        self.drawn += 1
        rows, columns = lattice_positions(self.size, self.method.samples, self.offset, self.generator)
        drawn = torch.stack([rows, columns, lattice_places(self.size, self.offset, rows, columns)])
        if self.positions is None:
            self.positions = drawn.to(self.device)
        else:
            # From pinned memory, so that the host does not wait until the device has come so far.
            self.positions.copy_(drawn.pin_memory() if self.positions.is_cuda else drawn, non_blocking=True)

    @torch.no_grad()
    def _look_at_content(self) -> None:
        """Its columns at every point of the lattice: a tenth of its maps, at 1024 pixels."""
        found = self._read(self.columns.maps(self.shown[None]), torch.cartesian_prod(*lattice_axes(self.size, self.offset)).T.to(self.device))[0]
        if self.lattice is None:
            most = [len(axis) for axis in lattice_axes(self.size, (0, 0))]
            self.lattice = found.new_zeros(most[0] * most[1], found.shape[1])
        self.lattice[: len(found)].copy_(found)

    def features(self, pictures: Tensor) -> list[Tensor]:
        return list(self._read(self.columns.maps(pictures), self.positions))

    def content(self, features: Tensor) -> Tensor:
        with torch.no_grad():
            target = self_similarity(self.lattice.index_select(0, self.positions[2]))
        return self_similarity_distance(features, target)

    def style(self, features: Tensor) -> Tensor:
        palette = palette_distance(features, self.style_target) / max(self.content_weight, 1.0)
        return relaxed_emd(features, self.style_target) + moment_distance(features, self.style_target) + palette

    def _read(self, maps: list[Tensor], positions: Tensor) -> Tensor:
        return self.columns.at(maps, positions[0], positions[1])
