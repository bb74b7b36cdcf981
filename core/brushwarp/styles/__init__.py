"""Styles: the one-file pack, and the library of packs."""

from .card import StyleCard, Widths
from .library import Style, add_style, is_path, list_styles, load_style, remove_style
from .pack import StylePack, load_pack, read_card, save_pack

__all__ = [
    "Style",
    "StyleCard",
    "StylePack",
    "Widths",
    "add_style",
    "is_path",
    "list_styles",
    "load_pack",
    "load_style",
    "read_card",
    "remove_style",
    "save_pack",
]
