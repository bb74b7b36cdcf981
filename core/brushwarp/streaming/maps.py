"""Maps that are computed as their rows are asked for: what a layer gives, of what the layer before gives.

Each asks its source for the rows that it needs, those beyond the strip (the halo) included. Nothing is kept: what is asked for twice is
computed twice, unless a `Stored` map lies between (`stores`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
import torch.nn.functional as functional
from torch import Tensor

from ..image.colour import luminance
from ..image.rearranging import interleave_phases, pad_relu, pad_sides


class Map(ABC):
    """channels; size: (H, W)."""

    channels: int
    size: tuple[int, int]

    @abstractmethod
    def rows(self, top: int, bottom: int) -> Tensor:
        """(1, channels, bottom - top, W), on the device that the layers are on; not to be changed. 0 <= top < bottom <= H."""

    def padded(self, top: int, bottom: int, sides: tuple[int, int, int, int], mode: str) -> Tensor:
        """`rows` with margins (left, right, top, bottom), as by `pad_sides`."""
        return pad_sides(self.rows(top, bottom), sides, mode)

    @property
    def row_values(self) -> int:
        """That are computed for a row, at once: of this map, or of one that it is computed from, if that has more."""
        return self.channels * self.size[1]

    def scaled(self, factor: Tensor, shift: Tensor) -> Map | None:
        """This map with each channel times `factor` (C,) plus `shift` (C,), where that costs nothing; else None."""
        return None


class Whole(Map):
    """One that is there: (1, C, H, W), on any device. Its strips come to `device`."""

    def __init__(self, tensor: Tensor, device: torch.device) -> None:
        self.tensor, self.device = tensor, device
        self.channels, self.size = tensor.shape[1], (tensor.shape[2], tensor.shape[3])

    def rows(self, top: int, bottom: int) -> Tensor:
        return self.tensor[:, :, top:bottom].to(self.device, non_blocking=True)


class Resized(Map):
    """`image.resize` to a size that is no smaller: bilinear."""

    def __init__(self, source: Map, size: tuple[int, int]) -> None:
        if size[0] < source.size[0] or size[1] < source.size[1]:
            raise ValueError(f"{source.size} is larger than {size}")
        self.source, self.channels, self.size = source, source.channels, size

    def rows(self, top: int, bottom: int) -> Tensor:
        if self.size == self.source.size:
            return self.source.rows(top, bottom)
        height = self.source.size[0]
        at = ((torch.arange(top, bottom, dtype=torch.float64) + 0.5) * (height / self.size[0]) - 0.5).clamp(0, height - 1)
        above = at.floor().long()
        below = (above + 1).clamp(max=height - 1)
        first, last = int(above[0]), int(below[-1]) + 1
        strip = self.source.rows(first, last)
        upper, lower = (strip.index_select(2, (rows - first).to(strip.device)) for rows in (above, below))
        strip = torch.lerp(upper, lower, (at - above).to(strip)[:, None])
        if self.size[1] == self.source.size[1]:
            return strip
        return functional.interpolate(strip, size=(bottom - top, self.size[1]), mode="bilinear", align_corners=False, antialias=True)


@dataclass(frozen=True, eq=False)
class Convolution:
    """What `Convolved` needs to know of one: weight (O, I, k, k), bias (O,), stride; edges mirrored or, where a side is no longer than
    the margin, repeated (`multimodal.network.pad_reflecting`)."""

    weight: Tensor
    bias: Tensor | None
    stride: int = 1

    @property
    def margin(self) -> int:
        return self.weight.shape[-1] // 2


class Convolved(Map):
    def __init__(self, source: Map, convolution: Convolution) -> None:
        self.source, self.convolution = source, convolution
        margin, kernel, stride = convolution.margin, convolution.weight.shape[-1], convolution.stride
        self.mode = "reflect" if min(source.size) > margin else "replicate"
        self.channels = convolution.weight.shape[0]
        self.size = tuple((side + 2 * margin - kernel) // stride + 1 for side in source.size)

    def rows(self, top: int, bottom: int) -> Tensor:
        convolution = self.convolution
        margin, stride = convolution.margin, convolution.stride
        last = (bottom - 1) * stride - margin + convolution.weight.shape[-1]
        strip = padded_rows(self.source, top * stride - margin, last, margin, self.mode)
        return functional.conv2d(strip, convolution.weight, convolution.bias, stride)

    @property
    def row_values(self) -> int:
        return max(super().row_values, self.convolution.stride * self.source.row_values)

    def scaled(self, factor: Tensor, shift: Tensor) -> Map:
        weight, bias = self.convolution.weight, self.convolution.bias
        shifted = shift if bias is None else bias * factor + shift
        return Convolved(self.source, Convolution(weight * factor[:, None, None, None], shifted, self.convolution.stride))


class Doubled(Map):
    """What `multimodal.network.Upsample` convolves and interleaves, cropped to `size`. kernels: its `phase_kernels`, (4 O, I, 2, 2)."""

    def __init__(self, source: Map, kernels: Tensor, bias: Tensor, size: tuple[int, int]) -> None:
        self.source, self.kernels, self.bias = source, kernels, bias
        self.channels, self.size = kernels.shape[0] // 4, size

    def rows(self, top: int, bottom: int) -> Tensor:
        first, last = top // 2, (bottom - 1) // 2 + 1  # rows that are doubled
        strip = padded_rows(self.source, first - 1, last + 1, 1, "replicate")
        doubled = interleave_phases(functional.conv2d(strip, self.kernels, self.bias))
        return doubled[:, :, top - 2 * first : bottom - 2 * first, : self.size[1]]

    def scaled(self, factor: Tensor, shift: Tensor) -> Map:
        four = factor.repeat(4)
        return Doubled(self.source, self.kernels * four[:, None, None, None], self.bias * four + shift.repeat(4), self.size)


class Transposed(Map):
    """A transposed convolution of 3x3 with stride 2 and padding 1, to `size`. weight: (I, O, 3, 3), bias (O,)."""

    def __init__(self, source: Map, weight: Tensor, bias: Tensor, size: tuple[int, int]) -> None:
        self.source, self.weight, self.bias = source, weight, bias
        self.channels, self.size = weight.shape[1], size

    def rows(self, top: int, bottom: int) -> Tensor:
        first, last = top // 2, min(self.source.size[0], bottom // 2 + 1)  # row i shows itself in rows 2 i - 1 to 2 i + 1
        beyond = self.size[1] - (2 * self.source.size[1] - 1)
        strip = functional.conv_transpose2d(self.source.rows(first, last), self.weight, self.bias, 2, (0, 1), (0, beyond))
        start = top - (2 * first - 1)
        return strip[:, :, start : start + bottom - top]

    def scaled(self, factor: Tensor, shift: Tensor) -> Map:
        return Transposed(self.source, self.weight * factor[:, None, None], self.bias * factor + shift, self.size)


class Normalised(Map):
    """Each channel times `factor` (C,) plus `shift` (C,): a norm whose statistics are known. Then a ReLU if asked for."""

    def __init__(self, source: Map, factor: Tensor, shift: Tensor, relu: bool) -> None:
        self.channels, self.size, self.relu = source.channels, source.size, relu
        self.scaled_source = source.scaled(factor, shift)
        self.source, self.factor, self.shift = source, factor, shift

    def rows(self, top: int, bottom: int) -> Tensor:
        values = self._values(top, bottom)
        return values.relu_() if self.relu else values

    def padded(self, top: int, bottom: int, sides: tuple[int, int, int, int], mode: str) -> Tensor:
        if not self.relu:
            return super().padded(top, bottom, sides, mode)
        return pad_relu(self._values(top, bottom), sides, mode)

    def _values(self, top: int, bottom: int) -> Tensor:
        """Before the ReLU."""
        if self.scaled_source is not None:
            return self.scaled_source.rows(top, bottom)
        return functional.batch_norm(self.source.rows(top, bottom), *self._as_batch_norm)

    @property
    def row_values(self) -> int:
        return self.source.row_values

    @property
    def _as_batch_norm(self) -> tuple[Tensor, ...]:
        """The one operation that scales and shifts in one go. Its epsilon is nothing beside the 1 that it is added to: some versions of
        PyTorch refuse 0."""
        return torch.zeros_like(self.shift), torch.ones_like(self.shift), self.factor, self.shift, False, 0.0, 1e-12


class Added(Map):
    def __init__(self, first: Map, second: Map) -> None:
        self.first, self.second, self.channels, self.size = first, second, first.channels, first.size

    @property
    def row_values(self) -> int:
        return max(self.first.row_values, self.second.row_values)

    def rows(self, top: int, bottom: int) -> Tensor:
        return self.first.rows(top, bottom) + self.second.rows(top, bottom)


class Joined(Map):
    """Channels of two maps side by side."""

    def __init__(self, first: Map, second: Map) -> None:
        self.first, self.second, self.channels, self.size = first, second, first.channels + second.channels, first.size

    def rows(self, top: int, bottom: int) -> Tensor:
        return torch.cat([self.first.rows(top, bottom), self.second.rows(top, bottom)], 1)


class Luminance(Map):
    channels = 1

    def __init__(self, source: Map) -> None:
        self.source, self.size = source, source.size

    def rows(self, top: int, bottom: int) -> Tensor:
        return luminance(self.source.rows(top, bottom))


def padded_rows(source: Map, first: int, last: int, margin: int, mode: str) -> Tensor:
    """Rows `first`..`last` of a map, and `margin` more columns on both sides: what lies beyond the map's edge is mirrored ("reflect") or
    the edge's own ("replicate")."""
    height = source.size[0]
    above, below = max(0, -first), max(0, last - height)
    if not (above or below or margin):
        return source.rows(first, last)
    # To mirror rows one has to have them: a low strip at the edge asks for some more.
    low, high = (max(0, min(first, height - 1 - below)), min(height, max(last, above + 1))) if mode == "reflect" else (max(0, first), min(height, last))
    strip = source.padded(low, high, (margin, margin, above, below), mode)
    start = first - low + above
    return strip if strip.shape[2] == last - first else strip[:, :, start : start + last - first]
