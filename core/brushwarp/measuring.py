"""What painting costs on this machine: time, memory, and the least that its arithmetic could take."""

from __future__ import annotations

import statistics
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as functional
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from .allocation import give_back_memory
from .features import denormalise, normalise
from .image import resize
from .multimodal.network import Upsample

LOOK_SECONDS = 0.02  # between two looks at the memory
FLOOR_SIDE = {"cpu": 1536, "cuda": 8192}  # of the matrices whose product shows what a device can do
FLOOR_ROUNDS = 5
COUNTED_SIDE = 64


@dataclass(frozen=True)
class Cost:
    """seconds: by the clock. cpu_seconds: of all cores together. peak: bytes above what was held before; on a CPU those that no file backs
    (spilled maps give way when memory is wanted), on a CUDA device those of its own. looks: on a CPU as many bytes, every LOOK_SECONDS."""

    seconds: float
    cpu_seconds: float
    peak: int
    looks: tuple[int, ...] = ()


def measure(work: Callable[[], Tensor], device: torch.device) -> tuple[Tensor, Cost]:
    """What `work` gives, and its cost."""
    peak = _CudaPeak(device) if device.type == "cuda" else _HostPeak()
    start, cpu = time.perf_counter(), time.process_time()
    with peak:
        result = work()
    return result, Cost(time.perf_counter() - start, time.process_time() - cpu, peak.bytes, tuple(peak.looks))


def anonymous_memory(process: int | str = "self") -> int:
    """Bytes of a process, by default this one, that no file backs. Where the system doesn't tell: the most that this one ever took
    (macOS), or 0."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("RssAnon"))
    except (OSError, StopIteration):
        pass
    try:
        import resource  # Windows has none
    except ImportError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


class _HostPeak:
    """A thread looks again and again: the system counts a process' peak, but not from a moment on."""

    def __enter__(self) -> None:
        give_back_memory()  # what is kept for the next who asks would hide what this one takes
        self._before, self.looks = anonymous_memory(), [0]
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._done.wait(LOOK_SECONDS):
            self.looks.append(anonymous_memory() - self._before)

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    @property
    def bytes(self) -> int:
        return max(self.looks)


class _CudaPeak:
    looks: tuple[int, ...] = ()

    def __init__(self, device: torch.device) -> None:
        self._device = device

    def __enter__(self) -> None:
        torch.cuda.synchronize(self._device)
        torch.cuda.reset_peak_memory_stats(self._device)
        self._before = torch.cuda.memory_allocated(self._device)

    def __exit__(self, *_: object) -> None:
        torch.cuda.synchronize(self._device)

    @property
    def bytes(self) -> int:
        return torch.cuda.max_memory_allocated(self._device) - self._before


def operations(network: nn.Module, sizes: tuple[tuple[int, int], ...]) -> int:
    """Multiplications and additions (two a pair) of a painting's steps at `sizes`, as our layers do them: counted on a small picture."""
    total = 0
    for subnet, (height, width) in zip(network.subnets(len(sizes)), sizes, strict=True):
        with FlopCounterMode(display=False) as counter, torch.inference_mode():
            subnet(torch.zeros(1, 3, COUNTED_SIDE, COUNTED_SIDE, device=next(subnet.parameters()).device))
        total += counter.get_total_flops() * height * width // COUNTED_SIDE**2
    return total


def operations_a_second(device: torch.device, dtype: torch.dtype) -> float:
    """What a product of large matrices reaches: the floor that painting is held against."""
    side = FLOOR_SIDE["cuda" if device.type == "cuda" else "cpu"]
    a, b = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))

    def multiply() -> float:
        start = time.perf_counter()
        product = a @ b
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        del product
        return time.perf_counter() - start

    multiply()
    return 2 * side**3 / statistics.median(multiply() for _ in range(FLOOR_ROUNDS))


class _PlainUpsample(Upsample):
    """Nearest doubling, then the whole kernel on it."""

    def forward(self, x: Tensor, size: tuple[int, int]) -> Tensor:
        return self.block(functional.interpolate(x, scale_factor=2, mode="nearest")[..., : size[0], : size[1]])


def plain(network: nn.Module) -> nn.Module:
    """A network as the papers' code has it, to compare with; the network itself is changed."""
    for module in network.modules():
        if isinstance(module, Upsample):
            module.__class__ = _PlainUpsample
    return network


@torch.inference_mode()
def paint_plainly(network: nn.Module, rgb: Tensor, sizes: tuple[tuple[int, int], ...]) -> Tensor:
    """(3, H, W) painted by a `plain` network, in eager float32 and contiguous tensors."""
    x = normalise(resize(rgb, sizes[0])[None])
    for subnet, size in zip(network.subnets(len(sizes)), sizes, strict=True):
        x = subnet(resize(x, size))
    return denormalise(x)[0].clamp(0, 1)
