"""Subnets as maps: what their `forward` does to a tensor, `streamed` does to a map."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import singledispatch
from pathlib import Path

import torch
from torch import Tensor, nn

from ..errors import is_out_of_memory
from ..multimodal.network import (
    ConvNormRelu,
    Decoder,
    Encoder,
    EnhanceSubnet,
    InstanceNorm,
    RefineSubnet,
    ReflectionConv,
    Residual,
    StyleSubnet,
    Upsample,
    phase_kernels,
)
from .maps import Added, Convolution, Convolved, Doubled, Joined, Luminance, Map, Normalised
from .plan import StreamPlan
from .stores import Shelf, Stored


Scaling = tuple[Tensor, Tensor]
"""What a norm whose statistics are known multiplies each channel with, and then adds: (C,) both."""

Statistics = tuple[Tensor, Tensor]
"""Mean and biased variance of each channel, (C,) both, in float64 on the CPU."""

Settle = Callable[[Tensor, Tensor], Statistics]
"""Told a norm's statistics as they were found, says which it is to take."""


def as_found(mean: Tensor, variance: Tensor) -> Statistics:
    return mean, variance


class Desk:
    """Where strips are worked on. device: of the layers. dtype: of what is stored. folder: for maps that are spilled. known: what each norm
    of a subnet multiplies its channels with and then adds, in the order in which they are met, where that is not to be found here;
    `found` is what was. settle: what norms whose statistics are found here take for them.

    on_strip: called before each strip with the share of the subnet that is done; what it raises passes through.
    """

    def __init__(
        self, device: torch.device, dtype: torch.dtype, plan: StreamPlan, folder: Path | None = None,
        on_strip: Callable[[float], None] = lambda share: None, known: Sequence[Scaling] | None = None,
        settle: Settle = as_found,
    ) -> None:
        self.device, self.plan, self.on_strip, self._settle = device, plan, on_strip, settle
        self._shelf, self._dtype = Shelf(device, plan.resident, folder), dtype
        self._size, self._passes, self._begun = (0, 0), 1, 0
        self._known = None if known is None else iter(known)
        self.found: list[Scaling] = []

    @contextmanager
    def in_float32(self) -> Iterator[None]:
        """So is what is computed and stored meanwhile, whatever `dtype` is."""
        usual, self._dtype = self._dtype, torch.float32
        try:
            with torch.autocast(self.device.type, enabled=False):
                yield
        finally:
            self._dtype = usual

    def begin(self, subnet: nn.Module, size: tuple[int, int]) -> None:
        """A subnet at a picture's size is to be gone through."""
        self._size, self._begun = size, 0
        self._passes = 1 + sum(isinstance(module, (InstanceNorm, Residual)) for module in subnet.modules())

    def strips(self, source: Map) -> Iterator[tuple[int, Tensor]]:
        """The whole map, from the top: each strip's first row, and its rows. Where memory runs out while they are computed, the rest in
        lower strips."""
        top, height = 0, source.size[0]
        step = max(1, self.plan.values // source.row_values)
        while top < height:
            self.on_strip(min(1.0, (self._begun + top / height) / self._passes))
            try:
                rows = source.rows(top, min(top + step, height))
            except (RuntimeError, MemoryError) as error:
                if step == 1 or not is_out_of_memory(error):
                    raise
                rows = None
            if rows is None:  # out of the handler, whose traceback keeps what was being computed
                step = max(1, step // 2)
                if self.device.type == "cuda":
                    torch.cuda.empty_cache()
                continue
            yield top, rows
            top += rows.shape[2]
        self._begun += 1

    def kept(self, source: Map, into: Stored | None = None) -> Map:
        """The map, computed now. into: where to, if not somewhere new; it may be read for `source`, each row for the same row alone."""
        stored = into or self._shelf.make(source.channels, source.size, self._dtype)
        for top, rows in self.strips(source):
            stored.put(top, rows)
        return stored

    def normed(self, source: Map, norm: InstanceNorm, *, relu: bool = False) -> Normalised:
        """Instance norm, whose statistics are taken now of the whole map. It is stored, but for one of the picture's own size where the plan
        or the device is against it: that is computed twice then, for it takes one convolution of few channels, a tenth of a subnet's time,
        and more memory than all others (and longer to send to another device and back)."""
        full_size = source.size == self._size
        if self._known is not None:
            return Normalised(source if full_size else self.kept(source), *next(self._known), relu)
        twice = full_size and not (self.plan.full_size and self.device.type == "cpu")
        stored = None if twice else self._shelf.make(source.channels, source.size, self._dtype)
        moments = Moments()
        for top, rows in self.strips(source):
            moments.add(rows)
            if stored is not None:
                stored.put(top, rows)
        self.found.append(_scaling(norm, *self._settle(*moments.statistics())))
        return Normalised(stored or source, *self.found[-1], relu)


class Moments:
    """Mean and biased variance of each channel, gathered strip by strip in float64."""

    def __init__(self) -> None:
        self._count = 0
        self._sums: Tensor | int = 0

    def add(self, rows: Tensor) -> None:
        """rows: (1, C, h, W)."""
        count = rows.shape[2] * rows.shape[3]
        found = torch.stack(_mean_and_variance(rows)).cpu().double()  # Metal has no float64
        found[1] += found[0].square()
        self._count += count
        # In place: small tensors that stayed, of every strip, would break up the memory that strips come to (a GB was lost so).
        self._sums += count * found

    def statistics(self) -> Statistics:
        """Of all rows that were added."""
        mean, squares = self._sums / self._count
        return mean, (squares - mean.square()).clamp_(min=0)


def _scaling(norm: InstanceNorm, mean: Tensor, variance: Tensor) -> Scaling:
    """What the norm multiplies each channel with, and then adds."""
    factor = norm.weight.cpu().double() / (variance + norm.eps).sqrt()
    return factor.to(norm.weight), (norm.bias.cpu().double() - mean * factor).to(norm.weight)


def _mean_and_variance(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Of each channel of (1, C, h, W), in float32; on a CPU by the one kernel that is fast for channels_last."""
    if rows.device.type == "cpu":
        unused = torch.zeros(2, rows.shape[1])  # running ones: by their type it finds those of bfloat16 in float32, too, without a copy
        return torch.batch_norm_update_stats(rows, *unused, 0.0)
    variance, mean = torch.var_mean(rows.float(), (0, 2, 3), correction=0)
    return mean, variance


@singledispatch
def streamed(module: nn.Module, x: Map, desk: Desk) -> Map:
    """What `module` makes of a map; passes over it where a norm asks for that. Raises TypeError for modules that are not known here."""
    raise TypeError(f"{type(module).__name__} can't be streamed")


@streamed.register
def _(module: ReflectionConv, x: Map, desk: Desk) -> Map:
    return Convolved(x, Convolution(module.weight, module.bias, module.stride[0]))


@streamed.register
def _(module: ConvNormRelu, x: Map, desk: Desk) -> Map:
    return desk.normed(streamed(module.conv, x, desk), module.norm, relu=True)


@streamed.register
def _(module: Residual, x: Map, desk: Desk) -> Map:
    change = desk.normed(streamed(module.second, streamed(module.first, x, desk), desk), module.norm)
    return desk.kept(Added(x, change), into=change.source if isinstance(change.source, Stored) else None)


@streamed.register
def _(module: StyleSubnet, x: Map, desk: Desk) -> Map:
    with desk.in_float32():
        colour, sizes = _encoded(module.rgb, x, desk)
        grey, _ = _encoded(module.luminance, Luminance(x), desk)
    x = Joined(colour, grey)
    del colour, grey  # a name that is left over holds a map
    for block in module.merge:
        x = streamed(block, x, desk)
    taken, x = [x], None
    return _decoded(module.decoder, taken, sizes, desk)


@streamed.register
def _(module: EnhanceSubnet, x: Map, desk: Desk) -> Map:
    return coded(module, x, desk)


@streamed.register
def _(module: RefineSubnet, x: Map, desk: Desk) -> Map:
    return Added(x, coded(module, x, desk))


def coded(module: nn.Module, x: Map, desk: Desk) -> Map:
    """What a module's `encoder` and `decoder` make of a map."""
    encoded, sizes = _encoded(module.encoder, x, desk)
    taken, encoded = [encoded], None
    return _decoded(module.decoder, taken, sizes, desk)


def _encoded(encoder: Encoder, x: Map, desk: Desk) -> tuple[Map, list[tuple[int, int]]]:
    """As `Encoder.forward`."""
    sizes = []
    for step in encoder.steps:
        x = streamed(step, x, desk)
        sizes.append(x.size)
    for block in encoder.residuals:
        x = streamed(block, x, desk)
    return x, sizes[-2::-1]


def _decoded(decoder: Decoder, taken: list[Map], sizes: list[tuple[int, int]], desk: Desk) -> Map:
    """As `Decoder.forward`. taken: the one map, which is taken out, so that nobody holds it longer than it is read."""
    x = taken.pop()
    for step, size in zip(decoder.steps, sizes, strict=True):
        x = doubled(step, x, size, desk)
    return streamed(decoder.output, x, desk)


@singledispatch
def doubled(step: nn.Module, x: Map, size: tuple[int, int], desk: Desk) -> Map:
    """What a decoder's `step` makes of a map, to `size`. Raises TypeError as `streamed`."""
    raise TypeError(f"{type(step).__name__} can't be streamed")


@doubled.register
def _(step: Upsample, x: Map, size: tuple[int, int], desk: Desk) -> Map:
    conv = step.block.conv
    kernels = phase_kernels(conv.weight).flatten(0, 1).contiguous(memory_format=torch.channels_last)
    return desk.normed(Doubled(x, kernels, conv.bias.repeat(4), size), step.block.norm, relu=True)
