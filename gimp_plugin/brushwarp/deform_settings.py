"""Deform…'s settings by the names that GIMP has for them, and what goes with what. No GIMP in here."""

from __future__ import annotations

from typing import Dict, Tuple

from bridge.errors import WorkerError
from bridge.language import _
from bridge.methods import CONTENT_WEIGHTS, TV_WEIGHTS, WARP_WEIGHTS, fitting
from bridge.presets import Preset

GALLERY, LAYER, FILE = "gallery", "layer", "file"  # kinds of style: a trained one, and two places where pictures come from

LIMITS: Dict[str, Tuple[float, float]] = {
    "content-weight": CONTENT_WEIGHTS,
    "warp-weight": WARP_WEIGHTS,
    "smoothness": TV_WEIGHTS,
}
"""The arguments that are a Preset's fields, in their order, and where their sliders end; numbers beyond can be typed."""

WEIGHTS = tuple(LIMITS)


def weights_of(preset: Preset) -> Tuple[float, float, float]:
    """In the order of WEIGHTS."""
    return preset.content_weight, preset.warp_weight, preset.tv_weight


def fitting_bases(kind: str) -> Tuple[str, ...]:
    """The methods that go with a kind of style, as the argument names them, the best first."""
    return tuple(method.base for method in fitting(kind != GALLERY))


def check_fits(base: str, kind: str) -> None:
    """Raises WorkerError for a method that can't take such a style."""
    if base in fitting_bases(kind):
        return
    if kind == GALLERY:
        raise WorkerError(
            "style-picture",
            _("The method {} paints like a picture, and was given a trained style.").format(base),
            _("Choose a layer or a picture file as the style, or the method multimodal."),
        )
    raise WorkerError(
        "style-picture",
        _("The method multimodal paints in a trained style, and was given a picture."),
        _("Choose a style of the gallery, or the method strotss or gatys."),
    )
