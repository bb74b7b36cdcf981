"""The styles that can be chosen, read from the headers of their packs: no torch, and no worker, is needed to list them.

A pack is a safetensors file: eight bytes with the length of a JSON header, the header, the tensors. Unreadable ones are passed
over; the engine, which reads a pack in full, has the last word, and says what is wrong with one that is asked for by name.
"""

from __future__ import annotations

import glob
import json
import os
import struct
from dataclasses import dataclass
from typing import Dict, List, Optional

from .paths import Install, data_folder, path_to_text

SUFFIX = ".safetensors"
FORMAT, FORMAT_VERSION = "brushwarp-style", "1"
LARGEST_FILE = 64 * 2**20
LARGEST_HEADER = 2**20
LARGEST_THUMBNAIL = 2**20  # bytes


@dataclass(frozen=True)
class Thumbnail:
    """A small picture painted in the style: rows of R, G, B bytes, without padding."""

    width: int
    height: int
    rgb: bytes


@dataclass(frozen=True)
class InstalledStyle:
    """id: what the worker knows it by (its file's name). credit: artist and year, or nothing. has_painting: keeps a small copy of
    what it was learnt from, towards which keypoints can be suggested."""

    id: str
    name: str
    credit: str
    thumbnail: Optional[Thumbnail] = None
    has_painting: bool = False

    @property
    def label(self) -> str:
        return "{} ({})".format(self.name, self.credit) if self.credit else self.name


def installed_styles(install: Install) -> List[InstalledStyle]:
    """Every style that can be read: the user's own first, then the shipped ones; of two with one id the user's own."""
    found: Dict[str, InstalledStyle] = {}
    for folder in [os.path.join(data_folder(), "styles")] + shipped_folders(install):
        for path in sorted(glob.glob(os.path.join(glob.escape(folder), "*" + SUFFIX))):
            style = read_style(path)
            if style is not None:
                found.setdefault(style.id, style)
    return list(found.values())


def shipped_folders(install: Install) -> List[str]:
    """Where the engine's own packs lie: in the checkout that it was installed from, else in its environment."""
    inner = os.path.join("brushwarp", "styles", "packs")
    if install.checkout:
        return [os.path.join(install.checkout, "core", inner)]
    prefix = os.path.dirname(os.path.dirname(install.python))
    packages = [os.path.join("lib", "python3*", "site-packages"), os.path.join("Lib", "site-packages")]
    return [folder for where in packages for folder in glob.glob(os.path.join(glob.escape(prefix), where, inner))]


def read_style(path: str) -> Optional[InstalledStyle]:
    """The style in a pack, or None if it is none that this version reads."""
    try:
        if os.path.getsize(path) > LARGEST_FILE:
            return None
        with open(path, "rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > LARGEST_HEADER:
                return None
            header = json.loads(file.read(length).decode("utf-8"))
            metadata = header["__metadata__"]
            if (metadata["format"], metadata["format_version"]) != (FORMAT, FORMAT_VERSION):
                return None
            card = json.loads(metadata["card"])
            credit = ", ".join(part for part in (str(card.get("artist") or ""), str(card.get("year") or "")) if part)
            name = os.path.basename(path)
            name = name[: -len(SUFFIX)] if name.endswith(SUFFIX) else name
            thumbnail = _thumbnail(file, header.get("thumbnail"), 8 + length)
            return InstalledStyle(path_to_text(name), str(card["name"]), credit, thumbnail, "painting" in header)
    except (OSError, struct.error, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _thumbnail(file, entry, data_begins: int) -> Optional[Thumbnail]:
    """The pack's uint8 tensor (height, width, 3), if it has one."""
    if entry is None or entry["dtype"] != "U8" or len(entry["shape"]) != 3 or entry["shape"][2] != 3:
        return None
    height, width, _ = entry["shape"]
    begin, end = entry["data_offsets"]
    if not (0 < height * width * 3 == end - begin <= LARGEST_THUMBNAIL):
        return None
    file.seek(data_begins + begin)
    rgb = file.read(end - begin)
    return Thumbnail(width, height, rgb) if len(rgb) == end - begin else None
