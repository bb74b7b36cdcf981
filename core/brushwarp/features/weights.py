"""Where an encoder's weights come from: the folder named by the caller, else by BRUSHWARP_WEIGHTS, else torchvision's own cache."""

from __future__ import annotations

import os
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from ..errors import BrushwarpError
from .encoder import Encoder
from .vgg import Vgg19, Vgg19Dev

VGG19_TORCHVISION = "vgg19-dcbb9e9d.pth"
DEV_REAL = "vgg19_imagenet_conv1_1-conv3_4"
DEV_DISTILLED = "vgg19_small16x_collabdistill_e1-5_d1-5"


def load_encoder(folder: Path | None = None) -> Encoder:
    """The encoder of one folder: VGG-19 of torchvision, else the development pair of files.

    The folder is the one given, else that of BRUSHWARP_WEIGHTS; only where neither is named is it torchvision's cache. Raises BrushwarpError("weights-missing") with what to do, when there is none.
    """
    if folder is None and os.environ.get("BRUSHWARP_WEIGHTS"):
        folder = Path(os.environ["BRUSHWARP_WEIGHTS"])
    folders = [folder] if folder else [Path(torch.hub.get_dir()) / "checkpoints"]
    for place in folders:
        if (place / VGG19_TORCHVISION).is_file():
            return Vgg19(_torchvision_state(place / VGG19_TORCHVISION))
        real, distilled = _either(place, DEV_REAL), _either(place, DEV_DISTILLED)
        if real and distilled:
            return Vgg19Dev(_floats(real), _floats(distilled))
    raise BrushwarpError(
        "weights-missing",
        f"No loss network was found in {folders[0]}.",
        f"Put torchvision's {VGG19_TORCHVISION} there, or name the folder that has it with --weights or BRUSHWARP_WEIGHTS.",
    )


def _torchvision_state(path: Path) -> dict[str, Tensor]:
    state = torch.load(path, map_location="cpu", weights_only=True)
    return {key: value for key, value in state.items() if key.startswith("features.")}


def _either(folder: Path, stem: str) -> Path | None:
    """The file of that name, in full or in half precision."""
    for suffix in (".safetensors", ".fp16.safetensors"):
        if (folder / f"{stem}{suffix}").is_file():
            return folder / f"{stem}{suffix}"
    return None


def _floats(path: Path) -> dict[str, Tensor]:
    return {key: value.float() for key, value in load_file(path).items()}
