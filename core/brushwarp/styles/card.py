"""What a style pack says of itself."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

WIDEST = 1024  # channels, or residual blocks: four times the widest network published


@dataclass(frozen=True)
class Widths:
    """Channel counts of the network. The defaults make 4.8 M parameters (DESIGN.md section 2)."""

    style: int = 16
    enhance: int = 128
    enhance_residuals: int = 6
    refine: int = 128


@dataclass(frozen=True)
class StyleCard:
    """What a style says of itself. `training` records what it takes to train it again.

    architecture: the network's name (`brushwarp.architectures`); `widths` are those of "multimodal", and no other has a choice.
    """

    id: str
    name: str
    artist: str = ""
    year: str = ""
    licence: str = "CC BY 4.0"
    source: str = ""
    credits: str = ""
    architecture: str = "multimodal"
    widths: Widths = field(default_factory=Widths)
    training: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, text: str) -> StyleCard:
        """Raises ValueError, TypeError, KeyError, AttributeError or RecursionError for what is no card."""
        fields = json.loads(text)
        card = cls(**fields | {"widths": Widths(**fields["widths"])})
        if not all(type(value) is int and 0 < value <= WIDEST for value in asdict(card.widths).values()):
            raise ValueError(f"widths out of range: {card.widths}")
        for name in ("id", "name", "artist", "year", "licence", "source", "credits", "architecture"):
            getattr(card, name).encode()  # half a surrogate pair could never be shown
        if not isinstance(card.training, dict):
            raise ValueError(f"no training record: {card.training!r}")
        return card

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
