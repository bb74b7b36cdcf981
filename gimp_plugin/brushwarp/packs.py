"""The styles at hand, read from the packs themselves: no worker, no torch, a few milliseconds. No GIMP in here.

A pack is a safetensors file: eight bytes of length, a JSON header, tensors. Unreadable ones are passed over, as the
worker does; it says what is wrong with one that is asked for by name.
"""

from __future__ import annotations

import glob
import json
import os
import struct
from dataclasses import dataclass
from typing import Iterator, List, Optional, Tuple

from bridge.paths import Install, data_folder

SUFFIX = ".safetensors"
LARGEST_HEADER = 2**20  # bytes, as the engine's own limit
LARGEST_THUMBNAIL = 2**22


@dataclass(frozen=True)
class Pack:
    """id: what the worker knows it by (its file's name); thumbnail: where its pixels lie in the file (offset, width, height)."""

    id: str
    name: str
    artist: str
    year: str
    path: str
    thumbnail: Optional[Tuple[int, int, int]] = None

    @property
    def label(self) -> str:
        by = ", ".join(part for part in (self.artist, self.year) if part)
        return "{} ({})".format(self.name, by) if by else self.name


def list_packs(install: Optional[Install]) -> List[Pack]:
    """Every readable style, the user's own first; of two with one id the user's wins."""
    found = {}
    for folder in _folders(install):
        for path in sorted(glob.glob(os.path.join(glob.escape(folder), "*" + SUFFIX))):
            pack = read_pack(path)
            if pack is not None:
                found.setdefault(pack.id, pack)
    return list(found.values())


def _folders(install: Optional[Install]) -> Iterator[str]:
    yield os.path.join(data_folder(), "styles")
    inside = os.path.join("brushwarp", "styles", "packs")
    if install is not None and install.checkout:
        yield os.path.join(install.checkout, "core", inside)
    if install is not None:
        environment = glob.escape(os.path.dirname(os.path.dirname(install.python)))
        for library in (os.path.join("lib", "python3*"), "Lib"):
            for packages in glob.glob(os.path.join(environment, library, "site-packages")):
                yield os.path.join(packages, inside)


def read_pack(path: str) -> Optional[Pack]:
    """The card of the pack at `path`; None for a file that is no pack of ours."""
    try:
        with open(path, "rb") as file:
            length = struct.unpack("<Q", file.read(8))[0]
            header = json.loads(file.read(length).decode("utf-8")) if length <= LARGEST_HEADER else {}
        metadata = header.get("__metadata__", {})
        if metadata.get("format") != "brushwarp-style":
            return None
        card = json.loads(metadata["card"])
        name = os.path.basename(path)[: -len(SUFFIX)] if path.endswith(SUFFIX) else os.path.basename(path)
        return Pack(
            name, str(card["name"]), str(card.get("artist", "")), str(card.get("year", "")), path, _thumbnail(header, 8 + length)
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, struct.error, RecursionError):
        return None


def _thumbnail(header: dict, tensors: int) -> Optional[Tuple[int, int, int]]:
    entry = header.get("thumbnail")
    if not entry or entry["dtype"] != "U8" or len(entry["shape"]) != 3 or entry["shape"][2] != 3:
        return None
    (height, width, _), (begin, end) = entry["shape"], entry["data_offsets"]
    fits = width > 0 and height > 0 and end - begin == width * height * 3 <= LARGEST_THUMBNAIL
    return (tensors + begin, width, height) if fits else None


def read_thumbnail(pack: Pack) -> Optional[Tuple[int, int, bytes]]:
    """Width, height and RGB bytes of the style's picture; None if it has none."""
    if pack.thumbnail is None:
        return None
    offset, width, height = pack.thumbnail
    try:
        with open(pack.path, "rb") as file:
            file.seek(offset)
            pixels = file.read(width * height * 3)
    except OSError:
        return None
    return (width, height, pixels) if len(pixels) == width * height * 3 else None
