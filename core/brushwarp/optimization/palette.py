"""Colours and the steps between neighbouring pixels, as a layer beneath an encoder's first."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import pad

LEAST_SPREAD = 1e-3  # of 0..1; a picture of one colour has none


class Palette:
    """RGB, its differences to the right and below, and a one: the Gram matrix of these ten holds a style's mean colour, how its
    colours vary together, and how rough it is.

    Ours: an encoder's first layer leaves some colours and fine noise unseen, a small encoder's more than VGG's, and pictures that are
    optimised against Gram matrices drift there (seen: orange skies, coloured speckle). Channels are centred and divided by their
    spread in the style picture, so all count alike.
    """

    def __init__(self, style: Tensor) -> None:
        """style: (3, H, W) RGB in 0..1."""
        found = _colours_and_steps(style[None])
        self.mean = torch.mean(found, (0, 2, 3), keepdim=True)
        self.spread = (found - self.mean).square().mean((0, 2, 3), keepdim=True).sqrt().clamp_min(LEAST_SPREAD)

    def __call__(self, rgb: Tensor) -> Tensor:
        """(N, 3, H, W) to (N, 10, H, W)."""
        found = (_colours_and_steps(rgb) - self.mean) / self.spread
        return torch.cat([found, torch.ones_like(found[:, :1])], 1)


def _colours_and_steps(rgb: Tensor) -> Tensor:
    across = pad(rgb[..., :, 1:] - rgb[..., :, :-1], (0, 1, 0, 0))
    down = pad(rgb[..., 1:, :] - rgb[..., :-1, :], (0, 0, 0, 1))
    return torch.cat([rgb, across, down], 1)
