"""What a document keeps of each result: the recipe, what it was made of, what was selected. As Krita's annotations, by the layer's id."""

from __future__ import annotations

from typing import Any, Iterator, Optional

from .bridge.masks import packed, unpacked
from .layer import Layer
from .origin import Made, Origin
from .qt import QByteArray

RECIPE, ORIGIN, SELECTION = "brushwarp/recipe/", "brushwarp/origin/", "brushwarp/selection/"  # followed by the layer's id


class Records:
    """Of one document of Krita; they are saved with it. Undo does not know of them: a layer that comes back finds its own."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def keep(self, layer: Layer, made: Made, selection: Optional[bytes]) -> None:
        """selection: of the pixels in the origin's place, or None where all was selected."""
        self._write(RECIPE + layer.id, "How Brushwarp made a layer", made.recipe.encode("utf-8"))
        self._write(ORIGIN + layer.id, "What Brushwarp made a layer of", made.origin.to_text().encode("utf-8"))
        if selection is not None:
            self._write(SELECTION + layer.id, "What was selected when Brushwarp made a layer", packed(selection))

    def of(self, layer: Layer) -> Optional[Made]:
        """What was kept of a layer; None if it is no result. Of one that an older Brushwarp made its origin is not known."""
        return self._made(layer.id)

    def origin_of(self, layer: Layer) -> Origin:
        """Of one that is no result, one that says nothing."""
        return self._origin(layer.id)

    def selection_of(self, layer: Layer, origin: Origin) -> Optional[bytes]:
        data = self._read(SELECTION + layer.id)
        return unpacked(data, origin.place.area) if data else None

    def later_versions(self, layer_id: str) -> Iterator[str]:
        """The ids of the results that took the place of a layer, or of one that had taken it."""
        for key in self._document.annotationTypes():
            if key.startswith(ORIGIN) and layer_id in self._origin(key[len(ORIGIN) :]).versions:
                yield key[len(ORIGIN) :]

    def newest(self) -> Optional[Made]:
        """Of all results, whether their layers are still there or not."""
        return max(self._all(), key=lambda made: made.origin.made, default=None)

    def _all(self) -> Iterator[Made]:
        for key in self._document.annotationTypes():
            made = self._made(key[len(RECIPE) :]) if key.startswith(RECIPE) else None
            if made is not None:
                yield made

    def _made(self, layer_id: str) -> Optional[Made]:
        recipe = self._read(RECIPE + layer_id)
        if not recipe:
            return None
        return Made(recipe.decode("utf-8", "replace"), self._origin(layer_id))

    def _origin(self, layer_id: str) -> Origin:
        text = self._read(ORIGIN + layer_id).decode("utf-8", "replace")
        return Origin.from_text(text) if text else Origin(made=0.0)

    def _read(self, key: str) -> bytes:
        return bytes(self._document.annotation(key))

    def _write(self, key: str, description: str, data: bytes) -> None:
        self._document.setAnnotation(key, description, QByteArray(data))
