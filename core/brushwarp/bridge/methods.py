"""What the dialogs of both hosts ask of a deformation: methods in words for painters, presets on sliders."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Optional, Tuple

from .language import _
from .presets import PRESETS

# Ends of a dialog's sliders, on which twice as much is always as far to the right: the presets lie well inside.
CONTENT_WEIGHTS = (0.1, 32.0)
WARP_WEIGHTS = (0.05, 5.0)
TV_WEIGHTS = (0.1, 50.0)
SHOWN = 0.01  # what a dialog rounds to
_LEAST_SMOOTH, _MOST_SMOOTH = -3.0, 0.5  # powers of ten, of half the long side squared


@dataclass(frozen=True)
class Method:
    """base: as DeformRequest knows it. for_picture: takes a picture; else a trained style."""

    base: str
    label: str
    tip: str
    for_picture: bool


METHODS = (
    Method("strotss", _("Strokes and shapes together (STROTSS, minutes)"), _("Paints like any picture, stroke by stroke: the most faithful"), True),
    Method(
        "gatys", _("Textures and shapes together (Gatys, a minute)"), _("Paints like any picture, by its textures: quicker, and less orderly"), True
    ),
    Method("multimodal", _("Trained style, then shapes (seconds)"), _("Paints as Stylize does, then bends"), False),
)


PRESET_LABELS = {"gentle": _("Gentle"), "balanced": _("Balanced"), "bold": _("Bold")}


def smoothness_of(share: float, width: int, height: int) -> float:
    """What a slider at `share` (0..1) means, in pixels squared, on a layer of that size: at a half, arrows of a face pull two thirds of
    their way, at the end less than a fifth (measured on ten arrows of chance)."""
    if share <= 0:
        return 0.0
    return (max(width, height) / 2.0) ** 2 * 10.0 ** (_LEAST_SMOOTH + share * (_MOST_SMOOTH - _LEAST_SMOOTH))


def smoothing_of(smoothness: float, width: int, height: int) -> float:
    """The way back: the share (0..1) of a slider that comes nearest."""
    if smoothness <= 0:
        return 0.0
    power = math.log10(smoothness / (max(width, height) / 2.0) ** 2)
    return min(1.0, max(0.0, (power - _LEAST_SMOOTH) / (_MOST_SMOOTH - _LEAST_SMOOTH)))


def fitting(is_picture: bool) -> Tuple[Method, ...]:
    """The methods that go with a picture, or with a trained style; the best first."""
    return tuple(method for method in METHODS if method.for_picture == is_picture)


def preset_of(content_weight: float, warp_weight: float, tv_weight: float) -> Optional[str]:
    """The preset that looks the same in a dialog, or None: the weights were chosen by hand."""
    weights = (content_weight, warp_weight, tv_weight)
    for name, preset in PRESETS.items():
        own = (preset.content_weight, preset.warp_weight, preset.tv_weight)
        if all(abs(a - b) < SHOWN / 2 for a, b in zip(weights, own)):  # noqa: B905 - Python 3.8 has no strict
            return name
    return None
