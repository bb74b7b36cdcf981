"""The shape of a picture as an optimiser moves it: arrows, the flow through them, and what both cost."""

from __future__ import annotations

import torch
from torch import Tensor

from ..geometry import KeypointPairs, warp_tensor
from ..geometry.cleaning import clean
from ..geometry.coarse_flow import MovingFlow
from ..losses import flow_variation, warp_distance
from .settings import DeformSettings

FIRST_STEP = 1e-4  # pixels: arrows begin with next to no length, but not all with none (published code)


class MovingArrows:
    """theta: from each source, the way that it has been moved so far, in pixels of the working size. A `loop.Bend`."""

    def __init__(self, pairs: KeypointPairs, size: tuple[int, int], settings: DeformSettings, device: torch.device) -> None:
        """pairs: source and target on a picture of `size` = (H, W), the working size."""
        self.settings = settings
        self.source = torch.tensor(pairs.source, device=device)
        self.target = torch.tensor(pairs.target, device=device)
        start = torch.rand(self.source.shape, generator=torch.Generator().manual_seed(settings.seed), dtype=torch.float64)
        self.theta = (FIRST_STEP * start).to(device).requires_grad_()
        self.parameters = [self.theta]
        self.whole = MovingFlow(self.source, size)
        self.flow = self.whole

    def at(self, size: tuple[int, int]) -> None:
        """Goes on with a picture of another size; theta stays in pixels of the working size."""
        self.flow = self.whole if size == self.whole.size else self.whole.resized(size)

    def cost(self) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        """The flow, what it costs, and that cost's parts: the distance left in pixels, and R_TV of the flow."""
        flow = self.flow(self.theta)
        left = warp_distance(self.source + self.theta, self.target)
        restless = flow_variation(flow, form=self.settings.tv_form)
        cost = self.settings.warp_weight * left + self.settings.tv_weight * restless
        return flow, cost, {"distance": left, "variation": restless}

    def __call__(self, picture: Tensor) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        flow, cost, terms = self.cost()
        return warp_tensor(picture, flow.to(picture.dtype)), cost.to(picture.dtype), terms

    def solved(self) -> KeypointPairs:
        """From where the sources are, to where they have been brought.

        On their way they may step over the edge, or so near to each other that the moving flow yields and an exact one would tear:
        these end at the edge, of those one stays.
        """
        pairs = KeypointPairs(self.source.cpu().numpy(), (self.source + self.theta.detach()).cpu().numpy())
        return clean(pairs.within(self.whole.size), self.whole.size).pairs
