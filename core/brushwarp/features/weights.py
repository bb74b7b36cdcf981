"""The encoders by name, and where their weights lie.

Weights are looked for in the folder named by the caller, else in that of BRUSHWARP_WEIGHTS; only where neither is named, in
Brushwarp's own data folder and in torchvision's cache.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from ..bridge.language import _
from ..bridge.paths import data_folder
from ..errors import BrushwarpError
from ..progress import OnProgress, ignore_progress
from .compact import load_compact
from .encoder import Encoder
from .published import PUBLISHED, Consent, fetch, published_file, read_torchvision, trimmed_name
from .vgg import Vgg19Dev

ENCODERS = ("auto", "vgg19", "vgg16", "compact", "vgg19-dev")
AUTO_ORDER = ("vgg19", "vgg19-dev", "vgg16")  # where none of them is on disk, compact
DEV_REAL = "vgg19_imagenet_conv1_1-conv3_4"
DEV_DISTILLED = "vgg19_small16x_collabdistill_e1-5_d1-5"


def load_encoder(
    name: str = "auto", *, folder: Path | None = None, consent: Consent | None = None, on_progress: OnProgress = ignore_progress
) -> Encoder:
    """One of ENCODERS. `auto` is a VGG where one is on disk, else compact; the encoder's own name says which it became.

    folder: where to look for weights, and nowhere else. consent: asked, with size and licence, before vgg19 or vgg16 is
    downloaded where it is not on disk; without one nothing is ever downloaded.
    Raises BrushwarpError: "encoder-name"; "weights-missing", "weights-damaged"; "consent", "offline" and those of `download`.
    """
    if name not in ENCODERS:
        raise BrushwarpError("encoder-name", _("There is no encoder {!r}.").format(name), _("Choose one of: {}.").format(", ".join(ENCODERS)))
    if name == "compact":
        return load_compact()
    places = weight_folders(folder)
    for candidate in AUTO_ORDER if name == "auto" else (name,):
        found = _on_disk(candidate, places)
        if found:
            return found()
    if name in PUBLISHED:
        return PUBLISHED[name](load_file(fetch(published_file(name), places[0], consent, on_progress)))
    if name == "auto" and not _named(folder):
        return load_compact()
    raise BrushwarpError(
        "weights-missing",
        _("No loss network was found in {}.").format(places[0]),
        _("Put torchvision's {} there, or name the folder that has it with --weights or BRUSHWARP_WEIGHTS.").format(
            published_file("vgg19").file_name
        ),
    )


def is_here(name: str) -> bool:
    """Whether `load_encoder` finds one of ENCODERS without downloading it."""
    return name in ("auto", "compact") or _on_disk(name, weight_folders()) is not None


def weight_folders(folder: Path | None = None) -> list[Path]:
    """Where weights are looked for; what is downloaded goes to the first."""
    named = _named(folder)
    return [named] if named else [Path(data_folder()) / "weights", Path(torch.hub.get_dir()) / "checkpoints"]


def _named(folder: Path | None) -> Path | None:
    return folder or (Path(os.environ["BRUSHWARP_WEIGHTS"]) if os.environ.get("BRUSHWARP_WEIGHTS") else None)


def find_weights(name: str, places: list[Path]) -> Path | None:
    """The file of vgg19 or vgg16: in the first place that has one our trimmed copy, else torchvision's own file."""
    for place in places:
        if (place / trimmed_name(name)).is_file():
            return place / trimmed_name(name)
        # torchvision, slow to import, is only asked for its file's whole name where there is one that begins so.
        if any(place.glob(f"{name}-*")) and (place / published_file(name).file_name).is_file():
            return place / published_file(name).file_name
    return None


def _on_disk(name: str, places: list[Path]) -> Callable[[], Encoder] | None:
    """How to load an encoder that is here, or None."""
    if name in PUBLISHED:
        path = find_weights(name, places)
        return path and (lambda: _load_vgg(name, path))
    for place in places:
        real, distilled = _either(place, DEV_REAL), _either(place, DEV_DISTILLED)
        if real and distilled:
            return lambda: Vgg19Dev(_floats(real), _floats(distilled))
    return None


def _load_vgg(name: str, path: Path) -> Encoder:
    encoder = PUBLISHED[name]
    try:
        state = load_file(path) if path.name == trimmed_name(name) else read_torchvision(path)
        return encoder(encoder.trim(state))
    except torch.OutOfMemoryError:
        raise
    except (SafetensorError, pickle.UnpicklingError, EOFError, KeyError, RuntimeError) as error:
        raise BrushwarpError(
            "weights-damaged",
            _("{} does not hold the whole of {}.").format(path, name),
            _("Remove it, then run `brushwarp weights get {}`.").format(name),
        ) from error


def _either(folder: Path, stem: str) -> Path | None:
    """The file of that name, in full or in half precision."""
    for suffix in (".safetensors", ".fp16.safetensors"):
        if (folder / f"{stem}{suffix}").is_file():
            return folder / f"{stem}{suffix}"
    return None


def _floats(path: Path) -> dict[str, Tensor]:
    return {key: value.float() for key, value in load_file(path).items()}
