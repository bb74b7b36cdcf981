"""A selection as it is kept with a result, so that the result can be edited: large areas of one value take next to nothing."""

from __future__ import annotations

import zlib
from typing import Optional

LEVEL = 1  # the fastest: feathered edges take no less with a higher one


def packed(mask: bytes) -> bytes:
    """mask: one byte a pixel."""
    return zlib.compress(mask, LEVEL)


def unpacked(data: bytes, area: int) -> Optional[bytes]:
    """None for what is none of so many pixels; no more memory is taken than they need, whatever a document holds."""
    try:
        mask = zlib.decompressobj().decompress(data, max(1, area + 1))  # 0 is no limit to zlib
    except (zlib.error, OverflowError):
        return None
    return mask if len(mask) == area else None
