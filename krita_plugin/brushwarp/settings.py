"""What the painter chose, and how it is remembered until the next time."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

BRUSH_SCALES = (0.25, 4.0)


@dataclass(frozen=True)
class Settings:
    """style: a style's id; strength 0..1; brush_scale 0.25..4 (2 is a brush twice as broad); keep_colors: the layer's own.

    Which layer holds the arrows belongs to a document, and is not remembered.
    """

    style: str = ""
    strength: float = 1.0
    brush_scale: float = 1.0
    keep_colors: bool = False

    def to_text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Settings:
        """The settings in `text`; the default for each that is missing or of no use (the file can be edited by hand)."""
        try:
            said = json.loads(text)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            return cls()
        settings = cls()
        if isinstance(said.get("style"), str):
            settings = replace(settings, style=said["style"])
        if isinstance(said.get("keep_colors"), bool):
            settings = replace(settings, keep_colors=said["keep_colors"])
        if _is_within(said.get("strength"), 0.0, 1.0):
            settings = replace(settings, strength=float(said["strength"]))
        if _is_within(said.get("brush_scale"), *BRUSH_SCALES):
            settings = replace(settings, brush_scale=float(said["brush_scale"]))
        return settings


def _is_within(value: object, low: float, high: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high
