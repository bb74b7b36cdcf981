"""Suggested arrows: where they may be, that they are exact at any size, and when there are none."""

import numpy as np
import pytest
import torch

from brushwarp import api
from brushwarp.correspondence import suggest, suggest_as_published
from brushwarp.correspondence.agreement import agree
from brushwarp.correspondence.views import look, working_size
from brushwarp.errors import BrushwarpError, Cancelled
from brushwarp.features import load_encoder
from brushwarp.geometry import read_pairs
from brushwarp.image import Picture, apply_region, load_picture, resize
from brushwarp.sample import render_sample

CPU = torch.device("cpu")
FACE = "man_front__vincent_van_gogh_154"


@pytest.fixture(scope="module")
def scene() -> Picture:
    return Picture(render_sample(320, 200))


def propose(content, style, **others):
    return api.suggest_keypoints(content, style, encoder="compact", device="cpu", **others)


def test_a_picture_has_the_shapes_of_itself(scene):
    found = propose(scene, scene)
    assert len(found) == 12 and not found.few and found.sureness > 20
    assert np.abs(found.pairs.target - found.pairs.source).max() < 3


def test_points_are_pixels_of_pictures_of_any_size(scene):
    larger = scene.with_pixels(resize(scene.pixels, (471, 753)))
    found = propose(scene, larger)
    expected = found.matches.content * (753 / 320, 471 / 200)
    assert len(found) and np.abs(found.matches.style - expected).max() < 2.5 * 753 / 320
    assert found.transform.scale == pytest.approx(753 / 320, rel=0.03)


def test_a_shifted_crop_is_found_where_it_lies():
    whole = render_sample(400, 300)
    content, style = Picture(whole[:, :256, :320].contiguous()), Picture(whole[:, 44:, 80:].contiguous())
    found = propose(content, style)
    assert len(found) >= 5
    errors = np.linalg.norm(found.matches.style - (found.matches.content - (80, 44)), axis=1)
    assert np.median(errors) < 4


def test_the_same_seed_gives_the_same_arrows(scene):
    first, second = (propose(scene, scene.with_pixels(scene.pixels.flip(0)), seed=4) for _ in range(2))
    assert first.pairs.rows() == second.pairs.rows() and first.notes == second.notes


def test_mirrored_pictures_match_only_where_that_is_allowed(scene):
    flipped = scene.with_pixels(scene.pixels.flip(2))
    found = propose(scene, flipped, mirror=True)
    assert found.mirrored and "mirrored" in " ".join(found.notes)
    expected = np.stack([320 - found.matches.content[:, 0], found.matches.content[:, 1]], 1)
    assert np.abs(found.matches.style - expected).max() < 5
    assert np.abs(found.pairs.target - found.pairs.source).max() < 5
    assert not propose(scene, flipped).mirrored


def test_transparent_parts_are_never_matched_whatever_lies_under_them(scene):
    alpha = torch.ones(1, 200, 320)
    alpha[:, :, :160] = 0
    hidden = scene.with_pixels(scene.pixels, alpha=alpha)
    garbage = hidden.with_pixels(torch.where(alpha > 0, scene.pixels, torch.rand(3, 200, 320)))
    found, other = propose(hidden, scene), propose(garbage, scene)
    assert len(found) and found.matches.content[:, 0].min() >= 156
    assert found.pairs.rows() == other.pairs.rows()
    turned = propose(scene, hidden)
    assert len(turned) and turned.matches.style[:, 0].min() >= 152


@pytest.mark.parametrize("nothing", ["one colour", "all transparent"])
def test_of_a_picture_with_nothing_in_it_none_is_proposed_and_that_is_said(scene, nothing):
    style = Picture(torch.full((3, 90, 120), 0.4))
    if nothing == "all transparent":
        style = Picture(render_sample(120, 90), alpha=torch.zeros(1, 90, 120))
    for found in (propose(scene, style), propose(style, scene)):
        assert len(found) == 0 and found.few and "nothing to match" in found.notes[0]


def test_of_lines_on_nothing_the_drawing_is_matched():
    x, y = torch.meshgrid(torch.arange(256.0), torch.arange(256.0), indexing="xy")
    alpha = torch.zeros(1, 256, 256)
    for centre_x, centre_y, radius in ((90, 100, 60), (160, 150, 40), (150, 60, 25)):
        alpha[0, ((x - centre_x).hypot(y - centre_y) - radius).abs() < 2] = 1
    on_paper = torch.where(alpha > 0, 0.1, 1.0).expand(3, -1, -1).contiguous()
    drawn = Picture(torch.full((3, 256, 256), 0.1), alpha)
    found = propose(drawn, Picture(on_paper))
    assert len(found) and found.pairs.rows() == propose(Picture(on_paper), Picture(on_paper)).pairs.rows()
    assert propose(Picture(on_paper), drawn).pairs.rows() == found.pairs.rows()
    left = torch.zeros(1, 256, 256)
    left[:, :, :100] = 1
    within = propose(drawn, Picture(on_paper), region=left)
    assert len(within) and within.pairs.source[:, 0].max() <= 101 < found.pairs.source[:, 0].max()


def test_a_small_selection_of_a_photograph_is_no_drawing_of_lines(scene):
    region = torch.zeros(1, 200, 320)
    region[:, 90:94, 40:280] = 1
    selected = propose(scene, scene, region=region)
    cut_out = propose(apply_region(scene, region), scene, canvas_short_side=1)  # on which no line is narrow
    assert selected.pairs.rows() == cut_out.pairs.rows() and selected.sureness == cut_out.sureness


def test_text_in_a_narrow_crop_is_lines_where_the_canvas_is_large():
    alpha = torch.zeros(1, 40, 400)
    for at in range(10, 390, 24):
        alpha[:, 6:34, at : at + 5] = 1
        alpha[:, 6 + at % 20 : 11 + at % 20, at : at + 16] = 1
    text, printed = Picture(torch.full((3, 40, 400), 0.1), alpha), Picture(torch.where(alpha > 0, 0.1, 1.0).expand(3, -1, -1).contiguous())
    expected = propose(printed, printed)
    found = propose(text, printed, canvas_short_side=1080)
    assert len(found) == len(expected) and np.allclose(found.pairs.rows(), expected.pairs.rows(), atol=0.1)  # composed at another size
    assert abs(propose(text, printed).sureness - expected.sureness) > 1 > 10 * abs(found.sureness - expected.sureness)


def test_noise_has_too_little_in_common_with_anything(scene):
    noise = Picture(torch.rand(3, 200, 200, generator=torch.Generator().manual_seed(1)))
    found = propose(scene, noise)
    assert found.few and len(found) <= 5 and found.notes


def test_the_narrowest_pictures_are_taken_and_narrower_ones_refused(scene):
    found = propose(Picture(render_sample(2, 300)), scene)
    assert np.isfinite(found.pairs.rows()).all() if len(found) else found.notes
    with pytest.raises(BrushwarpError, match="1 × 300"):
        Picture(torch.rand(3, 300, 1))


def test_a_hundred_megapixels_are_worked_on_small():
    small = render_sample(125, 80)
    large = Picture(small.repeat_interleave(100, 1).repeat_interleave(100, 2))
    assert large.width * large.height == 100_000_000
    found = propose(Picture(small), large)
    assert len(found) and np.abs(found.matches.style / 100 - found.matches.content).max() < 2


def test_progress_goes_up_and_can_cancel(scene):
    seen = []
    propose(scene, scene, on_progress=seen.append)
    assert [each.done for each in seen] == list(range(1, seen[-1].total + 1))

    def stop(progress):
        if progress.done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        propose(scene, scene, on_progress=stop)


@pytest.mark.parametrize("count", [0, 81])
def test_numbers_of_arrows_beyond_reason_are_refused(scene, count):
    with pytest.raises(BrushwarpError, match=str(count)):
        propose(scene, scene, count=count)


def test_the_working_size_keeps_the_shape():
    for size in ((558, 640), (720, 1280), (2, 1000), (10_000, 10_000)):
        height, width = working_size(size, 256)
        assert height % 16 == width % 16 == 0 and max(height, width) == 256
        assert abs(height - 256 * size[0] / max(size)) <= 16 and abs(width - 256 * size[1] / max(size)) <= 16


def test_pictures_agree_on_the_turn_and_the_size_between_them(scene):
    """A picture and its larger middle: the similarity is known."""
    encoder = load_encoder("compact")
    middle = scene.with_pixels(scene.pixels[:, 25:175, 40:280].contiguous())
    views = [look(encoder, picture, working_size(picture.size, 256), CPU, (4, 5)) for picture in (scene, middle)]
    with torch.inference_mode():
        found = agree(*views)
    assert abs(found.factor - 320 / 240) < 0.1 and abs(found.shift) < 0.04


def test_a_face_is_matched_with_a_painted_face_better_than_by_its_published_form_or_by_resizing(dev_data):
    folder = dev_data / "pairs" / FACE
    content, style = (load_picture(folder / f"{what}.jpg") for what in ("content", "style"))
    by_hand = read_pairs(folder / "keypoints.txt")
    encoder = load_encoder("vgg19-dev", folder=dev_data / "weights")
    found = suggest(content, style, encoder, count=12)
    span = np.ptp(by_hand.style, axis=0).max()

    def distance(points):
        return np.linalg.norm(points - by_hand.style, axis=1).mean() / span

    assert not found.few and distance(found.transform.apply(by_hand.content)) < 0.10
    assert distance(by_hand.content * (style.width / content.width, style.height / content.height)) > 0.2
    as_published = suggest_as_published(content, style, encoder)
    assert len(as_published.matches) == len(as_published.pairs) > 10
