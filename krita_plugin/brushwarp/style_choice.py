"""What Deform… can paint like: a trained style, a layer, a picture file. Neither Krita nor Qt."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Optional

from .bridge.language import _
from .bridge.methods import METHODS, Method, fitting

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
        return key_of(self.kind, self.id)

    @property
    def is_picture(self) -> bool:
        """Whether it is looked at itself, instead of a network that was trained on it."""
        return self.kind != GALLERY


def key_of(kind: str, id: str) -> str:
    """See StyleChoice."""
    return "{}:{}".format(kind, id)


def layer_choice(layer_id: str, name: str) -> StyleChoice:
    return StyleChoice(LAYER, layer_id, name, _("Layer “{}”").format(name))


def file_choice(path: str) -> StyleChoice:
    file = os.path.basename(path)
    return StyleChoice(FILE, path, os.path.splitext(file)[0] or file, file)


def method_for(choice: Optional[StyleChoice], wanted: str) -> Method:
    """The wanted method where it fits the style, else the first that does."""
    methods = METHODS if choice is None else fitting(choice.is_picture)
    return next((method for method in methods if method.base == wanted), methods[0])
