"""The colour space that VGG was trained in, which our own networks share."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


def normalise(rgb: Tensor) -> Tensor:
    """(N, 3, H, W) RGB in 0..1 to the space that VGG and our subnets see."""
    return torch.stack([(channel - mean) / std for channel, mean, std in _channels(rgb)], 1)


def denormalise(picture: Tensor) -> Tensor:
    """The inverse of `normalise`; not clamped."""
    return torch.stack([channel * std + mean for channel, mean, std in _channels(picture)], 1)


def _channels(picture: Tensor) -> Iterator[tuple[Tensor, float, float]]:
    """With numbers, not tensors, which would have to be brought to a device each time, and cannot be while a CUDA graph is recorded."""
    return zip(picture.unbind(1), IMAGENET_MEAN, IMAGENET_STD, strict=True)
