"""Pixels put at other places, where PyTorch's own way takes longer than the convolution that asked for it."""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as functional
from torch import Tensor


def pad_edges(x: Tensor, margin: int, mode: str) -> Tensor:
    """(N, C, H, W) with `margin` more pixels on every side: mode "reflect" (margin < H, W) or "replicate", as PyTorch's `pad`.

    On a CUDA device PyTorch's kernels undo channels_last, and their gradients add pixel by pixel with atomic operations; there it
    is done by copies.
    """
    if x.is_cuda:
        return Padded.apply(x, margin, mode == "reflect")
    return pad_sides(x, (margin,) * 4, mode)


def pad_sides(x: Tensor, sides: tuple[int, int, int, int], mode: str) -> Tensor:
    """PyTorch's `pad` (left, right, top, bottom) in the type that x has: on a CPU autocast would have it in float32, there and back again
    (measured with AMX: 59 ms instead of 8 for 32 channels of a megapixel, which a convolution of them takes 14 for)."""
    with torch.autocast(x.device.type, enabled=False):
        return functional.pad(x, sides, mode=mode)


def pad_relu(x: Tensor, sides: tuple[int, int, int, int], mode: str) -> Tensor:
    """`pad_sides` of a ReLU of x (1, C, H, W), in one pass over memory instead of two."""
    left, right, above, below = sides
    height, width = x.shape[2:]
    padded = _empty(x, (*x.shape[:2], height + above + below, width + left + right))
    rows = padded[:, :, above : above + height]
    torch.clamp_min(x, 0, out=rows[..., left : left + width])
    _fill(rows, left, right, mode == "reflect")
    _fill(padded.transpose(2, 3), above, below, mode == "reflect")
    return padded


def interleave_phases(phases: Tensor) -> Tensor:
    """(N, 4 C, H + 1, W + 1), the output pixels (0, 0), (0, 1), (1, 0), (1, 1) of each pixel, to (N, C, 2 H, 2 W).

    For the gradient of an assignment to every other pixel, PyTorch copies the whole picture each time.
    """
    return _Interleaved.apply(phases)


class Padded(torch.autograd.Function):
    """`pad_edges` by copies."""

    @staticmethod
    def forward(ctx, x: Tensor, margin: int, reflect: bool) -> Tensor:
        ctx.margin, ctx.reflect = margin, reflect
        batch, channels, height, width = x.shape
        padded = _empty(x, (batch, channels, height + 2 * margin, width + 2 * margin))
        rows = padded[:, :, margin : margin + height]
        rows[..., margin : margin + width] = x
        _fill(rows, margin, margin, reflect)
        _fill(padded.transpose(2, 3), margin, margin, reflect)
        return padded

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None, None]:
        rows = _folded(gradient.transpose(2, 3), ctx.margin, ctx.reflect).transpose(2, 3)
        return _folded(rows, ctx.margin, ctx.reflect), None, None


def _fill(x: Tensor, low: int, high: int, reflect: bool) -> None:
    for outside, inside in _sides(low, high, reflect):
        x[..., outside] = x[..., inside].flip(-1) if reflect else x[..., inside]


def _folded(gradient: Tensor, margin: int, reflect: bool) -> Tensor:
    """Without the last axis' margins, what they got added to the pixels that they show."""
    sums = gradient.clone()
    for outside, inside in _sides(margin, margin, reflect):
        got = gradient[..., outside]
        sums[..., inside] += got.flip(-1) if reflect else got.sum(-1, keepdim=True)
    return sums[..., margin:-margin]


def _sides(low: int, high: int, reflect: bool) -> Iterator[tuple[slice, slice]]:
    """Of the last axis: each margin, and the pixels inside that it shows."""
    if low:
        yield slice(0, low), slice(low + 1, 2 * low + 1) if reflect else slice(low, low + 1)
    if high:
        yield slice(-high, None), slice(-2 * high - 1, -high - 1) if reflect else slice(-high - 1, -high)


class _Interleaved(torch.autograd.Function):
    @staticmethod
    def forward(ctx, phases: Tensor) -> Tensor:
        ctx.shape = phases.shape
        batch, channels, height, width = phases.shape
        doubled = _empty(phases, (batch, channels // 4, 2 * height - 2, 2 * width - 2))
        for there, here in _places(doubled, phases):
            there.copy_(here)
        return doubled

    @staticmethod
    def backward(ctx, gradient: Tensor) -> Tensor:
        phases = _empty(gradient, ctx.shape).zero_()
        for there, here in _places(gradient, phases):
            here.copy_(there)
        return phases


def _places(doubled: Tensor, phases: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """The same pixels in both, a phase at a time."""
    height, width = doubled.shape[2] // 2, doubled.shape[3] // 2
    for phase, part in enumerate(phases.chunk(4, 1)):
        down, across = divmod(phase, 2)
        yield doubled[..., down::2, across::2], part[..., down : down + height, across : across + width]


def _empty(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Of another shape, with its axes in the same order of memory."""
    last = x.is_contiguous(memory_format=torch.channels_last)
    return torch.empty(
        shape, dtype=x.dtype, device=x.device, memory_format=torch.channels_last if last else torch.contiguous_format
    )
