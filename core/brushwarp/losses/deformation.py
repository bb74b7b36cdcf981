"""What a warp costs: how far its arrows are from their targets, and how restless its flow is (DST section 3.2)."""

from __future__ import annotations

import torch
from torch import Tensor


def warp_distance(moved: Tensor, target: Tensor) -> Tensor:
    """Scalar, pixels: mean_i |p_i + theta_i - p'_i|_2. moved: (k, 2) = p + theta. target: (k, 2). 0 without points.

    A point that has arrived has no gradient. Raises ValueError for other shapes. Source: DST equation 5.
    """
    if moved.ndim != 2 or moved.shape[1] != 2 or moved.shape != target.shape:
        raise ValueError(f"moved and target must both be (k, 2), not {tuple(moved.shape)} and {tuple(target.shape)}")
    return torch.linalg.vector_norm(moved - target, dim=1).sum() / max(len(moved), 1)


def flow_variation(flow: Tensor, *, form: str = "l1") -> Tensor:
    """Scalar: how much the flow (2, H, W), in pixels, changes from a pixel to its neighbours.

    form "l1": (1 / WH) sum |difference|_1 over neighbours to the right and below (DST equation 6). "published": DST's code
    instead has squared differences to the right, below and along both diagonals, each averaged over pixels and both
    channels, and their mean; its weights (50 by default) belong to this form. Raises ValueError for another form or shape.
    """
    if flow.ndim != 3 or flow.shape[0] != 2:
        raise ValueError(f"flow must be (2, H, W), not {tuple(flow.shape)}")
    if form == "l1":
        pixels = flow.shape[1] * flow.shape[2]
        return (_below(flow).abs().sum() + _right(flow).abs().sum()) / pixels
    if form == "published":
        falling = flow[:, 1:, 1:] - flow[:, :-1, :-1]
        rising = flow[:, 1:, :-1] - flow[:, :-1, 1:]
        return sum(_mean_square(difference) for difference in (_below(flow), _right(flow), falling, rising)) / 4
    raise ValueError(f'form must be "l1" or "published", not {form!r}')


def _below(flow: Tensor) -> Tensor:
    return flow[:, 1:] - flow[:, :-1]


def _right(flow: Tensor) -> Tensor:
    return flow[:, :, 1:] - flow[:, :, :-1]


def _mean_square(difference: Tensor) -> Tensor:
    """0 of nothing: a flow one pixel wide has no neighbours to the right."""
    return difference.square().sum() / max(difference.numel(), 1)
