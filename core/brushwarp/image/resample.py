"""Pictures at another size."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import interpolate


def resize(pixels: Tensor, size: tuple[int, int]) -> Tensor:
    """`pixels`, (C, H, W) or (N, C, H, W) floating point, at `size` = (height, width).

    Bilinear; each axis that shrinks is averaged over all that it covers (a triangle filter), so fine detail never turns
    into moiré. The same size gives back the same tensor. Differentiable. Raises ValueError for other shapes.
    """
    height, width = size
    if pixels.ndim not in (3, 4) or not pixels.is_floating_point():
        raise ValueError(
            f"pixels must be floating point (C, H, W) or (N, C, H, W), not {pixels.dtype} {tuple(pixels.shape)}"
        )
    if height < 1 or width < 1:
        raise ValueError(f"the size must be at least 1 × 1, not {height} × {width}")
    if tuple(pixels.shape[-2:]) == (height, width):
        return pixels
    batch = pixels if pixels.ndim == 4 else pixels[None]
    # The filter's weights add up badly in half precision, and some devices lack a kernel for it.
    wide = batch if batch.dtype in (torch.float32, torch.float64) else batch.float()
    resized = interpolate(wide, size=(height, width), mode="bilinear", align_corners=False, antialias=True)
    resized = resized.to(pixels.dtype)
    return resized if pixels.ndim == 4 else resized[0]


def shrink(pixels: Tensor, long_side: int) -> Tensor:
    """`pixels` as `resize` takes them, at a size of which neither side is longer than `long_side`; never enlarged."""
    share = min(1.0, long_side / max(pixels.shape[-2:]))
    height, width = (max(1, round(side * share)) for side in pixels.shape[-2:])
    return resize(pixels, (height, width))
