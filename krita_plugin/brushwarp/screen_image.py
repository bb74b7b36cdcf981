"""Pixels of any colour space of Krita as an image for the screen."""

from __future__ import annotations

from krita import Krita

from .colour import RGB_CURVES, ColorSpace
from .qt import QByteArray, QImage


def is_as_on_screen(space: ColorSpace) -> bool:
    """Whether its pixels need not be converted."""
    return space.model == "RGBA" and space.depth == "U8" and RGB_CURVES.get(space.profile) == "srgb"


def screen_image(pixels: bytes, width: int, height: int, space: ColorSpace) -> QImage:
    """In sRGB, with straight alpha, and bytes of its own.

    Krita converts a node's colours as a step of undo in the document that it was made for, even if it belongs to no tree: so a
    document of its own, which nobody sees, shows them.
    """
    if is_as_on_screen(space):
        return QImage(pixels, width, height, 4 * width, QImage.Format.Format_ARGB32).copy()  # its bytes are B, G, R, A
    document = Krita.instance().createDocument(width, height, "Brushwarp preview", space.model, space.depth, space.profile, 72.0)
    try:
        document.rootNode().childNodes()[0].setPixelData(QByteArray(pixels), 0, 0, width, height)
        document.refreshProjection()
        document.waitForDone()
        return document.projection(0, 0, width, height)
    finally:
        document.close()
