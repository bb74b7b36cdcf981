"""A picture as a network sees it: in sRGB, small, with colours wherever there is a pixel."""

from __future__ import annotations

import torch
from torch import Tensor

from .colour import to_srgb
from .picture import Picture
from .resample import resize
from .transparency import extend_colours

INTEGERS = ("u8", "u16")


def as_seen(picture: Picture, size: tuple[int, int]) -> tuple[Tensor, Tensor | None]:
    """(3, *size) sRGB in 0..1, with colours extended under transparency, and alpha (1, *size) or None.

    Brought to `size` before anything else: of 100 megapixels in integers no copy in sRGB is made. Values beyond white, which integers
    have none of, are clipped before they are averaged, or one bright pixel would bloom; in primaries of their own they are no mistakes.
    """
    own = below_white(picture)
    if picture.alpha is None:
        return to_srgb(picture.with_pixels(resize(own, size))), None
    if size == picture.size:
        return extend_colours(to_srgb(picture), picture.alpha), picture.alpha
    alpha = resize(picture.alpha, size)
    pixels = resize(own * picture.alpha, size) / alpha.clamp(min=1e-6)
    rgb = to_srgb(picture.with_pixels(torch.where(alpha > 0, pixels, 0), alpha=alpha))
    return extend_colours(rgb, alpha), alpha


def below_white(picture: Picture) -> Tensor:
    """Its pixels, clipped where that is to be done before they are averaged."""
    if picture.icc is None and picture.depth not in INTEGERS:
        return picture.pixels.clamp(0, 1)
    return picture.pixels
