"""The hierarchical loss L_H of Multimodal Transfer (section 3.2, equations 4 to 7).

L_H = sum over k of scale_k * (content_k + style_k + …), each subnet being under the losses of its own and all later scales,
because nothing is detached between them. The content target at every scale is the photograph at that scale; the style target
is the painting with a short side of 256, 512 and 1024. Normalisation of the terms is ours: `losses.perceptual`.

One term is ours too: a finer output, halved, is also under the loss of the scale before, and so on down. A picture is seen from
afar as well, and without it the fine strokes wash out the coarse forms and with them what was painted (measured: the style loss at
256 px then stays at a quarter of the photograph's).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..features import Encoder, denormalise
from ..image.resample import resize
from ..losses import excess, gram_matrix, relative_error, style_loss, total_variation
from .network import MultimodalNetwork

STYLE_SHORT_SIDES = (256, 512, 1024)
STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
CONTENT_LAYER = "relu4_1"
CONTENT_FLOOR = 0.3  # of the painting's own energy: an empty sky's is next to none, and its relative error would drown all else


@dataclass(frozen=True)
class Weights:
    """Of the terms of L_H, by scale. Chosen by eye on the development encoder."""

    scale: tuple[float, float, float] = (1.0, 0.5, 0.25)  # lambda_k of the paper
    style: tuple[float, float, float] = (12.0, 16.0, 8.0)
    content: tuple[float, float, float] = (1.0, 1.0, 1.0)
    from_afar: float = 1.0  # of the loss of the scale before on a finer output at half its size
    total_variation: float = 0.01
    excess: float = 1.0


@dataclass(frozen=True)
class Windows:
    """What one step looks at: the same photographs at three scales, each inside the one before.

    coarse (N, 3, S, S) is the whole photograph; middle and fine (N, 3, W, W) are windows at twice and four times its scale.
    middle_at is the (N, 2) corner (x, y) of the middle window in pixels of coarse, fine_at that of the fine one in pixels of
    middle: both windows show W / 2 pixels of the scale before.
    """

    coarse: Tensor
    middle: Tensor
    fine: Tensor
    middle_at: Tensor
    fine_at: Tensor

    def photos(self) -> tuple[Tensor, Tensor, Tensor]:
        return self.coarse, self.middle, self.fine

    def to(self, device: torch.device) -> Windows:
        moved = (tensor.to(device, non_blocking=True) for tensor in self.photos())
        return Windows(*moved, self.middle_at, self.fine_at)


def _enlarged_windows(pictures: Tensor, corners: Tensor, side: int) -> Tensor:
    """From each picture the square of side / 2 at its corner (x, y), enlarged to `side` as between subnets."""
    half = side // 2
    cut = [picture[:, y : y + half, x : x + half] for picture, (x, y) in zip(pictures, corners.tolist(), strict=True)]
    return resize(torch.stack(cut), (side, side))


def paint_windows(network: MultimodalNetwork, normalised: Tensor, windows: Windows, first: int, last: int) -> list[Tensor]:
    """The outputs y_first … y_last (counted from 0) of the subnets on the windows; earlier subnets run without gradients.

    Departure from the paper: the refine subnet sees its input enlarged twofold in training too, as it does when it paints. The
    paper trains it at 512 on a sharp input and enlarges only in use, which asks of it what it was not shown.
    """
    outputs = []
    side = windows.middle.shape[-1]
    with torch.set_grad_enabled(first == 0):
        y = network.style(normalised)
        outputs.append(y)
    if last >= 1:
        with torch.set_grad_enabled(first <= 1):
            y = network.enhance(_enlarged_windows(y, windows.middle_at, side))
            outputs.append(y)
    if last >= 2:
        y = network.refine(_enlarged_windows(y, windows.fine_at, side))
        outputs.append(y)
    return outputs[first:]


class HierarchicalLoss:
    """L_H against one painting. Computes the style targets once; call it with pictures and photographs of the same scales."""

    def __init__(self, encoder: Encoder, style_pictures: Sequence[Tensor], weights: Weights) -> None:
        """style_pictures: for each of the three scales, a (3, H, W) RGB picture of that scale's size."""
        self.encoder = encoder
        self.weights = weights
        self.targets = [self.grams(picture[None]) for picture in style_pictures]
        self.content_floors = [CONTENT_FLOOR * self._energy(picture[None]) for picture in style_pictures]

    @torch.no_grad()
    def grams(self, rgb: Tensor) -> dict[str, Tensor]:
        found = self.encoder(rgb, STYLE_LAYERS)
        return {layer: gram_matrix(found[layer].float()) for layer in STYLE_LAYERS}

    @torch.no_grad()
    def _energy(self, rgb: Tensor) -> float:
        """Mean square of a picture's activations in the content layer."""
        return self.encoder(rgb, (CONTENT_LAYER,))[CONTENT_LAYER].float().square().mean().item()

    def __call__(self, outputs: Sequence[Tensor], photos: Sequence[Tensor], first: int) -> tuple[Tensor, dict[str, float]]:
        """outputs[i] (normalised) and photos[i] (RGB) are of scale first + i. Returns L_H and its terms by name."""
        total = outputs[0].new_zeros(())
        terms: dict[str, Tensor] = {}
        for scale, (output, photo) in enumerate(zip(outputs, photos, strict=True), first):
            rgb = denormalise(output).float()
            weights = self.weights
            smooth = weights.total_variation * total_variation(rgb) + weights.excess * excess(rgb)
            seen, found = self._seen(rgb, photo, scale)
            total = total + weights.scale[scale] * (seen + smooth)
            terms |= {f"{name} {scale + 1}": value for name, value in found.items()}
        return total, {name: float(value) for name, value in terms.items()}

    def _seen(self, rgb: Tensor, photo: Tensor, scale: int) -> tuple[Tensor, dict[str, Tensor]]:
        """Style and content of an RGB output at its own scale and, halved, at the coarser ones; the first by name."""
        with torch.no_grad():
            wanted = self.encoder(photo, (CONTENT_LAYER,))[CONTENT_LAYER].float()
        found = self.encoder(rgb, STYLE_LAYERS)
        style = style_loss({layer: gram_matrix(value) for layer, value in found.items()}, self.targets[scale]).mean()
        content = relative_error(found[CONTENT_LAYER].float(), wanted, self.content_floors[scale]).mean()
        loss = self.weights.style[scale] * style + self.weights.content[scale] * content
        if scale and self.weights.from_afar:
            half = (rgb.shape[-2] // 2, rgb.shape[-1] // 2)
            loss = loss + self.weights.from_afar * self._seen(resize(rgb, half), resize(photo, half), scale - 1)[0]
        return loss, {"style": style.detach(), "content": content.detach()}
