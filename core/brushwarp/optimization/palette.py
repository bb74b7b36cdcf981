"""Colours and the steps between neighbouring pixels, as a layer beneath an encoder's first."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import conv2d, pad

LEAST_SPREAD = 1e-3  # of 0..1; a picture of one colour has none
LEAST_SHARE = 0.05  # of the widest axis' spread: what is less is a camera's noise or a file's compression, which nobody means to keep to


class Palette:
    """Colours, their differences to the right and below, and a one: the Gram matrix of these ten holds a style's mean colour, how its
    colours vary together, and how rough it is.

    Ours: an encoder's first layer leaves some colours and fine noise unseen, a small encoder's more than VGG's, and pictures that are
    optimised against Gram matrices drift there (seen: orange skies, coloured speckle). Colours are taken along the principal axes of
    the style picture's own and divided by their spread there, so that all count alike: in a sepia drawing a trace of green is as
    far from it as black from white.
    """

    def __init__(self, style: Tensor) -> None:
        """style: (3, H, W) RGB in 0..1."""
        colours = style.flatten(1)
        self.centre = torch.mean(colours, 1).view(1, 3, 1, 1)
        covariance = torch.cov(colours.double().cpu(), correction=0)
        self.axes = torch.linalg.eigh(covariance).eigenvectors.T.to(style)
        self.scale = torch.ones(1, 9, 1, 1).to(style)
        found = self._along_axes(style[None])
        spread = found.square().mean((0, 2, 3), keepdim=True).sqrt()
        widest = spread.view(3, 3).amax(1).repeat_interleave(3).view(1, 9, 1, 1)
        self.scale = 1 / torch.maximum(spread, LEAST_SHARE * widest).clamp_min(LEAST_SPREAD)

    def __call__(self, rgb: Tensor) -> Tensor:
        """(N, 3, H, W) to (N, 10, H, W)."""
        found = self._along_axes(rgb) * self.scale
        return torch.cat([found, torch.ones_like(found[:, :1])], 1)

    def _along_axes(self, rgb: Tensor) -> Tensor:
        """(N, 9, H, W): what is left without the mean colour, then steps across and down, three axes each."""
        colours = conv2d(rgb - self.centre, self.axes[:, :, None, None])
        across = pad(colours[..., :, 1:] - colours[..., :, :-1], (0, 1, 0, 0))
        down = pad(colours[..., 1:, :] - colours[..., :-1, :], (0, 0, 0, 1))
        return torch.cat([colours, across, down], 1)
