"""Work recorded as a CUDA graph and repeated: the host says it once, instead of hundreds of kernels each time."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

AS_WRITTEN = 3  # times before the recording: libraries choose their kernels in them, and an optimiser makes its state


class Replay:
    """A step without arguments on a CUDA device, which asks the device nothing and reads and writes the same tensors each time.

    Where it cannot be recorded after all, it goes on as written, which gives the same numbers.
    """

    def __init__(
        self, step: Callable[[], None], device: torch.device, chances: Sequence[torch.Generator] = (), *, as_written: int = AS_WRITTEN
    ) -> None:
        """chances: generators of the device that the step draws from, besides PyTorch's own. They may be seeded anew between replays.
        as_written: how often the step is still to be taken before it is recorded."""
        self.step = step
        self.device = device
        self.as_written = as_written
        self.chances = chances
        self.done = 0
        self.graph: torch.cuda.CUDAGraph | None = None

    def __call__(self) -> None:
        with torch.cuda.device(self.device):  # streams and recordings are of the current one
            self._go()

    def _go(self) -> None:
        if self.graph is None and self.done == self.as_written:
            self.graph = self._recorded()
        self.done += 1
        if self.graph is not None:
            self.graph.replay()
            return
        # Beside the stream that all else is on, as a recording is: what is allocated for one serves the other.
        beside, main = _beside(torch.cuda.current_device()), torch.cuda.current_stream()
        beside.wait_stream(main)
        try:
            with torch.cuda.stream(beside):
                self.step()
        finally:
            main.wait_stream(beside)

    def _recorded(self) -> torch.cuda.CUDAGraph | None:
        graph = torch.cuda.CUDAGraph()
        chances = [torch.cuda.default_generators[torch.cuda.current_device()], *self.chances]
        before = [chance.get_state() for chance in chances]
        main = torch.cuda.current_stream()
        for chance in self.chances:
            graph.register_generator_state(chance)
        try:
            # What other threads do, such as bringing photographs into pinned memory, is no part of it.
            with torch.cuda.graph(graph, capture_error_mode="thread_local"):
                self.step()
        except torch.OutOfMemoryError:
            raise
        except RuntimeError:  # a library that will not be recorded; the step itself has run before
            torch.cuda.set_stream(main)  # a recording that fails leaves its own behind
            torch.cuda.synchronize()
            for chance, state in zip(chances, before, strict=True):
                _forget_recording(chance, state)
            return None
        return graph


class Repeated:
    """Work on tensors of one shape, on a CUDA device, that is asked for again and again: after some times it is one graph."""

    def __init__(self, key: object, work: Callable[[Tensor], Tensor]) -> None:
        """key: for the caller, to tell works apart."""
        self.key, self._work = key, work
        self._times = 0
        self.replay: Replay | None = None

    def __call__(self, x: Tensor) -> Tensor | None:
        """What the work gives, until the next call; None as long as it is still to be done as written."""
        self._times += 1
        if self._times <= AS_WRITTEN:
            return None
        if self.replay is None:
            self._x = held = torch.empty_like(x)
            self._given = given = []
            work = self._work

            def once() -> None:  # without self: a device's memory goes with its last reference, and a circle has none
                given[:] = [work(held)]

            self.replay = Replay(once, x.device, as_written=0)
        self._x.copy_(x)
        self.replay()
        return self._given[0]


@functools.cache
def _beside(device: int) -> torch.cuda.Stream:
    """One for all: memory that was allocated on a stream serves no other."""
    return torch.cuda.Stream(device)


def _forget_recording(chance: torch.Generator, state: Tensor) -> None:
    """Of a recording that failed, a generator believes that it still goes on."""
    fresh = torch.Generator(chance.device)
    fresh.set_state(state)
    chance.graphsafe_set_state(fresh.graphsafe_get_state())


def adam(groups: list[dict[str, Any]]) -> torch.optim.Adam:
    """Adam over parameter groups (`params`, `lr`); on a CUDA device one that can be replayed while `set_rate` changes its rates."""
    device = groups[0]["params"][0].device
    if device.type != "cuda":
        return torch.optim.Adam(groups)
    groups = [group | {"lr": torch.tensor(group["lr"], dtype=torch.float32, device=device)} for group in groups]
    return torch.optim.Adam(groups, capturable=True)


def set_rate(group: dict[str, Any], rate: float) -> None:
    """Of an optimiser's group, also between replays."""
    if isinstance(group["lr"], Tensor):
        group["lr"].fill_(rate)
    else:
        group["lr"] = rate


def replayable(optimiser: torch.optim.Optimizer) -> bool:
    """Whether its steps ask the device nothing."""
    return all(group.get("capturable", False) for group in optimiser.param_groups)
