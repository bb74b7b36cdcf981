"""One iteration of a training, repeated: on a CUDA device as one recorded graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from ..devices import fast_dtype
from ..replay import Replay, replayable
from .parallel import ALONE, Fellows

Losses = Callable[[Sequence[Tensor]], tuple[Tensor, dict[str, Tensor]]]
"""A batch to the loss and its terms by name, scalars; asks the device nothing."""


class Iteration:
    """Loss, gradient and step on batches of one shape."""

    def __init__(
        self,
        losses: Losses,
        optimiser: torch.optim.Optimizer,
        batch: Sequence[Tensor],
        device: torch.device,
        chances: Sequence[torch.Generator] = (),
        fellows: Fellows = ALONE,
    ) -> None:
        """batch: whose shapes all have. chances: generators that `losses` draws from. fellows: who take the same step; then nothing is
        recorded."""
        self.losses, self.optimiser, self.fellows = losses, optimiser, fellows
        self.held = [torch.empty_like(tensor, device=device) for tensor in batch]
        self.names: list[str] = []
        self.row: Tensor | None = None
        self.again = Replay(self._once, device, chances) if replayable(optimiser) and fellows.count == 1 else self._once

    def __call__(self, batch: Sequence[Tensor]) -> tuple[float, dict[str, float]]:
        """The loss and its terms. Waits for the device."""
        for held, tensor in zip(self.held, batch, strict=True):
            held.copy_(tensor, non_blocking=True)
        self.again()
        loss, *terms = self.row.tolist()
        return loss, dict(zip(self.names, terms, strict=True))

    def _once(self) -> None:
        device = self.held[0].device
        dtype = fast_dtype(device)
        with torch.autocast(device.type, dtype, enabled=dtype != torch.float32):
            loss, terms = self.losses(self.held)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.names = list(terms)
        self.row = torch.stack([loss.detach(), *terms.values()])
        if self.fellows.count > 1:
            gradients = [parameter.grad for group in self.optimiser.param_groups for parameter in group["params"]]
            self.fellows.average([self.row, *(gradient for gradient in gradients if gradient is not None)])
        self.optimiser.step()
