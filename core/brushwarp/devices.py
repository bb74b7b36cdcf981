"""Which device does the work, and how much of it fits."""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch
from torch import Tensor

from .allocation import give_back_memory
from .bridge.language import _
from .bridge.standing import Device
from .errors import BrushwarpError


def choose_device(wanted: str | None = None) -> torch.device:
    """The device named by the caller, else by BRUSHWARP_DEVICE, else the best there is: cuda, mps, cpu.

    Raises BrushwarpError("device") if the named one is not here.
    """
    wanted = wanted or os.environ.get("BRUSHWARP_DEVICE") or None
    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted is None:
        return torch.device(next(kind for kind, here in present.items() if here))
    kind = wanted.split(":")[0]
    if not present.get(kind, False):
        here = ", ".join(name for name, there in present.items() if there)
        raise BrushwarpError(
            "device", _("There is no device {!r} here.").format(wanted), _("Choose one of: {}. `brushwarp doctor` tells more.").format(here)
        )
    try:
        return torch.device(wanted)
    except RuntimeError as error:
        raise BrushwarpError("device", _("{!r} names no device.").format(wanted), _("Write cuda, cuda:1, mps or cpu.")) from error


def describe_device(device: torch.device) -> str:
    """A name for people: the card's own, or the processor's number of threads."""
    if device.type == "cuda":
        return f"{torch.cuda.get_device_name(device)} (CUDA)"
    if device.type == "mps":
        return "Apple GPU (Metal)"
    return f"CPU, {torch.get_num_threads()} threads"


def fast_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 where the device multiplies in it, float32 elsewhere.

    Without AMX or AVX512-BF16 a CPU emulates bfloat16, five times slower than float32 and worse (measured on AVX2). With it, no other way
    was faster: a refine subnet at 1024 pixels took 1.9 times as long in float32, 1.1 times by torch.compile, 1.9 times by OpenVINO (both in
    bfloat16), and by ONNX Runtime in float32 1.4 times as long as in PyTorch's (CPU seconds on one core with AVX512-BF16).
    """
    if device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.bfloat16
    if device.type == "cpu" and _cpu_multiplies_bf16():
        return torch.bfloat16
    return torch.float32


def _cpu_multiplies_bf16() -> bool:
    if os.environ.get("ONEDNN_MAX_CPU_ISA", "").upper() in ("SSE41", "AVX", "AVX2", "AVX512_CORE", "AVX512_CORE_VNNI"):
        return False
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            flags = next((line for line in file if line.startswith("flags")), "")
    except OSError:
        return False
    return "amx_bf16" in flags or "avx512_bf16" in flags


@dataclass(frozen=True)
class Memory:
    """Bytes that work on a device may still take, and bytes that it has."""

    free: int
    total: int


def device_memory(device: torch.device) -> Memory:
    """Free and total memory of the device; for the CPU (and where a device doesn't say) that of the machine. Not more than
    BRUSHWARP_MEMORY, in MB, if that is set. Raises BrushwarpError("memory") if that is no number."""
    found = Memory(*torch.cuda.mem_get_info(device)) if device.type == "cuda" else _machine_memory()
    wanted = os.environ.get("BRUSHWARP_MEMORY", "").strip()
    if not wanted:
        return found
    try:
        limit = int(float(wanted) * 1e6)
    except (ValueError, OverflowError) as error:
        raise BrushwarpError(
            "memory", _("BRUSHWARP_MEMORY is {!r}.").format(wanted), _("Set it to the MB that may be taken, as 2000, or unset it.")
        ) from error
    return Memory(max(0, min(found.free, limit)), min(found.total, max(0, limit)))


def free_memory(device: torch.device) -> int:
    """Bytes that the next work may take: what the last one left to be used again counts. Raises BrushwarpError("memory")."""
    if device.type == "cpu":
        give_back_memory()
    return device_memory(device).free


def device_in_use() -> Device:
    """What this process paints on, and how much of its memory it takes. Raises BrushwarpError("device"), BrushwarpError("memory").

    From any thread: none of these calls waits for what the device is doing.
    """
    device = choose_device()
    memory = device_memory(device)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else ""
    taken = torch.cuda.memory_reserved(device) if device.type == "cuda" else _resident_memory()
    return Device(device.type, name, torch.get_num_threads(), taken, memory.free, memory.total)


def _resident_memory() -> int:
    """Bytes that this process takes; 0 where the system doesn't say (Windows)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _machine_memory() -> Memory:
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            fields = {name: int(rest.split()[0]) * 1024 for name, rest in (line.split(":", 1) for line in file)}
        return _within_control_group(Memory(fields["MemAvailable"], fields["MemTotal"]))
    except (OSError, KeyError, ValueError):
        pass
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        total = 8 * 2**30  # Windows without a way to ask: what a painter's machine has at the least
    return Memory(total // 2, total)


def _within_control_group(memory: Memory) -> Memory:
    """A container's limit counts where there is one (cgroup v2)."""
    try:
        with open("/sys/fs/cgroup/memory.max", encoding="ascii") as file:
            limit = int(file.read())
        with open("/sys/fs/cgroup/memory.current", encoding="ascii") as file:
            used = int(file.read())
        with open("/sys/fs/cgroup/memory.stat", encoding="ascii") as file:
            statistics = {name: int(value) for name, value in (line.split() for line in file)}
    except (OSError, ValueError):
        return memory
    used -= statistics.get("inactive_file", 0)  # cached files, which give way
    return Memory(max(0, min(memory.free, limit - used)), min(memory.total, limit))


def may_ask(tensor: Tensor) -> bool:
    """Whether reading a number of it waits for nothing: on a CPU it doesn't, on a GPU it stalls the queue and breaks a CUDA graph."""
    return tensor.device.type == "cpu"
