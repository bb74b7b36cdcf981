"""Hypercolumns: at a point of a picture, its colour and the activations of all layers, side by side (STROTSS section 2.1)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ..features import Encoder, normalise

GRID_POINTS = 16384  # of the lattice that sampling positions are drawn from, about (STROTSS, published code)


class Hypercolumns:
    """The columns that an encoder gives for pictures, every layer on one scale.

    Departure from the published code: a layer is divided by the root mean square of the style picture's own activations in it.
    Cosines and covariances are sums over all columns, so without it an encoder's arbitrary scales decide which layers count.
    """

    def __init__(self, encoder: Encoder, layers: Sequence[str], style: Tensor) -> None:
        """style: (3, H, W) RGB in 0..1."""
        self.encoder = encoder
        self.layers = tuple(layers)
        with torch.no_grad():
            found = encoder(style[None], self.layers)
        self.scales = {layer: float(found[layer].float().square().mean().sqrt().clamp_min(1e-12)) for layer in self.layers}

    def maps(self, rgb: Tensor) -> list[Tensor]:
        """(N, 3, H, W) RGB in 0..1 to the maps that columns are read from: the normalised colours, then the layers as they are."""
        found = self.encoder(rgb, self.layers)
        return [normalise(rgb), *(found[layer] for layer in self.layers)]

    def at(self, maps: Sequence[Tensor], rows: Tensor, columns: Tensor) -> Tensor:
        """(N, n, d) columns at n positions (int64, pixels of the picture)."""
        factors = [1.0, *(1 / self.scales[layer] for layer in self.layers)]
        return read_columns(maps, rows, columns, factors)


def read_columns(maps: Sequence[Tensor], rows: Tensor, columns: Tensor, factors: Sequence[float] | None = None) -> Tensor:
    """(N, n, d): the maps (N, C, h, w) read at n positions and laid side by side, each times its factor.

    rows, columns: whole positions in pixels of the first map. They halve whenever a map is lower than the one before, without
    a shift of half a pixel, and are read bilinearly with indices clipped to the edge: as in the published code of STROTSS and
    DST. Row by row out of (pixels, channels), for on a CPU scattered single numbers cost ten times as much.
    """
    found = []
    halvings = 0
    for index, layer in enumerate(maps):
        batch, channels, height, width = layer.shape
        if index and height < maps[index - 1].shape[2]:
            halvings += 1
        pixels = layer.flatten(2).transpose(1, 2).contiguous()  # (N, h * w, C)
        step = 1 << halvings
        top = torch.div(rows, step, rounding_mode="floor")
        left = torch.div(columns, step, rounding_mode="floor")
        down = ((rows - top * step).to(layer.dtype) / step).unsqueeze(1)
        across = ((columns - left * step).to(layer.dtype) / step).unsqueeze(1)
        value: Tensor | float = 0.0
        for row, row_share in ((top, 1 - down), (top + 1, down)):
            for column, share in ((left, 1 - across), (left + 1, across)):
                if step == 1 and (row is not top or column is not left):
                    continue  # whole positions: the neighbours' share is nothing
                at = row.clamp(max=height - 1) * width + column.clamp(max=width - 1)
                part = pixels.index_select(1, at)
                value = part if step == 1 else value + part * (row_share * share)
        found.append(value if factors is None else value * factors[index])
    return torch.cat(found, 2)


def lattice_positions(size: tuple[int, int], count: int, offset: tuple[int, int], generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Up to `count` positions (rows, columns) on a lattice of some GRID_POINTS over (H, W), in random order.

    Rows and columns are shuffled apart, so that a position is any row with any column. offset: where the lattice begins, less
    than `lattice_steps(size)`. Their number is the same for every offset.
    """
    height, width = size
    step_down, step_across = lattice_steps(size)
    rows, columns = lattice_axes(size, offset)
    total = len(rows) * len(columns)
    count = min(count, max(1, height // step_down) * max(1, width // step_across))
    first = torch.randperm(total, generator=generator)[:count]
    second = torch.randperm(total, generator=generator)[:count]
    return rows[torch.div(first, len(columns), rounding_mode="floor")], columns[second % len(columns)]


def lattice_axes(size: tuple[int, int], offset: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """The lattice's rows and its columns, in pixels."""
    rows, columns = (torch.arange(begin, side, step) for begin, side, step in zip(offset, size, lattice_steps(size), strict=True))
    return rows, columns


def lattice_places(size: tuple[int, int], offset: tuple[int, int], rows: Tensor, columns: Tensor) -> Tensor:
    """Which of the lattice's points, counted along its rows, positions (rows, columns) are."""
    down, across = (torch.div(at - begin, step, rounding_mode="floor") for at, begin, step in zip((rows, columns), offset, lattice_steps(size), strict=True))
    return down * len(lattice_axes(size, offset)[1]) + across


def lattice_steps(size: tuple[int, int]) -> tuple[int, int]:
    """Pixels between rows and between columns of the lattice."""
    share = (size[0] * size[1] / GRID_POINTS) ** 0.5
    return max(1, int(share)), max(1, -int(-share // 1))


def random_positions(size: tuple[int, int], count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """`count` positions (rows, columns) anywhere in (H, W)."""
    height, width = size
    rows = torch.randint(height, (count,), generator=generator)
    return rows, torch.randint(width, (count,), generator=generator)
