"""Published weights of fast neural style as style packs.

A file is known by the names of its tensors, whatever holds them: safetensors, or a pickle, which only torch's unpickler of bare
tensors opens (`weights_only`). No code of a file is ever run.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from ..architectures import build_network
from ..bridge.language import _
from ..bridge.pack_header import LARGEST_FILE, is_pickle
from ..errors import BrushwarpError
from ..features.normalisation import IMAGENET_MEAN, IMAGENET_STD
from ..styles import StyleCard, StylePack
from .networks import RESIDUALS

Weights = dict[str, Tensor]
# What instance norms kept before torch 0.4 and never used.
STALE = re.compile(r"\.(running_mean|running_var|num_batches_tracked)$")


@dataclass(frozen=True)
class Layout:
    """How someone else stores a network of ours.

    source: whose layout it is, for people. names: of our tensors by theirs. turned: one of theirs as one of ours.
    folded: the weights, so that they see and give pictures as ours do.
    """

    source: str
    architecture: str
    names: Mapping[str, str]
    turned: Callable[[Tensor], Tensor] = Tensor.contiguous
    folded: Callable[[Weights], Weights] = dict


def read_published(path: Path) -> StylePack:
    """The weights in `path` as a pack without a thumbnail, named as the file is.

    Raises OSError for what can't be read at all, BrushwarpError: "weights-refused" for what can't be read safely, "weights-layout"
    for what is in no known layout, "pack-format" if tensors have another shape than their names promise.
    """
    tensors, remarks = _read_tensors(path)
    tensors = {name: value for name, value in tensors.items() if not STALE.search(name)}
    layout = next((layout for layout in LAYOUTS if layout.names.keys() == tensors.keys()), None)
    if layout is None or not all(_is_plain(value) for value in tensors.values()):
        raise BrushwarpError(
            "weights-layout", _("{} holds no network that Brushwarp knows.").format(path.name),
            _("It takes its own packs, and weights as {} store them.").format(" and ".join((layout.source for layout in LAYOUTS))),
        )
    record = {"imported": {"layout": layout.source, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}}
    card = StyleCard(
        id=path.stem, name=path.stem, licence="its publisher's", source=remarks.get("source", ""),
        credits=f"Weights in the layout of {layout.source}", architecture=layout.architecture, training=record,
    )
    pack = StylePack(card, {layout.names[name]: layout.turned(value.float()) for name, value in tensors.items()})
    build_network(pack)  # refuses other shapes before anything is computed with them
    return StylePack(card, layout.folded(pack.weights))


def _read_tensors(path: Path) -> tuple[dict[str, object], dict[str, str]]:
    """What a file holds by name, and its remarks. Raises BrushwarpError("weights-refused")."""
    try:
        with path.open("rb") as file:
            pickled = is_pickle(file.read(8))
        if path.stat().st_size > LARGEST_FILE:
            raise ValueError("it is far larger than any such network")
        if not pickled:
            with safe_open(path, "pt") as file:
                return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}
        if zipfile.is_zipfile(path) and _unpacked(path) > LARGEST_FILE:
            raise ValueError("it unpacks to far more than any such network")
        held = torch.load(path, map_location="cpu", weights_only=True)
        if not isinstance(held, dict) or not all(isinstance(name, str) for name in held):
            raise ValueError("it is no state dict")
    except OSError:
        raise
    except SafetensorError as error:
        raise _refused(path, "it is neither a style pack nor a state dict") from error
    except ValueError as error:
        raise _refused(path, str(error)) from error
    except Exception as error:  # a tampered pickle may make torch raise anything
        raise _refused(path, "it holds more than tensors, and could run any program if it were opened, or it is damaged") from error
    return held, {}


def _unpacked(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def _refused(path: Path, reason: str) -> BrushwarpError:
    return BrushwarpError(
        "weights-refused", _("{} is not taken in: {}.").format(path.name, reason),
        _("Choose a .safetensors pack that Brushwarp made, or a file with nothing but the state dict of a fast neural style network."),
    )


def _is_plain(value: object) -> bool:
    return isinstance(value, Tensor) and value.is_floating_point() and value.layout == torch.strided and value.device.type == "cpu"


def _lengstrom_names() -> dict[str, str]:
    """Variable_{3k} is a convolution, the next two are the shift and the scale of its norm, in the order of the network."""
    blocks = [f"layers.{step}" for step in range(3)]
    blocks += [f"layers.{3 + step}.block.{part}" for step in range(RESIDUALS) for part in range(2)]
    blocks += [f"layers.{3 + RESIDUALS + step}" for step in range(3)]
    ours = [f"{block}.{part}" for block in blocks for part in ("0.weight", "1.bias", "1.weight")]
    return {f"Variable_{number}" if number else "Variable": name for number, name in enumerate(ours)}


def _from_tensorflow(value: Tensor) -> Tensor:
    """Height, width, in, out (transposed convolutions: out, in) to torch's order."""
    return value.permute(3, 2, 0, 1).contiguous() if value.dim() == 4 else value


def _example_names() -> dict[str, str]:
    convolutions = {f"conv{step}.conv2d": f"encoder.steps.{step - 1}.conv" for step in (1, 2, 3)}
    norms = {f"in{step}": f"encoder.steps.{step - 1}.norm" for step in (1, 2, 3)}
    for step in range(1, RESIDUALS + 1):
        block = f"encoder.residuals.{step - 1}"
        convolutions |= {f"res{step}.conv1.conv2d": f"{block}.first.conv", f"res{step}.conv2.conv2d": f"{block}.second"}
        norms |= {f"res{step}.in1": f"{block}.first.norm", f"res{step}.in2": f"{block}.norm"}
    for step in (1, 2):
        convolutions[f"deconv{step}.conv2d"] = f"decoder.steps.{step - 1}.block.conv"
        norms[f"in{step + 3}"] = f"decoder.steps.{step - 1}.block.norm"
    convolutions["deconv3.conv2d"] = "decoder.output"
    return {f"{theirs}.{part}": f"{ours}.{part}" for theirs, ours in (convolutions | norms).items() for part in ("weight", "bias")}


def _fold_bytes(weights: Weights) -> Weights:
    """A network that sees and gives 0..255, as one that sees and gives what `features.normalise` makes."""
    mean, std = 255 * torch.tensor(IMAGENET_MEAN), 255 * torch.tensor(IMAGENET_STD)
    first, last = "encoder.steps.0.conv", "decoder.output"
    seen, given = weights[f"{first}.weight"], weights[f"{last}.weight"]
    return weights | {
        f"{first}.weight": seen * std.view(1, 3, 1, 1),
        f"{first}.bias": weights[f"{first}.bias"] + (seen * mean.view(1, 3, 1, 1)).sum((1, 2, 3)),
        f"{last}.weight": given / std.view(3, 1, 1, 1),
        f"{last}.bias": (weights[f"{last}.bias"] - mean) / std,
    }


LAYOUTS = (
    Layout("lengstrom/fast-style-transfer", "lengstrom", _lengstrom_names(), turned=_from_tensorflow),
    Layout("the PyTorch examples' fast_neural_style", "johnson", _example_names(), folded=_fold_bytes),
)
