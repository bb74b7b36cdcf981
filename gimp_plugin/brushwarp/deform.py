"""Filters > Brushwarp > Deform…: the layer painted like a picture, and bent along arrows that are solved with the brushwork."""

from __future__ import annotations

from typing import Any

from arrow_paths import read_arrows
from bridge.client import DeformRequest
from deform_settings import WEIGHTS, check_fits
from layers import Source
from like import find_like, recall_like
from painting import Order, Styles, Verb, forget_missing_path, keep_layer, text_of


def order(source: Source, styles: Styles, config: Any) -> Order:
    like = find_like(source, styles, config)
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
        style_picture=like.picture,
        content_weight=content_weight,
        warp_weight=warp_weight,
        tv_weight=tv_weight,
        unfold=config.get_property("unfold"),
        size=config.get_property("working-size"),
    )
    return Order(request, like.name, like.layer, config.get_property("selection-as-mask"))


def recall(source: Source, config: Any) -> None:
    forget_missing_path(source, config)
    recall_like(source, config)


def dialog(procedure: Any, config: Any, styles: Styles, source: Source) -> Any:
    from deform_dialog import DeformDialog

    return DeformDialog(procedure, config, styles, source)


VERB = Verb(order, dialog, recall, keep_layer)
