"""The C library's memory. Without torch, so that whoever is to start quickly can import it."""

from __future__ import annotations

import ctypes
import sys


def give_back_memory() -> None:
    """What was freed, and is kept by the C library for the next who asks, goes back to the system. (glibc's alone keeps much: 180 MB were
    seen after a painting of 36 megapixels.)"""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
