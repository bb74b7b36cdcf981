"""Training a singular network: one loss at one scale, by the loop that trains Multimodal Transfer.

Departures from the papers: the loss is that of Multimodal Transfer's first scale (relative errors, layers, the balance of style and
content), so that the two differ by network and scale alone. Gram matrices, content and total variation are theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from torch import Tensor

from ..features import normalise
from ..multimodal.objective import STYLE_SHORT_SIDES, Output, Weights
from ..multimodal.photos import style_pyramid
from ..multimodal.train import Paintings, Stage, Training, TrainingSettings
from .photos import stream_squares

STAGES = (("whole", 0, 0),)
QUALITIES = {"quick": (500,), "standard": (2000,), "best": (10000,)}  # Johnson et al. take 40000


@dataclass(frozen=True)
class SingularSettings(TrainingSettings):
    """style_size: the style picture's short side in pixels, one of STYLE_SHORT_SIDES. Batch and rate are Johnson's."""

    order: ClassVar[tuple[tuple[str, int, int], ...]] = STAGES
    iterations: tuple[int] = QUALITIES["standard"]
    batch: int = 4
    window: int = 256
    weights: Weights = Weights(distribution=(0.0, 0.0, 0.0), grid_pattern=0.0, regularity=0.0)
    style_size: int = STYLE_SHORT_SIDES[0]


class SingularTraining(Training):
    """The same loop for a network of one scale: it paints whole photographs at `window` pixels."""

    settings: SingularSettings

    def style_pictures(self, paintings: Paintings) -> list[list[Tensor]]:
        scale = STYLE_SHORT_SIDES.index(self.settings.style_size)
        return [[style_pyramid(path)[scale] for path in paintings[0]]]

    def batches(self, photos: list[Path], start: int) -> Iterator[Sequence[Tensor]]:
        settings = self.settings
        return stream_squares(
            photos, side=settings.window, batch=settings.batch, seed=settings.seed, start=start, loaders=settings.loaders,
            fellows=self.fellows,
        )

    def losses(self, stage: Stage, batch: Sequence[Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        (photos,) = batch
        return self.loss([Output(self.network(normalise(photos)))], [photos], 0, self.strengths)
