"""The styles at hand: those shipped with Brushwarp, and the user's own in the data folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..bridge.gallery import Gallery, check_id
from ..bridge.language import _
from ..bridge.marks import read_marks
from ..bridge.styles import SUFFIX, own_folder
from ..errors import BrushwarpError
from .card import StyleCard
from .pack import StylePack, load_pack, read_card, save_pack

SHIPPED = Path(__file__).parent / "packs"
GALLERY = Gallery((str(SHIPPED),))


@dataclass(frozen=True)
class Style:
    """A style of the library: its card (with the name that the user gave it), its file, and whether it came with Brushwarp."""

    card: StyleCard
    path: Path
    shipped: bool


def own_styles_folder() -> Path:
    """Where the user's own packs lie."""
    return Path(own_folder())


def _files() -> Iterator[tuple[Path, bool]]:
    for folder, shipped in ((own_styles_folder(), False), (SHIPPED, True)):
        if folder.is_dir():
            for path in sorted(folder.glob(f"*{SUFFIX}")):
                yield path, shipped


def list_styles() -> list[Style]:
    """Every readable style, the user's own first; of two with one id the user's wins. Unreadable files are passed over."""
    found: dict[str, Style] = {}
    names = read_marks().names
    for path, shipped in _files():
        try:
            card = read_card(path)
        except BrushwarpError:
            continue
        found.setdefault(path.stem, Style(replace(card, name=names.get(path.stem, card.name)), path, shipped))
    return list(found.values())


def is_path(text: str) -> bool:
    """Whether a style is named by its file rather than by its id."""
    return os.sep in text or text.endswith(SUFFIX) or bool(os.altsep and os.altsep in text)


def find_style(id_or_path: str | os.PathLike[str]) -> Path:
    """The file of a style, by id or by path. Raises BrushwarpError("style-missing") naming the styles there are."""
    text = os.fspath(id_or_path)
    if not text:
        raise BrushwarpError("style-missing", _("No style was named."), _what_there_is())
    if is_path(text):
        return Path(text)
    for path, _shipped in _files():
        if path.stem == text:
            return path
    raise BrushwarpError("style-missing", _("There is no style {!r}.").format(text), _what_there_is())


def _what_there_is() -> str:
    names = ", ".join(style.path.stem for style in list_styles())
    return _("Choose one of: {}.").format(names) if names else _("Train one with `brushwarp train`, or add one with `brushwarp styles add`.")


def load_style(id_or_path: str | os.PathLike[str]) -> StylePack:
    """The pack of a style, by id or by path. Raises BrushwarpError as `find_style` and `load_pack` do."""
    return load_pack(find_style(id_or_path))


def add_style(path: Path, style_id: str = "") -> Style:
    """Copies a pack into the user's own styles, under its file's name or another id, having read it whole.

    Raises BrushwarpError as `load_pack` does, and WorkerError as `Gallery.add` does.
    """
    pack = load_pack(path)
    added = GALLERY.add(os.fspath(path), style_id)
    return Style(replace(pack.card, name=added.name), Path(added.path), shipped=False)


def keep_style(pack: StylePack) -> Style:
    """Writes a pack in memory into the user's own styles. Raises BrushwarpError("style-exists")."""
    target = own_style_path(pack.card.id)
    save_pack(pack, target)
    return Style(pack.card, target, shipped=False)


def own_style_path(style_id: str) -> Path:
    """Where a new style of the user's own is written. Raises BrushwarpError("style-exists") if there is one, WorkerError("style-id")."""
    check_id(style_id)
    folder = own_styles_folder()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{style_id}{SUFFIX}"
    if target.exists():
        raise BrushwarpError(
            "style-exists", _("There is a style {!r} already.").format(style_id), _("Remove it first: brushwarp styles remove {}").format(style_id)
        )
    return target
