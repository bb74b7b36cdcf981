"""The search and its parts, against the numbers of the published code and against a plain transcription."""

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as functional

from brushwarp.correspondence.appearance import share_by_inversion, share_statistics
from brushwarp.correspondence.buddies import BuddySettings, blocks_of, distinct, find_buddies, mutual, response
from brushwarp.correspondence.search import correlations, finer, local_search, unit_features, voted, whole_search
from brushwarp.correspondence.views import look
from brushwarp.features import load_encoder
from brushwarp.image import Picture
from brushwarp.sample import render_sample

REFERENCE = Path(__file__).parents[1] / "data" / "best_buddies_reference.npz"
"""Made with NBB's code, on features as they are (no common appearance); places (row, column)."""

SAME = torch.stack(torch.meshgrid(torch.arange(9), torch.arange(9), indexing="xy"))


@pytest.fixture(scope="module")
def published() -> dict[str, torch.Tensor]:
    with np.load(REFERENCE) as file:
        return {name.removeprefix("nbb_"): torch.from_numpy(file[name]) for name in file.files}


def places(rows_and_columns: torch.Tensor) -> torch.Tensor:
    """(2, …) of (row, column) as (x, y)."""
    return rows_and_columns.flip(0).long()


def agreement(found: torch.Tensor, expected: torch.Tensor) -> float:
    return float((found == expected).all(0).double().mean())


def test_the_search_of_two_places_finds_what_the_published_code_finds(published):
    first, second = (unit_features(published[side]) for side in "AB")
    forth = local_search(first, second, SAME, radius=2, patch=3)
    back = local_search(second, first, SAME, radius=2, patch=3)
    assert agreement(forth, places(published["a2b"])) >= 0.999 and agreement(back, places(published["b2a"])) >= 0.999


def test_the_search_of_the_whole_map_finds_what_the_published_code_finds_at_that_radius(published):
    first, second = (unit_features(published[side]) for side in "AB")
    forth, back = whole_search(correlations(first, second, 3), (9, 9), (9, 9))
    assert agreement(forth, places(published["full_a2b"])) >= 0.999
    for found, side in zip(mutual(forth, back), "AB", strict=True):
        assert found.flip(0).T.tolist() == published[f"full_pairs{side}"].tolist()


def test_buddies_and_their_responses_are_the_published_ones(published):
    pairs = mutual(places(published["a2b"]), places(published["b2a"]))
    for found, side in zip(pairs, "AB", strict=True):
        assert found.flip(0).T.tolist() == published[f"pairs{side}"].tolist()
    maps = published["A"], published["B"]
    assert (response(maps, pairs) - published["act"]).abs().max() < 1e-9
    kept = [distinct(features, 0.05)[at[1], at[0]] for features, at in zip(maps, pairs, strict=True)]
    assert int((kept[0] & kept[1]).sum()) == int(published["thresholded_n"])
    for threshold, name in ((0.05, "tau005"), (0.2, "tau02")):
        assert (distinct(published["M_in"], threshold) == published[f"M_{name}"].bool()).all()


def test_features_brought_along_a_map_and_maps_made_finer_are_the_published_ones(published):
    brought = voted(published["B"], places(published["a2b"]), 3)
    assert (brought - published["warp_B_by_a2b"]).abs().max() < 1e-9
    doubled = finer(published["a2b"]).repeat_interleave(2, 1).repeat_interleave(2, 2)
    assert (doubled == published["upsampled_a2b"]).all()


@pytest.mark.parametrize("patch, radius", [(3, 2), (5, 3)])
def test_places_that_share_their_expectation_find_what_a_plain_search_finds(patch, radius):
    generator = torch.Generator().manual_seed(3)
    first, second = (unit_features(torch.rand(6, 12, 16, generator=generator, dtype=torch.float64)) for _ in range(2))
    coarse = torch.stack([torch.randint(0, 8, (6, 8), generator=generator), torch.randint(0, 6, (6, 8), generator=generator)])
    found = local_search(first, second, finer(coarse), radius=radius, patch=patch)
    assert agreement(found, plain_search(first, second, finer(coarse), radius, patch)) >= 0.999


def plain_search(first, second, expected, radius, patch):
    """One place after the other."""
    height, width = first.shape[1:]
    reach = patch // 2
    padded = [functional.pad(each[None], (reach,) * 4, "reflect")[0] for each in (first, second)]
    found = torch.empty(2, height, width, dtype=torch.long)
    for y in range(height):
        for x in range(width):
            ex, ey = expected[:, y // 2, x // 2].tolist()
            mine, best = padded[0][:, y : y + patch, x : x + patch], -np.inf
            for v in range(max(0, ey - radius), min(second.shape[1], ey + radius + 1)):
                for u in range(max(0, ex - radius), min(second.shape[2], ex + radius + 1)):
                    alike = float((mine * padded[1][:, v : v + patch, u : u + patch]).sum())
                    if alike > best:
                        best, found[0, y, x], found[1, y, x] = alike, u, v
    return found


def test_common_appearance_leaves_equal_pictures_alone_and_meets_halfway_elsewhere():
    features = torch.rand(4, 9, 9, dtype=torch.float64)
    for shared in share_statistics(features, features, SAME, SAME):
        assert (shared - features).abs().max() < 1e-9
    for shared in share_statistics(features, 3 * features + 2, SAME, SAME):
        assert (shared - (2 * features + 1)).abs().max() < 1e-9


def test_a_block_is_inverted_towards_the_other_picture():
    encoder = load_encoder("compact")
    rgb = render_sample(64, 64)[None]
    found = encoder(rgb, ("relu3_1", "relu4_1"))
    block = blocks_of(encoder)[4]
    assert torch.equal(block(found["relu3_1"]), found["relu4_1"])
    deep, same = found["relu4_1"][0], torch.stack(torch.meshgrid(torch.arange(8), torch.arange(8), indexing="xy"))
    shared = share_by_inversion(found["relu3_1"][0], deep, same, block, 3)
    inverted = 2 * shared - found["relu3_1"][0]
    wanted = voted(deep, same, 3)
    assert (block(inverted[None])[0] - wanted).square().mean() < 0.5 * wanted.square().mean()


@pytest.mark.parametrize("whole", [True, False])
def test_a_picture_is_its_own_best_buddy_at_every_level(whole):
    view = look(load_encoder("compact"), Picture(render_sample(128, 96)), (96, 128), torch.device("cpu"))
    found = find_buddies(view, view, BuddySettings(finest=2, whole=whole))
    assert torch.equal(found.first, found.second) and found.first.shape[1] > 50
    assert found.response.max() <= 4 + 1e-5
