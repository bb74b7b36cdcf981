"""A loss whose gradient is worked out by hand, beside its value."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


def with_gradient(x: Tensor, value: Tensor, gradient: Tensor | None) -> Tensor:
    """The scalar `value` as a function of `x`, with d value / d x = `gradient` (of x's shape; none if nobody asks for it).

    All that a loss leaves behind for the backward pass is one tensor of x's size, whatever it went through on its way.
    """
    return value if gradient is None else _KnownGradient.apply(x, value, gradient)


def wants_gradient(x: Tensor) -> bool:
    """Whether a backward pass may come to `x`."""
    return x.requires_grad and torch.is_grad_enabled()


class _KnownGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, value: Tensor, gradient: Tensor) -> Tensor:
        ctx.save_for_backward(gradient)
        return value.clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, outer: Tensor) -> tuple[Tensor, None, None]:
        [gradient] = ctx.saved_tensors
        return gradient * outer, None, None
