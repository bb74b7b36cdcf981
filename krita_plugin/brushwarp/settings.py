"""What the painter chose, and how it is remembered until the next time."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Callable, ClassVar, Dict, Optional, Type, TypeVar

from .bridge.methods import CONTENT_WEIGHTS, TV_WEIGHTS, WARP_WEIGHTS
from .bridge.presets import BALANCED
from .bridge.request import MOST_SUGGESTED, WORKING_SIZES
from .bridge.training import QUALITIES

BRUSH_SCALES = (0.25, 4.0)

Reading = Callable[[Any], Any]
R = TypeVar("R", bound="Remembered")


class Remembered:
    """A frozen dataclass that is kept as text. `readings`: how each field is read; None where what is said is of no use."""

    readings: ClassVar[Dict[str, Reading]] = {}

    def to_text(self) -> str:
        return json.dumps(asdict(self))  # type: ignore[call-overload]

    @classmethod
    def from_text(cls: Type[R], text: str) -> R:
        """The settings in `text`; the default for each that is missing or of no use (the file can be edited by hand)."""
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            return cls()
        found = {name: reading(said[name]) for name, reading in cls.readings.items() if name in said}
        return cls(**{name: value for name, value in found.items() if value is not None})


def text(value: Any) -> Optional[str]:
    return value if isinstance(value, str) else None


def flag(value: Any) -> Optional[bool]:
    return value if isinstance(value, bool) else None


def number(low: float, high: float) -> Reading:
    def read(value: Any) -> Optional[float]:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return float(value) if is_number and low <= value <= high else None

    return read


def _whole(low: int, high: int) -> Reading:
    def read(value: Any) -> Optional[int]:
        return value if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high else None

    return read


def _one_of(*words: str) -> Reading:
    def read(value: Any) -> Optional[str]:
        return value if isinstance(value, str) and value in words else None

    return read


@dataclass(frozen=True)
class StylizeSettings(Remembered):
    """style: a style's id; medium, fine: of those strokes, "" where they are the style's own; strength 0..1; as_opacity: it becomes the new
    layer's opacity; brush_scale 0.25..4 (2 is a brush twice as broad); keep_colors: the layer's own. steady: of the frames of an animation.
    as_mask: a selection becomes a transparency mask.

    Which layer holds the arrows, and which frames are painted, belongs to a document, and is not remembered.
    """

    readings: ClassVar[Dict[str, Reading]] = {
        "style": text,
        "medium": text,
        "fine": text,
        "strength": number(0.0, 1.0),
        "as_opacity": flag,
        "brush_scale": number(*BRUSH_SCALES),
        "keep_colors": flag,
        "steady": flag,
        "as_mask": flag,
    }

    style: str = ""
    strength: float = 1.0
    brush_scale: float = 1.0
    keep_colors: bool = False
    medium: str = ""
    fine: str = ""
    steady: bool = True
    as_mask: bool = False
    as_opacity: bool = False


@dataclass(frozen=True)
class DeformSettings(Remembered):
    """style: key of a StyleChoice; picture: the file that was chosen last; method: the one for pictures that was.

    content_weight, warp_weight, tv_weight, unfold, size: as DeformRequest has them. as_mask: as StylizeSettings has it.
    """

    readings: ClassVar[Dict[str, Reading]] = {
        "style": text,
        "picture": text,
        "method": text,
        "content_weight": number(*CONTENT_WEIGHTS),
        "warp_weight": number(*WARP_WEIGHTS),
        "tv_weight": number(*TV_WEIGHTS),
        "unfold": flag,
        "size": _whole(*WORKING_SIZES),
        "as_mask": flag,
    }

    style: str = ""
    picture: str = ""
    method: str = "strotss"
    content_weight: float = BALANCED.content_weight
    warp_weight: float = BALANCED.warp_weight
    tv_weight: float = BALANCED.tv_weight
    unfold: bool = False
    size: int = 256
    as_mask: bool = False


@dataclass(frozen=True)
class SuggestSettings(Remembered):
    """style, picture: as DeformSettings has them. count, mirror: as SuggestRequest has them."""

    readings: ClassVar[Dict[str, Reading]] = {
        "style": text, "picture": text, "count": _whole(1, MOST_SUGGESTED), "mirror": flag,
    }

    style: str = ""
    picture: str = ""
    count: int = 12
    mirror: bool = False


@dataclass(frozen=True)
class TrainSettings(Remembered):
    """As TrainingRequest has them. The name belongs to one layer, and is not remembered."""

    readings: ClassVar[Dict[str, Reading]] = {"artist": text, "photos": text, "quality": _one_of(*QUALITIES)}

    artist: str = ""
    photos: str = ""
    quality: str = "standard"
