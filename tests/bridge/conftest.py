"""Hypothesis without its deadlines, for how fast a busy machine is proves nothing; and a clock that a test moves."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("brushwarp", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("brushwarp")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()
