"""What was painted last, kept at hand: a preview's strength, colours and arrows can then change without a stroke painted anew."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256

import torch
from torch import Tensor

from ..multimodal.steady import Steady
from ..multimodal.transfer import Painter
from ..plan import Plan
from ..progress import OnProgress, ignore_progress
from ..styles import StylePack

LARGEST = 1024 * 1024  # pixels, 12 MB: previews, and no layers
REMEMBERED = 3  # paintings a style

Paint = Callable[[Tensor, Plan, OnProgress], Tensor]


class RecentPainter(Painter):
    """A Painter that has its last small pictures at hand."""

    def __init__(self, pack: StylePack, device: torch.device) -> None:
        super().__init__(pack, device)
        self._recent = Recent(super().paint)

    def paint(self, rgb: Tensor, plan: Plan, on_progress: OnProgress = ignore_progress, steady: Steady | None = None) -> Tensor:
        if steady is not None:  # which the painting depends on
            return super().paint(rgb, plan, on_progress, steady)
        return self._recent(rgb, plan, on_progress)


class Recent:
    """What `paint` gives: small pictures that were painted with the same brush come at once, the same bits."""

    def __init__(self, paint: Paint) -> None:
        self._paint = paint
        self._painted: OrderedDict[tuple[bytes, tuple[tuple[int, int], ...]], Tensor] = OrderedDict()

    def __call__(self, rgb: Tensor, plan: Plan, on_progress: OnProgress = ignore_progress) -> Tensor:
        height, width = plan.sizes[-1]
        if height * width > LARGEST:
            return self._paint(rgb, plan, on_progress)
        key = (sha256(rgb.detach().cpu().contiguous().numpy().tobytes()).digest(), plan.sizes)
        painted = self._painted.pop(key, None)
        if painted is None:
            painted = self._paint(rgb, plan, on_progress)
        self._painted[key] = painted
        while len(self._painted) > REMEMBERED:
            self._painted.popitem(last=False)
        return painted.clone()  # whoever gets it may write on it
