"""Styles: the one-file pack, and the library of packs."""

from .card import StyleCard, Widths
from .library import GALLERY, Style, add_style, is_path, keep_style, list_styles, load_style
from .pack import ForeignFile, StylePack, load_pack, painting_of, read_card, save_pack

__all__ = [
    "GALLERY",
    "ForeignFile",
    "Style",
    "StyleCard",
    "StylePack",
    "Widths",
    "add_style",
    "is_path",
    "keep_style",
    "list_styles",
    "load_pack",
    "load_style",
    "painting_of",
    "read_card",
    "save_pack",
]
