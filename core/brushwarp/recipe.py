"""The recipe: the JSON record that reproduces a result."""

from __future__ import annotations

import json
import platform
from typing import Any

import torch

from . import __version__
from .errors import BrushwarpError

FORMAT = "brushwarp-recipe"
FORMAT_VERSION = 1


def make_recipe(
    verb: str, style_id: str, style_hash: str, parameters: dict[str, Any], seed: int, keypoints: Any, notes: list[str], device: str = ""
) -> str:
    """JSON text. keypoints: [[source x, source y, target x, target y], …] in the layer's pixels; notes: what was done differently."""
    record = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "verb": verb,
        "style": {"id": style_id, "sha256": style_hash},
        "parameters": parameters,
        "seed": seed,
        "keypoints": [[float(value) for value in arrow] for arrow in keypoints],
        "notes": notes,
        "versions": {"brushwarp": __version__, "torch": torch.__version__, "python": platform.python_version()},
        "device": device,
    }
    return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)


def read_recipe(text: str) -> dict[str, Any]:
    """The record of a recipe's text. Raises BrushwarpError("recipe") for anything else."""
    try:
        record = json.loads(text)
        known = record["format"] == FORMAT and record["format_version"] == FORMAT_VERSION
        complete = isinstance(record["style"]["id"], str) and isinstance(record["parameters"], dict)
    except (ValueError, TypeError, KeyError) as error:
        raise BrushwarpError("recipe", "This is no Brushwarp recipe.", "Recipes are written next to every result.") from error
    if not (known and complete):
        raise BrushwarpError("recipe", "This recipe is of a kind that this Brushwarp can't read.", "Update Brushwarp, then try again.")
    return record
