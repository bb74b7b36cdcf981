"""The recipe: the JSON record that reproduces a result."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from typing import Any

import torch

from . import __version__
from .bridge.errors import WorkerError
from .bridge.recipes import FORMAT, FORMAT_VERSION, read_record
from .errors import explain


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
    """JSON text. style_id: an id or a path by which the style is found again. parameters: see bridge.recipes.PARAMETERS.

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
        return read_record(text)
    except WorkerError as error:
        raise explain(error) from error
