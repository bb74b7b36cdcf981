"""Hypothesis without its deadlines: how fast a busy machine is proves nothing."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("brushwarp", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("brushwarp")
