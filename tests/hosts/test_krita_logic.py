"""The parts of the Krita plugin that need neither Krita nor Qt, and its rules: Python 3.8, one shim for Qt, no engine."""

from __future__ import annotations

import ast
import importlib
import sys
import types

import pytest
from places import CHECKOUT

PLUGIN = CHECKOUT / "krita_plugin" / "brushwarp"
FILES = sorted(PLUGIN.glob("*.py"))
SHARED_WITH_KRITA = {"krita", "PyQt5", "PyQt6"}


@pytest.fixture(scope="module")
def plugin():
    """The plugin's folder as a package of another name (ours is the engine's), without its __init__, which needs Krita."""
    package = types.ModuleType("krita_plugin_parts")
    package.__path__ = [str(PLUGIN), str(CHECKOUT / "core" / "brushwarp")]  # the second has the bridge
    sys.modules[package.__name__] = package
    yield lambda name: importlib.import_module(f"{package.__name__}.{name}")
    for name in [name for name in sys.modules if name.startswith(package.__name__)]:
        del sys.modules[name]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_is_python_3_8_and_imports_the_standard_library_krita_and_itself_alone(file):
    tree = ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 8))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            continue
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            top = name.split(".")[0]
            assert top in sys.stdlib_module_names | SHARED_WITH_KRITA, f"{file.name} imports {name}"
            assert not top.startswith("PyQt") or file.name == "qt.py", f"{file.name} imports {name}: take it from qt.py"


SCOPES = {
    "AlignmentFlag", "AspectRatioMode", "CheckState", "ContextMenuPolicy", "CursorShape", "FocusPolicy", "ItemDataRole", "ItemFlag", "Key", "KeyboardModifier", "MouseButton", "Orientation",
    "PenStyle", "ScrollBarPolicy", "TextElideMode", "TextFormat", "TextInteractionFlag", "TransformationMode", "WidgetAttribute",
}


def test_only_scoped_enums_of_qt_are_used():
    """`Qt.AlignLeft` is gone in Qt 6; `Qt.AlignmentFlag.AlignLeft` works in both."""
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Qt":
                assert node.attr in SCOPES


def test_arrows_are_the_shapes_of_two_nodes_in_their_order(plugin):
    arrows = plugin("arrows").arrows_of_shapes
    found = arrows([
        '<path id="a" transform="translate(100.25, 50.5)" d="M0 0L49.875 10.25" sodipodi:nodetypes="cc" marker-end="url(#x)"/>',
        '<path d="M1 2C3 4 5 6 7 8"/>',
        '<path d="m10 10 5 -5"/>', '<path d="M1 1h4"/>', '<path d="M1 1V9"/>',
        '<line x1="1" y1="2" x2="3" y2="4"/>', '<polyline points="1,2 3,4"/>',
    ])
    assert found == [
        (100.25, 50.5, 150.125, 60.75), (1, 2, 7, 8), (10, 10, 15, 5), (1, 1, 5, 1), (1, 1, 1, 9), (1, 2, 3, 4), (1, 2, 3, 4),
    ]


def test_other_shapes_are_passed_over(plugin):
    shapes = [
        '<path d="M0 0L1 1L2 2"/>', '<path d="M0 0L1 1Z"/>', '<path d="M0 0L1 1M2 2L3 3"/>', '<path d="M0 0"/>', '<path d=""/>',
        '<path d="L1 1"/>', '<path d="M0 0L1"/>', '<rect width="3" height="3"/>', '<text krita:textVersion="3">Hi</text>', "<path", "",
        '<polyline points="1,2 3,4 5,6"/>',
    ]
    assert plugin("arrows").arrows_of_shapes(shapes) == []


def test_transforms_of_nested_groups_apply_from_the_inside_out(plugin):
    shape = '<g transform="translate(10 5) scale(2)"><g transform="rotate(90)"><path transform="matrix(1 0 0 1 1 2)" d="M0 0L3 4"/></g></g>'
    ((x1, y1, x2, y2),) = plugin("arrows").arrows_of_shapes([shape])
    assert [x1, y1, x2, y2] == pytest.approx([10 - 2 * 2, 5 + 2 * 1, 10 - 2 * 6, 5 + 2 * 4])


@pytest.mark.parametrize("transform, point", [
    ("translate(3)", (4, 2)), ("scale(2 3)", (2, 6)), ("rotate(90 1 1)", (0, 1)), ("skewX(45)", (3, 2)), ("skewY(45)", (1, 3)),
    ("translate(1,1), scale(2)", (3, 5)), ("nonsense(1)", (1, 2)),
])
def test_each_kind_of_transform_moves_a_point_as_svg_says(plugin, transform, point):
    ((x, y, _, _),) = plugin("arrows").arrows_of_shapes([f'<path transform="{transform}" d="M1 2L9 9"/>'])
    assert (x, y) == pytest.approx(point)


def test_hidden_shapes_are_muted_arrows_and_shapes_of_another_kind_are_counted(plugin):
    arrows = plugin("arrows")
    shape = (
        '<g transform="translate(10 0)"><path display="none" d="M0 0L3 4"/><g display="none"><path d="M1 1L2 2"/></g><path d="M5 5L6 6"/>'
        '<rect width="3" height="3"/><text>Hi</text></g>'
    )
    reading = arrows.read_shape(shape)
    assert [(drawn.arrow, drawn.place, drawn.is_muted) for drawn in reading.drawn] == [
        ((10, 0, 13, 4), (0,), True), ((11, 1, 12, 2), (1, 0), True), ((15, 5, 16, 6), (2,), False),
    ]
    assert reading.others == 2 and arrows.read_shape("<path").others == 1
    assert arrows.arrows_of_shapes([shape]) == [(15, 5, 16, 6)]
    assert arrows.is_hidden('<path display="none" d="M0 0L1 1"/>') and not arrows.is_hidden(shape)
    assert arrows.own_ends('<path transform="scale(2)" d="M1 2L3 4"/>') == (1, 2, 3, 4) and arrows.own_ends(shape) is None


def test_what_was_chosen_for_suggestions_survives_and_nonsense_becomes_the_default(plugin):
    settings = plugin("settings").SuggestSettings
    chosen = settings("layer:{7}", "/bilder/große Wellen.png", 80, True)
    assert settings.from_text(chosen.to_text()) == chosen
    for count in ("0", "81", "12.5", "true"):
        assert settings.from_text('{"style": 1, "picture": [], "mirror": 1, "count": %s}' % count) == settings()


def test_settings_survive_and_nonsense_becomes_the_default(plugin):
    settings = plugin("settings").StylizeSettings
    chosen = settings("größe", 0.35, 2.5, True)
    assert settings.from_text(chosen.to_text()) == chosen
    for text in ("", "{", "[]", "null", '{"strength": "1", "brush_scale": 99, "keep_colors": 1, "style": 3}', '{"strength": NaN}', '{"brush_scale": true}'):
        assert settings.from_text(text) == settings()
    assert settings.from_text('{"strength": 0.5}') == settings(strength=0.5)


def test_what_was_chosen_for_a_deformation_survives_and_nonsense_becomes_the_default(plugin):
    settings = plugin("settings").DeformSettings
    chosen = settings("layer:{7}", "/bilder/große Wellen.png", "gatys", 12.5, 0.3, 2.0, True, 384)
    assert settings.from_text(chosen.to_text()) == chosen
    nonsense = '{"style": 1, "picture": null, "method": [], "content_weight": 1e9, "warp_weight": "0.5", "tv_weight": NaN, "unfold": 1, "size": %s}'
    for size in ("63", "2049", "256.0", "true"):
        assert settings.from_text(nonsense % size) == settings()
    assert settings.from_text("[" * 100000) == settings()


def test_what_was_chosen_for_a_training_survives_and_nonsense_becomes_the_default(plugin):
    settings = plugin("settings").TrainSettings
    chosen = settings("Käthe", "/bilder/große Wellen", "best")
    assert settings.from_text(chosen.to_text()) == chosen
    assert settings.from_text('{"artist": 1, "photos": null, "quality": "perfect"}') == settings()


def test_the_presets_lie_on_the_sliders(plugin):
    methods = plugin("bridge.methods")
    for name, preset in methods.PRESETS.items():
        for value, ends in (
            (preset.content_weight, methods.CONTENT_WEIGHTS), (preset.warp_weight, methods.WARP_WEIGHTS), (preset.tv_weight, methods.TV_WEIGHTS),
        ):
            assert ends[0] < value < ends[1]
        assert methods.preset_of(preset.content_weight + 0.004, preset.warp_weight, preset.tv_weight) == name
    assert methods.preset_of(2.0, 0.77, 1.0) is None


def test_the_method_follows_the_kind_of_style(plugin):
    choices = plugin("style_choice")
    trained = choices.StyleChoice(choices.GALLERY, "a", "A", "A (Niemand)")
    picture = choices.file_choice("/bilder/große Wellen.tar.png")
    assert (picture.name, picture.label) == ("große Wellen.tar", "große Wellen.tar.png")
    assert choices.method_for(trained, "gatys").base == "multimodal"
    assert choices.method_for(picture, "gatys").base == "gatys"
    for wanted in ("multimodal", "", "nonsense"):
        assert choices.method_for(picture, wanted).base == "strotss"
    assert choices.method_for(None, "gatys").base == "gatys"
    from brushwarp.bridge.request import BASES

    assert sorted(method.base for method in plugin("bridge.methods").METHODS) == sorted(BASES)


def test_solved_arrows_are_drawn_as_lines_that_are_read_as_the_same_arrows(plugin):
    from xml.etree import ElementTree

    arrows = [(1.25, 2.5, 30.1, 40.000001), (-5.0, 0.0, 1e-07, 3.0)]
    drawing = plugin("arrows").svg_of_arrows(arrows, 400, 300, (0.24, 0.48))
    root = ElementTree.fromstring(drawing)
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("96.0pt", "144.0pt", "0 0 400 300")
    paths = [ElementTree.tostring(path, encoding="unicode") for path in root if path.tag.endswith("path")]
    assert all('marker-end="url(#' in path for path in paths)
    assert plugin("arrows").arrows_of_shapes(paths) == arrows


def test_known_colour_spaces_go_as_they_are_and_others_are_converted(plugin):
    colour = plugin("colour")
    space, form = colour.ColorSpace, colour.pixel_format
    for model, depth, profile, layout in (
        ("RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc", ("BGRA", "u8", "srgb")),
        ("RGBA", "U16", "sRGB-elle-V2-g10.icc", ("BGRA", "u16", "linear")),
        ("RGBA", "F16", "sRGB-elle-V2-g10.icc", ("RGBA", "f16", "linear")),
        ("RGBA", "F32", "sRGB-elle-V2-srgbtrc.icc", ("RGBA", "f32", "srgb")),
        ("GRAYA", "U8", "Gray-D50-elle-V2-srgbtrc.icc", ("GRAYA", "u8", "srgb")),
    ):
        own = space(model, depth, profile)
        assert colour.space_to_send(own, "a") == own
        said = form(own)
        assert (said.order, said.depth, said.transfer) == layout
    assert colour.space_to_send(space("RGBA", "U8", "Adobe RGB (1998)"), "a") == colour.LINEAR_RGB
    assert colour.space_to_send(space("GRAYA", "U16", "gray built-in"), "a") == colour.LINEAR_GREY
    for model in ("CMYKA", "LABA", "XYZA", "YCBCRA", "new"):
        with pytest.raises(plugin("refusal").Refusal, match="“Skizze” has .* colours, which can't be painted"):
            colour.space_to_send(space(model, "U8", "any"), "Skizze")


def test_rectangles_meet_or_are_empty(plugin):
    rectangle = plugin("rectangle").Rectangle
    assert rectangle(-5, -5, 20, 20).clipped(rectangle(0, 0, 10, 10)) == rectangle(0, 0, 10, 10)
    assert rectangle(0, 0, 5, 5).clipped(rectangle(5, 0, 5, 5)).is_empty
    assert rectangle(50, 50, 5, 5).clipped(rectangle(0, 0, 10, 10)).area == 0
    assert rectangle(-5, 0, 10, 8).contains(-5, 8) and not rectangle(-5, 0, 10, 8).contains(5.01, 4)
    assert rectangle(0, 0, 10, 8).grown(3) == rectangle(-3, -3, 16, 14)


def test_the_menu_and_the_manual_are_what_krita_looks_for():
    from xml.etree import ElementTree

    desktop = (CHECKOUT / "krita_plugin" / "brushwarp.desktop").read_text(encoding="utf-8")
    assert "X-KDE-Library=brushwarp\n" in desktop
    manual = desktop.split("X-Krita-Manual=")[1].splitlines()[0]
    assert (PLUGIN / manual).is_file()
    actions = ElementTree.parse(CHECKOUT / "krita_plugin" / "brushwarp.action").getroot().findall("Actions/Action")
    assert [action.get("name") for action in actions] == [
        "brushwarp_stylize", "brushwarp_deform", "brushwarp_repeat", "brushwarp_edit", "brushwarp_recipe", "brushwarp_suggest",
        "brushwarp_arrows", "brushwarp_styles", "brushwarp_train", "brushwarp_engine",
    ]


def test_a_range_of_frames_is_kept_as_it_was_chosen(plugin):
    origin = plugin("origin")
    kept = origin.Origin.from_text(origin.Origin("id", frames=(4, 12)).to_text())
    assert kept.frames == (4, 12)
    for broken in ("[4]", '["4", "12"]', "[4, 12, 20]", "true", "null"):
        assert origin.Origin.from_text('{"frames": %s}' % broken).frames == ()
    assert origin.Origin.from_text('{"source": "of an older version"}').frames == ()


def test_how_far_a_result_lies_from_its_source_is_known_wherever_both_were_moved(plugin):
    origin = plugin("origin").Origin("id", (10, 20, 30, 40), offsets=(5, 5, 0, 0), versions=("a", "b"))
    assert plugin("origin").Origin.from_text(origin.to_text()) == origin
    assert origin.apart((5, 5), (0, 0)) == (0, 0) == origin.apart((25, -5), (20, -10))
    assert origin.apart((25, -5), (27, -10)) == (7, 0)
    assert origin.where_source_is((25, -5)).box == (30, 10, 30, 40)
    older = plugin("origin").Origin("id", (10, 20, 30, 40))
    assert older.apart((25, -5), (7, -5)) == (7, -5) and older.where_source_is((25, -5)) == older
    assert plugin("origin").Origin.from_text('{"versions": [1], "offsets": [1, 2]}').versions == ()


def test_another_range_of_the_same_keyframes_need_not_have_any(plugin):
    frames = plugin("frame_range").FrameRange(20, 100, (20, 30), (20, 100))
    assert frames.between(4, 12).times == () and frames.between(4, 25).times == (20,)
