"""Filters > Brushwarp > Warp…: the layer bent along its arrows and not painted at all, with a preview that follows them."""

from __future__ import annotations

from typing import Any

from arrow_paths import read_arrows
from bridge.bend import Bend
from bridge.client import WorkerError
from bridge.language import _
from keypoints import HOW_TO_DRAW, NAME
from layers import Source
from painting import Order, Styles, Verb, forget_missing_path, keep_layer, text_of

RESULT = "Warp"  # what the new layer is named for


def order(source: Source, styles: Styles, config: Any) -> Order:
    arrows = read_arrows(source, text_of(config, "keypoints"))
    if not arrows:
        raise WorkerError("keypoints-none", _("There are no arrows to bend along."), HOW_TO_DRAW + _(" Name the path “{}”.").format(NAME))
    return Order(bend_of(config).request(arrows, source.width, source.height, source.layout.wire), RESULT)


def bend_of(config: Any) -> Bend:
    return Bend(config.get_property("exaggeration"), config.get_property("smoothness"))


def dialog(procedure: Any, config: Any, styles: Styles, source: Source) -> Any:
    from warp_dialog import WarpDialog

    return WarpDialog(procedure, config, source)


VERB = Verb(order, dialog, forget_missing_path, keep_layer)
