"""What Deform… can paint like, and which methods fit it. Neither Krita nor Qt."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Optional

from .bridge.presets import PRESETS, Preset

GALLERY, LAYER, FILE = "gallery", "layer", "file"


@dataclass(frozen=True)
class StyleChoice:
    """kind: GALLERY, LAYER or FILE. id: a style's id, a layer's id, a file's path. name: for the new layer; label: for the list."""

    kind: str
    id: str
    name: str
    label: str

    @property
    def key(self) -> str:
        """What it is known by in lists and settings."""
        return "{}:{}".format(self.kind, self.id)

    @property
    def is_picture(self) -> bool:
        """Whether it is looked at itself, instead of a network that was trained on it."""
        return self.kind != GALLERY


def layer_choice(layer_id: str, name: str) -> StyleChoice:
    return StyleChoice(LAYER, layer_id, name, "Layer “{}”".format(name))


def file_choice(path: str) -> StyleChoice:
    file = os.path.basename(path)
    return StyleChoice(FILE, path, os.path.splitext(file)[0] or file, file)


@dataclass(frozen=True)
class Method:
    """base: as DeformRequest knows it. for_picture: takes a picture; else a trained style."""

    base: str
    label: str
    tip: str
    for_picture: bool


METHODS = (
    Method("strotss", "STROTSS: brushwork and shape together (minutes)", "Paints like any picture, stroke by stroke; the most faithful", True),
    Method("gatys", "Gatys: texture and shape together (a minute)", "Paints like any picture, by its textures; quicker, and less orderly", True),
    Method("multimodal", "Trained style, then shape (seconds)", "Paints as Stylize does, then bends", False),
)


def fits(method: Method, choice: Optional[StyleChoice]) -> bool:
    return choice is not None and method.for_picture == choice.is_picture


def method_for(choice: Optional[StyleChoice], wanted: str) -> Method:
    """The wanted method where it fits the style, else the first that does."""
    fitting = [method for method in METHODS if fits(method, choice)] or list(METHODS)
    return next((method for method in fitting if method.base == wanted), fitting[0])


def preset_of(weights: Preset) -> Optional[str]:
    """The name of the preset with these weights, or None: they were chosen by hand."""
    return next((name for name, preset in PRESETS.items() if preset == weights), None)
