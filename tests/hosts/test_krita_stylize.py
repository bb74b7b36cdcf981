"""Stylize in the real Krita: pixels, places, selections, arrows and undo. One start of Krita does all of it."""

from __future__ import annotations

import numpy as np
import pytest
from krita_fixtures import (
    LAYER_NAME,
    STYLE_ID,
    command_line_paints,
    engine_paints,
    from_layer_bytes,
    photo,
    save_png,
    settle_painter,
    to_layer_bytes,
)

SIZE = (150, 110)  # width, height of the test pictures
DEPTHS = {  # model, depth, profile, linear
    "8-bit": ("RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc", False),
    "8-bit linear": ("RGBA", "U8", "sRGB-elle-V2-g10.icc", True),
    "16-bit": ("RGBA", "U16", "sRGB-elle-V2-srgbtrc.icc", False),
    "16-bit linear": ("RGBA", "U16", "sRGB-elle-V2-g10.icc", True),
    "half": ("RGBA", "F16", "sRGB-elle-V2-srgbtrc.icc", False),
    "half linear": ("RGBA", "F16", "sRGB-elle-V2-g10.icc", True),
    "float": ("RGBA", "F32", "sRGB-elle-V2-srgbtrc.icc", False),
    "float linear": ("RGBA", "F32", "sRGB-elle-V2-g10.icc", True),
    "grey 8-bit": ("GRAYA", "U8", "Gray-D50-elle-V2-srgbtrc.icc", False),
    "grey 16-bit linear": ("GRAYA", "U16", "Gray-D50-elle-V2-g10.icc", True),
    "grey float linear": ("GRAYA", "F32", "Gray-D50-elle-V2-g10.icc", True),
}
OTHER_PROFILES = {
    "wide 8-bit": ("RGBA", "U8", "ClayRGB-elle-V2-g22.icc"),
    "wide float": ("RGBA", "F32", "Rec2020-elle-V4-g10.icc"),
    "grey 2.2": ("GRAYA", "U8", "Gray-D50-elle-V2-g22.icc"),
}
OFFSET = (-37, 25)
PPIS = (72.0, 100.0, 300.0)
CANVAS = (220, 160)
# In pixels of the document: where the dots are, and where their arrows lead. The second lies in nested groups.
DOTS = [((60.0, 50.0), (78.5, 61.0)), ((150.0, 100.0), (138.0, 86.5))]
LAYER_AT = (20, 12)


def paints_everything(folder, style, photo_size, depths, others, offset, ppis, canvas, dots, layer_at):
    import krita_studio as studio
    from krita import Krita

    width, height = photo_size
    krita = Krita.instance()

    read, _ = studio.raw_files(folder)

    def paint_document(name, model, depth, profile, strength):
        document = yield from studio.new_document(width, height, model, depth, profile)
        source = yield from studio.add_layer(document, "photo", read(name), 0, 0, width, height)
        before = studio.fingerprint(source)
        layer = yield from studio.stylize(style=style, strength=strength, brush_scale=1.0, arrows="None")
        assert not isinstance(layer, str), (name, layer)
        studio.dump(layer, "%s/%s.painted" % (folder, name), 0, 0, width, height)
        return {
            "profile": source.colorProfile(),
            "source unchanged": studio.fingerprint(source) == before,
            "kind": [layer.colorModel(), layer.colorDepth(), layer.colorProfile()],
            "tree": studio.tree(document.rootNode()),
            "recipe": studio.recipe(document, layer),
        }

    def undo_and_redo():
        """In the last document: the layer named `marker` is the step before."""
        document = yield from studio.new_document(width, height)
        group = document.createGroupLayer("group")
        document.rootNode().addChildNode(group, None)
        yield 100
        source = yield from studio.add_layer(document, "photo", read("8-bit"), offset[0], offset[1], width, height, group)
        yield from studio.add_layer(document, "marker", b"\x10\x20\x30\xff" * 16, 0, 0, 4, 4)
        yield from studio.activate(document, source)
        undo = krita.action("edit_undo")
        before = [studio.tree(document.rootNode()), studio.projection(document), studio.fingerprint(source), undo.text()]
        layer = yield from studio.stylize(style=style, strength=1.0, arrows="None")
        assert not isinstance(layer, str), layer
        box = layer.bounds()
        told = {"place": [box.x(), box.y(), box.width(), box.height()], "tree": studio.tree(document.rootNode())}
        studio.dump(layer, folder + "/offset.painted", offset[0], offset[1], width, height)
        painted, picture = studio.own_pixels(layer), studio.projection(document)
        yield from studio.press("edit_undo")
        after = [studio.tree(document.rootNode()), studio.projection(document), studio.fingerprint(source), undo.text()]
        told["undone"] = [a == b for a, b in zip(after, before, strict=True)]
        yield from studio.press("edit_redo")
        told["redone"] = studio.tree(document.rootNode()) == told["tree"] and studio.projection(document) == picture
        again = [child for child in group.childNodes() if child.name() != "photo"][0]
        told["redone pixels"] = studio.own_pixels(again) == painted
        return told

    def feathered():
        document = yield from studio.new_document(width, height)
        yield from studio.add_layer(document, "photo", read("8-bit"), 0, 0, width, height)
        mask = studio.select(document, rectangle=(40, 30, 60, 50), feather=6)
        before = studio.projection(document)
        layer = yield from studio.stylize(style=style, strength=1.0, arrows="None")
        assert not isinstance(layer, str), layer
        studio.dump(layer, folder + "/feathered.painted", 0, 0, width, height)
        for name, data in (("mask", mask), ("before", before), ("after", studio.projection(document))):
            with open("%s/feathered.%s" % (folder, name), "wb") as file:
                file.write(data)
        studio.select(document, rectangle=(0, 0, 10, 10))
        small = yield from studio.add_layer(document, "elsewhere", b"\x10\x20\x30\xff" * 400, 100, 80, 20, 20)
        refused = yield from studio.stylize(style=style)
        return [refused, document.activeNode().name() == small.name()]

    def arrows_at(ppi):
        """Strength 0 and arrows: the photo itself, bent. The layer of arrows is moved after drawing, the payload is offset."""
        document = yield from studio.new_document(canvas[0], canvas[1], ppi=ppi)
        yield from studio.add_layer(document, "dots", read("dots"), layer_at[0], layer_at[1], canvas[0] - 40, canvas[1] - 24)
        (a, b), (c, d) = dots
        # The groups make (17 - 2 y, 8 + 2 x) of (x, y), the move below included.
        (c, d), (e, f) = [((y - 8) / 2, (17 - x) / 2) for x, y in (c, d)]
        shapes = studio.arrow(a[0] - 7, a[1] - 3, b[0] - 7, b[1] - 3) + '<rect x="5" y="5" width="9" height="9"/>'
        shapes += '<g transform="translate(10 5) scale(2)"><g transform="rotate(90)">%s</g></g>' % studio.arrow(c, d, e, f)
        lines = yield from studio.draw(document, shapes, "Brushwarp keypoints · moved")
        lines.move(7, 3)
        document.waitForDone()
        dialog_says = yield from studio.open_dialog()
        from PyQt5.QtWidgets import QComboBox

        chosen = dialog_says.findChild(QComboBox, "arrows").currentText()
        studio.button(dialog_says, "Cancel").click()
        yield 200
        layer = yield from studio.stylize(style=style, strength=0.0)
        assert not isinstance(layer, str), layer
        studio.dump(layer, "%s/dots_%d.painted" % (folder, ppi), layer_at[0], layer_at[1], canvas[0] - 40, canvas[1] - 24)
        return {"chosen": chosen, "keypoints": studio.recipe(document, layer)["keypoints"], "ppi": document.xRes()}

    told = {"depths": {}, "others": {}, "arrows": {}}
    for name, (model, depth, profile, _) in depths.items():
        told["depths"][name] = yield from paint_document(name, model, depth, profile, 1.0)
    for name, (model, depth, profile) in others.items():
        told["others"][name] = yield from paint_document(name, model, depth, profile, 0.0)
    told["undo"] = yield from undo_and_redo()
    told["feathered"] = yield from feathered()
    for ppi in ppis:
        told["arrows"]["%d" % ppi] = yield from arrows_at(ppi)
    return told


def picture_for(name: str) -> np.ndarray:
    """What a document is filled with, after rounding to what its depth can hold."""
    model, depth, _, linear = DEPTHS[name]
    colours = photo(*SIZE)
    grey = model == "GRAYA"
    return from_layer_bytes(to_layer_bytes(colours[..., :1] if grey else colours, depth, linear), *SIZE, depth, linear)[0]


def dotted() -> np.ndarray:
    """The layer of the dots: light, with two soft dark dots, each around its arrow's source."""
    width, height = CANVAS[0] - 40, CANVAS[1] - 24
    y, x = np.mgrid[:height, :width] + 0.5
    light = np.full((height, width), 0.9)
    for (sx, sy), _ in DOTS:
        light -= 0.8 * np.exp(-((x - sx + LAYER_AT[0]) ** 2 + (y - sy + LAYER_AT[1]) ** 2) / (2 * 2.0**2))
    return np.repeat(light[..., None], 3, 2)


def dark_centre(picture: np.ndarray, near: tuple[float, float], radius: float = 8.0) -> np.ndarray:
    """Where the darkness around a point has its centre, in pixels of the picture."""
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]] + 0.5
    weight = np.clip(0.8 - picture.mean(2), 0, None) * (np.hypot(x - near[0], y - near[1]) < radius)
    return np.array([(weight * x).sum(), (weight * y).sum()]) / weight.sum()


@pytest.fixture(scope="module")
def painted(settled_user, tmp_path_factory):
    """All that Krita told, and the folder with the pixels that it left."""
    settle_painter(settled_user)
    folder = tmp_path_factory.mktemp("Gemälde")
    for name, (model, depth, _, linear) in DEPTHS.items():
        colours = photo(*SIZE)
        (folder / f"{name}.raw").write_bytes(to_layer_bytes(colours[..., :1] if model == "GRAYA" else colours, depth, linear))
    for name, (model, depth, _) in OTHER_PROFILES.items():
        colours = 0.5 + 0.2 * (photo(*SIZE) - 0.5)  # within sRGB, whatever the primaries: the engine clamps what is not
        (folder / f"{name}.raw").write_bytes(to_layer_bytes(colours[..., :1] if model == "GRAYA" else colours, depth, False))
    (folder / "dots.raw").write_bytes(to_layer_bytes(dotted(), "U8", False))
    told = settled_user.krita.run_in_window(
        paints_everything, folder=folder, style=STYLE_ID, photo_size=SIZE, depths=DEPTHS, others=OTHER_PROFILES, offset=OFFSET,
        ppis=PPIS, canvas=CANVAS, dots=DOTS, layer_at=LAYER_AT, timeout=480,
    )
    return told, folder


def test_8_bit_pixels_equal_the_command_lines(painted, settled_user, tmp_path):
    _, folder = painted
    source = save_png(picture_for("8-bit"), tmp_path / "größe.png")
    expected = command_line_paints(settled_user, source, tmp_path / "out.png").astype(int)
    colour, alpha = from_layer_bytes((folder / "8-bit.painted").read_bytes(), *SIZE, "U8", False)
    assert np.abs(np.rint(colour * 255) - expected).max() <= 1
    assert (alpha == 1).all()
    assert np.abs(expected - picture_for("8-bit") * 255).mean() >= 15  # it was painted at all


@pytest.mark.parametrize("name", DEPTHS)
def test_every_depth_and_curve_is_painted_alike(painted, settled_user, name):
    told, folder = painted
    model, depth, profile, linear = DEPTHS[name]
    assert told["depths"][name]["profile"] == profile  # the document is what the test says it is
    assert told["depths"][name]["kind"] == [model, depth, profile]
    expected = engine_paints(settled_user, picture_for(name))
    colour, alpha = from_layer_bytes((folder / f"{name}.painted").read_bytes(), *SIZE, depth, linear)
    if model == "GRAYA":  # the painting's luminance alone fits a grey layer
        expected = (expected @ [0.299, 0.587, 0.114])[..., None]
    # 8 bits of light are coarse in the dark: half a step there is 6.5 of 255 with the sRGB curve.
    within = 12.92 / 255 / 2 + 1 / 255 if name == "8-bit linear" else 1 / 255
    assert np.abs(colour - expected).max() <= within
    assert (alpha == 1).all()


@pytest.mark.parametrize("name", OTHER_PROFILES)
def test_other_profiles_come_back_in_their_own_colours(painted, name):
    """At strength 0 the layer is the photo itself, however often it was converted."""
    told, folder = painted
    model, depth, profile = OTHER_PROFILES[name]
    assert told["others"][name]["kind"] == [model, depth, profile]
    before, _ = from_layer_bytes((folder / f"{name}.raw").read_bytes(), *SIZE, depth, False)
    after, _ = from_layer_bytes((folder / f"{name}.painted").read_bytes(), *SIZE, depth, False)
    assert np.abs(before - after).max() <= 1 / 255


def test_the_source_is_bit_identical_and_the_result_directly_above_it_in_every_document(painted):
    told, _ = painted
    for name, document in {**told["depths"], **told["others"]}.items():
        assert document["source unchanged"], name
        assert document["tree"] == ["Background", "photo", LAYER_NAME], name


def test_the_recipe_is_kept_with_the_layer(painted):
    recipe = painted[0]["depths"]["8-bit"]["recipe"]
    assert recipe["style"]["id"] == STYLE_ID
    assert recipe["parameters"]["strength"] == 1.0 and recipe["parameters"]["brush_scale"] == 1.0


def test_an_offset_layer_in_a_group_is_painted_in_its_place_with_the_canvas_brush(painted, settled_user):
    told, folder = painted
    assert told["undo"]["place"] == [*OFFSET, *SIZE]
    assert told["undo"]["tree"] == ["Background", ["group", ["photo", LAYER_NAME]], "marker"]
    expected = engine_paints(settled_user, picture_for("8-bit"), canvas_short_side=min(SIZE))
    colour, _ = from_layer_bytes((folder / "offset.painted").read_bytes(), *SIZE, "U8", False)
    assert np.abs(colour - expected).max() <= 1 / 255


def test_one_undo_takes_it_away_and_redo_brings_it_back(painted):
    undo = painted[0]["undo"]
    assert undo["undone"] == [True] * 4  # tree, picture, source, and the step that undo would take next
    assert undo["redone"] and undo["redone pixels"]


def test_a_feathered_selection_is_painted_softly_and_nothing_outside_of_it(painted, settled_user):
    _, folder = painted
    shape = SIZE[1], SIZE[0]
    mask = np.frombuffer((folder / "feathered.mask").read_bytes(), np.uint8).reshape(shape)
    before, after = (np.frombuffer((folder / f"feathered.{which}").read_bytes(), np.uint8).reshape(*shape, 4) for which in ("before", "after"))
    colour, alpha = from_layer_bytes((folder / "feathered.painted").read_bytes(), *SIZE, "U8", False)
    assert ((0 < mask) & (mask < 255)).sum() > 200  # it is feathered
    assert np.array_equal(before[mask == 0], after[mask == 0])
    assert np.abs(np.rint(alpha * 255) - mask).max() <= 1
    expected = engine_paints(settled_user, picture_for("8-bit"))
    assert np.abs(colour - expected)[mask > 0].max() <= 1 / 255
    assert np.abs(before.astype(int) - after)[mask == 255].mean() >= 10


def test_a_selection_beside_the_layer_is_refused_in_words(painted):
    refused, unchanged = painted[0]["feathered"]
    assert "The selection does not touch “" in refused and "Deselect" in refused
    assert unchanged


@pytest.mark.parametrize("ppi", [f"{ppi:.0f}" for ppi in PPIS])
def test_what_an_arrow_begins_at_ends_at_its_target(painted, ppi):
    told, folder = painted
    width, height = CANVAS[0] - 40, CANVAS[1] - 24
    assert told["arrows"][ppi]["chosen"] == "Brushwarp keypoints · moved (2 arrows)"
    drawn = np.array([[*source, *target] for source, target in DOTS]) - np.tile(LAYER_AT, 2)
    assert np.abs(np.array(told["arrows"][ppi]["keypoints"]) - drawn).max() <= 0.01
    colour, _ = from_layer_bytes((folder / f"dots_{ppi}.painted").read_bytes(), width, height, "U8", False)
    for arrow in drawn:
        assert np.linalg.norm(dark_centre(dotted(), tuple(arrow[:2])) - arrow[:2]) < 0.1  # the dot was there
        assert np.linalg.norm(dark_centre(colour, tuple(arrow[2:])) - arrow[2:]) <= 1.0
