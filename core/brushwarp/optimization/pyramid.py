"""What an optimiser moves: a picture as the levels of its Laplacian pyramid (Burt & Adelson 1983), or as plain pixels.

A step on a coarse level moves a whole region at once, which is why STROTSS and DST converge in hundreds of iterations from pixels
that lie far away.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import interpolate

LEVELS = 5  # of the pyramid, besides its residual (STROTSS and DST, published code)


def scaled(picture: Tensor, size: tuple[int, int]) -> Tensor:
    """Bilinear without antialiasing, align_corners False: what the published pyramids are made with. (C, H, W)."""
    return interpolate(picture[None], size=size, mode="bilinear", align_corners=False)[0]


def laplacian_pyramid(picture: Tensor, levels: int = LEVELS) -> list[Tensor]:
    """(3, H, W) to `levels` bands, finest first, and the residual; fewer where a side would fall below one pixel.

    band = picture - up(down(picture)), sizes halve and round down.
    """
    bands = []
    for _ in range(levels):
        height, width = picture.shape[1] // 2, picture.shape[2] // 2
        if min(height, width) < 1:
            break
        smaller = scaled(picture, (height, width))
        bands.append(picture - scaled(smaller, (picture.shape[1], picture.shape[2])))
        picture = smaller
    return [*bands, picture]


def laplacian(picture: Tensor) -> Tensor:
    """The finest band of (3, H, W) alone."""
    return laplacian_pyramid(picture, 1)[0]


def collapse(pyramid: list[Tensor]) -> Tensor:
    """The picture that a pyramid is of: the inverse of `laplacian_pyramid`."""
    picture = pyramid[-1]
    for band in reversed(pyramid[:-1]):
        picture = scaled(picture, (band.shape[1], band.shape[2])) + band
    return picture


class PyramidCanvas:
    """A picture (3, H, W) to optimise by its pyramid. `parameters` are the leaves, `picture()` is differentiable in them."""

    def __init__(self, picture: Tensor) -> None:
        self.parameters = [band.detach().clone().requires_grad_() for band in laplacian_pyramid(picture)]

    @classmethod
    def sharing(cls, canvas: PyramidCanvas, skip: int) -> PyramidCanvas:
        """The same leaves without the `skip` finest bands: a picture of half the size each."""
        coarser = cls.__new__(cls)
        coarser.parameters = canvas.parameters[skip:]
        return coarser

    @property
    def size(self) -> tuple[int, int]:
        """(H, W)."""
        finest = self.parameters[0]
        return finest.shape[1], finest.shape[2]

    def picture(self) -> Tensor:
        return collapse(self.parameters)


class PixelCanvas:
    """A picture (3, H, W) to optimise by its pixels."""

    def __init__(self, picture: Tensor) -> None:
        self.parameters = [picture.detach().clone().requires_grad_()]

    def picture(self) -> Tensor:
        return self.parameters[0]


Canvas = PyramidCanvas | PixelCanvas


def mean_colour(picture: Tensor) -> Tensor:
    """(3, 1, 1) mean over the pixels."""
    return torch.mean(picture, (1, 2), keepdim=True)
