"""The header of a style pack, checked before anything else of the file is read: for hosts, and for the engine.

A pack is a safetensors file: eight bytes with the length of a JSON header, the header, the tensors. The header has a place for
`__metadata__`, and there the card: what the style says of itself, as JSON.
"""

from __future__ import annotations

import json
import operator
import os
import struct
from dataclasses import dataclass
from typing import Any, Dict, Type

from .errors import WorkerError
from .language import _
from .paths import path_to_text

FORMAT, FORMAT_VERSION = "brushwarp-style", "1"
LARGEST_FILE = 64 * 2**20
LARGEST_HEADER = 2**20


class ForeignPack(WorkerError):
    """For a file that is no pack at all, rather than a damaged one: someone else's weights, perhaps."""


@dataclass(frozen=True)
class PackHeader:
    """metadata: texts; tensors: what safetensors says of each, by name; data_begins: the byte of the file from which their offsets count."""

    metadata: Dict[str, str]
    tensors: Dict[str, Any]
    data_begins: int

    def card(self) -> Dict[str, Any]:
        """What the style says of itself, of which only the name is checked. Raises WorkerError("pack-format")."""
        try:
            card = json.loads(self.metadata["card"])
            card["name"].encode("utf-8")  # half a surrogate pair could never be shown
            return card
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise damaged(_("its card can't be read")) from None


def read_header(path: str) -> PackHeader:
    """Raises WorkerError "style-missing", "pack-too-large", "pack-pickle", "pack-truncated", "pack-format", "pack-version"."""
    name = path_to_text(os.path.basename(path))
    try:
        length = os.path.getsize(path)
        with open(path, "rb") as file:
            start = file.read(8)
            if length > LARGEST_FILE:
                raise WorkerError(
                    "pack-too-large",
                    _("{} has {:.0f} MB; a style pack has at most {:.0f}.").format(name, length / 1e6, LARGEST_FILE / 1e6),
                    _ours(),
                )
            if is_pickle(start):
                raise ForeignPack(
                    "pack-pickle",
                    _("{} is a pickle, which can run any program when it is opened.").format(name),
                    _("Brushwarp opens .safetensors packs only."),
                )
            header_length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
            if not 2 <= header_length <= LARGEST_HEADER:
                raise damaged(_("it is no safetensors file"), ForeignPack)
            raw = file.read(header_length)
    except FileNotFoundError as error:
        raise WorkerError(
            "style-missing",
            _("There is no style pack at {}.").format(path_to_text(path)),
            _("Check the name; `brushwarp styles list` shows what there is."),
        ) from error
    except OSError as error:
        raise WorkerError(
            "style-missing", _("{} could not be read: {}.").format(path_to_text(path), error.strerror), _("Check the file and its permissions.")
        ) from error
    if len(raw) < header_length:
        raise _truncated(name)
    try:
        tensors = json.loads(raw.decode("utf-8"))
        metadata = tensors.pop("__metadata__", {})
        end = max((operator.index(entry["data_offsets"][1]) for entry in tensors.values()), default=0)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise damaged(_("its header can't be read")) from error
    if not isinstance(metadata, dict) or metadata.get("format") != FORMAT:
        raise damaged(_("it is not a Brushwarp style"), ForeignPack)
    if metadata.get("format_version") != FORMAT_VERSION:
        raise WorkerError(
            "pack-version",
            _("{} has format version {}; this Brushwarp reads {}.").format(name, metadata.get("format_version"), FORMAT_VERSION),
            _("Update Brushwarp, or get the style for this version."),
        )
    if length < 8 + header_length + end:
        raise _truncated(name)
    return PackHeader(metadata, tensors, 8 + header_length)


def is_pickle(start: bytes) -> bool:
    """Whether a file that begins so is a pickle, or a zip that may hold one."""
    return start[:2] in (b"PK", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


def damaged(reason: str, kind: Type[WorkerError] = WorkerError) -> WorkerError:
    """The error for a file that is no pack, or one that has been tampered with."""
    return kind("pack-format", _("This file is no style pack that Brushwarp can use: {}.").format(reason), _ours())


def _ours() -> str:
    """Said anew each time: the worker speaks the language of whoever ordered."""
    return _("Choose a .safetensors file that Brushwarp made.")


def _truncated(name: str) -> WorkerError:
    return WorkerError("pack-truncated", _("{} is cut short.").format(name), _("Copy or download it again."))
