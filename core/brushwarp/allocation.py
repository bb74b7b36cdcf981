"""The C library's memory. Without torch, so that whoever is to start quickly can import it."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# glibc's names (malloc.h), and what its own rules come to where large blocks come and go
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
USUAL = {M_MMAP_THRESHOLD: 32 << 20, M_TRIM_THRESHOLD: 64 << 20}
KEPT = {M_MMAP_THRESHOLD: 1 << 30, M_TRIM_THRESHOLD: 2**31 - 1}
MOST_OLD = 32 << 20  # that an older glibc takes for the first of them; refused, it would not move from where it stands

_keeps = False


def keep_memory() -> None:
    """From now on, blocks of up to 1 GB (32 MB where glibc is older) that are freed stay with the process until `give_back_memory`.

    A page fresh from the system has to be emptied before it can be written to, which takes longer than most layers of a network take to
    fill it: on a virtual machine with AVX2, a ReLU into a block of 128 MB took six times as long as into one that was there, a convolution
    half as long again.
    """
    global _keeps
    _keeps = True
    _set(KEPT)


@contextmanager
def usual_memory() -> Iterator[None]:
    """Memory as a program has it that doesn't ask for anything, to compare with; then it is kept again, if it was."""
    if not _keeps:
        yield
        return
    give_back_memory()
    _set(USUAL)
    try:
        yield
    finally:
        _set(KEPT)


def give_back_memory() -> None:
    """What was freed, and is kept by the C library for the next who asks, goes back to the system. (glibc's alone keeps much: 180 MB were
    seen after a painting of 36 megapixels.)"""
    trim = _glibc("malloc_trim")
    if trim is not None:
        trim(0)


def _set(thresholds: dict[int, int]) -> None:
    tune = _glibc("mallopt")
    if tune is not None:
        for name, value in thresholds.items():
            if not tune(name, value):
                tune(name, min(value, MOST_OLD))


def _glibc(name: str) -> Any:
    """A function, where the C library has it."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
