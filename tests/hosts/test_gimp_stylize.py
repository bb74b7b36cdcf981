"""Stylize in the real GIMP, without a window: what a painter finds in the image afterwards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gimp_fixtures import CANVAS, PACK_ID, PACK_NAME, command_line_paints, engine_paints, make_pack, photo_pixels, write_photo
from harness import Gimp

WITHIN = 257  # of 65535: one step of 8 bits


@pytest.fixture(scope="module")
def photo(tmp_path_factory) -> Path:
    return write_photo(tmp_path_factory.mktemp("Gemälde") / "größe.png")


def paints_a_photo(path, folder, style):
    import gimp_studio as studio

    image = studio.load(path)
    source = image.get_selected_layers()[0]
    before = studio.fingerprint(source)
    layer = studio.stylize(image, [source], style=style, strength=0.8, brush_scale=1.5)
    studio.dump(layer, "R'G'B'A u8", folder + "/painted.raw")
    studio.save(image, folder + "/gemälde.xcf")
    again = studio.load(folder + "/gemälde.xcf").get_layers()[0]
    return {
        "untouched": studio.fingerprint(source) == before,
        "layers": studio.tree(image.get_layers()),
        "returned is top": layer.get_id() == image.get_layers()[0].get_id(),
        "selected": [chosen.get_name() for chosen in image.get_selected_layers()],
        "recipe": studio.recipe(layer),
        "reopened": [again.get_name(), studio.recipe(again)],
        "size": [layer.get_width(), layer.get_height(), *layer.get_offsets()[1:]],
    }


@pytest.fixture(scope="module")
def painting(painter: Gimp, photo: Path, tmp_path_factory):
    """One photo, painted once: what GIMP tells of it, and the new layer's pixels."""
    folder = tmp_path_factory.mktemp("painting")
    told = painter.run(paints_a_photo, path=photo, folder=folder, style=PACK_ID)
    raw = np.fromfile(folder / "painted.raw", np.uint8)
    return told, raw.reshape(CANVAS[1], CANVAS[0], 4)


def test_the_painted_pixels_equal_the_command_lines(painting, photo, painter, tmp_path):
    expected = command_line_paints(painter, photo, tmp_path / "out.png", "--strength", "0.8", "--brush-scale", "1.5")
    _, pixels = painting
    assert np.abs(pixels[..., :3].astype(int) - expected).max() <= 1
    assert (pixels[..., 3] == 255).all()
    assert np.abs(expected.astype(int) - photo_pixels()).mean() > 15  # it was painted at all


def test_the_new_layer_lies_directly_above_named_for_the_style_and_selected(painting):
    told, _ = painting
    name = f"{PACK_NAME} · Brushwarp"
    assert told["layers"][0] == name and len(told["layers"]) == 2
    assert told["returned is top"]
    assert told["selected"] == [name]
    assert told["size"] == [*CANVAS, 0, 0]


def test_the_source_layer_is_bit_identical_afterwards(painting):
    assert painting[0]["untouched"]


def test_the_recipe_lies_with_the_layer_and_survives_saving(painting):
    told, _ = painting
    recipe = told["recipe"]
    assert recipe["style"]["id"] == PACK_ID
    assert recipe["parameters"]["strength"] == 0.8 and recipe["parameters"]["brush_scale"] == 1.5
    assert told["reopened"] == [f"{PACK_NAME} · Brushwarp", recipe]


DOCUMENTS = {
    "8-bit": ("RGB", "U8_NON_LINEAR"),
    "8-bit linear": ("RGB", "U8_LINEAR"),
    "8-bit perceptual": ("RGB", "U8_PERCEPTUAL"),
    "16-bit": ("RGB", "U16_NON_LINEAR"),
    "16-bit linear": ("RGB", "U16_LINEAR"),
    "half": ("RGB", "HALF_NON_LINEAR"),
    "half linear": ("RGB", "HALF_LINEAR"),
    "float perceptual": ("RGB", "FLOAT_PERCEPTUAL"),
    "float linear": ("RGB", "FLOAT_LINEAR"),
    "double": ("RGB", "DOUBLE_LINEAR"),
    "grey": ("GRAY", "U8_NON_LINEAR"),
    "grey 16-bit": ("GRAY", "U16_NON_LINEAR"),
    "grey float linear": ("GRAY", "FLOAT_LINEAR"),
}


def paints_documents(path, folder, style, documents):
    import gimp_studio as studio
    from gi.repository import Gimp

    told = {}
    for name, (base, precision) in documents.items():
        image = studio.load(path)
        if base == "GRAY":
            image.convert_grayscale()
        if image.get_precision() != getattr(Gimp.Precision, precision):
            image.convert_precision(getattr(Gimp.Precision, precision))
        source = image.get_selected_layers()[0]
        before = studio.fingerprint(source)
        studio.dump(source, "R'G'B' u16", "%s/%s.source" % (folder, name))
        layer = studio.stylize(image, [source], style=style)
        studio.dump(layer, "R'G'B'A u16", "%s/%s.painted" % (folder, name))
        told[name] = [studio.fingerprint(source) == before, studio.fingerprint(layer)[1], before[1]]
        image.delete()
    return told


@pytest.fixture(scope="module")
def documents(painter: Gimp, photo: Path, tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents")
    return painter.run(paints_documents, path=photo, folder=folder, style=PACK_ID, documents=DOCUMENTS), folder


def light(encoded):
    """sRGB's curve taken off 16-bit numbers."""
    value = encoded / 65535
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_depth_is_painted_as_the_command_line_paints_it(documents, painter, tmp_path, name):
    told, folder = documents
    untouched, painted_native, native = told[name]
    model, _, component = native.partition(" ")
    assert untouched
    assert painted_native == f"{model}A {component}"
    source = np.fromfile(folder / f"{name}.source", np.uint16).reshape(CANVAS[1], CANVAS[0], 3)
    painted = np.fromfile(folder / f"{name}.painted", np.uint16).reshape(CANVAS[1], CANVAS[0], 4)
    expected = command_line_paints(painter, write_photo(tmp_path / "source.png", source), tmp_path / "out.png").astype(int)
    if DOCUMENTS[name][0] == "GRAY":  # the painting's luminance, BT.601 on encoded values
        expected = np.rint(expected @ [0.299, 0.587, 0.114])[..., None]
    off = np.abs(painted[..., :3] - expected)
    if native.startswith("RGB u8"):  # 8 linear bits are coarse in the dark: there one step of theirs is as close as it gets
        off = np.where(np.abs(light(painted[..., :3]) - light(expected)) * 255 <= 1, 0, off)
    assert off.max() <= WITHIN, native
    assert (painted[..., 3] == 65535).all()


def paints_a_grey_photo(path, style):
    import gimp_studio as studio

    image = studio.load(path)
    image.convert_grayscale()
    return studio.recipe(studio.stylize(image, image.get_selected_layers(), style=style))["notes"]


def test_what_was_done_differently_is_told_as_gimp_tells_things(painter, photo):
    (note,) = painter.run(paints_a_grey_photo, path=photo, style=PACK_ID)
    assert "luminance" in note
    assert note in painter.said()


def paints_in_a_wide_gamut(path, style):
    import array

    import gimp_studio as studio
    from gi.repository import Babl, Gimp

    told = []
    for precision in (Gimp.Precision.U8_NON_LINEAR, Gimp.Precision.FLOAT_NON_LINEAR):
        image = studio.load(path)
        if image.get_precision() != precision:
            image.convert_precision(precision)
        image.convert_color_profile(Gimp.ColorProfile.new_rgb_adobe(), Gimp.ColorRenderingIntent.PERCEPTUAL, False)
        source = image.get_selected_layers()[0]
        layer = studio.stylize(image, [source], style=style, strength=0.0)
        native = Babl.get_name(source.get_format())
        kind, step = ("B", 255.0) if " u8" in native else ("f", 1.0)
        babl = None if kind == "B" else "RGBA float"
        assert "-space-" in native and layer.get_format() is not None
        source.add_alpha()
        one, other = (array.array(kind, studio.read(drawable, babl)) for drawable in (source, layer))
        told.append(max(abs(a - b) for a, b in zip(one, other, strict=True)) / step)
    return told


def test_a_wide_gamut_image_keeps_its_colours_at_strength_0(painter, photo):
    assert max(painter.run(paints_in_a_wide_gamut, path=photo, style=PACK_ID)) <= 1 / 255


LAYER = (120, 90)
PLACE = (-37, 25)


def paints_an_offset_layer(pixels, folder, style, size, canvas, place):
    import gimp_studio as studio
    from gi.repository import Gimp

    image = Gimp.Image.new(canvas[0], canvas[1], Gimp.ImageBaseType.RGB)
    studio.new_layer(image, *canvas, name="bottom", pixels=b"\x40\x80\xc0\xff" * (canvas[0] * canvas[1]))
    group = Gimp.GroupLayer.new(image, "group")
    image.insert_layer(group, None, 0)
    with open(pixels, "rb") as file:
        source = studio.new_layer(image, *size, name="photo", at=place, pixels=file.read(), parent=group)
    studio.new_layer(image, 20, 20, name="top")
    before = studio.fingerprint(source)
    layer = studio.stylize(image, [source], style=style)
    studio.dump(layer, "R'G'B'A u8", folder + "/painted.raw")
    return {
        "untouched": studio.fingerprint(source) == before,
        "tree": studio.tree(image.get_layers()),
        "at": layer.get_offsets()[1:],
    }


def test_an_offset_layer_in_a_group_is_painted_in_its_place_with_the_canvas_brush(painter, tmp_path):
    rgb = photo_pixels(LAYER)
    alpha = np.full(rgb.shape[:2] + (1,), 255, np.uint8)
    alpha[:30, :50] = 0
    rgba = np.concatenate([rgb, alpha], axis=2)
    (tmp_path / "source.raw").write_bytes(rgba.tobytes())
    told = painter.run(
        paints_an_offset_layer, pixels=tmp_path / "source.raw", folder=tmp_path, style=PACK_ID, size=LAYER, canvas=CANVAS, place=PLACE
    )
    assert told["untouched"]
    assert told["tree"] == ["top", ["group", [f"{PACK_NAME} · Brushwarp", "photo"]], "bottom"]
    assert told["at"] == list(PLACE)
    painted = np.fromfile(tmp_path / "painted.raw", np.uint8).reshape(rgba.shape)
    assert (painted[..., 3] == rgba[..., 3]).all()
    expected = engine_paints(painter, rgba, canvas_short_side=min(CANVAS))
    seen = rgba[..., 3] > 0
    assert np.abs(painted[..., :3].astype(int) - expected)[seen].max() <= 1


def paints_a_selection(path, folder, style):
    import gimp_studio as studio
    from gi.repository import Gimp

    image = studio.load(path)
    photo = image.get_selected_layers()[0]
    source = studio.new_layer(image, 120, 90, name="piece", at=(-20, 30), pixels=studio.read(photo, "R'G'B'A u8", (50, 20, 120, 90)))
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 10, 45, 90, 60)
    Gimp.Selection.feather(image, 15.0)
    before, shown = studio.fingerprint(source), studio.flat(image, "R'G'B' u8")
    layer = studio.stylize(image, [source], style=style)
    studio.dump(layer, "R'G'B'A u8", folder + "/painted.raw")
    studio.dump(image.get_selection(), "Y u8", folder + "/selection.raw")
    for name, pixels in (("before", shown), ("after", studio.flat(image, "R'G'B' u8"))):
        with open("%s/%s.raw" % (folder, name), "wb") as file:
            file.write(pixels)
    return [studio.fingerprint(source) == before, layer.get_width(), layer.get_height(), *layer.get_offsets()[1:]]


def test_a_feathered_selection_leaves_pixels_outside_untouched(painter, photo, tmp_path):
    assert painter.run(paints_a_selection, path=photo, folder=tmp_path, style=PACK_ID) == [True, 120, 90, -20, 30]
    selection = np.fromfile(tmp_path / "selection.raw", np.uint8).reshape(CANVAS[1], CANVAS[0])
    before, after = (
        np.fromfile(tmp_path / f"{name}.raw", np.uint8).reshape(*selection.shape, 3).astype(int) for name in ("before", "after")
    )
    assert len(np.unique(selection)) > 50  # it is feathered
    assert (after[selection == 0] == before[selection == 0]).all()
    assert np.abs(after - before)[selection == 255].mean() > 15
    alpha = np.fromfile(tmp_path / "painted.raw", np.uint8).reshape(90, 120, 4)[..., 3]
    assert (alpha[:, :20] == 0).all()  # beyond the canvas nothing is selected
    assert (alpha[:, 20:] == selection[30:120, :100]).all()


DOT, GOAL = (90.0, 60.0), (111.0, 51.0)  # in the canvas' pixels


def bends_a_dot(path, folder, style, dot, goal, place):
    import gimp_studio as studio
    from gi.repository import Gimp

    with open(path, "rb") as file:
        pixels = file.read()
    image = Gimp.Image.new(192, 128, Gimp.ImageBaseType.RGB)
    source = studio.new_layer(image, 150, 110, at=place, pixels=pixels)
    studio.draw_arrows(image, [[(40, 40), (90, 90)]], name="Brushwarp keypoints · old")
    # One arrow; a point and a stroke of three are no arrows.
    studio.draw_arrows(image, [[dot, goal], [(60, 60)], [(50, 50), (60, 60), (70, 50)]])
    studio.draw_arrows(image, [[(120, 80), (70, 80)]], name="outline")
    told = {}
    for name, keypoints in (("bent", ""), ("by name", "Brushwarp keypoints"), ("straight", "none")):
        layer = studio.stylize(image, [source], style=style, strength=0.0, keypoints=keypoints)
        studio.dump(layer, "R'G'B'A u8", "%s/%s.raw" % (folder, name))
        told[name] = studio.recipe(layer)["keypoints"]
        image.remove_layer(layer)
    return told


def test_what_lies_at_an_arrows_source_ends_at_its_target(painter, tmp_path):
    place, size = (25, 12), (150, 110)
    x, y = np.meshgrid(np.arange(size[0]) + 0.5 + place[0], np.arange(size[1]) + 0.5 + place[1])
    dark = 255 * (1 - np.exp(-((x - DOT[0]) ** 2 + (y - DOT[1]) ** 2) / (2 * 3.0**2)))
    picture = np.repeat(np.rint(dark).astype(np.uint8)[..., None], 4, axis=2)
    picture[..., 3] = 255
    (tmp_path / "dot.raw").write_bytes(picture.tobytes())
    told = painter.run(bends_a_dot, path=tmp_path / "dot.raw", folder=tmp_path, style=PACK_ID, dot=DOT, goal=GOAL, place=place)

    def centre(name):
        weight = 255.0 - np.fromfile(tmp_path / f"{name}.raw", np.uint8).reshape(size[1], size[0], 4)[..., 0]
        weight[weight < 40] = 0
        return np.array([(weight * x).sum(), (weight * y).sum()]) / weight.sum()

    assert np.linalg.norm(centre("bent") - GOAL) < 1
    assert np.linalg.norm(centre("by name") - GOAL) < 1
    assert np.linalg.norm(centre("straight") - DOT) < 0.1
    arrow = [DOT[0] - place[0], DOT[1] - place[1], GOAL[0] - place[0], GOAL[1] - place[1]]
    assert told == {"bent": [arrow], "by name": [arrow], "straight": []}


def paints_by_script_fu(path, style):
    import gimp_studio as studio
    from gi.repository import Gimp

    image = studio.load(path)
    layer = image.get_selected_layers()[0]
    procedure = Gimp.get_pdb().lookup_procedure("plug-in-script-fu-eval")
    config = procedure.create_config()
    config.set_property("run-mode", Gimp.RunMode.NONINTERACTIVE)
    config.set_property(
        "script",
        '(plug-in-brushwarp-stylize #:run-mode RUN-NONINTERACTIVE #:image %d #:drawables (vector %d) #:style "%s" #:keep-colors TRUE)'
        % (image.get_id(), layer.get_id(), style),
    )
    procedure.run(config)
    top = image.get_layers()[0]
    return [len(image.get_layers()), studio.recipe(top)["parameters"]["keep_colors"]]


def test_script_fu_can_call_it(painter, photo):
    assert painter.run(paints_by_script_fu, path=photo, style=PACK_ID) == [2, True]


def paints_a_mixture(path, folder, style, other):
    import gimp_studio as studio

    image = studio.load(path)
    layer = studio.stylize(image, image.get_selected_layers(), style=style, medium=other)
    studio.dump(layer, "R'G'B'A u8", folder + "/mixed.raw")
    return {"name": layer.get_name(), "recipe": studio.recipe(layer)}


def test_strokes_of_two_styles_are_mixed_as_on_the_command_line(painter, photo, tmp_path):
    other = make_pack(painter.user.brushwarp_home / "styles" / "other_weave.safetensors", name="Other", seed=4)
    told = painter.run(paints_a_mixture, path=photo, folder=tmp_path, style=PACK_ID, other=other.stem)
    own = other.with_name(f"{PACK_ID}.safetensors")
    expected, alone = (
        command_line_paints(painter, photo, tmp_path / f"{name}.png", "--mix", f"{own},{middle},{own}").astype(int)
        for name, middle in (("mixed", other), ("alone", own))
    )
    pixels = np.fromfile(tmp_path / "mixed.raw", np.uint8).reshape(CANVAS[1], CANVAS[0], 4)
    assert np.abs(pixels[..., :3].astype(int) - expected).max() <= 1 < np.abs(expected - alone).mean()
    assert told["name"] == f"{PACK_NAME} + Other · Brushwarp" and told["recipe"]["parameters"]["medium"] == "other_weave"
    other.unlink()
