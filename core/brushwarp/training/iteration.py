"""One iteration of a training, repeated: on a CUDA device as one recorded graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from ..devices import fast_dtype
from ..replay import Replay, replayable

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
        gather: Callable[[Tensor], None] | None = None,
    ) -> None:
        """batch: whose shapes all have. chances: generators that `losses` draws from. gather: what is done to the terms once the
        gradients are there, and to these, before the step (`parallel`); then nothing is recorded."""
        self.losses, self.optimiser, self.gather = losses, optimiser, gather
        self.held = [torch.empty_like(tensor, device=device) for tensor in batch]
        self.names: list[str] = []
        self.row: Tensor | None = None
        self.again = Replay(self._once, chances) if replayable(optimiser) and gather is None else self._once

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
        if self.gather is not None:
            self.gather(self.row)
        self.optimiser.step()
