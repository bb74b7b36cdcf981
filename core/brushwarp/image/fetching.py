"""Pictures brought home from the device that painted them."""

from __future__ import annotations

import torch
from torch import Tensor

AT_ONCE = 1 << 22  # values of a pinned buffer: 16 MB in float32


def fetch(x: Tensor) -> Tensor:
    """A tensor on the CPU.

    From a CUDA device by way of two pinned buffers in turn: one fills while the other is emptied. Straight into ordinary memory the
    copy takes longer than the painting (measured: 76 ms of 136 for 8 megapixels).
    """
    if not x.is_cuda:
        return x.cpu()
    there = x.contiguous().view(-1)
    home = torch.empty(x.shape, dtype=x.dtype)
    parts = zip(there.split(AT_ONCE), home.view(-1).split(AT_ONCE), strict=True)
    buffers = [torch.empty(min(AT_ONCE, len(there)), dtype=x.dtype, pin_memory=True) for _ in range(2)]
    arriving: tuple[torch.cuda.Event, Tensor, Tensor] | None = None
    for index, (part, place) in enumerate(parts):
        buffer = buffers[index % 2][: len(part)]
        buffer.copy_(part, non_blocking=True)
        event = torch.cuda.Event()
        event.record(torch.cuda.current_stream(x.device))  # which need not be the current device
        if arriving is not None:
            _put_down(*arriving)
        arriving = event, buffer, place
    if arriving is not None:
        _put_down(*arriving)
    return home


def _put_down(event: torch.cuda.Event, buffer: Tensor, place: Tensor) -> None:
    event.synchronize()
    place.copy_(buffer)
