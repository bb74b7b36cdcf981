"""The colour space that VGG was trained in, which our own networks share."""

from __future__ import annotations

from torch import Tensor

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


def normalise(rgb: Tensor) -> Tensor:
    """(N, 3, H, W) RGB in 0..1 to the space that VGG and our subnets see."""
    mean = rgb.new_tensor(IMAGENET_MEAN).view(1, 3, 1, 1)
    std = rgb.new_tensor(IMAGENET_STD).view(1, 3, 1, 1)
    return (rgb - mean) / std


def denormalise(picture: Tensor) -> Tensor:
    """The inverse of `normalise`; not clamped."""
    mean = picture.new_tensor(IMAGENET_MEAN).view(1, 3, 1, 1)
    std = picture.new_tensor(IMAGENET_STD).view(1, 3, 1, 1)
    return picture * std + mean
