"""Selections that are kept with results."""

from __future__ import annotations

import tracemalloc
import zlib

import pytest

from brushwarp.bridge.masks import packed, unpacked

MASK = bytes(range(256)) * 4


def test_a_selection_comes_back_as_it_was_kept():
    assert unpacked(packed(MASK), len(MASK)) == MASK


@pytest.mark.parametrize("data", [b"", b"no selection", packed(MASK)[:-9], packed(MASK[1:]), packed(MASK + b"1"), bytes(100)])
def test_what_is_none_of_that_size_is_none(data):
    assert unpacked(data, len(MASK)) is None


@pytest.mark.parametrize("area", [len(MASK), -1, 2**70])
def test_a_document_that_holds_a_bomb_takes_no_memory(area):
    bomb = zlib.compress(bytes(2**26), 9)
    tracemalloc.start()
    try:
        assert unpacked(bomb, area) is None
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()
