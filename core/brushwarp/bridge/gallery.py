"""The gallery: what a painter does with styles, without torch and without a worker.

    from .bridge.gallery import Gallery, NameTaken, card_lines, search, set_favourite

    gallery = Gallery.of(read_install())
    for style in search(gallery.styles(), "munch 1893"): ...       # InstalledStyle; `styles` reads packs: ask again when `stamp` changes
    set_favourite(style.id, True)
    try:
        style = gallery.add(path)
    except NameTaken as error:                                     # its sentences offer `error.free_id`
        style = gallery.add(path, error.free_id)
    gallery.rename("la_vague", "The Wave")                         # its id stays, so that recipes find it
    gallery.remove("la_vague")
    for heading, text in card_lines(style): ...
    style.path                                                     # the file to show in its folder

All calls are short. They raise WorkerError (code, message, hint): show the last two.
"""

from __future__ import annotations

import filecmp
import itertools
import operator
import os
import shutil
import unicodedata
from dataclasses import dataclass
from typing import Iterable, Iterator, List, Tuple

from .errors import WorkerError
from .language import _
from .marks import check_marks, folder_refused, forget_marks, gallery_held, marks_file, set_favourite, set_name
from .pack_header import PackHeader, damaged, read_header
from .paths import Install, path_from_text
from .style_card import card_lines
from .styles import SUFFIX, InstalledStyle, id_of, own_folder, packs_in, shipped_folders, styles_with

__all__ = ["Gallery", "NameTaken", "card_lines", "check_marks", "search", "set_favourite"]

LONGEST_NAME = 80  # characters
LONGEST_ID = 200  # bytes: of a file's name most systems take 255
SIZES = {"U8": 1, "I8": 1, "F16": 2, "BF16": 2, "F32": 4}  # bytes a number, of what packs hold
PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})  # letters that no accent makes


class NameTaken(WorkerError):
    """Another style has the id that a file would have. `free_id` is one that is free. Code "style-exists"."""

    def __init__(self, taken: str, free_id: str) -> None:
        super().__init__(
            "style-exists",
            _("There is a style “{}” already, and this is another one.").format(taken),
            _("It can be added as “{}”.").format(free_id),
        )
        self.free_id = free_id


@dataclass(frozen=True)
class Gallery:
    """shipped: the folders of the packs that came with Brushwarp."""

    shipped: Tuple[str, ...]

    @classmethod
    def of(cls, install: Install) -> Gallery:
        return cls(tuple(shipped_folders(install)))

    def styles(self) -> List[InstalledStyle]:
        """As `styles.installed_styles`."""
        return styles_with(self.shipped)

    def stamp(self) -> Tuple[Tuple[str, int, int], ...]:
        """Another one after a style came or went, or was marked: quick, to be asked every second."""
        found = []
        for path in (marks_file(), *(path for folder in (own_folder(), *self.shipped) for path in packs_in(folder))):
            try:
                about = os.stat(path)
            except OSError:  # it went meanwhile
                continue
            found.append((path, about.st_mtime_ns, about.st_size))
        return tuple(found)

    def add(self, path: str, id: str = "") -> InstalledStyle:
        """Copy a pack into the user's own styles: as its file is called, or under another id.

        Raises WorkerError as `pack_header.read_header` does for what is no pack, NameTaken, "style-known" for one that is there already
        with the same content, "style-id" for an id that can't be a file's name, "gallery-folder".
        """
        header = read_header(path)
        name = header.card()["name"]
        _check_tensors(header)
        wanted = id or id_of(path)
        check_id(wanted)
        there = self.styles()
        twin = next((style for style in there if _is_same(path, style.path)), None)
        if twin is not None:
            raise WorkerError("style-known", _("“{}” is in the gallery already.").format(twin.name), _("Nothing was changed."))
        with gallery_held():
            if self._is_taken(wanted):
                raise NameTaken(wanted, next(id for id in _numbered(wanted, "{}-{}") if not self._is_taken(id)))
            _copy(path, _own_path(wanted))
        names = {style.name for style in there}
        if name in names:
            set_name(wanted, next(each for each in _numbered(name, "{} ({})") if each not in names))
        return self.style(wanted)

    def rename(self, id: str, name: str) -> None:
        """Call one of the user's own styles otherwise; without a name, as its card does.

        Raises WorkerError "style-missing", "style-shipped", "style-name", "gallery-broken", "gallery-folder".
        """
        style = self.own_style(id)
        line = " ".join(name.split())
        if len(line) > LONGEST_NAME:
            raise WorkerError("style-name", _("A style's name has at most {} characters.").format(LONGEST_NAME), _("Choose a shorter one."))
        if any(line == other.name for other in self.styles() if other.id != style.id):
            raise WorkerError("style-name", _("Another style is called “{}”.").format(line), _("Choose another name."))
        set_name(style.id, line)

    def remove(self, id: str) -> None:
        """Delete the pack of one of the user's own styles. Raises WorkerError "style-missing", "style-shipped", "gallery-folder"."""
        style = self.own_style(id)
        try:
            os.unlink(style.path)
        except OSError as error:
            raise folder_refused(own_folder(), error) from error
        forget_marks(style.id)

    def style(self, id: str) -> InstalledStyle:
        """The one of an id. Raises WorkerError("style-missing")."""
        found = next((style for style in self.styles() if style.id == id), None)
        if found is None:
            raise WorkerError("style-missing", _("There is no style “{}”.").format(id), _("It may have been removed meanwhile."))
        return found

    def own_style(self, id: str) -> InstalledStyle:
        """The one of an id, if it is the user's. Raises WorkerError "style-missing", "style-shipped"."""
        style = self.style(id)
        if not style.is_own:
            raise WorkerError(
                "style-shipped",
                _("“{}” came with Brushwarp, and stays as it is.").format(style.name),
                _("Only styles that you added or trained can be renamed and removed."),
            )
        return style

    def _is_taken(self, id: str) -> bool:
        """Whether there is a file for an id, readable or not."""
        return any(os.path.lexists(os.path.join(folder, path_from_text(id) + SUFFIX)) for folder in (own_folder(), *self.shipped))


def search(styles: Iterable[InstalledStyle], text: str, favourites_only: bool = False) -> List[InstalledStyle]:
    """Those in whose name, artist and year every word of `text` begins or stands somewhere; accents and capitals do not matter."""
    words = _plain(text).split()
    found = ((style, _plain(style.label)) for style in styles if style.is_favourite or not favourites_only)
    return [style for style, said in found if all(word in said for word in words)]


def _plain(text: str) -> str:
    """“Paul Cézanne” is paul cezanne."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(PLAIN))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _numbered(name: str, form: str) -> Iterator[str]:
    return (form.format(name, number) for number in itertools.count(2))


def _own_path(id: str) -> str:
    return os.path.join(own_folder(), path_from_text(id) + SUFFIX)


def check_id(id: str) -> None:
    """That it is a name that a file can have, that a listing shows, and that is never taken for a path. Raises WorkerError("style-id")."""
    is_path = id.endswith(SUFFIX) or any(letter in "/\\" or ord(letter) < 32 for letter in id)
    if id[:1] in ("", ".") or is_path or len(id.encode("utf-8", "replace")) > LONGEST_ID:
        refused = _("A style can't be known as “{}”.").format(id[:LONGEST_NAME])
        raise WorkerError("style-id", refused, _("Give its file a plain name, then add it again."))


def _check_tensors(header: PackHeader) -> None:
    """That each tensor has the bytes that its shape asks for. Raises WorkerError("pack-format")."""
    try:
        for entry in header.tensors.values():
            numbers = 1
            for side in entry["shape"]:
                numbers *= operator.index(side)
            begin, end = entry["data_offsets"]
            if not 0 <= begin <= end or numbers * SIZES[entry["dtype"]] != end - begin:
                raise ValueError("its bytes")
    except (ValueError, TypeError, KeyError):
        raise damaged(_("its tensors can't be read")) from None


def _is_same(path: str, other: str) -> bool:
    try:
        return filecmp.cmp(path, other, shallow=False)
    except OSError:  # a link to nowhere, or a folder
        return False


def _copy(path: str, target: str) -> None:
    """Complete, or not at all."""
    temporary = os.path.join(own_folder(), ".{}.new".format(os.getpid()))
    try:
        os.makedirs(own_folder(), exist_ok=True)
        shutil.copyfile(path, temporary)
        os.replace(temporary, target)
    except OSError as error:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise folder_refused(own_folder(), error) from error
