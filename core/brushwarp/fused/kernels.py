"""What lies between two convolutions, in two passes over memory instead of seven: a norm's statistics in one; in the other it is applied,
activated, added, doubled and padded. Tensors are (1, C, H, W) in channels_last; kernels are Triton's, compiled when first called."""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

MOST_PARTS = 1024  # that statistics are gathered in; then they are brought together
TILE = 4096  # values of the whole picture's that a program gathers at a time
BLOCK = 1024  # values that a program settles
ROWS, COLUMNS = 128, 16  # of parts and channels that a program brings together at a time

# Sizes are no reason to compile a kernel anew, which takes a third of a second; with channels known, loads are wide.
_settled = triton.jit(do_not_specialize=["height", "width", "row_stride", "added_row_stride"])
_gathered = triton.jit(do_not_specialize=["pixels", "width", "parts", "row_stride"])
_brought = triton.jit(do_not_specialize=["pixels", "parts"])


def padded(
    x: Tensor, size: tuple[int, int], margin: int, *, reflect: bool, relu: bool, doubled: bool,
    scaling: tuple[Tensor, Tensor] | None = None, added: Tensor | None = None,
) -> Tensor:
    """(1, C, H + 2 margin, W + 2 margin) of x: each channel scaled and shifted, then its negative values gone if `relu`, then `added`,
    (1, C, H, W) of which only channels need lie side by side.

    doubled: x is (1, 4 C, h, w), the phases of `multimodal.network.Upsample`, cropped to `size`. The edges are mirrored or repeated.
    """
    height, width = size
    channels = x.shape[1] // (4 if doubled else 1)
    out = torch.empty(
        (1, channels, height + 2 * margin, width + 2 * margin), dtype=x.dtype, device=x.device, memory_format=torch.channels_last
    )
    factor, shift = scaling or (x, x)
    _settle[(height + 2 * margin, triton.cdiv((width + 2 * margin) * channels, BLOCK))](
        x, factor, shift, x if added is None else added, out, height, width, channels, margin, x.stride(2), x.stride(3),
        0 if added is None else added.stride(2), 0 if added is None else added.stride(3),
        REFLECT=reflect, RELU=relu, DOUBLED=doubled, SCALED=scaling is not None, ADDED=added is not None, WIDE=BLOCK,
    )
    return out


def scaling_of(x: Tensor, size: tuple[int, int], weight: Tensor, bias: Tensor, eps: float, *, doubled: bool) -> tuple[Tensor, Tensor]:
    """What an instance norm multiplies each of C channels with, and then adds, (C,) both in float32. x, doubled: as of `padded`."""
    height, width = size
    channels = x.shape[1] // (4 if doubled else 1)
    wide = triton.next_power_of_2(channels)
    tall = max(1, TILE // wide)
    parts = min(MOST_PARTS, triton.cdiv(height * width, tall))
    gathered = torch.empty((3, parts, channels), dtype=torch.float32, device=x.device)
    _gather[(parts,)](
        x, gathered, height * width, width, channels, parts, x.stride(2), x.stride(3), DOUBLED=doubled, TALL=tall, WIDE=wide,
    )
    scaling = torch.empty((2, channels), dtype=torch.float32, device=x.device)
    _bring_together[(triton.cdiv(channels, COLUMNS),)](
        gathered, weight, bias, scaling, parts, channels, height * width, eps, TALL=ROWS, WIDE=COLUMNS,
    )
    return scaling[0], scaling[1]


@triton.jit
def _place(row, column, channel, row_stride, pixel_stride, channels, DOUBLED: tl.constexpr):
    """Where a value lies."""
    if DOUBLED:
        phase = (row % 2) * 2 + column % 2
        return (row // 2 + row % 2).to(tl.int64) * row_stride + (column // 2 + column % 2) * pixel_stride + phase * channels + channel
    return row.to(tl.int64) * row_stride + column * pixel_stride + channel


@triton.jit
def _inside(at, length, REFLECT: tl.constexpr):
    """The pixel that one beyond the edge shows."""
    if REFLECT:
        at = tl.where(at < 0, -at, at)
        return tl.where(at >= length, 2 * length - 2 - at, at)
    return tl.minimum(tl.maximum(at, 0), length - 1)


@_settled
def _settle(
    x, factor, shift, added, out, height, width, channels, margin, row_stride, pixel_stride, added_row_stride, added_pixel_stride,
    REFLECT: tl.constexpr, RELU: tl.constexpr, DOUBLED: tl.constexpr, SCALED: tl.constexpr, ADDED: tl.constexpr, WIDE: tl.constexpr,
):
    across = (width + 2 * margin) * channels
    at = tl.program_id(1) * WIDE + tl.arange(0, WIDE)
    there = at < across
    channel = at % channels
    row = _inside(tl.program_id(0) - margin, height, REFLECT)
    column = _inside(at // channels - margin, width, REFLECT)
    value = tl.load(x + _place(row, column, channel, row_stride, pixel_stride, channels, DOUBLED), mask=there, other=0.0).to(tl.float32)
    if SCALED:
        value = value * tl.load(factor + channel, mask=there, other=0.0) + tl.load(shift + channel, mask=there, other=0.0)
    if RELU:
        value = tl.maximum(value, 0.0)
    if ADDED:
        place = _place(row, column, channel, added_row_stride, added_pixel_stride, channels, False)
        value += tl.load(added + place, mask=there, other=0.0).to(tl.float32)
    tl.store(out + tl.program_id(0).to(tl.int64) * across + at, value.to(out.dtype.element_ty), mask=there)


@_gathered
def _gather(x, gathered, pixels, width, channels, parts, row_stride, pixel_stride, DOUBLED: tl.constexpr, TALL: tl.constexpr, WIDE: tl.constexpr):
    """Of every `parts`-th tile of pixels: how many they are, each channel's mean, and the sum of squares about it (Chan et al. 1979)."""
    part = tl.program_id(0)
    channel = tl.arange(0, WIDE)
    known = channel < channels
    count = tl.zeros((1,), tl.float32)
    mean = tl.zeros((WIDE,), tl.float32)
    squares = tl.zeros((WIDE,), tl.float32)
    for start in range(part * TALL, pixels, parts * TALL):
        pixel = start + tl.arange(0, TALL)
        there = (pixel < pixels)[:, None] & known[None, :]
        place = _place((pixel // width)[:, None], (pixel % width)[:, None], channel[None, :], row_stride, pixel_stride, channels, DOUBLED)
        value = tl.load(x + place, mask=there, other=0.0).to(tl.float32)
        more = tl.minimum(pixels - start, TALL).to(tl.float32)
        new = tl.sum(value, 0) / more
        apart = tl.where(there, value - new[None, :], 0.0)
        away = new - mean
        whole = count + more
        mean += away * (more / whole)
        squares += tl.sum(apart * apart, 0) + away * away * (count * more / whole)
        count = whole
    place = part * channels + channel
    tl.store(gathered + place, tl.zeros((WIDE,), tl.float32) + count, mask=known)
    tl.store(gathered + parts * channels + place, mean, mask=known)
    tl.store(gathered + 2 * parts * channels + place, squares, mask=known)


@_brought
def _bring_together(gathered, weight, bias, scaling, parts, channels, pixels, eps, TALL: tl.constexpr, WIDE: tl.constexpr):
    channel = tl.program_id(0) * WIDE + tl.arange(0, WIDE)
    known = channel < channels
    total = tl.zeros((WIDE,), tl.float32)
    for start in range(0, parts, TALL):
        part = start + tl.arange(0, TALL)
        there = (part < parts)[:, None] & known[None, :]
        place = part[:, None] * channels + channel[None, :]
        total += tl.sum(tl.load(gathered + place, mask=there, other=0.0) * tl.load(gathered + parts * channels + place, mask=there, other=0.0), 0)
    mean = total / pixels
    squares = tl.zeros((WIDE,), tl.float32)
    for start in range(0, parts, TALL):
        part = start + tl.arange(0, TALL)
        there = (part < parts)[:, None] & known[None, :]
        place = part[:, None] * channels + channel[None, :]
        away = tl.load(gathered + parts * channels + place, mask=there, other=0.0) - mean[None, :]
        count = tl.load(gathered + place, mask=there, other=0.0)
        squares += tl.sum(tl.load(gathered + 2 * parts * channels + place, mask=there, other=0.0) + count * away * away, 0)
    factor = tl.load(weight + channel, mask=known, other=0.0) / tl.sqrt(squares / pixels + eps)
    tl.store(scaling + channel, factor, mask=known)
    tl.store(scaling + channels + channel, tl.load(bias + channel, mask=known, other=0.0) - mean * factor, mask=known)
