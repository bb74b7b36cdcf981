"""Selections: where to work, and how to leave everything else alone.

A mask is (1, H, W) float32, 0..1: 1 is selected, between is feathered.
"""

from __future__ import annotations

import torch
from torch import Tensor

from brushwarp.errors import BrushwarpError
from brushwarp.image.box import Box
from brushwarp.image.picture import Picture

from ..bridge.language import _


def mask_bounds(mask: Tensor) -> Box:
    """The smallest box around what `mask` selects at all. Raises BrushwarpError "region-empty" if that is nothing."""
    selected = mask[0] > 0
    rows, columns = selected.any(1).nonzero(), selected.any(0).nonzero()
    if len(rows) == 0:
        raise BrushwarpError("region-empty", _("The selection is empty."), _("Select something, or select nothing at all."))
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def apply_region(picture: Picture, mask: Tensor) -> Picture:
    """The picture as a layer that shows only where `mask` selects: its alpha times the mask. The colours stay.

    Raises BrushwarpError "region-size" if the mask is of another size than the picture.
    """
    _refuse_other_size(picture, mask)
    alpha = mask if picture.alpha is None else picture.alpha * mask
    return picture.with_pixels(picture.pixels, alpha=alpha.to(picture.pixels))


def crop(picture: Picture, box: Box) -> Picture:
    """What lies under the box, as a picture of its own."""
    alpha = None if picture.alpha is None else box.of(picture.alpha).contiguous()
    return picture.with_pixels(box.of(picture.pixels).contiguous(), alpha=alpha)


def paste(picture: Picture, patch: Picture, box: Box, mask: Tensor | None = None) -> Picture:
    """`picture` with `patch` in the place of `box`, cross-faded by `mask` (1, H, W of the picture) where one is given.

    Where the mask is 0, and outside the box, pixels and alpha keep their very bits; where it is 1 the patch's do.
    Colours fade weighted by alpha. Raises ValueError if the patch is not as large as the box.
    """
    if patch.size != (box.height, box.width):
        raise ValueError(f"the patch is {patch.size}, the box {(box.height, box.width)}")
    if mask is not None:
        _refuse_other_size(picture, mask)
    share = patch.pixels.new_ones(1, *patch.size) if mask is None else box.of(mask).to(patch.pixels)
    old, new = box.of(picture.pixels), patch.pixels
    pixels = picture.pixels.clone()
    if picture.alpha is None and patch.alpha is None:
        box.of(pixels).copy_(_chosen(old, new, torch.lerp(old, new, share), share))
        return picture.with_pixels(pixels)
    old_alpha = torch.ones_like(share) if picture.alpha is None else box.of(picture.alpha)
    new_alpha = torch.ones_like(share) if patch.alpha is None else patch.alpha
    mixed_alpha = torch.lerp(old_alpha, new_alpha, share)
    weight = torch.where(mixed_alpha > 0, share * new_alpha / mixed_alpha.clamp(min=1e-8), share)
    alpha = torch.ones_like(pixels[:1]) if picture.alpha is None else picture.alpha.clone()
    box.of(pixels).copy_(_chosen(old, new, torch.lerp(old, new, weight), share))
    box.of(alpha).copy_(_chosen(old_alpha, new_alpha, mixed_alpha, share))
    return picture.with_pixels(pixels, alpha=alpha)


def _chosen(old: Tensor, new: Tensor, mixed: Tensor, share: Tensor) -> Tensor:
    return torch.where(share <= 0, old, torch.where(share >= 1, new, mixed))


def _refuse_other_size(picture: Picture, mask: Tensor) -> None:
    if tuple(mask.shape) != (1, *picture.size):
        raise BrushwarpError(
            "region-size",
            _("The selection is {}, the picture {} (height, width).").format(tuple(mask.shape[-2:]), picture.size),
            _("Make the selection on the picture itself."),
        )
