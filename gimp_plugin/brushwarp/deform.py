"""Filters > Brushwarp > Deform…: the layer painted like a picture, and bent along arrows that are solved with the brushwork."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Optional

from bridge.client import DeformRequest, StylePicture, WorkerError
from bridge.paths import path_to_text
from deform_settings import FILE, GALLERY, LAYER, WEIGHTS, check_fits
from layers import Source, find_style_layer, other_layers, read_arrows
from painting import Order, Styles, Verb, choose_style, forget_missing_path, text_of
from stages import DEFORM_STAGES


@dataclass(frozen=True)
class _Like:
    """What to paint like. style: as DeformRequest wants it; name: as a painter knows it; layer: the one to read."""

    kind: str
    style: str
    name: str
    layer: Optional[Source] = None


def order(source: Source, styles: Styles, config: Any) -> Order:
    like = _like(source, styles, config)
    base = text_of(config, "method")
    check_fits(base, like.kind)
    content_weight, warp_weight, tv_weight = (config.get_property(name) for name in WEIGHTS)
    request = DeformRequest(
        source.width,
        source.height,
        like.style,
        source.layout.wire,
        keypoints=read_arrows(source, text_of(config, "keypoints")),
        seed=config.get_property("seed"),
        canvas_short_side=source.canvas_short_side,
        base=base,
        style_picture=StylePicture(like.layer.width, like.layer.height, like.layer.layout.wire) if like.layer else None,
        content_weight=content_weight,
        warp_weight=warp_weight,
        tv_weight=tv_weight,
        unfold=config.get_property("unfold"),
        size=config.get_property("working-size"),
    )
    return Order(request, like.name, like.layer)


def _like(source: Source, styles: Styles, config: Any) -> _Like:
    """A layer comes before a file, and a file before a style of the gallery: that one always has a default."""
    layer, file = config.get_property("style-layer"), config.get_property("style-file")
    if layer is not None:
        found = find_style_layer(source, layer)
        return _Like(LAYER, layer.get_name(), layer.get_name(), found)
    lost = text_of(config, "style-layer-name")
    if lost:
        raise WorkerError("style-layer", "There is no other layer “{}” here to paint like.".format(lost), "Choose a style by Filters > Brushwarp > Deform….")
    if file is not None:
        path = file.get_path()
        if path is None or not os.path.isfile(path):
            raise WorkerError("style-picture", "There is no picture {}.".format(path or file.get_uri()), "Choose a picture file on this computer.")
        return _Like(FILE, path_to_text(path), os.path.splitext(path_to_text(os.path.basename(path)))[0])
    style, name = choose_style(styles, text_of(config, "style"))
    return _Like(GALLERY, style, name)


def recall(source: Source, config: Any) -> None:
    """The layer that was painted like the last time is, in another image, the topmost one of that name."""
    forget_missing_path(source, config)
    name = text_of(config, "style-layer-name")
    if name and config.get_property("style-layer") is None:
        config.set_property("style-layer", next((layer for layer in other_layers(source) if layer.get_name() == name), None))


def dialog(procedure: Any, config: Any, styles: Styles, source: Source) -> Any:
    from deform_dialog import DeformDialog

    return DeformDialog(procedure, config, styles, source)


VERB = Verb(order, dialog, recall, DEFORM_STAGES)
