"""What the planner of strips promises, whatever the picture and the memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brushwarp.errors import BrushwarpError
from brushwarp.streaming.plan import FASTEST, FULL_SIZE_VALUES, ROWS, STORED_VALUES, StreamPlan, plan_strips

SIZES = st.tuples(st.integers(1, 40_000), st.integers(1, 40_000))
MEMORY = st.integers(0, 1 << 38)


def planned(size, memory) -> StreamPlan | None:
    try:
        return plan_strips(size, memory=memory, channels=32, value_bytes=4)
    except BrushwarpError as error:
        assert error.code == "out-of-memory"
        return None


@given(SIZES, MEMORY)
def test_a_plan_fits_its_memory_and_holds_a_row_at_least(size, memory):
    plan = planned(size, memory)
    if plan is None:
        return
    area = size[0] * size[1]
    assert 32 * size[1] <= plan.values
    assert plan.values <= max(FASTEST, ROWS * 32 * size[1])
    stored = plan.resident if plan.spill else (FULL_SIZE_VALUES if plan.full_size else STORED_VALUES) * area * 4
    assert 15 * area + stored + 64 * plan.values <= memory


@given(SIZES, MEMORY, st.integers(0, 1 << 34))
def test_more_memory_is_never_worse(size, memory, more):
    less, plenty = planned(size, memory), planned(size, memory + more)
    if less is not None:
        assert plenty is not None and plenty.values >= less.values and plenty.spill <= less.spill and plenty.full_size >= less.full_size
        if plenty.spill:
            assert plenty.resident >= less.resident


@given(SIZES)
def test_the_least_that_works_is_named_and_works(size):
    with pytest.raises(BrushwarpError) as refused:
        plan_strips(size, memory=0, channels=32, value_bytes=4)
    named = int(refused.value.message.split(" takes ")[1].split(" MB")[0].replace(",", ""))
    assert planned(size, (named + 1) * 10**6) is not None


def test_maps_of_the_pictures_own_size_are_stored_where_that_takes_little():
    size = (2000, 2000)
    assert plan_strips(size, memory=10**10, channels=32, value_bytes=4) == StreamPlan(FASTEST, full_size=True)
    assert plan_strips(size, memory=7 * 10**8, channels=32, value_bytes=4) == StreamPlan(FASTEST)
    assert plan_strips((4000, 6000), memory=10**12, channels=32, value_bytes=2) == StreamPlan(FASTEST)


def test_a_hundred_megapixels_on_eight_and_on_two_gigabytes():
    poster = (8660, 11547)
    assert plan_strips(poster, memory=8 * 10**9, channels=32, value_bytes=2) == StreamPlan(ROWS * 32 * 11547)
    assert plan_strips(poster, memory=2 * 10**9, channels=32, value_bytes=2).spill
    assert plan_strips(poster, memory=2 * 10**9, channels=32, value_bytes=4).spill
