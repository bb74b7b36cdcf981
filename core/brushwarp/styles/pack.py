"""The style pack: one safetensors file with the tensors of a trained network, its card and a thumbnail. Never a pickle."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

from ..bridge import pack_header
from ..bridge.errors import WorkerError
from ..bridge.language import _
from ..bridge.pack_header import FORMAT, FORMAT_VERSION
from ..errors import BrushwarpError, explain
from ..image.atomic import atomic_write
from ..image.picture import Picture
from .card import StyleCard

SCALE_SUFFIX = ".int8_scale"
THUMBNAIL, PAINTING = "thumbnail", "painting"


class ForeignFile(BrushwarpError):
    """For a file that is no pack at all, rather than a damaged one: someone else's weights, perhaps."""


@dataclass(frozen=True)
class StylePack:
    """A style in memory: card, network weights in float32, thumbnail and painting (H, W, 3) uint8 or None, and the file's SHA-256.

    painting: what the coarse strokes were learnt from, small: keypoints are suggested towards its shapes.
    """

    card: StyleCard
    weights: dict[str, Tensor]
    thumbnail: Tensor | None = None
    sha256: str = ""
    painting: Tensor | None = None


def painting_of(pack: StylePack) -> Picture:
    """The small copy of its painting that a pack keeps. Raises BrushwarpError("style-picture") if it keeps none."""
    if pack.painting is None:
        raise BrushwarpError(
            "style-picture",
            _("The style {} keeps no picture of its painting.").format(pack.card.name),
            _("Choose the painting itself: a picture file, or a layer."),
        )
    if pack.painting.dtype != torch.uint8 or pack.painting.dim() != 3 or pack.painting.shape[2] != 3:
        raise damaged_pack("its painting is no picture")
    return Picture(pack.painting.permute(2, 0, 1).float() / 255)


def quantise(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Convolution weights (O, …) as int8 with one float32 scale per output channel, rounded to the nearest."""
    largest = weight.flatten(1).abs().amax(1).clamp_min(1e-12)
    scale = largest / 127
    shape = (-1,) + (1,) * (weight.dim() - 1)
    return (weight / scale.view(shape)).round().to(torch.int8), scale


def dequantise(stored: Tensor, scale: Tensor) -> Tensor:
    return stored.float() * scale.view((-1,) + (1,) * (stored.dim() - 1))


def save_pack(pack: StylePack, path: Path) -> None:
    """Writes the pack: convolutions in int8, the rest in fp16. Under a temporary name first, so no half pack is ever left."""
    tensors: dict[str, Tensor] = {}
    for name, value in pack.weights.items():
        if value.dim() == 4:
            tensors[name], tensors[name + SCALE_SUFFIX] = quantise(value.detach().float().cpu())
        else:
            tensors[name] = value.detach().half().cpu()
    for name, picture in ((THUMBNAIL, pack.thumbnail), (PAINTING, pack.painting)):
        if picture is not None:
            tensors[name] = picture.cpu()
    metadata = {"format": FORMAT, "format_version": FORMAT_VERSION, "card": pack.card.to_json()}
    with atomic_write(path) as file:
        file.write(save_tensors({key: value.contiguous() for key, value in tensors.items()}, metadata))


def read_header(path: Path) -> dict[str, Any]:
    """The metadata of a pack, checked before anything else is read. Raises BrushwarpError as `bridge.pack_header.read_header` says."""
    try:
        return pack_header.read_header(os.fspath(path)).metadata
    except pack_header.ForeignPack as error:
        raise ForeignFile(error.code, error.message, error.hint) from error
    except WorkerError as error:
        raise explain(error) from error


def read_card(path: Path) -> StyleCard:
    """The card alone, without the weights."""
    return _card(read_header(path))


def load_pack(path: Path) -> StylePack:
    """Reads a pack. Raises as `read_header` does. Whether its tensors fit its network is for `architectures.build_network` to say."""
    card = read_card(path)
    data = path.read_bytes()
    try:
        tensors = load_tensors(data)
    except SafetensorError as error:
        raise damaged_pack("its tensors can't be read") from error
    thumbnail, painting = tensors.pop(THUMBNAIL, None), tensors.pop(PAINTING, None)
    scales = {name.removesuffix(SCALE_SUFFIX): tensors.pop(name) for name in list(tensors) if name.endswith(SCALE_SUFFIX)}
    if any(name not in tensors or scale.shape != tensors[name].shape[:1] for name, scale in scales.items()):
        raise damaged_pack("its scales do not fit its tensors")
    weights = {name: dequantise(value, scales[name]) if name in scales else value.float() for name, value in tensors.items()}
    return StylePack(card, weights, thumbnail, hashlib.sha256(data).hexdigest(), painting)


def _card(metadata: dict[str, str]) -> StyleCard:
    try:
        return StyleCard.from_json(metadata["card"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise damaged_pack("its card can't be read") from error


def damaged_pack(reason: str) -> BrushwarpError:
    """The error for a pack that has been tampered with."""
    return explain(pack_header.damaged(reason))
