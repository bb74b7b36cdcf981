"""What a CUDA device paints with: the passes over memory between two convolutions, brought together. Nothing needs it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from .walk import FusedPass


def fused_pass(device: torch.device, dtype: torch.dtype) -> FusedPass | None:
    """For Multimodal Transfer's subnets; None where its kernels can't be had: off CUDA, without Triton, or without the C compiler that
    Triton asks for."""
    if device.type != "cuda" or not _works(device, dtype):
        return None
    from .walk import FusedPass

    return FusedPass(dtype)


@functools.cache
def _works(device: torch.device, dtype: torch.dtype) -> bool:
    try:
        from .kernels import padded

        with torch.cuda.device(device):
            x = torch.ones(1, 16, 2, 2, dtype=dtype, device=device).contiguous(memory_format=torch.channels_last)
            return bool((padded(x, (2, 2), 1, reflect=True, relu=True, doubled=False) == 1).all())
    except Exception:  # whatever is the matter with a compiler, there is a way without
        return False
