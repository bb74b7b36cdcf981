"""A training on several devices, as `torchrun` starts it: each process has batches of its own, and all take the average step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

import torch
import torch.distributed as distributed
from torch import Tensor


@dataclass(frozen=True)
class Fellows:
    """Which of `count` processes this is, from 0; `place` is its number on this machine, which is its device's."""

    rank: int = 0
    count: int = 1
    place: int = 0

    @classmethod
    def named_by(cls, environment: Mapping[str, str]) -> Fellows:
        """As torchrun says it; alone where it says nothing."""
        return cls(*(int(environment.get(name, default)) for name, default in (("RANK", 0), ("WORLD_SIZE", 1), ("LOCAL_RANK", 0))))

    @property
    def first(self) -> bool:
        """The one that reports and saves."""
        return self.rank == 0

    def meet(self, device: torch.device) -> None:
        """Waits for the others; before any `average`."""
        if self.count > 1 and not distributed.is_initialized():
            distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")

    def part(self) -> None:
        """After the last `average`."""
        if self.count > 1 and distributed.is_initialized():
            distributed.destroy_process_group()

    def average(self, tensors: list[Tensor]) -> None:
        """Each tensor becomes its mean over the processes. All have to call it with as many of the same shapes."""
        together = torch.cat([tensor.flatten() for tensor in tensors])
        distributed.all_reduce(together)
        together /= self.count
        for tensor, mean in zip(tensors, together.split([tensor.numel() for tensor in tensors]), strict=True):
            tensor.copy_(mean.view_as(tensor))

    def samples(self, start: int, batch: int) -> Iterator[int]:
        """The numbers of this process' samples, in batches, for ever: a step of all takes count * batch from `start` on."""
        for first in count(start + self.rank * batch, self.count * batch):
            yield from range(first, first + batch)


ALONE = Fellows()
