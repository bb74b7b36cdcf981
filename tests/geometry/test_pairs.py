"""A file of pairs is read, and becomes arrows in the content's own frame."""

import numpy as np
import pytest

from brushwarp.errors import BrushwarpError
from brushwarp.geometry import PointPairs, Similarity, align, read_pairs, write_pairs

SIZE = (300, 400)


def test_pairs_are_read_back_as_written(tmp_path):
    pairs = PointPairs(np.array([[1 / 3, 2.5], [399.99, 0]]), np.array([[1e-7, 8], [10, 20]]))
    write_pairs(tmp_path / "p.txt", pairs)
    again = read_pairs(tmp_path / "p.txt")
    assert np.array_equal(again.content, pairs.content) and np.array_equal(again.style, pairs.style)


def test_every_pair_of_the_development_data_is_read_and_aligned(dev_data):
    from PIL import Image

    folders = sorted((dev_data / "pairs").iterdir())
    assert len(folders) >= 8
    for folder in folders:
        pairs = read_pairs(folder / "keypoints.txt")
        sizes = [Image.open(folder / name).size[::-1] for name in ("content.jpg", "style.jpg")]
        pairs.validated(*sizes)
        arrows = align(pairs, *sizes).arrows.validated(sizes[0])
        assert np.linalg.norm(arrows.target - arrows.source, axis=1).mean() < 0.25 * max(sizes[0])


@pytest.mark.parametrize("header", ["# brushwarp pairs\n", "# content_x content_y style_x style_y\n", ""])
def test_the_header_may_be_ours_or_anothers_or_none(tmp_path, header):
    (tmp_path / "p.txt").write_text(header + "1, 2, 3, 4  # nose\n5\t6 7 8\n")
    assert read_pairs(tmp_path / "p.txt").style.tolist() == [[3, 4], [7, 8]]


@pytest.mark.parametrize(
    "content, code, said",
    [
        (b"", "keypoints-none", "no pairs"),
        (b"# brushwarp pairs\n1 2 3\n", "keypoints-file", "Line 2"),
        (b"# brushwarp pairs\n1 2 3 x\n", "keypoints-file", "Line 2"),
        (b"# brushwarp pairs\n1 2 inf 4\n", "keypoints-nan", "no number"),
        (b"# brushwarp arrows\n1 2 3 4\n", "keypoints-file", "arrows"),
        (b"<svg/>", "keypoints-file", "drawing"),
        (b"\x89PNG\r\n\x1a\n\xff\xff", "keypoints-file", "not text"),
    ],
)
def test_files_that_hold_no_pairs_are_refused_with_what_to_do(tmp_path, content, code, said):
    (tmp_path / "file.txt").write_bytes(content)
    with pytest.raises(BrushwarpError, match=said) as raised:
        read_pairs(tmp_path / "file.txt")
    assert raised.value.code == code and raised.value.hint.endswith(".") and "file.txt" in raised.value.message


def test_a_point_beside_its_picture_is_told_with_the_picture():
    pairs = PointPairs(np.array([[10, 10.0]]), np.array([[90, 10.0]]))
    with pytest.raises(BrushwarpError, match="style picture") as raised:
        pairs.validated(SIZE, (80, 80))
    assert raised.value.code == "keypoints-outside"
    assert pairs.validated(SIZE, (80, 100)) is pairs


def test_a_painting_of_the_same_shape_gives_arrows_without_length():
    content = np.array([[100, 100], [200, 90], [150, 200.0]])
    moved = Similarity.of(2.5 * np.exp(0.4j), np.zeros(2), np.array([700, 30]))
    aligned = align(PointPairs(content, moved.apply(content)), SIZE)
    assert np.abs(aligned.arrows.target - content).max() < 1e-9
    assert np.allclose(aligned.transform.matrix, moved.matrix)


def test_targets_keep_off_the_edge_and_on_tiny_pictures_less():
    content = np.array([[0, 0], [400, 300], [200, 150.0]])
    target = align(PointPairs(content, content), SIZE).arrows.target
    assert np.allclose(target, [[5, 5], [395, 295], [200, 150]])
    tiny = align(PointPairs(content / 50, content / 50), (6, 8)).arrows.target
    assert np.allclose(tiny, [[1, 0.75], [7, 5.25], [4, 3]])


def test_one_pair_goes_where_it_lies_in_the_painting():
    pair = PointPairs(np.array([[200, 150.0]]), np.array([[500, 300.0]]))
    assert np.allclose(align(pair, SIZE, (600, 800)).arrows.target, [[250, 150]])
    assert np.allclose(align(pair, SIZE).arrows.target, [[200, 150]])
