"""Gatys: style by Gram matrices, content by activations (Gatys, Ecker & Bethge 2016)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..features import Encoder
from ..losses import gram_matrix, relative_error
from .palette import Palette

STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
CONTENT_LAYERS = ("relu4_2", "relu4_1")  # the paper's, else the nearest that an encoder has
PALETTE = "palette"  # the layer beneath the encoder's
CONTENT_UNIT = 2.0  # of the relative error for one unit of STROTSS' alpha; ours, by eye: at 1 both methods keep a face alike


@dataclass(frozen=True)
class Gatys:
    """The method with an encoder. Any that has relu1_1 … relu5_1 will do."""

    encoder: Encoder
    name: str = "gatys"

    def objective(self, content: Tensor, style: Tensor, content_weight: float, seed: int) -> GatysObjective:
        return GatysObjective(self, content, style, content_weight)


class GatysObjective:
    """One scale. The style loss is scaled so that the content picture's own is 1, as STROTSS' terms are near one at first; and a layer in
    which that is farther away than nothing at all is, counts as 1 (colours may be: a colourful photograph is far from a drawing's sepia).

    Departures from the paper: errors are relative to the target (`losses.perceptual`), so no weight hangs on an encoder's scales;
    and there is one layer more, of colours (`palette`).
    """

    def __init__(self, method: Gatys, content: Tensor, style: Tensor, content_weight: float) -> None:
        self.encoder = method.encoder
        self.content_weight = content_weight
        self.content_layer = next(layer for layer in CONTENT_LAYERS if layer in self.encoder.layers)
        with torch.no_grad():
            self.palette = Palette(style)
            found = self.encoder(style[None], STYLE_LAYERS) | {PALETTE: self.palette(style[None])}
            self.targets = {layer: gram_matrix(value) for layer, value in found.items()}
            [features] = self.features(content[None])
            self.content_target = features[self.content_layer]
            start = {layer: float(error) for layer, error in self._errors(features).items()}
            # A style picture that is the content picture has nothing to be scaled by.
            whole = max(sum(min(1.0, error) for error in start.values()), 1e-6)
            self.shares = {layer: 1 / (max(1.0, error) * whole) for layer, error in start.items()}

    def draw(self) -> None:
        """Every pixel counts in each iteration."""

    def features(self, pictures: Tensor) -> list[dict[str, Tensor]]:
        found = self.encoder(pictures, (*STYLE_LAYERS, self.content_layer)) | {PALETTE: self.palette(pictures)}
        return [{layer: value[index : index + 1] for layer, value in found.items()} for index in range(len(pictures))]

    def content(self, features: dict[str, Tensor]) -> Tensor:
        return CONTENT_UNIT * relative_error(features[self.content_layer], self.content_target).mean()

    def style(self, features: dict[str, Tensor]) -> Tensor:
        return sum(self.shares[layer] * error for layer, error in self._errors(features).items())

    def _errors(self, features: dict[str, Tensor]) -> dict[str, Tensor]:
        return {layer: relative_error(gram_matrix(features[layer]), target).mean() for layer, target in self.targets.items()}
