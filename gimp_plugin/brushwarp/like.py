"""What a layer shall become like: another layer of its image, a picture file, or a trained style."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Optional

from bridge.client import StylePicture, WorkerError
from bridge.language import _
from bridge.paths import path_to_text
from deform_settings import FILE, GALLERY, LAYER
from layers import Source, find_style_layer, other_layers
from painting import Styles, choose_style, text_of


@dataclass(frozen=True)
class Like:
    """kind: GALLERY, LAYER or FILE. style: as requests want it; name: as a painter knows it; layer: the one to read."""

    kind: str
    style: str
    name: str
    layer: Optional[Source] = None

    @property
    def picture(self) -> Optional[StylePicture]:
        """Where its pixels travel with the request."""
        return None if self.layer is None else StylePicture(self.layer.width, self.layer.height, self.layer.layout.wire)


def find_like(source: Source, styles: Styles, config: Any) -> Like:
    """A layer comes before a file, and a file before a style of the gallery: that one always has a default.

    Raises WorkerError for what is not there.
    """
    layer, file = config.get_property("style-layer"), config.get_property("style-file")
    if layer is not None:
        found = find_style_layer(source, layer)
        return Like(LAYER, layer.get_name(), layer.get_name(), found)
    lost = text_of(config, "style-layer-name")
    if lost:
        raise WorkerError("style-layer", _("There is no other layer “{}” here.").format(lost), _("Choose another style in the dialog."))
    if file is not None:
        path = file.get_path()
        if path is None or not os.path.isfile(path):
            missing = _("There is no picture {}.").format(path or file.get_uri())
            raise WorkerError("style-picture", missing, _("Choose a picture file on this computer."))
        return Like(FILE, path_to_text(path), os.path.splitext(path_to_text(os.path.basename(path)))[0])
    style, name = choose_style(styles, text_of(config, "style"))
    return Like(GALLERY, style, name)


def recall_like(source: Source, config: Any) -> None:
    """The layer that was chosen the last time is, in another image, the topmost one of that name."""
    name = text_of(config, "style-layer-name")
    if name and config.get_property("style-layer") is None:
        config.set_property("style-layer", next((layer for layer in other_layers(source) if layer.get_name() == name), None))
