"""Maps that are kept: in memory, or in a file that vanishes with its last use."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import torch
from torch import Tensor

from ..errors import BrushwarpError
from .maps import Map


class Stored(Map):
    """Rows that were computed once. Row by row, pixel by pixel, channel by channel, so that a strip is one piece of memory, and what
    convolutions call channels_last.

    folder: where to put the file, which is removed from it at once and gone when nobody holds the map; None keeps it in memory.
    Raises BrushwarpError("disk-full", "spill-folder").
    """

    def __init__(self, channels: int, size: tuple[int, int], dtype: torch.dtype, device: torch.device, folder: Path | None = None) -> None:
        self.channels, self.size, self.device = channels, size, device
        shape = (*size, channels)
        self.tensor = torch.empty(shape, dtype=dtype) if folder is None else _in_file(shape, dtype, folder)

    def put(self, top: int, rows: Tensor) -> None:
        """rows: (1, C, h, W), which become those from `top` on."""
        self.tensor[top : top + rows.shape[2]].copy_(rows[0].permute(1, 2, 0))

    def rows(self, top: int, bottom: int) -> Tensor:
        return self.tensor[top:bottom].to(self.device).permute(2, 0, 1)[None]


def _in_file(shape: tuple[int, ...], dtype: torch.dtype, folder: Path) -> Tensor:
    count = shape[0] * shape[1] * shape[2]
    size = count * dtype.itemsize
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix="strips-", dir=folder)
        try:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(handle, 0, size)  # a hole that can't be filled later would kill the process
            else:
                os.ftruncate(handle, size)
            return torch.from_file(name, shared=True, size=count, dtype=dtype).reshape(shape)
        finally:
            os.close(handle)
            os.unlink(name)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
            raise BrushwarpError(
                "disk-full", f"There is no room in {folder} for {size / 1e6:.0f} MB of a painting under way.",
                "Make room on that disk, or set BRUSHWARP_HOME to a folder on another one.",
            ) from error
        raise BrushwarpError(
            "spill-folder", f"Nothing can be written to {folder}: {error.strerror}.", "Make that folder writable, or set BRUSHWARP_HOME to another one."
        ) from error
