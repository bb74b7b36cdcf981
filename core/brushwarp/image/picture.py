"""The picture as every part of the engine knows it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from brushwarp.errors import BrushwarpError

from ..bridge.language import _

DEPTHS = ("u8", "u16", "f16", "f32")
"""What a file of a picture is saved as: 8 or 16 bit integers, 16 or 32 bit floats."""

SMALLEST_SIDE = 2
"""Pixels. One pixel has neither brushwork nor shape; encoders and splines need a neighbour."""

LARGEST_AREA = 400_000_000
"""Pixels. 400 megapixels are 4.8 GB of float32: beyond, a decoder's allocation alone can take a machine down."""

_KEEP = object()


def refuse_size(width: int, height: int) -> None:
    """Raise "picture-too-small" or "picture-too-large" for sizes that no part of the engine takes."""
    if width < SMALLEST_SIDE or height < SMALLEST_SIDE:
        raise BrushwarpError(
            "picture-too-small",
            _("The picture is {} × {} pixels.").format(width, height),
            _("Use one of at least {} × {} pixels.").format(SMALLEST_SIDE, SMALLEST_SIDE),
        )
    if width * height > LARGEST_AREA:
        raise BrushwarpError(
            "picture-too-large",
            _("The picture is {} × {} pixels, {:.0f} megapixels.").format(width, height, width * height / 1000000.0),
            _("Scale it to at most {} megapixels, or crop it, then try again.").format(LARGEST_AREA // 1000000),
        )


@dataclass(frozen=True, eq=False)
class Picture:
    """An RGB picture with what its file says about it.

    pixels: (3, H, W) float32 in the picture's own primaries with the sRGB curve, nominally 0..1, values outside kept.
    alpha: (1, H, W) float32, straight (not multiplied into the pixels), or None for an opaque picture.
    ppi: pixels per inch, horizontal and vertical, or None where the file does not say.
    icc: the profile of its files, or None for sRGB.
    depth: one of DEPTHS. grey: its file has one channel; it is saved so as long as the three channels stay equal.
    Raises ValueError for tensors of another shape or type, BrushwarpError for sizes beyond the limits above.
    """

    pixels: Tensor
    alpha: Tensor | None = None
    ppi: tuple[float, float] | None = None
    icc: bytes | None = None
    depth: str = "u8"
    grey: bool = False

    def __post_init__(self) -> None:
        if self.pixels.ndim != 3 or self.pixels.shape[0] != 3:
            raise ValueError(f"pixels must be (3, H, W), not {tuple(self.pixels.shape)}")
        if self.pixels.dtype != torch.float32:
            raise ValueError(f"pixels must be float32, not {self.pixels.dtype}")
        if self.depth not in DEPTHS:
            raise ValueError(f"depth must be one of {', '.join(DEPTHS)}, not {self.depth!r}")
        refuse_size(self.width, self.height)
        if self.alpha is None:
            return
        if self.alpha.shape != (1, self.height, self.width):
            raise ValueError(f"alpha must be (1, {self.height}, {self.width}), not {tuple(self.alpha.shape)}")
        if self.alpha.dtype != torch.float32:
            raise ValueError(f"alpha must be float32, not {self.alpha.dtype}")

    @property
    def width(self) -> int:
        return self.pixels.shape[2]

    @property
    def height(self) -> int:
        return self.pixels.shape[1]

    @property
    def size(self) -> tuple[int, int]:
        """(height, width), the order of tensors."""
        return self.height, self.width

    def with_pixels(self, pixels: Tensor, alpha: Tensor | None | object = _KEEP) -> Picture:
        """The same picture with other pixels (any size), and with another alpha (None: opaque) where one is given."""
        return replace(self, pixels=pixels, alpha=self.alpha if alpha is _KEEP else alpha)
