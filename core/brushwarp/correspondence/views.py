"""What the search sees of a picture: an encoder's maps of it at a working size, and which of their places are visible."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..features import Encoder
from ..image import Picture, as_seen, resize

LEVELS = (1, 2, 3, 4, 5)
STRIDES = {level: 2 ** (level - 1) for level in LEVELS}
DEEPEST_STRIDE = STRIDES[5]

_VISIBLE_SHARE = 0.5  # of what a place covers
_FLAT = 1e-3  # of 0..1: a picture whose values spread less shows nothing


@dataclass(frozen=True, eq=False)
class View:
    """maps: {level: (C, h, w)} activations of relu`level`_1. visible: {level: (h, w) bool}. size: (H, W) of the picture."""

    maps: dict[int, Tensor]
    visible: dict[int, Tensor]
    size: tuple[int, int]

    def points(self, places: Tensor, level: int) -> np.ndarray:
        """The centres of `places` (2, k), (x, y) on a level's map, as points (k, 2) in pixels of the picture, float64."""
        height, width = self.maps[level].shape[1:]
        return (places.T.cpu().double().numpy() + 0.5) * (self.size[1] / width, self.size[0] / height)


def working_size(size: tuple[int, int], long_side: int) -> tuple[int, int]:
    """(H, W) of that long side or nearly: its shape kept, as multiples of 16, so that every level has half of the sides before."""
    share = long_side / max(size) / DEEPEST_STRIDE
    return tuple(max(1, round(side * share)) * DEEPEST_STRIDE for side in size)


def is_flat(rgb: Tensor, alpha: Tensor | None) -> bool:
    """Whether there is nothing to see in (3, H, W): one colour, or nothing visible."""
    seen = rgb if alpha is None else rgb[:, alpha[0] >= _VISIBLE_SHARE]
    return seen.numel() == 0 or float(seen.flatten(1).std(1, correction=0).max()) < _FLAT


@torch.inference_mode()
def look(
    encoder: Encoder, picture: Picture, size: tuple[int, int], device: torch.device, levels: tuple[int, ...] = LEVELS
) -> View:
    """The picture as `encoder` sees it at `size` = (H, W), multiples of 16."""
    rgb, alpha = as_seen(picture, size)
    return view_of(encoder, rgb, alpha, picture.size, device, levels)


@torch.inference_mode()
def view_of(
    encoder: Encoder, rgb: Tensor, alpha: Tensor | None, size: tuple[int, int], device: torch.device, levels: tuple[int, ...] = LEVELS
) -> View:
    """As `look`, of what `as_seen` gave. size: (H, W) of the whole picture."""
    found = encoder(rgb[None].to(device), [f"relu{level}_1" for level in levels])
    maps = {level: found[f"relu{level}_1"][0] for level in levels}
    visible = {}
    for level, features in maps.items():
        shape = features.shape[1:]
        share = torch.ones(1, *shape) if alpha is None else resize(alpha, tuple(shape))
        visible[level] = (share[0] >= _VISIBLE_SHARE).to(device)
    return View(maps, visible, size)
