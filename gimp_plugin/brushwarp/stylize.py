"""Filters > Brushwarp > Stylize…: the layer as a trained style paints it."""

from __future__ import annotations

from typing import Any

from arrow_paths import read_arrows
from bridge.client import StylizeRequest
from bridge.detached import find_engine
from layers import Source
from painting import Order, Styles, Verb, check_any, choose_style, forget_missing_path, keep_layer, text_of


def order(source: Source, styles: Styles, config: Any) -> Order:
    style, name = choose_style(styles, text_of(config, "style"))
    others = {strokes: text_of(config, strokes) for strokes in ("medium", "fine")}
    names = [choose_style(styles, other)[1] for other in others.values() if other]
    request = StylizeRequest(
        source.width,
        source.height,
        style,
        source.layout.wire,
        strength=config.get_property("strength"),
        as_opacity=config.get_property("strength-as-opacity"),
        brush_scale=config.get_property("brush-scale"),
        keep_colors=config.get_property("keep-colors"),
        keypoints=read_arrows(source, text_of(config, "keypoints")),
        canvas_short_side=source.canvas_short_side,
        **others,
    )
    return Order(request, " + ".join(dict.fromkeys([name, *names])), as_mask=config.get_property("selection-as-mask"))


def dialog(procedure: Any, config: Any, styles: Styles, source: Source) -> Any:
    check_any(styles)
    from stylize_dialog import StylizeDialog

    return StylizeDialog(procedure, config, find_engine(), styles, source, lambda: order(source, styles, config).request)


VERB = Verb(order, dialog, forget_missing_path, keep_layer)
