"""A layer made small for its preview, and made small anew when it has changed.

Krita tells nobody that a layer was painted on. A thumbnail of 64 pixels, which Krita keeps until it changes (0.01 ms, else some 10 ms),
is a sign of it; it is no preview itself: it takes single pixels, and covers whole tiles of Krita's instead of the layer's bounds.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Any, Optional, Tuple

from .bridge.bend import PREVIEW_SIDE, preview_size
from .bridge.language import _
from .document import Document
from .layer import Layer
from .qt import QImage, QSize, Qt
from .rectangle import Rectangle
from .refusal import Refusal
from .screen_image import is_as_on_screen, screen_image

SIGN_SIDE = 64
FINE = 2  # pixels that are read for each of the preview's, both ways, where Krita need not convert them: a million take it 0.1 s
_UNITS = {2: "H", 4: "I", 8: "Q"}  # of an array, by their bytes


@dataclass(frozen=True)
class SmallCopy:
    """place: in the document's pixels. image: of it, in sRGB with straight alpha, its long side PREVIEW_SIDE at most."""

    layer: str
    place: Rectangle
    image: QImage


class Copier:
    """`look` makes a copy where there is none of the layer yet; `check`, to be called now and then, forgets one that the layer has left
    behind, once the layer is at rest: reading a large one (a tenth of a second for six million pixels) shall not disturb a stroke."""

    def __init__(self) -> None:
        self._copy: Optional[SmallCopy] = None
        self._sign: Any = None
        self._sign_before: Any = None

    def look(self, document: Document, layer: Layer) -> SmallCopy:
        """Raises Refusal for a layer that can't be shown."""
        if self._copy is None or self._copy.layer != layer.id:
            self._copy = None
            self._sign = self._sign_before = _sign(layer)
            self._copy = small_copy(document, layer)
        return self._copy

    def check(self, layer: Layer) -> None:
        sign = _sign(layer)
        if self._copy is not None and sign != self._sign and sign == self._sign_before:
            self._copy = None
        self._sign_before = sign


def image_at(layer: Layer, place: Rectangle) -> QImage:
    """What a layer has at a place in the document, at its own size."""
    return screen_image(_thinned(layer, place, 1, place.width, place.height), place.width, place.height, layer.space)


def small_mask(mask: bytes, place: Rectangle, size: Tuple[int, int]) -> QImage:
    """A mask of a place, one byte a pixel, small: of an image's alpha."""
    image = QImage(mask, place.width, place.height, place.width, QImage.Format.Format_Grayscale8)
    small = image.scaled(QSize(*size), Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    grey = small.convertToFormat(QImage.Format.Format_Grayscale8)
    alpha = QImage(QSize(*size), QImage.Format.Format_RGBA8888)
    alpha.fill(0xFFFFFFFF)  # what is transparent stays so
    alpha.setAlphaChannel(grey)
    return alpha


def rgba_bytes(image: QImage, width: int, height: int) -> bytes:
    """Rows of R, G, B, A, without padding."""
    small = image
    if (image.width(), image.height()) != (width, height):
        small = image.scaled(QSize(width, height), Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    small = small.convertToFormat(QImage.Format.Format_RGBA8888)
    data = small.constBits()
    data.setsize(4 * width * height)
    return bytes(data)


def _sign(layer: Layer) -> Any:
    image = layer.node.thumbnail(SIGN_SIDE, SIGN_SIDE)
    data = image.constBits()
    data.setsize(image.bytesPerLine() * image.height())
    return layer.bounds, layer.space, bytes(data)


def small_copy(document: Document, layer: Layer) -> SmallCopy:
    """Raises Refusal for a layer that can't be shown."""
    layer.refuse_unreadable()
    place = document.place_of(layer.bounds)
    if place.is_empty:
        raise Refusal(_("“{}” lies far outside of the canvas.").format(layer.name), _("Move it onto the canvas."))
    fineness = FINE if is_as_on_screen(layer.space) else 1
    step = max(1, max(place.width, place.height) // (fineness * PREVIEW_SIDE))
    columns, rows = max(1, place.width // step), max(1, place.height // step)
    image = screen_image(_thinned(layer, place, step, columns, rows), columns, rows, layer.space)
    width, height = preview_size(place.width, place.height)
    small = image.scaled(QSize(width, height), Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    return SmallCopy(layer.id, place, small.convertToFormat(QImage.Format.Format_RGBA8888))


def _thinned(layer: Layer, place: Rectangle, step: int, columns: int, rows: int) -> bytes:
    """The layer's own bytes, of every so many-th pixel both ways: of a layer far larger than its preview, the rest is not needed."""
    node = layer.node
    if step == 1:
        return bytes(node.pixelData(place.x, place.y, columns, rows))
    thin = []
    for row in range(rows):
        line = bytes(node.pixelData(place.x + step // 2, place.y + step // 2 + row * step, columns * step, 1))
        size = len(line) // (columns * step)
        unit = min(size, 8)
        units = array(_UNITS[unit], line)
        kept = array(_UNITS[unit], bytes(columns * size))
        parts = size // unit  # of a pixel: two where it has sixteen bytes
        for part in range(parts):
            kept[part::parts] = units[part :: parts * step]
        thin.append(kept.tobytes())
    return b"".join(thin)
