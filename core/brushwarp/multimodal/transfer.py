"""A style at work: a picture painted at any size and aspect (MT section 3.3), by whichever network its pack holds."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from ..architectures import ARCHITECTURES, build_network
from ..bridge.paths import cache_folder
from ..devices import fast_dtype, free_memory
from ..features import denormalise, normalise
from ..fused import fused_pass
from ..image.fetching import fetch
from ..image.resample import resize, shrink
from ..plan import Plan, plan_painting
from ..progress import OnProgress, Progress, counted, ignore_progress
from ..replay import Repeated
from ..streaming import FASTEST, Desk, Resized, StreamPlan, Whole, as_found, plan_strips, streamed
from ..styles.pack import StylePack
from .grain import with_grain
from .network import convolutions
from .steady import Steady

if TYPE_CHECKING:
    from ..fused.walk import FusedPass

__all__ = ["Painter", "Plan", "plan_painting"]

WIDEST_AT_FULL_SIZE = 32  # channels of a subnet's maps that have the picture's own size
SHOWN_SIDE = 512  # pixels of the long side of a picture that is shown on the way
REPLAYED = 2_000_000  # pixels up to which telling a CUDA device layer by layer takes longer than it does (an H200: 17 to 23 ms, at once 5 to 14)
SHARE_OF_FREE_MEMORY = 0.8  # the rest is the host's, and the allocator's slack


class Painter:
    """A style, loaded onto a device, ready to paint any number of pictures, one at a time."""

    def __init__(self, pack: StylePack, device: torch.device) -> None:
        self.pack = pack
        self.device = device
        self.dtype = fast_dtype(device)
        self.network = build_network(pack).to(device=device, memory_format=torch.channels_last)
        self.architecture = ARCHITECTURES[pack.card.architecture]
        self._fused: dict[torch.dtype, FusedPass | None] = {}
        self._repeated: Repeated | None = None

    def on(self, device: torch.device) -> Painter:
        """The same style on another device."""
        return Painter(self.pack, device)

    def plan(
        self, size: tuple[int, int], *, brush_scale: float = 1.0, canvas_short_side: int | None = None, memory: int | None = None
    ) -> Plan:
        """How a picture of `size` (H, W) is painted within `memory` bytes, by default most of what is free on this device; `plan_freely`
        asks for none.

        Where its network can be streamed: in strips on a CPU, which is as fast and takes a fraction of the memory, and on other devices
        what does not fit at once. Raises MemoryError or BrushwarpError("out-of-memory") for what does not fit in strips either.
        """
        asked = {"brush_scale": brush_scale, "canvas_short_side": canvas_short_side}
        given, values = memory, 1 if self.dtype == torch.float32 else 2
        memory = self._free(self.device) if given is None else given
        if not self.architecture.streams:
            return self.architecture.plan(size, **asked, memory=values * memory)
        if self.device.type != "cpu":
            plan = self._at_once(size, asked, values * memory)
            if plan is None and given is None:
                self._let_go()  # what is kept for the next painting may be what this one lacks
                plan = self._at_once(size, asked, values * self._free(self.device))
            if plan is not None:
                return plan
            if given is None:
                memory = self._free(torch.device("cpu"))  # where maps lie then
        plan = self.architecture.plan(size, **asked)
        strips = plan_strips(plan.sizes[-1], memory=memory, channels=WIDEST_AT_FULL_SIZE, value_bytes=self.dtype.itemsize)
        return replace(plan, strips=strips)

    def _at_once(self, size: tuple[int, int], asked: dict[str, Any], memory: int) -> Plan | None:
        """A plan for the whole picture, where it fits."""
        try:
            plan = self.architecture.plan(size, **asked, memory=memory)
        except MemoryError:
            return None
        return None if plan.capped else plan

    def _free(self, device: torch.device) -> int:
        """Bytes that a painting may take."""
        return int(free_memory(device) * SHARE_OF_FREE_MEMORY)

    def _let_go(self) -> None:
        """Of what is held on the device for the next painting."""
        self._repeated = None
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    def plan_freely(self, size: tuple[int, int], *, brush_scale: float = 1.0, canvas_short_side: int | None = None) -> Plan:
        """As if memory had no end: the whole picture at once."""
        return self.architecture.plan(size, brush_scale=brush_scale, canvas_short_side=canvas_short_side)

    @torch.inference_mode()
    def paint(self, rgb: Tensor, plan: Plan, on_progress: OnProgress = ignore_progress, steady: Steady | None = None) -> Tensor:
        """(3, H, W) sRGB in 0..1 to the painting, (3, H, W) float32 on the CPU at the size of the plan's last step, 0..1.

        on_progress gets a small picture of what is painted after each step: the forms first, then ever finer strokes (small paintings on a
        CUDA device take no longer than to say so). steady: the sequence of which it is the next frame, for a network that streams.
        """
        if plan.strips is not None or steady is not None:
            return self._paint_in_strips(rgb, plan, plan.strips or StreamPlan(full_size=True), on_progress, steady)
        sizes = plan.sizes
        work = sum(height * width for height, width in sizes)
        on_progress(Progress("painting", 0, work))
        x = self.see(rgb, sizes[0]).to(self.device)
        painted = self._again(x, sizes)
        if painted is None:
            painted = self._painted(x, sizes, on_progress)
        on_progress(Progress("painting", work, work))
        return fetch(denormalise(painted)[0].clamp(0, 1))

    def see(self, rgb: Tensor, size: tuple[int, int]) -> Tensor:
        """A picture as the network takes it, at the size (H, W) of its first step: (1, 3, H, W), normalised."""
        small = resize(rgb, size)
        if self.architecture.drawings:
            small = with_grain(small)
        return normalise(small[None])

    def _again(self, x: Tensor, sizes: tuple[tuple[int, int], ...]) -> Tensor | None:
        """What `_painted` gives, until the next call, where a CUDA device has painted small pictures of just these sizes for some times."""
        key = (sizes, self.dtype)
        if self._repeated is not None and self._repeated.key != key:
            self._repeated = None
        if self.device.type != "cuda" or sizes[-1][0] * sizes[-1][1] > REPLAYED:
            return None
        if self._repeated is None:
            me = weakref.proxy(self)  # memory of a device goes with its last reference, and a circle has none
            self._repeated = Repeated(key, lambda x: me._painted(x, sizes, ignore_progress))
        try:
            return self._repeated(x)
        except torch.OutOfMemoryError:  # a graph takes memory of its own
            pass
        self._let_go()  # out of the handler, whose traceback holds what was being painted
        return None

    def _painted(self, x: Tensor, sizes: tuple[tuple[int, int], ...], on_progress: OnProgress) -> Tensor:
        """All steps on (1, 3, H, W), normalised, the whole picture at once."""
        work = sum(height * width for height, width in sizes)
        done = 0
        for subnet, size in zip(self.network.subnets(len(sizes)), sizes, strict=True):
            area = size[0] * size[1]

            def tell(share: float, start: int = done, area: int = area) -> None:
                on_progress(Progress("painting", start + int(share * area), work))

            x = self._step(subnet, resize(x, size), tell)
            done += area
            if done < work and on_progress is not ignore_progress:
                on_progress(Progress("painting", done, work, _shown(x)))
        return x

    def _step(self, subnet: nn.Module, x: Tensor, tell: Callable[[float], None]) -> Tensor:
        """A subnet on (1, 3, H, W), in float32. tell: called before each layer with the share of them that is done."""
        if self.dtype not in self._fused:
            self._fused[self.dtype] = fused_pass(self.device, self.dtype)
        fused = self._fused[self.dtype]
        if fused is not None and isinstance(subnet, fused.SUBNETS):
            return fused(subnet, x, tell)
        with _followed(subnet, tell), torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32):
            return subnet(x.contiguous(memory_format=torch.channels_last)).float()

    def _paint_in_strips(self, rgb: Tensor, plan: Plan, strips: StreamPlan, on_progress: OnProgress, steady: Steady | None) -> Tensor:
        """`paint`, layer by layer over strips: the same pixels."""
        work = sum(height * width for height, width in plan.sizes)
        done = 0

        def tell(share: float) -> None:
            on_progress(Progress("painting", done + int(share * size[0] * size[1]), work))

        picture = self.see(rgb, plan.sizes[0])
        settling = nullcontext(as_found) if steady is None else steady.frame(self.pack, plan.sizes)
        with settling as settle, torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32):
            desk = Desk(self.device, self.dtype, strips, Path(cache_folder()) / "strips", tell, settle=settle)
            for subnet, size in zip(self.network.subnets(len(plan.sizes)), plan.sizes, strict=True):
                desk.begin(subnet, size)
                painted = streamed(subnet, Resized(Whole(picture, self.device), size), desk)
                picture = torch.empty(1, 3, *size)
                for top, rows in desk.strips(painted):
                    picture[:, :, top : top + rows.shape[2]] = rows
                del painted, rows  # they hold what this step has stored
                done += size[0] * size[1]
                if done < work:
                    on_progress(Progress("painting", done, work, _shown(picture)))
        on_progress(Progress("painting", work, work))
        step = max(1, FASTEST // (3 * size[1]))
        for top in range(0, size[0], step):  # of a large picture no second copy is made
            rows = picture[:, :, top : top + step]
            rows.copy_(denormalise(rows).clamp(0, 1))
        return picture[0]


def _shown(picture: Tensor) -> Tensor:
    """A step's painting, (3, h, w) in 0..1, to be looked at while the next one, with finer strokes, is on its way."""
    return denormalise(shrink(picture, SHOWN_SIDE))[0].clamp(0, 1)


@contextmanager
def _followed(subnet: nn.Module, tell: Callable[[float], None]) -> Iterator[None]:
    """Tells, before each convolution of a subnet, the share of them that is done: so a cancel waits for one layer at most."""
    layers = convolutions(subnet)
    on_layer = counted(len(layers), tell)
    hooks = [layer.register_forward_pre_hook(lambda *_: on_layer()) for layer in layers]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
