"""What a bar says of a job: how far it is, and how long it will take."""

from __future__ import annotations

import pytest

from brushwarp.bridge.protocol import Progress, Queued
from brushwarp.bridge.request import DeformRequest, StylizeRequest, SuggestRequest, WarpRequest
from brushwarp.bridge.series import Series
from brushwarp.bridge.tracking import NAMES, STAGES, Tracker


def follow(tracker, *events):
    seen = []
    for event in events:
        tracker.follow(event)
        seen.append((tracker.words, tracker.share))
    return seen


def test_the_share_never_falls_and_ends_full(clock):
    events = [Queued(1, 2), Progress(1, "preparing", 0, 1)]
    events += [Progress(1, "painting", done, 9) for done in range(10)]
    events += [Progress(1, "a new stage", 1, 2), Progress(1, "warping", 0, 1), Progress(1, "finishing", 1, 1), Queued(1, 1)]
    seen = follow(Tracker(StylizeRequest, clock), *events)
    shares = [share or 0.0 for _, share in seen]
    assert shares == sorted(shares) and shares[-1] == 1
    assert seen[0] == ("Waiting: 2 others are painted first… 0 s", None)
    assert seen[12][0] == "A new stage… 0 s"


def test_what_is_left_is_told_once_enough_was_seen(clock):
    tracker = Tracker(StylizeRequest, clock)
    assert tracker.words == "Starting the engine… 0 s" and tracker.share is None
    clock.now += 3
    assert follow(tracker, Progress(1, "painting", 0, 100)) == [("Painting… 3 s", 0.06)]
    clock.now += 10
    [(words, share)] = follow(tracker, Progress(1, "painting", 25, 100))
    assert words == "Painting, 28 %, about 35 s left" and share == pytest.approx(0.28)  # 22 % in 10 s
    clock.now += 2000
    assert follow(tracker, Progress(1, "painting", 50, 100))[0][0] == "Painting, 50 %, about 38 min left"
    assert follow(tracker, Progress(1, "painting", 100, 100))[0][0] == "Painting, 94 %, about 2 min left"
    clock.now -= 1970
    assert follow(tracker, Progress(1, "painting", 100, 100))[0][0] == "Painting, 94 %, a few seconds left"


def test_loading_the_engine_is_not_counted_as_painting(clock):
    tracker, series = Tracker(StylizeRequest, clock), Series([1, 1, 1], clock=clock)
    series.begin(StylizeRequest)
    for event in (Progress(0, "replacing", 1, 600), Progress(0, "starting", 20, 600), Progress(1, "starting", 0, 1)):
        tracker.follow(event)
        series.follow(event)
        assert tracker.share is None and series.share is None
        clock.now += 6
    series.follow(Progress(1, "painting", 0, 100))
    clock.now += 3
    series.follow(Progress(1, "finishing", 1, 1))
    assert series.words == "Layer 1 of 3: Finishing, 33 %, a few seconds left"  # two thirds of what took 3 s


def test_a_deformation_tells_its_loss(clock):
    tracker = Tracker(DeformRequest, clock)
    for event, detail in (
        (Progress(1, "painting", 57, 200, loss=1.2345), "Iteration 57 of 200, loss 1.23"),
        (Progress(1, "bending", 3, 200, loss=23456.7), "Iteration 3 of 200, loss 23457"),
        (Progress(1, "detail", 1, 40), ""),
    ):
        tracker.follow(event)
        assert tracker.detail == detail


@pytest.mark.parametrize("kind", [StylizeRequest, DeformRequest, SuggestRequest, WarpRequest])
def test_every_stage_has_a_name_and_a_place(kind):
    assert set(STAGES[kind]) <= set(NAMES)
    ends = max(end for _, end in STAGES[kind].values())
    assert ends == 1.0 and all(0 <= begin < end for begin, end in STAGES[kind].values())
