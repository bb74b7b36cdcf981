"""Maps that are kept: in memory, or in a file that vanishes with its last use."""

from __future__ import annotations

import errno
import math
import os
import shutil
import tempfile
import weakref
from pathlib import Path

import torch
from torch import Tensor

from ..allocation import give_back_memory
from ..bridge.language import _
from ..errors import NO_ROOM, BrushwarpError
from .maps import Map

MUCH = 100_000_000  # bytes; to give back less isn't worth the fresh pages (a third of a megapixel took a fifth longer)


class Stored(Map):
    """Rows that were computed once. Row by row, pixel by pixel, channel by channel, so that a strip is one piece of memory, and what
    convolutions call channels_last. tensor: (H, W, C), where they lie; device: where their strips are wanted."""

    def __init__(self, tensor: Tensor, device: torch.device) -> None:
        self.tensor, self.device = tensor, device
        self.size, self.channels = (tensor.shape[0], tensor.shape[1]), tensor.shape[2]

    def put(self, top: int, rows: Tensor) -> None:
        """rows: (1, C, h, W), which become those from `top` on."""
        self.tensor[top : top + rows.shape[2]].copy_(rows[0].permute(1, 2, 0))

    def rows(self, top: int, bottom: int) -> Tensor:
        return self.tensor[None, top:bottom].to(self.device).permute(0, 3, 1, 2)


class Shelf:
    """Makes `Stored` maps, and takes back what they lay in when nobody holds them any more: memory that is fresh from the system takes
    several times as long to write to. What does not fit the next map is let go, so no more is held than is stored at once.

    resident: bytes that may lie in memory, None for all. folder: where to put files beyond those, which are removed from it at once and
    gone with their map.
    """

    def __init__(self, device: torch.device, resident: int | None, folder: Path | None) -> None:
        self.device, self.folder = device, folder
        self._left = math.inf if resident is None else resident
        self._spare: list[tuple[Tensor, int]] = []  # with its bytes in memory

    def make(self, channels: int, size: tuple[int, int], dtype: torch.dtype) -> Stored:
        """One whose rows are still to be put. Raises BrushwarpError("disk-full", "spill-folder")."""
        shape = (*size, channels)
        count = channels * size[0] * size[1]
        fitting = [(tensor, held) for tensor, held in self._spare if tensor.numel() == count and tensor.dtype == dtype]
        let_go = sum(held for _, held in self._spare) - sum(held for _, held in fitting)
        self._spare[:] = fitting
        self._left += let_go
        if let_go > MUCH:
            give_back_memory()  # or the C library keeps it beside what comes in its place
        if self._spare:
            tensor, held = self._spare.pop()
            tensor = tensor.view(shape)
        else:
            whole = count * dtype.itemsize
            held = whole if whole <= self._left else 0
            self._left -= held
            tensor = torch.empty(shape, dtype=dtype) if held else in_file(shape, dtype, self.folder)
        stored = Stored(tensor, self.device)
        weakref.finalize(stored, self._spare.append, (tensor, held))
        return stored


def _reserve(handle: int, size: int, folder: Path) -> None:
    """Disk behind every byte: a hole in a mapped file that can't be filled kills the process."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(handle, 0, size)
        return
    if shutil.disk_usage(folder).free < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.ftruncate(handle, size)


def in_file(shape: tuple[int, ...], dtype: torch.dtype, folder: Path) -> Tensor:
    count = shape[0] * shape[1] * shape[2]
    size = count * dtype.itemsize
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix="strips-", dir=folder)
        try:
            _reserve(handle, size, folder)
            tensor = torch.from_file(name, shared=True, size=count, dtype=dtype).reshape(shape)
        finally:
            os.close(handle)
            if os.name != "nt":
                os.unlink(name)
        if os.name == "nt":  # where a file that is mapped can't be removed
            weakref.finalize(tensor.untyped_storage(), Path(name).unlink, missing_ok=True)
        return tensor
    except OSError as error:
        if error.errno in NO_ROOM:
            raise BrushwarpError(
                "disk-full", _("There is no room in {} for {:.0f} MB of a painting under way.").format(folder, size / 1000000.0),
                _("Make room on that disk, or set BRUSHWARP_HOME to a folder on another one."),
            ) from error
        raise BrushwarpError(
            "spill-folder",
            _("Nothing can be written to {}: {}.").format(folder, error.strerror),
            _("Make that folder writable, or set BRUSHWARP_HOME to another one."),
        ) from error
