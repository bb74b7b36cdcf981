"""Arrows drawn anywhere are read as pixels of the picture."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brushwarp.errors import BrushwarpError
from brushwarp.geometry import KeypointPairs, arrows_from_svg, arrows_to_svg, read_arrows, write_arrows

COORDINATE = st.floats(-1e5, 1e5, allow_nan=False)


def svg(body, attributes='width="400px" height="300px" viewBox="0 0 400 300"'):
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{body}</svg>'


def ends(pairs):
    return np.concatenate([pairs.source, pairs.target], 1).tolist()


def near(pairs, expected):
    assert np.allclose(ends(pairs), expected, atol=1e-6), ends(pairs)


@given(st.lists(st.tuples(COORDINATE, COORDINATE, COORDINATE, COORDINATE), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_arrows_written_as_svg_are_read_back_to_the_last_bit(rows):
    rows = np.array(rows)
    pairs = KeypointPairs(rows[:, :2], rows[:, 2:])
    for size in (None, (3000, 4001)):
        again = arrows_from_svg(arrows_to_svg(pairs, (3000, 4001)), size)
        assert np.array_equal(again.source, pairs.source) and np.array_equal(again.target, pairs.target)


@pytest.mark.parametrize("name", ["arrows.svg", "arrows.txt", "Ärger mit Pfeilen.SVG"])
def test_files_of_arrows_are_read_back_as_written(tmp_path, name):
    pairs = KeypointPairs(np.array([[1 / 3, 2.5], [10, 20]]), np.array([[1e-7, 8], [399.99, 0]]))
    write_arrows(tmp_path / name, pairs, (300, 400))
    assert ends(read_arrows(tmp_path / name)) == ends(pairs)
    assert ends(read_arrows(tmp_path / name, (300, 400))) == ends(pairs)


def test_the_drawing_shows_a_head_at_each_target():
    text = arrows_to_svg(KeypointPairs(np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]])), (300, 400))
    assert text.count('marker-end="url(#head)"') == 2 and "<marker" in text
    assert 'width="400px" height="300px" viewBox="0 0 400 300"' in text


@pytest.mark.parametrize(
    "element, expected",
    [
        ('<line x1="1" y1="2" x2="30" y2="40"/>', [[1, 2, 30, 40]]),
        ('<line x2="30" y2="40"/>', [[0, 0, 30, 40]]),
        ('<polyline points="1,2 5 6,30,40"/>', [[1, 2, 30, 40]]),
        ('<path d="M1,2L30,40"/>', [[1, 2, 30, 40]]),
        ('<path d="m 1 2 29 38"/>', [[1, 2, 30, 40]]),
        ('<path d="M1 2 5 6 30 40"/>', [[1, 2, 30, 40]]),
        ('<path d="M 1,2 H 30 V 40"/>', [[1, 2, 30, 40]]),
        ('<path d="m1,2h29v38"/>', [[1, 2, 30, 40]]),
        ('<path d="M1-2.5.5.5"/>', [[1, -2.5, 0.5, 0.5]]),
        ('<path d="M 1,2 C 9,9 8,8 30,40"/>', [[1, 2, 30, 40]]),
        ('<path d="m 1,2 c 9,9 8,8 10,10 s 1,1 19,28"/>', [[1, 2, 30, 40]]),
        ('<path d="M1 2 Q 9 9 20 20 T 30 40"/>', [[1, 2, 30, 40]]),
        ('<path d="M1 2 A 5 5 0 0 1 30 40"/>', [[1, 2, 30, 40]]),
        ('<path d="M 1,2 L 30,40 M 5,6 l 1,1"/>', [[1, 2, 30, 40], [5, 6, 6, 7]]),
        ('<path d="M 1,2 L 30,40 Z l 4,4"/>', [[1, 2, 30, 40], [1, 2, 5, 6]]),
        ('<path d="M 1,2 M 5,6 L 7,8 M 9,9"/>', [[5, 6, 7, 8]]),
    ],
)
def test_lines_polylines_and_paths_are_arrows(element, expected):
    near(arrows_from_svg(svg(element)), expected)


@pytest.mark.parametrize(
    "transform, expected",
    [
        ("translate(5,6)", [15, 26, 35, 46]),
        ("translate(5)", [15, 20, 35, 40]),
        ("scale(2)", [20, 40, 60, 80]),
        ("scale(2 3)", [20, 60, 60, 120]),
        ("rotate(90)", [-20, 10, -40, 30]),
        ("rotate(90, 10, 20)", [10, 20, -10, 40]),
        ("skewX(45)", [30, 20, 70, 40]),
        ("skewY(45)", [10, 30, 30, 70]),
        ("matrix(1 0 0 1 3 4)", [13, 24, 33, 44]),
        ("translate(5,6) scale(2)", [25, 46, 65, 86]),
        ("translate(5,6), scale(2)", [25, 46, 65, 86]),
    ],
)
def test_transforms_of_lines_and_groups_are_followed(transform, expected):
    line = '<line x1="10" y1="20" x2="30" y2="40"/>'
    near(arrows_from_svg(svg(line.replace("<line", f'<line transform="{transform}"'))), [expected])
    near(arrows_from_svg(svg(f'<g transform="{transform}">{line}</g>')), [expected])


def test_nested_groups_apply_from_the_outside_in():
    path = '<path transform="translate(1 1)" d="M0 0L10 10"/>'
    body = f'<g transform="translate(100 0)"><g transform="scale(2)">{path}</g></g>'
    near(arrows_from_svg(svg(body)), [[102, 2, 122, 22]])


@pytest.mark.parametrize(
    "attributes, expected",
    [
        ("", [10, 20, 30, 40]),
        ('width="400" height="300"', [10, 20, 30, 40]),
        ('viewBox="0 0 400 300"', [10, 20, 30, 40]),
        ('width="100%" height="100%" viewBox="0 0 400 300"', [10, 20, 30, 40]),
        ('width="800px" height="600px" viewBox="0 0 400 300"', [20, 40, 60, 80]),
        ('width="300pt" height="225pt" viewBox="0 0 400 300"', [10, 20, 30, 40]),
        ('width="1in" height="1in" viewBox="0 0 96 96"', [10, 20, 30, 40]),
        ('width="50.8mm" height="50.8mm" viewBox="0 0 96 96"', [20, 40, 60, 80]),
        ('width="400" height="300" viewBox="10 20 400 300"', [0, 0, 20, 20]),
    ],
)
def test_units_of_the_page_count_against_the_view_box(attributes, expected):
    near(arrows_from_svg(svg('<line x1="10" y1="20" x2="30" y2="40"/>', attributes)), [expected])


def test_a_drawing_in_print_units_or_over_a_smaller_copy_fits_the_picture_that_is_named():
    line = '<line x1="10" y1="20" x2="30" y2="40"/>'
    # As Krita and GIMP write it at 300 ppi: the view box is in pixels, the page in points or inches.
    near(arrows_from_svg(svg(line, 'width="96pt" height="72pt" viewBox="0 0 400 300"'), (300, 400)), [[10, 20, 30, 40]])
    near(arrows_from_svg(svg(line), (600, 800)), [[20, 40, 60, 80]])
    with pytest.raises(BrushwarpError) as raised:
        arrows_from_svg(svg(line, 'width="210mm" height="297mm" viewBox="0 0 210 297"'), (300, 400))
    assert raised.value.code == "keypoints-file" and "page" in raised.value.hint


def test_what_is_not_seen_is_no_arrow():
    seen = '<line x1="1" y1="2" x2="3" y2="4"/>'
    hidden = seen.replace("<line", '<line style="stroke:red; display: none"') + f'<g display="none">{seen}</g>'
    hidden += f'<defs>{seen}</defs><defs><marker><path d="M0 0L8 4"/></marker></defs><g visibility="hidden">{seen}</g>'
    near(arrows_from_svg(svg(hidden + seen + '<rect width="5" height="5"/><text>hello</text>')), [[1, 2, 3, 4]])


def test_a_path_exported_by_gimp_is_read():
    # The form of GIMP's own export: a bare DOCTYPE, the page in inches, all strokes in one path of Bézier pieces.
    text = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 20010904//EN" "http://www.w3.org/TR/2001/REC-SVG-20010904/DTD/svg10.dtd">
<svg xmlns="http://www.w3.org/2000/svg" width="1.33333in" height="1in" viewBox="0 0 400 300">
  <path id="Brushwarp keypoints" fill="none" stroke="black" stroke-width="1"
        d="M 10.00,20.00 C 10.00,20.00 30.00,40.00 30.00,40.00 M 50.00,60.00 C 50.00,60.00 70.00,80.00 70.00,80.00" />
</svg>"""
    near(arrows_from_svg(text, (300, 400)), [[10, 20, 30, 40], [50, 60, 70, 80]])


BOMB = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + svg("<text>&b;</text>")


@pytest.mark.parametrize(
    "content, code",
    [
        (BOMB.encode(), "keypoints-file"),
        (BOMB.encode("utf-16"), "keypoints-file"),
        (svg("<line").encode(), "keypoints-file"),
        (b"<html><body/></html>", "keypoints-file"),
        (svg('<path d="M 0,0 L nan,5"/>').encode(), "keypoints-file"),
        (svg('<path d="L 0,0 5,5"/>').encode(), "keypoints-file"),
        (svg('<path d="M 0,0 L 5"/>').encode(), "keypoints-file"),
        (svg('<line x1="1e999" y1="2" x2="3" y2="4"/>').encode(), "keypoints-nan"),
        (svg('<line x2="3" transform="twist(3)"/>').encode(), "keypoints-file"),
        (svg('<line x2="3"/>', 'viewBox="0 0 0 0"').encode(), "keypoints-file"),
        (svg("").encode(), "keypoints-none"),
        (b"# brushwarp arrows\n# nothing else\n", "keypoints-none"),
        (b"# brushwarp arrows\n1 2 3\n", "keypoints-file"),
        (b"# brushwarp arrows\n1 2 3 4 5\n", "keypoints-file"),
        (b"# brushwarp arrows\n1 2 three 4\n", "keypoints-file"),
        (b"# brushwarp arrows\n1 2 nan 4\n", "keypoints-nan"),
        (b"1 2 3 4\n", "keypoints-file"),
        (b"# brushwarp pairs\n1 2 3 4\n", "keypoints-file"),
        (b"", "keypoints-file"),
        (b"\x89PNG\r\n\x1a\n\xff\xff", "keypoints-file"),
    ],
)
def test_files_that_are_no_arrows_are_refused_with_what_to_do(tmp_path, content, code):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(BrushwarpError) as raised:
        read_arrows(tmp_path / "file")
    assert raised.value.code == code
    assert raised.value.hint.endswith(".")


def test_a_file_of_pairs_is_sent_to_deform_and_a_missing_one_is_said_to_be(tmp_path):
    (tmp_path / "pairs.txt").write_text("# brushwarp pairs\n1 2 3 4\n")
    with pytest.raises(BrushwarpError, match="deform"):
        read_arrows(tmp_path / "pairs.txt")
    with pytest.raises(BrushwarpError) as raised:
        read_arrows("/no/such/file.svg")
    assert raised.value.code == "keypoints-file" and "No such file" in raised.value.message


def test_tables_may_have_commas_comments_and_a_byte_order_mark(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf# brushwarp arrows\n\n1, 2, 3, 4  # nose\r\n5\t6\t7\t8\n# end\n")
    near(read_arrows(tmp_path / "a.txt"), [[1, 2, 3, 4], [5, 6, 7, 8]])
