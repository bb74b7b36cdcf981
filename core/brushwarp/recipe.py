"""The recipe: the JSON record that reproduces a result."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from . import __version__
from .bridge.request import BASES
from .errors import BrushwarpError
from .geometry import KeypointPairs

FORMAT = "brushwarp-recipe"
FORMAT_VERSION = 1


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _is_length(value: object) -> bool:
    """In pixels, or null where there is none."""
    return value is None or (type(value) is int and value > 0)


# Every parameter, and what is one. width and height are those of what was painted, in whose pixels the keypoints are; size is the
# long side that the picture was scaled to before, or at which a deformation was solved; canvas_short_side is that of the canvas
# that it was cut from.
PARAMETERS: dict[str, Callable[[object], bool]] = {
    "strength": _is_number,
    "brush_scale": _is_number,
    "smoothness": _is_number,
    "exaggeration": _is_number,
    "medium": lambda value: isinstance(value, str),
    "fine": lambda value: isinstance(value, str),
    "keep_colors": lambda value: isinstance(value, bool),
    "base": lambda value: value in BASES,
    "content_weight": _is_number,
    "warp_weight": _is_number,
    "tv_weight": _is_number,
    "unfold": lambda value: isinstance(value, bool),
    "encoder": lambda value: isinstance(value, str),
    "size": _is_length,
    "canvas_short_side": _is_length,
    "width": _is_length,
    "height": _is_length,
}


def make_recipe(
    verb: str,
    style_id: str,
    style_hash: str,
    parameters: dict[str, Any],
    seed: int,
    keypoints: Any,
    notes: Sequence[str],
    device: str = "",
    solved: Any = None,
) -> str:
    """JSON text. style_id: an id or a path by which the style is found again. parameters: see PARAMETERS.

    keypoints: [[source x, source y, target x, target y], …] in the layer's pixels; solved: likewise, the arrows that a deformation
    came to; notes: what was done differently.
    """
    record = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "verb": verb,
        "style": {"id": style_id, "sha256": style_hash},
        "parameters": parameters,
        "seed": seed,
        "keypoints": [[float(value) for value in arrow] for arrow in keypoints],
        "notes": list(notes),
        "versions": {"brushwarp": __version__, "torch": torch.__version__, "python": platform.python_version()},
        "device": device,
    }
    if solved is not None:
        record["solved"] = solved
    return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)


def read_recipe(text: str) -> dict[str, Any]:
    """The record of a recipe's text, every field of it checked. Raises BrushwarpError("recipe") for anything else."""
    try:
        record = json.loads(text)
        known = record["format"] == FORMAT and record["format_version"] == FORMAT_VERSION
        complete = known and _is_complete(record)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise BrushwarpError("recipe", "This is no Brushwarp recipe.", "Recipes are written next to every result.") from error
    if not known:
        raise BrushwarpError("recipe", "This recipe is of a kind that this Brushwarp can't read.", "Update Brushwarp, then try again.")
    if not complete:
        raise BrushwarpError("recipe", "A field of this recipe is not as it should be.", "Take the recipe as it was written.")
    return record


def _is_complete(record: dict[str, Any]) -> bool:
    """False or an exception of any kind where a field is missing, or is not what `make_recipe` writes."""
    texts = (record["verb"], record["style"]["id"], record["style"]["sha256"])
    arrows = KeypointPairs.from_rows(record["keypoints"])
    return (
        all(isinstance(text, str) for text in texts)
        and type(record["seed"]) is int
        and np.isfinite(arrows.rows()).all()
        and all(PARAMETERS[name](value) for name, value in record["parameters"].items() if name in PARAMETERS)
    )
