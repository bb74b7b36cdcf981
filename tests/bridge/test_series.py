"""What a bar says of several jobs that come one after the other."""

from __future__ import annotations

import pytest

from brushwarp.bridge.protocol import Progress, Queued
from brushwarp.bridge.request import StylizeRequest
from brushwarp.bridge.series import FRAMES, Series


def painting(done: int) -> Progress:
    return Progress(1, "painting", done, 100)


def test_one_job_is_told_of_as_ever(clock):
    series = Series([100], clock=clock)
    series.begin(StylizeRequest)
    assert (series.words, series.share) == ("Starting the engine… 0 s", None)
    series.follow(painting(50))
    assert series.words == "Painting… 0 s" and series.share == pytest.approx(0.5)


def test_share_and_time_are_about_all_of_several(clock):
    series = Series([1, 1, 2], clock=clock)
    shares = []
    for number in range(3):
        series.begin(StylizeRequest)
        for event in (Queued(1, 1), Progress(1, "preparing", 0, 1), painting(0), painting(100), Progress(1, "finishing", 1, 1)):
            clock.now += 1
            series.follow(event)
            shares.append(series.share or 0.0)
        if number == 0:
            assert series.words == "Layer 1 of 3: Finishing, 25 %, about 10 s left"  # 4 s of a quarter
    assert shares == sorted(shares) and shares[4] == 0.25 and shares[9] == 0.5 and shares[-1] == 1


def test_before_enough_was_seen_it_says_how_long_the_present_one_takes(clock):
    series = Series([1] * 400, FRAMES, clock)
    series.begin(StylizeRequest)
    series.follow(Queued(1, 2))
    clock.now += 3
    assert series.words == "Frame 1 of 400: Waiting: 2 others are painted first… 3 s"
    series.follow(painting(0))
    clock.now += 5
    series.follow(painting(10))
    assert series.words == "Frame 1 of 400: Painting… 8 s"
    clock.now += 5
    series.follow(painting(50))
    assert series.words == "Frame 1 of 400: Painting, 0 %, about 2 h 31 min left"
