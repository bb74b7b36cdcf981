"""Where a warp carries points: the opposite of where it takes pixels from."""

import numpy as np
import pytest
import torch

from brushwarp.errors import BrushwarpError
from brushwarp.geometry import KeypointPairs, carried, thin_plate_flow

SIZE = (300, 400)
PAIRS = KeypointPairs([[100, 100], [250, 150], [200, 60], [60, 220]], [[130, 110], [230, 180], [200, 45], [60, 220]])


def test_the_nodes_at_the_arrows_sources_go_to_their_targets():
    for source, target in zip(PAIRS.source, PAIRS.target, strict=True):
        nodes = carried(PAIRS, SIZE, [source[0], source[0] + 4], [source[1], source[1] + 4])
        assert np.abs(nodes[0, 0] - target).max() < 0.05


@pytest.mark.parametrize("smoothness", [0.0, 500.0])
def test_every_node_is_seen_where_it_is_carried_to(smoothness):
    columns, rows = np.arange(2.5, 400, 4), np.arange(3.5, 300, 4)
    nodes = carried(PAIRS, SIZE, columns, rows, smoothness=smoothness)
    assert nodes.shape == (len(rows), len(columns), 2) and nodes.dtype == np.float32
    flow = thin_plate_flow(PAIRS.source, PAIRS.target, SIZE, smoothness=smoothness, tolerance=0).numpy()
    from scipy.ndimage import map_coordinates

    seen = [nodes[..., axis] - map_coordinates(flow[axis], [nodes[..., 1] - 0.5, nodes[..., 0] - 0.5], order=1, mode="nearest") for axis in range(2)]
    assert np.abs(np.stack(seen, 2) - np.stack(np.meshgrid(columns, rows), 2)).max() < 0.1


def test_a_coarse_lattice_of_a_large_picture_takes_samples_of_the_flow():
    columns = np.arange(0.5, 1600, 32)
    coarse = carried(PAIRS.scaled(4, 4), (1200, 1600), columns, columns[:38])
    exact = carried(PAIRS.scaled(4, 4), (1200, 1600), columns, [*columns[:38], columns[38], columns[38] + 1])[:38]
    assert np.abs(coarse - exact).max() < 0.1


def test_the_edge_stays_and_what_lies_beyond_goes_along():
    columns, rows = [-0.5, *range(2, 400, 4), 400.5], [-0.5, *range(2, 300, 4), 300.5]
    nodes = carried(PAIRS, SIZE, columns, rows)
    for row in (0, -1):
        assert np.abs(nodes[row] - [[column, rows[row]] for column in columns]).max() < 0.2


def test_large_turns_that_do_not_fold_are_followed():
    angle = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle)], 1)
    turned = np.stack([np.cos(angle + 0.6), np.sin(angle + 0.6)], 1)
    pairs = KeypointPairs(200 + 60 * ring * (1, 0.7) - (0, 50), 200 + 60 * turned * (1, 0.7) - (0, 50))
    columns, rows = np.arange(0.5, 400, 4), np.arange(0.5, 300, 4)
    nodes = carried(pairs, SIZE, columns, rows, smoothness=2.0)
    assert torch.isfinite(torch.from_numpy(nodes)).all()


@pytest.mark.parametrize("ends", [[[200, 100], [100, 110]], [[250, 100], [100, 160]]])
def test_folds_are_refused(ends):
    with pytest.raises(BrushwarpError, match="over itself"):
        carried(KeypointPairs([[100, 100], [200, 110]], ends), SIZE, np.arange(0.5, 400, 4), np.arange(0.5, 300, 4))
