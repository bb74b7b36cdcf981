"""How a painting looks from near: Gram matrices of an encoder's shallow layers, over a picture of any size.

The picture is looked at in tiles that are forgotten and looked at again for the gradient, so memory is that of one tile, while the
statistics are the whole picture's: of a tile of sky nobody asks all that is in the painting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from ..features import Encoder
from ..image.region import Box
from ..losses import style_loss
from ..optimization.palette import Palette

LAYERS = {"relu1_1": 1, "relu1_2": 1, "relu2_1": 2, "relu2_2": 2, "relu3_1": 4}  # and their strides; deeper ones see more than strokes
TILE = 512  # pixels of a tile's side, without what is around it
AROUND = 16  # pixels: more than those layers see to each side, and a multiple of their strides


class Brushwork:
    """An `optimization.Objective` that knows of no content: 1 is as far from the painting's brushwork as a picture without any."""

    content_weight = 0.0

    def __init__(self, encoder: Encoder, style: Tensor, on_pixels: Callable[[int], None]) -> None:
        """style: (3, h, w) RGB in 0..1. on_pixels: told how many pixels of a picture were looked at; it may raise `Cancelled`."""
        self.encoder = encoder
        self.on_pixels: Callable[[int], None] = lambda pixels: None
        self.palette = Palette(style)
        with torch.no_grad():
            self.targets = self.grams(style)
        self.on_pixels = on_pixels

    def draw(self) -> None:
        """Every pixel counts in each iteration."""

    def features(self, pictures: Tensor) -> list[dict[str, Tensor]]:
        return [self.grams(picture) for picture in pictures]

    def content(self, features: dict[str, Tensor]) -> Tensor:
        return torch.zeros((), device=features["palette"].device)

    def style(self, features: dict[str, Tensor]) -> Tensor:
        return style_loss(features, self.targets).mean()

    def grams(self, picture: Tensor) -> dict[str, Tensor]:
        """(1, C, C) of each layer: the products of its channels, averaged over (3, H, W)."""
        total: dict[str, Tensor] = {}
        for box in _tiles((picture.shape[1], picture.shape[2])):
            # For the gradient nothing is kept but the picture.
            found = checkpoint(self._products, picture, box, use_reentrant=False, preserve_rng_state=False) if picture.requires_grad else self._products(picture, box)
            self.on_pixels(box.height * box.width)
            total = {name: total.get(name, 0.0) + value for name, value in found.items()}
        pixels = picture.shape[1] * picture.shape[2]
        return {name: value * (LAYERS.get(name, 1) ** 2 / (pixels * value.shape[1])) for name, value in total.items()}

    def _products(self, picture: Tensor, box: Box) -> dict[str, Tensor]:
        """Of the tile `box`, seen with what is around it."""
        seen = box.grown(AROUND, (picture.shape[1], picture.shape[2]))
        tile = seen.of(picture)[None]
        products = {}
        for name, value in ({"palette": self.palette(tile)} | self.encoder(tile, tuple(LAYERS))).items():
            stride = LAYERS.get(name, 1)
            top, left = (box.top - seen.top) // stride, (box.left - seen.left) // stride
            own = value[..., top : top + max(1, box.height // stride), left : left + max(1, box.width // stride)]
            flat = own.flatten(2)
            products[name] = flat @ flat.transpose(1, 2)
        return products


def _tiles(size: tuple[int, int]) -> Iterator[Box]:
    height, width = size
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            yield Box(left, top, min(left + TILE, width), min(top + TILE, height))
