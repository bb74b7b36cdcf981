"""What the server serves. The real works are `jobs.Engine`, which takes seconds to load."""

from __future__ import annotations

from typing import Protocol

from ..bridge.request import DeformRequest, StylizeRequest, SuggestRequest, WarpRequest
from ..bridge.standing import Device
from ..progress import OnProgress


class Works(Protocol):
    """What `on_progress` gets as preview is a `bridge.styles.Thumbnail`, in all works."""

    def stylize(
        self, request: StylizeRequest, pixels: bytes, selection: bytes | None, on_progress: OnProgress
    ) -> tuple[bytes | memoryview, str]:
        """The painted pixels and the recipe."""
        ...

    def deform(
        self, request: DeformRequest, pixels: bytes, selection: bytes | None, style: bytes | None, on_progress: OnProgress
    ) -> tuple[bytes | memoryview, str]:
        """The painted and bent pixels and the recipe."""
        ...

    def warp(
        self, request: WarpRequest, pixels: bytes, selection: bytes | None, on_progress: OnProgress
    ) -> tuple[bytes | memoryview, str]:
        """The bent pixels and the recipe."""
        ...

    def suggest(
        self, request: SuggestRequest, pixels: bytes, selection: bytes | None, style: bytes | None, on_progress: OnProgress
    ) -> tuple[list[list[float]], list[str]]:
        """Arrows, and sentences for the painter."""
        ...

    def device(self) -> Device:
        """What it is done on. Called from other threads, whatever goes on."""
        ...
