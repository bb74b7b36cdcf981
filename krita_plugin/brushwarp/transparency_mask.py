"""A selection as a transparency mask, which the painter can go on painting on."""

from __future__ import annotations

from typing import Any

from krita import Selection

from .bridge.language import _
from .qt import QByteArray
from .rectangle import Rectangle

NAME = _("Selection")


def mask_of(document: Any, selected: bytes, place: Rectangle) -> Any:
    """A mask's node that belongs to no layer yet. selected: how far each pixel of the rectangle shows; beside it nothing does."""
    selection = Selection()
    selection.setPixelData(QByteArray(selected), place.x, place.y, place.width, place.height)
    mask = document.createTransparencyMask(NAME)
    mask.setSelection(selection)
    return mask
