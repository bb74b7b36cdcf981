"""The style pack: one safetensors file with the tensors of a trained network, its card and a thumbnail. Never a pickle."""

from __future__ import annotations

import hashlib
import json
import operator
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

from ..errors import BrushwarpError
from ..image.atomic import atomic_write
from ..image.picture import Picture
from .card import StyleCard

FORMAT = "brushwarp-style"
FORMAT_VERSION = 1
LARGEST_FILE = 64 * 2**20
LARGEST_HEADER = 2**20
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
            "style-picture", f"The style {pack.card.name} keeps no picture of its painting.", "Choose the painting itself: a picture file, or a layer."
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
    metadata = {"format": FORMAT, "format_version": str(FORMAT_VERSION), "card": pack.card.to_json()}
    with atomic_write(path) as file:
        file.write(save_tensors({key: value.contiguous() for key, value in tensors.items()}, metadata))


def is_pickle(start: bytes) -> bool:
    """Whether a file that begins so is a pickle, or a zip that may hold one."""
    return start[:2] in (b"PK", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


def read_header(path: Path) -> dict[str, Any]:
    """The safetensors header of a pack, checked before anything else is read.

    Raises BrushwarpError: "style-missing", "pack-too-large", "pack-pickle", "pack-truncated", "pack-format", "pack-version".
    """
    try:
        length = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
            if length > LARGEST_FILE:
                raise BrushwarpError(
                    "pack-too-large", f"{path.name} has {length / 1e6:.0f} MB; a style pack has at most {LARGEST_FILE / 1e6:.0f}.",
                    "Choose a .safetensors file that Brushwarp made.",
                )
            if is_pickle(start):
                raise ForeignFile(
                    "pack-pickle", f"{path.name} is a pickle, which can run any program when it is opened.",
                    "Brushwarp opens .safetensors packs only.",
                )
            header_length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
            if not 2 <= header_length <= LARGEST_HEADER:
                raise damaged_pack("it is no safetensors file", ForeignFile)
            raw = file.read(header_length)
    except FileNotFoundError as error:
        raise BrushwarpError("style-missing", f"There is no style pack at {path}.", "Check the name; `brushwarp styles list` shows what there is.") from error
    except OSError as error:
        raise BrushwarpError("style-missing", f"{path} could not be read: {error.strerror}.", "Check the file and its permissions.") from error
    if len(raw) < header_length:
        raise _truncated(path)
    try:
        header = json.loads(raw)
        metadata = header.pop("__metadata__", {})
        end = max((operator.index(entry["data_offsets"][1]) for entry in header.values()), default=0)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise damaged_pack("its header can't be read") from error
    if not isinstance(metadata, dict) or metadata.get("format") != FORMAT:
        raise damaged_pack("it is not a Brushwarp style", ForeignFile)
    if metadata.get("format_version") != str(FORMAT_VERSION):
        raise BrushwarpError(
            "pack-version", f"{path.name} has format version {metadata.get('format_version')}; this Brushwarp reads {FORMAT_VERSION}.",
            "Update Brushwarp, or get the style for this version.",
        )
    if length < 8 + header_length + end:
        raise _truncated(path)
    return metadata


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


def _truncated(path: Path) -> BrushwarpError:
    return BrushwarpError("pack-truncated", f"{path.name} is cut short.", "Copy or download it again.")


def damaged_pack(reason: str, kind: type[BrushwarpError] = BrushwarpError) -> BrushwarpError:
    """The error for a file that is no pack, or one that has been tampered with."""
    return kind("pack-format", f"This file is no style pack that Brushwarp can use: {reason}.", "Choose a .safetensors file that Brushwarp made.")
