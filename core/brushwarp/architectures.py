"""The networks that a style pack may hold, by the name that its card gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import nn

from .bridge.language import _
from .errors import BrushwarpError
from .multimodal.network import MultimodalNetwork
from .plan import Plan, plan_one_pass, plan_painting
from .singular import Lengstrom, johnson, johnson_batchnorm, ulyanov, ulyanov_2016
from .styles.card import StyleCard
from .styles.pack import StylePack, damaged_pack


@dataclass(frozen=True)
class Architecture:
    """What generic code needs to know of a network.

    make: it, untrained, for a card. plan: at which sizes it paints a picture, called as `plan.plan_painting` is. streams: `streaming`
    knows all its layers. fixed: its norms take nothing of the picture, so that frames of a sequence are steady as they are. drawings: what
    is flat is painted with grain (`multimodal.grain`) and lines on paper (`image.paper`); the networks of one scale paint as published.
    """

    make: Callable[[StyleCard], nn.Module]
    plan: Callable[..., Plan]
    streams: bool = False
    fixed: bool = False
    drawings: bool = False


def _singular(make: Callable[[], nn.Module], bytes_per_pixel: int, *, streams: bool = False, fixed: bool = False) -> Architecture:
    """bytes_per_pixel: of the picture, at the peak, in float32; measured, and rounded up: tests/benchmarks/memory.py --architecture."""
    return Architecture(lambda card: make(), partial(plan_one_pass, bytes_per_pixel=bytes_per_pixel), streams, fixed)


MULTIMODAL = "multimodal"
ARCHITECTURES = {
    MULTIMODAL: Architecture(lambda card: MultimodalNetwork(card.widths), plan_painting, streams=True, drawings=True),
    "johnson": _singular(johnson, 530, streams=True),
    "johnson-batchnorm": _singular(johnson_batchnorm, 430, fixed=True),
    "lengstrom": _singular(Lengstrom, 460),
    "ulyanov": _singular(ulyanov, 420, streams=True),
    "ulyanov-2016": _singular(ulyanov_2016, 1120, fixed=True),
    "ulyanov-2016-noise": _singular(partial(ulyanov_2016, noise_channels=3), 1150, fixed=True),
}


def make_network(card: StyleCard) -> nn.Module:
    """A card's network, untrained. Raises BrushwarpError("pack-architecture") for one that is not known."""
    if card.architecture not in ARCHITECTURES:
        raise BrushwarpError(
            "pack-architecture",
            _("The style {} has the architecture {!r}, which this Brushwarp does not know.").format(card.name, card.architecture),
            _("Update Brushwarp, or get the style as one of: {}.").format(", ".join(ARCHITECTURES)),
        )
    return ARCHITECTURES[card.architecture].make(card)


def build_network(pack: StylePack) -> nn.Module:
    """A style's network in evaluation mode, on the CPU.

    Raises BrushwarpError: "pack-format" if the pack's tensors do not fit it, "pack-architecture" as `make_network` does.
    """
    with torch.device("meta"):  # allocates nothing, whatever widths the card claims
        network = make_network(pack.card)
    try:
        network.load_state_dict(pack.weights, assign=True)
    except RuntimeError as error:
        raise damaged_pack("its tensors do not fit its network") from error
    return network.requires_grad_(False).eval()
