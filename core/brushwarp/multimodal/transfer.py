"""Multimodal Transfer at work: a picture painted at any size and aspect (section 3.3)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..devices import device_memory, fast_dtype
from ..features import denormalise, normalise
from ..image.resample import resize
from ..progress import OnProgress, Progress, ignore_progress
from ..styles.pack import StylePack
from .network import ReflectionConv, Upsample, build_network

STYLE_SHORT_SIDE = 256  # what the style subnet was trained at
SMALLEST_WORKING_SIDE = 128  # of the canvas: to paint a large one any smaller for want of memory helps nobody
SMALLEST_SIDE = 16  # below it, stride-2 convolutions have nothing left to look at
PEAK_BYTES_PER_PIXEL = 530  # of the refine subnet at full size in float32; measured: tests/benchmarks/memory.py
SHARE_OF_FREE_MEMORY = 0.8  # the rest is the host's, and the allocator's slack


@dataclass(frozen=True)
class Plan:
    """The (H, W) at which the subnets run: style, enhance, then refine as often as it takes (or fewer of them). `capped` by memory or not."""

    sizes: tuple[tuple[int, int], ...]
    capped: bool = False


def plan_painting(
    size: tuple[int, int], *, brush_scale: float = 1.0, canvas_short_side: int | None = None, memory: int | None = None
) -> Plan:
    """How a picture of `size` (H, W) is painted.

    The style subnet sees a canvas whose short side is 256 / brush_scale; each step doubles that, and the last is the picture's
    own. `size` may be a crop of a canvas with the given short side: its strokes are then the canvas' strokes. With `memory`
    (bytes that may be taken), the last step is as large as fits in it; MemoryError if that is too small to be of use.
    """
    short_side = canvas_short_side or min(size)
    end = 1.0
    if memory is not None:
        end = min(end, math.sqrt(max(memory, 0) / (PEAK_BYTES_PER_PIXEL * size[0] * size[1])))
        if end < 1 and end * short_side < SMALLEST_WORKING_SIDE:
            raise MemoryError(f"{memory} bytes are free")
    sizes = []
    scale = STYLE_SHORT_SIDE / brush_scale / short_side
    while scale < end or len(sizes) < 2:
        sizes.append(_scaled(size, min(scale, end)))
        scale *= 2
    return Plan((*sizes, _scaled(size, end)), capped=end < 1.0)


def _scaled(size: tuple[int, int], scale: float) -> tuple[int, int]:
    height, width = (min(side, max(SMALLEST_SIDE, round(side * scale))) for side in size)
    return height, width


class Painter:
    """A style, loaded onto a device, ready to paint any number of pictures."""

    def __init__(self, pack: StylePack, device: torch.device) -> None:
        self.pack = pack
        self.device = device
        self.dtype = fast_dtype(device)
        self.network = build_network(pack).to(device=device, memory_format=torch.channels_last)

    def on(self, device: torch.device) -> Painter:
        """The same style on another device."""
        return Painter(self.pack, device)

    def plan(self, size: tuple[int, int], *, brush_scale: float = 1.0, canvas_short_side: int | None = None) -> Plan:
        """`plan_painting` within this device's free memory."""
        memory = int(device_memory(self.device).free * SHARE_OF_FREE_MEMORY)
        if self.dtype != torch.float32:
            memory *= 2
        return plan_painting(size, brush_scale=brush_scale, canvas_short_side=canvas_short_side, memory=memory)

    @torch.inference_mode()
    def paint(self, rgb: Tensor, plan: Plan, on_progress: OnProgress = ignore_progress) -> Tensor:
        """(3, H, W) sRGB in 0..1 to the painting, (3, H, W) float32 on the CPU at the size of the plan's last step, 0..1."""
        sizes = plan.sizes
        subnets = [self.network.style, self.network.enhance, *[self.network.refine] * (len(sizes) - 2)][: len(sizes)]
        work = sum(height * width for height, width in sizes)
        done = 0
        x = normalise(resize(rgb, sizes[0])[None].to(self.device))
        with torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32):
            for subnet, size in zip(subnets, sizes, strict=True):
                area = size[0] * size[1]

                def tell(share: float, start: int = done, area: int = area) -> None:
                    on_progress(Progress("painting", start + int(share * area), work))

                with _followed(subnet, tell):
                    x = subnet(resize(x, size).contiguous(memory_format=torch.channels_last)).float()
                done += area
        on_progress(Progress("painting", work, work))
        return denormalise(x)[0].clamp(0, 1).cpu()


@contextmanager
def _followed(subnet: nn.Module, tell: Callable[[float], None]) -> Iterator[None]:
    """Tells, before each convolution of a subnet, the share of them that is done: so a cancel waits for one layer at most."""
    layers = [module for module in subnet.modules() if isinstance(module, (ReflectionConv, Upsample))]
    begun = 0

    def before(*_: object) -> None:
        nonlocal begun
        tell(begun / len(layers))
        begun += 1

    hooks = [layer.register_forward_pre_hook(before) for layer in layers]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
