"""Arrows that repeat, crowd or cross are left out, and the user reads which."""

from pathlib import Path

import numpy as np
import pytest

from brushwarp.geometry import KeypointPairs, PointPairs, clean, clean_matches

REFERENCE = Path(__file__).parents[1] / "data" / "alignment_reference.npz"
"""Made with the code of Deformable Style Transfer; points (row, col) at pixel centres."""


def arrows(*rows):
    return KeypointPairs.from_rows(rows)


@pytest.mark.parametrize("count, rows", [(12, 12), (80, 31)])
def test_matches_are_cleaned_as_by_the_published_code_but_never_repeated(count, rows):
    reference = np.load(REFERENCE)
    content, style = (reference[f"clean_in_{side}"][:, ::-1] + 0.5 for side in "AB")
    response = reference["clean_in_act"]
    cleaned = clean_matches(PointPairs(content, style), (256, 256), (256, 200), response, count=count)
    published = reference[f"clean{count}_A"][:rows, ::-1] + 0.5
    assert content[cleaned.kept].tolist() == published.tolist()
    assert np.abs(response[cleaned.kept] - reference[f"clean{count}_act"][:rows]).max() < 1e-6


def test_of_arrows_drawn_by_hand_the_earlier_stays_and_each_reason_is_told():
    cleaned = clean(
        arrows(
            [10, 10, 60, 60],
            [10, 10, 60, 60],  # repeats
            [10, 60, 60, 10],  # crosses
            [60, 12, 12, 58],  # crosses
            [80, 80, 61, 60],  # ends where the first does
            [90, 20, 90, 130],  # leaves the picture
            [80, 10, 81, 11],
        ),
        (100, 100),
    )
    assert cleaned.kept.tolist() == [0, 6]
    assert cleaned.notes == (
        "1 arrow leaves the picture and was left out.",
        "1 arrow repeats another and was left out.",
        "2 arrows cross others and were left out.",
        "1 arrow begins or ends where another does and was left out.",
    )


def test_good_arrows_stay_as_they_are_and_nothing_is_said():
    pairs = arrows([10, 10, 20, 20], [13, 10, 23, 20], [50, 50, 50, 50])
    cleaned = clean(pairs, (100, 100))
    assert cleaned.pairs.rows() == pairs.rows() and cleaned.notes == ()
    assert len(clean(KeypointPairs.none(), (100, 100)).pairs) == 0


def test_with_responses_the_stronger_stays():
    pairs = arrows([10, 10, 60, 60], [10, 60, 60, 10])
    assert clean(pairs, (100, 100), response=np.array([1.0, 2.0])).kept.tolist() == [1]
    assert clean(pairs, (100, 100), response=np.array([2.0, 2.0])).kept.tolist() == [0]


def test_suggested_arrows_keep_their_distance_and_their_number_and_none_is_taken_without_a_response():
    rows = [[x, 50, x, 60] for x in range(0, 256, 4)]
    response = np.linspace(1, 2, len(rows))
    response[:8] = 0
    cleaned = clean(arrows(*rows), (256, 256), response=response)
    sources = np.sort(cleaned.pairs.source[:, 0])
    assert np.diff(sources).min() > 10 and sources.min() >= 32 and len(sources) == 19
    assert "weaker" in cleaned.notes[0]
    assert len(clean(arrows(*rows), (256, 256), response=response, count=5).pairs) == 5
    with pytest.raises(ValueError, match="64 arrows"):
        clean(arrows(*rows), (256, 256), response=response[:3])
