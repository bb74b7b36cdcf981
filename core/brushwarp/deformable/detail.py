"""How a painting looks from near: Gram matrices of an encoder's shallow layers, over a picture of any size.

The picture is looked at in tiles that are forgotten and looked at again for the gradient, so memory is that of one tile, while the
statistics are the whole picture's: of a tile of sky nobody asks all that is in the painting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from ..features import Encoder
from ..image.box import Box
from ..losses import style_loss
from ..optimization.palette import Palette

LAYERS = {"relu1_1": 1, "relu1_2": 1, "relu2_1": 2, "relu2_2": 2, "relu3_1": 4}  # and their strides; deeper ones see more than strokes
TILE = 512  # pixels of a tile's side, without what is around it
AROUND = 16  # pixels: more than those layers see to each side, and a multiple of their strides

Sums = dict[str, Tensor]
"""The products of each layer's channels, (1, C, C), summed over a picture or some rows of it."""


class Brushwork:
    """A painting's brushwork, and how to look for it in a picture."""

    def __init__(self, encoder: Encoder, style: Tensor, on_pixels: Callable[[int], None]) -> None:
        """style: (3, h, w) RGB in 0..1. on_pixels: told how many pixels of a picture were looked at; it may raise `Cancelled`."""
        self.encoder = encoder
        self.on_pixels: Callable[[int], None] = lambda pixels: None
        self.palette = Palette(style)
        with torch.no_grad():
            self.targets = grams(self.sums(style), style.shape[1] * style.shape[2])
        self.on_pixels = on_pixels

    def sums(self, picture: Tensor, top: int = 0, bottom: int | None = None) -> Sums:
        """Of (3, H, W), or of its rows `top`..`bottom`, which are seen with what is around them."""
        return total(self._tiles(picture, top, picture.shape[1] if bottom is None else bottom))

    def _tiles(self, picture: Tensor, top: int, bottom: int) -> Iterator[Sums]:
        for box in _boxes(top, bottom, picture.shape[2]):
            # For the gradient nothing is kept but the picture.
            yield checkpoint(self._products, picture, box, use_reentrant=False, preserve_rng_state=False) if picture.requires_grad else self._products(picture, box)
            self.on_pixels(box.height * box.width)

    def _products(self, picture: Tensor, box: Box) -> Sums:
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


class Likeness:
    """An `optimization.Objective` that knows of no content: how far a picture is from `brushwork`; 1 is as far as one without any.

    Where a part of a picture moves alone, all that it shows itself in are the rows `top`..`bottom` of what is given, and `whole` the sums of
    the whole picture, of so many pixels, as they were when all its parts looked as they do now.
    """

    content_weight = 0.0

    def __init__(self, brushwork: Brushwork, pixels: int, top: int = 0, bottom: int | None = None) -> None:
        self.brushwork, self.pixels, self.top, self.bottom = brushwork, pixels, top, bottom
        self.whole: Sums | None = None

    def draw(self) -> None:
        """Every pixel counts in each iteration."""

    def features(self, pictures: Tensor) -> list[dict[str, Tensor]]:
        return [grams(self._sums(picture), self.pixels) for picture in pictures]

    def _sums(self, picture: Tensor) -> Sums:
        found = self.brushwork.sums(picture, self.top, self.bottom)
        if self.whole is None:
            return found
        return {name: self.whole[name] + (value - value.detach()) for name, value in found.items()}  # what moves is this part alone

    def content(self, features: dict[str, Tensor]) -> Tensor:
        return torch.zeros((), device=features["palette"].device)

    def style(self, features: dict[str, Tensor]) -> Tensor:
        return style_loss(features, self.brushwork.targets).mean()


def grams(sums: Sums, pixels: int) -> dict[str, Tensor]:
    """(1, C, C) of each layer: the products of its channels, averaged over a picture of so many pixels."""
    return {name: value * (LAYERS.get(name, 1) ** 2 / (pixels * value.shape[1])) for name, value in sums.items()}


def total(parts: Iterable[Sums]) -> Sums:
    """Of parts of one picture; a part may be of no layers."""
    found: Sums = {}
    for part in parts:
        found |= {name: found[name] + value if name in found else value for name, value in part.items()}
    return found


def _boxes(top: int, bottom: int, width: int) -> Iterator[Box]:
    for upper in range(top, bottom, TILE):
        for left in range(0, width, TILE):
            yield Box(left, upper, min(left + TILE, width), min(upper + TILE, bottom))
