"""Pictures at another size."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from .box import Box


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
    if width == pixels.shape[-1] == 1:  # a column: PyTorch 2.14's kernel repeats its first pixel (with AVX512), a row's doesn't
        return resize(pixels.transpose(-1, -2), (width, height)).transpose(-1, -2)
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


def part_of(pixels: Tensor, seen: Box, size: tuple[int, int], box: Box, into: tuple[int, int]) -> Tensor:
    """What lies under `box` in a picture of `size` (H, W) enlarged to `into` as `resize` does it, of which `pixels` (N, C, h, w) is what
    lies under `seen`. Beyond that the edge goes on."""
    pixels = _along(pixels, 2, seen.top, size[0], range(box.top, box.bottom), into[0])
    return _along(pixels, 3, seen.left, size[1], range(box.left, box.right), into[1])


def _along(pixels: Tensor, axis: int, first: int, length: int, wanted: range, into: int) -> Tensor:
    """`part_of` along one axis, of which `pixels` begins at `first`."""
    at = (torch.arange(wanted.start, wanted.stop, dtype=torch.float64) + 0.5) * (length / into) - 0.5
    at = (at.clamp(0, length - 1) - first).clamp(0, pixels.shape[axis] - 1)
    before = at.floor().long().to(pixels.device)
    after = (before + 1).clamp(max=pixels.shape[axis] - 1)
    share = (at - at.floor()).to(pixels).view(-1, *[1] * (3 - axis))
    return torch.lerp(pixels.index_select(axis, before), pixels.index_select(axis, after), share)
