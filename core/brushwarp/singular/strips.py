"""How `streaming` goes through those singular networks that ask for statistics of whole maps and pad as Multimodal Transfer does."""

from __future__ import annotations

from ..streaming import Desk, Map, doubled, streamed
from ..streaming.maps import Transposed as TransposedMap
from ..streaming.walk import coded
from .networks import EncoderDecoder, Transposed


@streamed.register
def _(module: EncoderDecoder, x: Map, desk: Desk) -> Map:
    return coded(module, x, desk)


@doubled.register
def _(step: Transposed, x: Map, size: tuple[int, int], desk: Desk) -> Map:
    return desk.normed(TransposedMap(x, step.conv.weight, step.conv.bias, size), step.norm, relu=True)
