"""Which place of another map each place of a feature map looks like most: over the whole map, or near where it is expected."""

from __future__ import annotations

import torch
import torch.nn.functional as functional
from torch import Tensor

# Numbers of gathered windows that are held at once: 16 MB of float32, so that a core's share of the cache sees them twice.
_BLOCK = 1 << 22

_SMALLEST_NORM = 1e-12


def unit_features(features: Tensor) -> Tensor:
    """(C, H, W) with the channels of each place divided by their length; where there is none, zeros."""
    return features / features.norm(dim=0, keepdim=True).clamp(min=_SMALLEST_NORM)


def correlations(first: Tensor, second: Tensor, patch: int) -> Tensor:
    """How alike each place of `first` (C, H, W) and each of `second` (C, h, w) are: (H * W, h * w).

    The sum of products over patches of `patch` x `patch` places, beyond the edge mirrored.
    """
    return _patches(first, patch).T @ _patches(second, patch)


def whole_search(alike: Tensor, first_size: tuple[int, int], second_size: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """For each place of either map the best of the other's: (2, H, W) and (2, h, w), places (x, y) as integers.

    alike: (H * W, h * w) of `correlations`; -inf excludes a pair.
    """
    forth, back = alike.argmax(1), alike.argmax(0)
    return _places(forth, second_size[1]).reshape(2, *first_size), _places(back, first_size[1]).reshape(2, *second_size)


def local_search(
    first: Tensor, second: Tensor, expected: Tensor, *, radius: int, patch: int, allowed: Tensor | None = None
) -> Tensor:
    """For each place of `first` (C, H, W) the best of `second` (C, h, w) up to `radius` beside and below the expected one.

    expected: (2, H, W), or (2, H / n, W / n) where n x n places share theirs, which saves most of the work; places (x, y).
    allowed: (h, w) bool, places that may be found; where none is, the expected one comes back. Returns (2, H, W).
    As patch correlations, by one product of matrices a cell and sums along its diagonals.
    """
    height, width = first.shape[1:]
    cell = height // expected.shape[1]
    if (expected.shape[1] * cell, expected.shape[2] * cell) != (height, width):
        raise ValueError(f"{tuple(expected.shape)} expected places do not share out {height} x {width}")
    here, there = cell + patch - 1, 2 * radius + patch
    reach = there // 2  # places of `second` that a window reaches beyond the expected one
    first_rows, second_rows = (_padded(each, patch // 2).permute(1, 2, 0) for each in (first, second))
    free = torch.ones(second.shape[1:], dtype=torch.bool, device=second.device) if allowed is None else allowed
    margin = reach - patch // 2 + max(height, width)  # the expected place itself may lie beyond the edge
    free = functional.pad(free, (margin,) * 4)
    cells = expected.shape[1] * expected.shape[2]
    x, y = expected.reshape(2, cells)
    found = torch.empty(2, expected.shape[1], cell, expected.shape[2], cell, dtype=torch.long, device=first.device)
    steps_here, steps_there = (torch.arange(count, device=first.device) for count in (here, there))
    offsets = torch.arange(-radius, radius + 1, device=first.device)
    block = max(1, _BLOCK // (there * there * first.shape[0]))
    for begin in range(0, cells, block):
        which = torch.arange(begin, min(begin + block, cells), device=first.device)
        top, left = which // expected.shape[2] * cell, which % expected.shape[2] * cell
        windows = _windows(first_rows, left[:, None] + steps_here, top[:, None] + steps_here)
        across, down = x[which, None] + steps_there - radius, y[which, None] + steps_there - radius
        products = windows @ _windows(second_rows, across, down).transpose(1, 2)
        products = products.reshape(-1, here, here, there, there)
        span = 2 * radius + 1
        alike = sum(
            products[:, dy : dy + cell, dx : dx + cell, dy : dy + span, dx : dx + span] for dy in range(patch) for dx in range(patch)
        )
        inside = free[(y[which, None] + offsets + margin)[:, :, None], (x[which, None] + offsets + margin)[:, None, :]]
        inside[:, radius, radius] |= ~inside.flatten(1).any(1)
        best = alike.masked_fill(~inside[:, None, None], -torch.inf).flatten(3).argmax(3)
        rows, columns = which // expected.shape[2], which % expected.shape[2]
        found[0, rows, :, columns] = x[which, None, None] + best % span - radius
        found[1, rows, :, columns] = y[which, None, None] + best // span - radius
    limits = torch.tensor([second.shape[2] - 1, second.shape[1] - 1], device=first.device)
    return found.reshape(2, height, width).clamp(min=0).minimum(limits[:, None, None])


def finer(places: Tensor) -> Tensor:
    """Places (2, h, w) of a map on the map of twice its sides: one for each 2 x 2, as `local_search` takes them."""
    return 2 * places


def gathered(features: Tensor, places: Tensor) -> Tensor:
    """`features` (C, h, w) at the places (2, H, W): (C, H, W)."""
    return features[:, places[1], places[0]]


def voted(features: Tensor, places: Tensor, patch: int) -> Tensor:
    """`features` (C, h, w) brought along the map `places` (2, H, W): the mean over all patches that cover a place."""
    height, width = places.shape[1:]
    reach = patch // 2
    padded = _padded(features, reach)
    total, count = features.new_zeros(features.shape[0], height, width), features.new_zeros(height, width)
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            # The patch around place p puts the neighbour (dx, dy) of its match onto the neighbour (dx, dy) of p.
            brought = padded[:, places[1] + dy + reach, places[0] + dx + reach]
            to_y, from_y = _overlap(height, dy)
            to_x, from_x = _overlap(width, dx)
            total[:, to_y, to_x] += brought[:, from_y, from_x]
            count[to_y, to_x] += 1
    return total / count


def _overlap(side: int, shift: int) -> tuple[slice, slice]:
    """Where places moved by `shift` land within a side, and which they were."""
    return slice(max(0, shift), min(side, side + shift)), slice(max(0, -shift), min(side, side - shift))


def _patches(features: Tensor, patch: int) -> Tensor:
    """(C * patch * patch, H * W)."""
    return functional.unfold(_padded(features, patch // 2)[None], patch)[0]


def _padded(features: Tensor, reach: int) -> Tensor:
    """Mirrored at the edge; what is too narrow for that goes on as at its edge."""
    mode = "reflect" if min(features.shape[1:]) > reach else "replicate"
    return functional.pad(features[None], (reach,) * 4, mode)[0]


def _windows(rows: Tensor, across: Tensor, down: Tensor) -> Tensor:
    """(n, a * a, C) of `rows` (H, W, C) at columns and rows (n, a), those beyond the edge taken at the edge."""
    across, down = across.clamp(0, rows.shape[1] - 1), down.clamp(0, rows.shape[0] - 1)
    return rows[down[:, :, None], across[:, None, :]].flatten(1, 2)


def _places(index: Tensor, width: int) -> Tensor:
    """Flat indices (n,) as places (2, n) of (x, y)."""
    return torch.stack([index % width, index // width])
