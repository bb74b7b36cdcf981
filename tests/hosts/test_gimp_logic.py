"""The parts of the GIMP plug-in that need no GIMP: formats, arrows, progress; and what the plug-in may import."""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PLUGIN = CHECKOUT / "gimp_plugin" / "brushwarp"
MODULES = sorted(path.stem for path in PLUGIN.glob("*.py"))


@pytest.fixture(scope="module")
def plugin():
    """The modules that need no GIMP, with the bridge beside them as install.py lays it; afterwards as if never imported."""
    sys.path[:0] = [str(PLUGIN), str(CHECKOUT / "core" / "brushwarp")]
    try:
        loaded = {name: importlib.import_module(name) for name in ("pixels", "keypoints", "arrow_rows", "deform_settings")}
        loaded["errors"] = importlib.import_module("bridge.errors")
    finally:
        del sys.path[:2]
        for name in [name for name in sys.modules if name in MODULES or name.split(".")[0] == "bridge"]:
            if name != "brushwarp":  # that is the engine's
                del sys.modules[name]
    return SimpleNamespace(**loaded)


@pytest.mark.parametrize(
    "native, babl, order, depth, transfer",
    [
        ("R'G'B' u8", "R'G'B'A u8", "RGBA", "u8", "srgb"),
        ("R~G~B~A u8", "R'G'B'A u8", "RGBA", "u8", "srgb"),
        ("R'G'B'A u16", "R'G'B'A u16", "RGBA", "u16", "srgb"),
        ("Y' u8", "Y'A u8", "GRAYA", "u8", "srgb"),
        ("Y~A u16", "Y'A u16", "GRAYA", "u16", "srgb"),
        ("RGB u8", "RGBA float", "RGBA", "f32", "linear"),
        ("R'G'B' u32", "RGBA float", "RGBA", "f32", "linear"),
        ("R'G'B'A half", "RGBA float", "RGBA", "f32", "linear"),
        ("Y float", "YA float", "GRAYA", "f32", "linear"),
        ("R'G'B' u8-space-0.9642,1.0000_0.6097", "RGBA float", "RGBA", "f32", "linear"),
        ("Y' u8-space-gray-3.000000", "YA float", "GRAYA", "f32", "linear"),
    ],
)
def test_a_layer_travels_in_as_few_bytes_as_keep_what_it_holds(plugin, native, babl, order, depth, transfer):
    layout = plugin.pixels.choose_layout(native)
    assert layout.babl == babl
    assert (layout.wire.order, layout.wire.depth, layout.wire.transfer) == (order, depth, transfer)


@pytest.mark.parametrize("native, kind", [("R'G'B'A u8", np.uint8), ("Y'A u16", np.uint16), ("RGBA float", np.float32)])
def test_a_layer_is_empty_only_if_every_alpha_is_zero(plugin, native, kind):
    wire = plugin.pixels.choose_layout(native).wire
    pixels = np.ones((5, 7, wire.channels), kind)
    pixels[..., -1] = 0
    assert plugin.pixels.is_transparent(pixels.tobytes(), wire)
    pixels[2, 3, -1] = 1e-20 if kind is np.float32 else 1
    assert not plugin.pixels.is_transparent(pixels.tobytes(), wire)


def points(*anchors):
    """As GIMP tells them: handle, anchor, handle; the handles of a curve lie elsewhere."""
    return tuple(value for x, y in anchors for value in (x - 3, y + 1, x, y, x + 3, y - 1))


def test_an_open_stroke_of_two_points_is_an_arrow_in_the_layers_pixels(plugin):
    stroke = plugin.keypoints.Stroke
    drawn = [((10, 20), (30.5, 40)), ((1, 1),), ((0, 0), (1, 1), (2, 2)), ((5, 6), (7, 8))]
    closed = stroke(points((1, 2), (3, 4)), closed=True)
    arrows, others = plugin.keypoints.arrows_from_strokes([stroke(points(*anchors)) for anchors in drawn] + [closed], 4, -2)
    assert arrows == [(6, 22, 26.5, 42), (1, 8, 3, 10)]
    assert others == 3


def test_the_topmost_path_so_named_is_taken_unless_another_is_asked_for(plugin):
    names = ["outline", "Brushwarp keypoints · Starry Night", "Brushwarp keypoints"]
    choose = plugin.keypoints.choose_path
    assert choose(names, "") == "Brushwarp keypoints · Starry Night"
    assert choose(names, "outline") == "outline"
    assert choose(names, "none") is None
    assert choose(["outline"], "") is None
    with pytest.raises(KeyError):
        choose(names, "elsewhere")


def test_arrows_become_strokes_from_which_the_same_arrows_are_read(plugin):
    arrows = [(6.25, 22.0, 26.5, 42.0), (-1.0, 8.0, 3.0, 10.5)]
    strokes = plugin.keypoints.strokes_from_arrows(arrows, 4, -2)
    assert strokes[0].points[2:4] == (10.25, 20.0)  # on the canvas
    assert plugin.keypoints.arrows_from_strokes(strokes, 4, -2) == (arrows, 0)


def test_a_reversed_stroke_runs_the_same_curve_the_other_way(plugin):
    stroke = plugin.keypoints.Stroke(points((1, 2), (30, 40)))
    assert stroke.reversed.arrow == (30, 40, 1, 2)
    assert stroke.reversed.points[:2] == stroke.points[-2:]  # each handle stays on its side of the curve
    assert stroke.reversed.reversed == stroke


@pytest.fixture
def rows(plugin):
    """Five: an arrow, a muted one, a lone point, an arrow, an arrow."""
    stroke, row = plugin.keypoints.Stroke, plugin.arrow_rows.Row
    anchors = [((0, 0), (10, 0)), ((1, 1), (11, 1)), ((2, 2),), ((3, 3), (13, 3)), ((4, 4), (14, 4))]
    return [row(stroke(points(*each)), muted=at == 1) for at, each in enumerate(anchors)]


def follow(plugin, rows, active, muted):
    """What the list becomes when its two paths hold the strokes of these rows."""
    return plugin.arrow_rows.followed(rows, [row.stroke for row in active], [row.stroke for row in muted])


def test_an_arrow_keeps_its_place_in_the_list_whatever_is_done_to_it(plugin, rows):
    edit = plugin.arrow_rows
    for changed in (
        rows, edit.with_reversed(rows, [0, 4]), edit.without(rows, [3]), edit.with_muted(rows, [0, 3], True), edit.with_muted(rows, [1], False),
        edit.without(rows, range(5)), edit.with_muted(rows, [0, 1, 3, 4], True),
    ):
        held = [edit.strokes_of(changed, muted) for muted in (False, True)]
        assert edit.followed(changed, *held) == changed


def test_what_is_drawn_meanwhile_comes_last_and_what_is_moved_stays(plugin, rows):
    moved = plugin.arrow_rows.Row(plugin.keypoints.Stroke(points((3, 3), (50, 50))))
    active = [rows[0], rows[2], moved, rows[4]]
    assert follow(plugin, rows, active, [rows[1]]) == [rows[0], rows[1], rows[2], moved, rows[4]]
    assert follow(plugin, rows, [*active, moved], [rows[1]])[5:] == [moved]


def test_the_dialog_opens_with_the_muted_arrows_last(plugin, rows):
    active = [row for row in rows if not row.muted]
    assert follow(plugin, [], active, [rows[1]]) == [*active, rows[1]]


def test_a_muted_arrow_bends_nothing_and_all_is_told(plugin, rows):
    words = plugin.arrow_rows.in_words
    assert plugin.arrow_rows.arrows_of(rows, 1, 2) == [(-1, -2, 9, -2), (2, 1, 12, 1), (3, 2, 13, 2)]
    assert words(rows) == ("4 arrows, 1 of them muted.", "1 shape is no arrow, and is left alone.")
    assert words(rows[1:2]) == ("1 arrow, muted.",) and words(rows[1:2] * 2) == ("2 arrows, all muted.",)
    assert words([]) == ("No arrows.",)


def test_muted_paths_are_never_taken_for_keypoints(plugin):
    name = "Brushwarp keypoints · Waves"
    names = [plugin.keypoints.muted_name(name), name]
    assert names[0] == "Brushwarp muted · Brushwarp keypoints · Waves"
    assert plugin.keypoints.choose_path(names, "") == name and plugin.keypoints.offered(names) == [name]
    assert plugin.keypoints.choose_path(names[:1], "") is None


def test_a_vector_layer_named_for_keypoints_is_read_like_a_path_where_gimp_has_such_layers(plugin):
    class Layer:  # as much of GIMP's own as is asked
        def __init__(self, name):
            self._name = name

        def get_name(self):
            return self._name

        def get_path(self):
            return "the path of " + self._name

    class VectorLayer(Layer):
        """GIMP 3.2's."""

    layers = [VectorLayer("logo"), Layer("Brushwarp keypoints"), VectorLayer("Brushwarp keypoints · Waves")]
    found = plugin.keypoints.in_vector_layers(layers, VectorLayer)
    assert found == {"Brushwarp keypoints · Waves": "the path of Brushwarp keypoints · Waves"}
    assert plugin.keypoints.in_vector_layers(layers, None) == {}  # before 3.2


def test_solved_paths_are_offered_last_and_never_taken_unasked(plugin):
    names = ["Brushwarp solved · Waves", "outline", "Brushwarp keypoints"]
    assert plugin.keypoints.offered(names) == ["Brushwarp keypoints", "Brushwarp solved · Waves"]
    assert plugin.keypoints.choose_path(names, "") == "Brushwarp keypoints"
    assert plugin.keypoints.choose_path(names[:2], "") is None
    assert plugin.keypoints.choose_path(names, names[0]) == names[0]


@pytest.mark.parametrize(
    "kind, fit, misfit", [("gallery", ["multimodal"], ["strotss", "gatys"]), ("layer", ["strotss", "gatys"], ["multimodal"]), ("file", ["strotss"], ["multimodal"])]
)
def test_a_trained_style_goes_with_one_method_and_pictures_with_the_others(plugin, kind, fit, misfit):
    for base in fit:
        plugin.deform_settings.check_fits(base, kind)
    for base in misfit:
        with pytest.raises(plugin.errors.WorkerError) as told:
            plugin.deform_settings.check_fits(base, kind)
        assert told.value.hint



@pytest.mark.parametrize("name", MODULES)
def test_the_plug_in_needs_only_the_standard_library_and_gimp_on_python_3_8(name):
    tree = ast.parse((PLUGIN / f"{name}.py").read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(node.module.split(".")[0])
    assert imported <= set(sys.stdlib_module_names) | {"gi", "bridge", *MODULES}


def test_no_module_of_the_plug_in_hides_one_of_the_standard_library():
    assert not set(MODULES) & set(sys.stdlib_module_names)
