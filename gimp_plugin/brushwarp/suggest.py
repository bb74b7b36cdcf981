"""Filters > Brushwarp > Suggest keypoints…: arrows from what the layer shows to where a picture has it, as a path to edit."""

from __future__ import annotations

from typing import Any, Optional

from bridge.client import Suggested, SuggestRequest, WorkerError
from bridge.language import _
from deform_settings import GALLERY
from keypoints import NAME
from layers import Source
from like import find_like, recall_like
from painting import Kept, Order, Styles, Verb
from results import add_arrows

NOTHING_TO_MATCH = WorkerError(
    "style-missing",
    _("There is nothing for arrows to lead to: no trained style here keeps a picture of its painting."),
    _("Choose another layer, or a picture file."),
)


def order(source: Source, styles: Styles, config: Any) -> Order:
    try:
        like = find_like(source, with_painting(styles), config)
    except WorkerError as error:
        raise NOTHING_TO_MATCH if error.code == "style-missing" else error from None
    request = SuggestRequest(
        source.width,
        source.height,
        like.style,
        source.layout.wire,
        canvas_short_side=source.canvas_short_side,
        seed=config.get_property("seed"),
        style_picture=like.picture,
        trained=like.kind == GALLERY,
        count=config.get_property("count"),
        mirror=config.get_property("mirror"),
    )
    return Order(request, like.name, like.layer)


def with_painting(styles: Styles) -> Styles:
    """Those that keep a small copy of their painting, and so have shapes to lead to."""
    return [style for style in styles if style.has_painting]


def keep(source: Source, order: Order, found: Suggested, _selection: Optional[bytes]) -> Kept:
    """As a path of its own; nothing, where there are no arrows."""
    path = add_arrows(source, "{} · {}".format(NAME, order.name), found.arrows) if found.arrows else None
    return path, found.notes or (() if found.arrows else (_("No arrows were found."),))


def dialog(procedure: Any, config: Any, styles: Styles, source: Source) -> Any:
    from suggest_dialog import SuggestDialog

    return SuggestDialog(procedure, config, with_painting(styles), source)


VERB = Verb(order, dialog, recall_like, keep, takes_many=False)
