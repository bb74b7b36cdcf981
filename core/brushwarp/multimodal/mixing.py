"""Coarse, medium and fine strokes each from a style of its own: three trained packs, chained ("first style, second style" of MT section 4).

The subnets are put one behind the other as they are. Each begins by normalising its channels over the picture, and so takes another
style's picture for one of its own: with colours brought to what it knows from its training the style loss is much the same,
higher as often as lower (measured: tests/benchmarks/mixing.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from ..architectures import MULTIMODAL
from ..bridge.language import _
from ..errors import BrushwarpError
from ..styles.pack import StylePack

SUBNETS = ("style", "enhance", "refine")  # of the coarse, the medium and the fine strokes


def mix_packs(packs: Sequence[StylePack]) -> StylePack:
    """One pack with the subnets of the coarse, the medium and the fine style; a single style where they are one.

    Raises BrushwarpError("mix") unless there are three, all of Multimodal Transfer.
    """
    if len(packs) != len(SUBNETS):
        raise BrushwarpError(
            "mix", _("A mixture takes three styles, not {}.").format(len(packs)), _("Name one each for coarse, medium and fine strokes.")
        )
    coarse, medium, fine = packs
    if coarse.sha256 and coarse.sha256 == medium.sha256 == fine.sha256:
        return coarse
    for pack in packs:
        if pack.card.architecture != MULTIMODAL:
            raise BrushwarpError(
                "mix",
                _("{} paints all strokes at once, with no coarse, medium and fine ones to mix.").format(pack.card.name),
                _("Name another style."),
            )
    weights = {
        name: value for subnet, pack in zip(SUBNETS, packs, strict=True) for name, value in pack.weights.items() if name.split(".")[0] == subnet
    }
    middle = medium.card.widths
    widths = replace(coarse.card.widths, enhance=middle.enhance, enhance_residuals=middle.enhance_residuals, refine=fine.card.widths.refine)
    names = dict.fromkeys(pack.card.name for pack in packs)
    card = replace(coarse.card, id="+".join(pack.card.id for pack in packs), name=" + ".join(names), widths=widths, training={})
    digest = hashlib.sha256(" ".join(pack.sha256 for pack in packs).encode()).hexdigest()
    return StylePack(card, weights, coarse.thumbnail, digest)
