"""The styles that can be chosen, read from the headers of their packs: no torch, and no worker, is needed to list them.

Unreadable packs are passed over; the engine, which reads a pack in full, has the last word, and says what is wrong with one that is
asked for by name. What can be done with styles is in `gallery`.
"""

from __future__ import annotations

import glob
import operator
import os
from dataclasses import dataclass, replace
from typing import Dict, Iterable, List, Optional

from .errors import WorkerError
from .marks import read_marks
from .pack_header import PackHeader, read_header
from .paths import Install, data_folder, path_to_text

SUFFIX = ".safetensors"
FIRST = "vangogh_starry_night"  # of the shipped ones: what is offered to whoever has not chosen yet
LARGEST_THUMBNAIL = 2**20  # bytes


@dataclass(frozen=True)
class Thumbnail:
    """A small picture painted in the style: rows of R, G, B bytes, without padding."""

    width: int
    height: int
    rgb: bytes


@dataclass(frozen=True)
class InstalledStyle:
    """id: what the worker knows it by (its file's name). name: as the painter calls it, else as its card does. credit: artist and
    year, or nothing. has_painting: keeps a small copy of what it was learnt from, towards which keypoints can be suggested.

    path: of its pack, as a path of this process. is_own: it is the user's, and did not come with Brushwarp.
    """

    id: str
    name: str
    credit: str
    thumbnail: Optional[Thumbnail] = None
    has_painting: bool = False
    path: str = ""
    is_own: bool = False
    is_favourite: bool = False

    @property
    def label(self) -> str:
        return "{} ({})".format(self.name, self.credit) if self.credit else self.name


def installed_styles(install: Install) -> List[InstalledStyle]:
    """Every style that can be read: the user's own before the shipped ones, FIRST before the others of these; of two with one id the user's
    own."""
    return styles_with(shipped_folders(install))


def styles_with(shipped: Iterable[str]) -> List[InstalledStyle]:
    """As `installed_styles`, of an engine that keeps its packs in these folders."""
    found: Dict[str, InstalledStyle] = {}
    marks = read_marks()
    for folder in (own_folder(), *shipped):
        is_own = folder == own_folder()
        for path in sorted(packs_in(folder), key=lambda path: not is_own and id_of(path) != FIRST):
            style = read_style(path)
            if style is not None and style.id not in found:
                is_favourite = style.id in marks.favourites
                name = marks.names.get(style.id, style.name)
                found[style.id] = replace(style, name=name, is_own=is_own, is_favourite=is_favourite)
    return list(found.values())


def own_folder() -> str:
    """Where the user's own packs lie. Not created here."""
    return os.path.join(data_folder(), "styles")


def packs_in(folder: str) -> List[str]:
    return sorted(glob.glob(os.path.join(glob.escape(folder), "*" + SUFFIX)))


def shipped_folders(install: Install) -> List[str]:
    """Where the engine's own packs lie: in the checkout that it was installed from, else in its environment."""
    inner = os.path.join("brushwarp", "styles", "packs")
    if install.checkout:
        return [os.path.join(install.checkout, "core", inner)]
    prefix = os.path.dirname(os.path.dirname(install.python))
    packages = [os.path.join("lib", "python3*", "site-packages"), os.path.join("Lib", "site-packages")]
    return [folder for where in packages for folder in glob.glob(os.path.join(glob.escape(prefix), where, inner))]


def read_style(path: str) -> Optional[InstalledStyle]:
    """The style in a pack as its card has it, or None if it is none that this version reads."""
    try:
        header = read_header(path)
        card = header.card()
        credit = ", ".join(part for part in (str(card.get("artist") or ""), str(card.get("year") or "")) if part)
        return InstalledStyle(id_of(path), card["name"], credit, _thumbnail(path, header), "painting" in header.tensors, path)
    except (WorkerError, OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def id_of(path: str) -> str:
    """What the style in a file is known by."""
    name = os.path.basename(path)
    return path_to_text(name[: -len(SUFFIX)] if name.endswith(SUFFIX) else name)


def _thumbnail(path: str, header: PackHeader) -> Optional[Thumbnail]:
    """The pack's uint8 tensor (height, width, 3), if it has one."""
    entry = header.tensors.get("thumbnail")
    if entry is None or entry["dtype"] != "U8" or len(entry["shape"]) != 3 or entry["shape"][2] != 3:
        return None
    height, width = (operator.index(side) for side in entry["shape"][:2])
    begin, end = entry["data_offsets"]
    if not (0 < height * width * 3 == end - begin <= LARGEST_THUMBNAIL):
        return None
    with open(path, "rb") as file:
        file.seek(header.data_begins + begin)
        rgb = file.read(end - begin)
    return Thumbnail(width, height, rgb) if len(rgb) == end - begin else None
