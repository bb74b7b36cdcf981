"""What the windows for arrows of both hosts have in common."""

from __future__ import annotations

import pytest

from brushwarp.bridge.bend import Bend, arrow_in_words, count_in_words, others_in_words, preview_size, reversed_arrow
from brushwarp.bridge.methods import smoothness_of
from brushwarp.bridge.request import PixelFormat, WarpRequest


def test_a_preview_asks_for_the_same_warp_on_a_smaller_layer():
    bend = Bend(exaggeration=1.5, smoothing=0.4)
    arrows = [(100.0, 50.0, 300.0, 60.0)]
    small = bend.preview(arrows, (2000, 1000), (500, 250), marked=0)
    large = bend.request(arrows, 2000, 1000, PixelFormat("BGRA", "u16", "linear"))
    assert small.keypoints == ((25.0, 12.5, 75.0, 15.0),) and small.exaggeration == large.exaggeration == 1.5
    assert small.smoothness * 16 == pytest.approx(large.smoothness)
    assert small.show == ("folds", "grid", "arrows") and not large.show
    assert Bend(grid=False).preview(arrows, (2000, 1000), (500, 250)).show == ("folds", "arrows")
    assert WarpRequest.from_json(small.to_json()) == small


def test_no_smoothing_meets_every_arrow_and_more_is_always_calmer():
    steps = [smoothness_of(share / 10, 640, 480) for share in range(11)]
    assert steps[0] == 0 and all(low < high for low, high in zip(steps, steps[1:], strict=False))


@pytest.mark.parametrize("size, shown", [((4000, 3000), (1024, 768)), ((300, 200), (300, 200)), ((100000, 3), (1024, 2)), ((1, 1), (2, 2))])
def test_previews_are_never_larger_than_the_layer(size, shown):
    assert preview_size(*size) == shown


@pytest.mark.parametrize(
    "arrow, words",
    [
        ((10, 20, 40, 60), "2   ↘ 50 px   from (10, 20)"),
        ((10, 20, 10, 5), "2   ↑ 15 px   from (10, 20)"),
        ((10, 20, 0, 20), "2   ← 10 px   from (10, 20)"),
        ((10, 20, 10.2, 20), "2   holds (10, 20)"),
    ],
)
def test_an_arrow_in_a_list(arrow, words):
    assert arrow_in_words(2, arrow) == words


def test_words():
    assert [count_in_words(count) for count in range(3)] == ["no arrows", "1 arrow", "2 arrows"]
    assert others_in_words(0) == "" and "1 shape is" in others_in_words(1) and "3 shapes are" in others_in_words(3)
    assert reversed_arrow((1, 2, 3, 4)) == (3, 4, 1, 2)
