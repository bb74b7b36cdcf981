"""Neural Best-Buddies (Aberman et al. 2018): places of two pictures that are each other's best match, from coarse to fine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from .appearance import share_by_inversion, share_statistics
from .search import correlations, finer, local_search, unit_features, whole_search
from .views import View

DEEPEST = 5
DST_FINEST = 2  # DST stops there; NBB goes on to 1
DISTINCT = 0.05  # tau: the least squared activation, min to max being 0..1, of a buddy

Block = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class BuddySettings:
    """finest: the last level. whole: search all of the deepest level (the paper), else `radius` places about the same place (the code).

    distinct: tau. blocks: {level: its block of the network, from the level above}, which chooses appearance by inversion (the
    code) instead of the closed form (the paper).
    """

    finest: int = DST_FINEST
    whole: bool = True
    distinct: float = DISTINCT
    blocks: dict[int, Block] | None = None


@dataclass(frozen=True, eq=False)
class Buddies:
    """first, second: (2, k) places (x, y) on the maps of `level`. response: (k,), each level adding 0..1."""

    first: Tensor
    second: Tensor
    response: Tensor
    level: int


def patch_size(level: int) -> int:
    return 5 if level <= 2 else 3


def search_radius(level: int) -> int:
    return 3 if level <= 2 else 2


def find_buddies(first: View, second: View, settings: BuddySettings = BuddySettings(), *, near: Tensor | None = None) -> Buddies:
    """Best buddies of two pictures, found at level 5 and followed to settings.finest.

    near: (H * W, h * w) bool, the pairs of places that may match at level 5; all, without it. What is transparent never
    matches. Without settings.whole both views must have maps of one size.
    """
    seen = first.maps[DEEPEST], second.maps[DEEPEST]
    found = None
    for level in range(DEEPEST, settings.finest - 1, -1):
        originals = first.maps[level], second.maps[level]
        visible = first.visible[level], second.visible[level]
        unit = [unit_features(each) for each in seen]
        if found is None and settings.whole:
            alike = correlations(*unit, patch_size(level)).masked_fill(~(visible[0].reshape(-1, 1) & visible[1].reshape(1, -1)), -torch.inf)
            maps = whole_search(alike if near is None else alike.masked_fill(~near, -torch.inf), originals[0].shape[1:], originals[1].shape[1:])
        else:
            expected = (_identity(originals[0]), _identity(originals[1])) if found is None else tuple(finer(each) for each in maps)
            limits = {"radius": search_radius(level), "patch": patch_size(level)}
            maps = (
                local_search(unit[0], unit[1], expected[0], allowed=visible[1], **limits),
                local_search(unit[1], unit[0], expected[1], allowed=visible[0], **limits),
            )
        pairs = mutual(*maps)
        pairs = tuple(each[:, _at(visible[0], pairs[0]) & _at(visible[1], pairs[1])] for each in pairs)
        if found is None and near is not None:
            index = [places[1] * maps_.shape[2] + places[0] for places, maps_ in zip(pairs, originals, strict=True)]
            pairs = tuple(each[:, near[index[0], index[1]]] for each in pairs)
        own = response(originals, pairs)
        if found is not None:
            parent = _parents(pairs, found, search_radius(level))
            pairs, own, parent = tuple(each[:, parent >= 0] for each in pairs), own[parent >= 0], parent[parent >= 0]
            own = own + found.response[parent]
        keep = distinct(originals[0], settings.distinct)[pairs[0][1], pairs[0][0]] & distinct(originals[1], settings.distinct)[pairs[1][1], pairs[1][0]]
        found = Buddies(pairs[0][:, keep], pairs[1][:, keep], own[keep], level)
        if level > settings.finest:
            seen = _common(first, second, maps, level, settings.blocks)
    return found


def mutual(forth: Tensor, back: Tensor) -> tuple[Tensor, Tensor]:
    """The places (2, k) of both maps that are each other's best: back(forth(p)) = p. forth (2, H, W), back (2, h, w)."""
    returned = back[:, forth[1], forth[0]]
    here = _identity(forth)
    keep = (returned == here).all(0)
    return here[:, keep], forth[:, keep]


def response(maps: tuple[Tensor, Tensor], pairs: tuple[Tensor, Tensor]) -> Tensor:
    """(k,): how strongly both maps (C, H, W) answer at their places (2, k); min to max is 0..1."""
    strengths = [_spread(features.norm(dim=0))[places[1], places[0]] for features, places in zip(maps, pairs, strict=True)]
    return (strengths[0] + strengths[1]) / 2


def distinct(features: Tensor, threshold: float) -> Tensor:
    """(H, W) bool: where the squared activation of (C, H, W), min to max being 0..1, reaches the threshold."""
    return _spread(features.square().sum(0)) >= threshold


def _common(
    first: View, second: View, maps: tuple[Tensor, Tensor], level: int, blocks: dict[int, Block] | None
) -> tuple[Tensor, Tensor]:
    """Features of both pictures at the next level, in common appearance."""
    upper = first.maps[level - 1], second.maps[level - 1]
    if blocks is not None:
        return (
            share_by_inversion(upper[0], second.maps[level], maps[0], blocks[level], patch_size(level)),
            share_by_inversion(upper[1], first.maps[level], maps[1], blocks[level], patch_size(level)),
        )
    return share_statistics(*upper, _doubled(maps[0], upper[1]), _doubled(maps[1], upper[0]))


def _doubled(places: Tensor, features: Tensor) -> Tensor:
    """A map of twice the sides onto `features` (C, h, w), each of 2 x 2 places going where its neighbours' order says."""
    twice = places.repeat_interleave(2, 1).repeat_interleave(2, 2) * 2
    x, y = (torch.arange(side, device=places.device) % 2 for side in (twice.shape[2], twice.shape[1]))
    shifted = torch.stack([twice[0] + x, twice[1] + y[:, None]])
    limits = torch.tensor([features.shape[2] - 1, features.shape[1] - 1], device=places.device)
    return shifted.minimum(limits[:, None, None])


def _parents(pairs: tuple[Tensor, Tensor], coarser: Buddies, radius: int) -> Tensor:
    """(k,): the first coarser pair about which both places of a pair lie within `radius`; -1 where there is none."""
    count = coarser.response.numel()
    reach = radius // 2 + 1
    shape = [int(places.max()) + 1 if places.numel() else 1 for places in (coarser.first[1], coarser.first[0])]
    index = torch.full(shape, count, device=coarser.first.device)  # a place has one buddy at the most
    index[coarser.first[1], coarser.first[0]] = torch.arange(count, device=index.device)
    best = torch.full_like(pairs[0][0], count)
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            x, y = pairs[0][0] // 2 + dx, pairs[0][1] // 2 + dy
            inside = (x >= 0) & (y >= 0) & (x < shape[1]) & (y < shape[0])
            candidate = torch.where(inside, index[y.clamp(0, shape[0] - 1), x.clamp(0, shape[1] - 1)], count)
            known = candidate.clamp(max=max(0, count - 1))
            close = candidate < count
            for places, centres in zip(pairs, (coarser.first, coarser.second), strict=True):
                close &= ((places - 2 * centres[:, known]).abs() <= radius).all(0) if count else close
            best = torch.where(close, best.minimum(candidate), best)
    return torch.where(best < count, best, -1)


def _identity(features: Tensor) -> Tensor:
    """(2, H, W): each place's own (x, y)."""
    y, x = (torch.arange(side, device=features.device) for side in features.shape[1:])
    return torch.stack(torch.meshgrid(x, y, indexing="xy"))


def _at(mask: Tensor, places: Tensor) -> Tensor:
    return mask[places[1], places[0]]


def _spread(values: Tensor) -> Tensor:
    """Min to max as 0..1; where all are alike, zeros."""
    low, high = values.min(), values.max()
    return (values - low) / (high - low).clamp(min=torch.finfo(values.dtype).tiny)


def blocks_of(encoder: object) -> dict[int, Block]:
    """{level: the layers from relu`level - 1`_1 to relu`level`_1} of an encoder that is one VggStack. Raises ValueError for others."""
    from torch.nn.functional import max_pool2d, relu

    from ..image.rearranging import pad_edges

    stack = getattr(encoder, "stack", None)
    if stack is None:
        raise ValueError(f"{getattr(encoder, 'name', encoder)} is no single stack of layers, so that its blocks can't be inverted")

    def block(level: int) -> Block:
        begin, end = (stack.layers.index(f"relu{each}_1") for each in (level - 1, level))

        def run(x: Tensor) -> Tensor:
            for name in stack.layers[begin + 1 : end + 1]:
                if name.endswith("_1"):
                    x = max_pool2d(x, 2, ceil_mode=True)
                x = relu(stack.convolutions[name](pad_edges(x, 1, "replicate")))
            return x

        return run

    return {level: block(level) for level in range(2, DEEPEST + 1)}
