"""Where arrows fold the picture, a field that does not is found."""

import numpy as np
import pytest

from brushwarp.errors import BrushwarpError
from brushwarp.geometry import KeypointPairs, calmest, fold_share, thin_plate_flow


def share(pairs, size, smoothness):
    return fold_share(thin_plate_flow(pairs.source, pairs.target, size, smoothness=smoothness))


@pytest.mark.parametrize("size", [(200, 240), (700, 900)])
def test_arrows_that_pass_each_other_are_calmed_and_not_more_than_needed(size):
    side = np.array(size[::-1])
    pairs = KeypointPairs(side * [[0.4, 0.5], [0.6, 0.5]], side * [[0.62, 0.5], [0.38, 0.5]])
    assert share(pairs, size, 0) > 0.01
    smoothness = calmest(pairs, size)
    assert share(pairs, size, smoothness) < 1e-4
    assert share(pairs, size, smoothness / 4) > 0


def test_gentle_arrows_need_no_smoothing():
    assert calmest(KeypointPairs([[50, 50], [90, 60]], [[55, 50], [90, 66]]), (120, 150)) == 0
    assert calmest(KeypointPairs.none(), (120, 150)) == 0


def test_arrows_outside_the_picture_are_refused():
    with pytest.raises(BrushwarpError, match="outside"):
        calmest(KeypointPairs([[50, 50]], [[155, 50]]), (120, 150))
