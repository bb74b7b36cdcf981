"""Repeat last and Edit this result… in the real GIMP, as a script calls them."""

from __future__ import annotations

import contextlib
import io
import json
import os
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from gimp_fixtures import CANVAS, PACK_ID, PACK_NAME, photo_pixels, write_photo
from harness import Gimp
from krita_fixtures import FLOAT32

NAME = f"{PACK_NAME} · Brushwarp"
PHOTO = "Background"  # as GIMP names the layer of a PNG that a script loads
ARROWS = [[(60, 40), (75, 46)], [(120, 90), (112, 80)]]


@pytest.fixture(scope="module")
def photo(tmp_path_factory) -> Path:
    return write_photo(tmp_path_factory.mktemp("again") / "photo.png")


def stylizes_repeats_and_edits(path, folder, style, arrows):
    import json

    import gimp_studio as studio
    from gi.repository import Gimp

    told = {}
    image = studio.load(path)
    source = image.get_layers()[0]
    before = studio.fingerprint(source)
    try:
        studio.repeat(image, [source])
    except studio.Refused as refused:
        told["nothing yet"] = refused.message
    try:
        studio.edit(image, [source])
    except studio.Refused as refused:
        told["no result"] = refused.message
    studio.draw_arrows(image, arrows)
    first = studio.stylize(image, [source], style=style, strength=0.7, brush_scale=1.5)
    again = studio.repeat(image, [source])
    for name, layer in (("first", first), ("again", again)):
        studio.dump(layer, "R'G'B'A u8", "%s/%s.raw" % (folder, name))
        told[name] = studio.recipe(layer)
    told["layers"] = studio.tree(image.get_layers())
    image.remove_layer(again)

    image.set_selected_layers([first])
    first.set_opacity(55.0)
    first.set_offsets(12, -7)
    first.set_mode(Gimp.LayerMode.MULTIPLY)
    mask = first.create_mask(Gimp.AddMaskType.BLACK)
    first.add_mask(mask)
    recipe = json.loads(studio.recipe_text(image, [first]))
    told["as text"] = recipe == studio.recipe(first)
    recipe["parameters"]["strength"] = 0.2
    edited = studio.edit(image, [first], recipe=json.dumps(recipe))
    told["edited"] = studio.recipe(edited)
    told["kept"] = [round(edited.get_opacity(), 3), edited.get_mode() == Gimp.LayerMode.MULTIPLY, max(studio.read(edited.get_mask(), "Y u8")), *edited.get_offsets()[1:]]
    told["after"] = studio.tree(image.get_layers())
    told["untouched"] = studio.fingerprint(source) == before

    studio.save(image, folder + "/study.xcf")
    opened = studio.load(folder + "/study.xcf")
    same = studio.edit(opened, [opened.get_layers()[0]])
    told["reopened"] = [studio.tree(opened.get_layers()), studio.recipe(same), studio.fingerprint(opened.get_layers()[1]) == before]
    opened.remove_layer(opened.get_layers()[1])
    try:
        studio.edit(opened, [opened.get_layers()[0]])
    except studio.Refused as refused:
        told["source gone"] = refused.message
    for text in ("A letter", json.dumps({**recipe, "verb": "dance"})):
        try:
            studio.repeat(image, [source], recipe=text)
        except studio.Refused as refused:
            told.setdefault("refusals", []).append(refused.message)
    return told


def dims(path, style):
    import json

    import gimp_studio as studio

    told = {}
    image = studio.load(path)
    source = image.get_layers()[0]
    full = studio.stylize(image, [source], style=style)

    def is_full(layer):
        return studio.read(layer, "R'G'B'A u8") == pixels

    pixels = studio.read(full, "R'G'B'A u8")
    image.remove_layer(full)
    first = studio.stylize(image, [source], style=style, strength=0.6, strength_as_opacity=True)
    told["first"] = [round(first.get_opacity(), 3), is_full(first), studio.recipe(first)["parameters"]["strength"]]
    again = studio.repeat(image, [source])
    told["again"] = [round(again.get_opacity(), 3), is_full(again)]
    first.set_opacity(35.0)
    edited = studio.edit(image, [first])
    told["edited"] = [round(edited.get_opacity(), 3), round(studio.recipe(edited)["parameters"]["strength"], 3)]
    recipe = json.loads(studio.recipe_text(image, [edited]))
    recipe["parameters"]["as_opacity"] = False
    painted = studio.edit(image, [edited], recipe=json.dumps(recipe))
    told["painted"] = [round(painted.get_opacity(), 3), is_full(painted)]
    return told


def test_a_strength_as_opacity_stays_one_through_repeat_and_edit_and_can_be_painted_after_all(painter: Gimp, photo: Path):
    told = painter.run(dims, path=photo, style=PACK_ID)
    assert told["first"] == [60.0, True, 0.6] and told["again"] == [60.0, True]
    assert told["edited"] == [35.0, 0.35] and told["painted"] == [100.0, False]


def is_dressed_up(path, folder, style):
    import gimp_studio as studio
    from gi.repository import Gimp

    told = {}
    image = studio.load(path)
    source = image.get_layers()[0]
    result = studio.stylize(image, [source], style=style, strength=0.7)
    pixels = studio.read(result, "R'G'B'A u8")
    blur = Gimp.DrawableFilter.new(result, "gegl:gaussian-blur", "soft")
    blur.get_config().set_property("std-dev-x", 4.5)
    blur.set_opacity(0.5)
    blur.update()
    result.append_filter(blur)
    result.set_lock_content(True)
    result.set_lock_position(True)

    def look(layer):
        effects = [[each.get_name(), each.get_config().get_property("std-dev-x"), each.get_opacity()] for each in layer.get_filters()]
        locks = [layer.get_lock_content(), layer.get_lock_position(), layer.get_lock_alpha(), layer.get_lock_visibility()]
        return [effects, locks]

    told["before"] = look(result)
    recipe = studio.recipe_text(image, [result])
    edited = studio.edit(image, [result], recipe=recipe.replace("0.7", "0.4"))
    told["after"] = look(edited)
    opaque = edited.copy()
    image.insert_layer(opaque, None, 0)
    for lock in (opaque.set_lock_content, opaque.set_lock_position):
        lock(False)
    opaque.flatten()
    told["opaque"] = [opaque.has_alpha(), *look(opaque)]
    again = studio.edit(image, [opaque])
    told["with alpha again"] = [again.has_alpha(), *look(again)]
    told["its pixels"] = studio.read(again, "R'G'B'A u8") == studio.read(edited, "R'G'B'A u8")
    image.remove_layer(again)
    told["another picture"] = studio.read(edited, "R'G'B'A u8") != pixels
    told["layers"] = studio.tree(image.get_layers())

    twin = image.duplicate()
    again = studio.edit(twin, [twin.get_layers()[0]], recipe=recipe)
    told["in a copy"] = [studio.tree(twin.get_layers()), look(again)]
    # Two results of one layer, one of a result, a copy of a layer: in a copy of the image each of them knows its own source still.
    other = studio.load(path)
    first = studio.stylize(other, [other.get_layers()[0]], style=style)
    second = studio.stylize(other, [other.get_layers()[1]], style=style, strength=0.6)
    of_first = studio.stylize(other, [first], style=style, strength=0.9)
    for layer, name in ((first, "first"), (second, "second"), (of_first, "of first")):
        layer.set_name(name)
    other.get_layers()[-1].set_name("photo")
    copy = second.copy()
    other.insert_layer(copy, None, 0)
    told["tree"] = studio.tree(other.get_layers())

    def sources(image):
        found = {}
        for number, layer in enumerate(image.get_layers()[:-1]):
            edited = studio.edit(image, [layer], recipe=studio.recipe_text(image, [layer]))
            tattoo = int(bytes(edited.get_parasite("brushwarp-source").get_data()).decode().split()[0])
            found[number] = image.get_layer_by_tattoo(tattoo).get_name()
        return found

    twin = other.duplicate()
    told["sources"] = [sources(twin), sources(other), sources(twin)]
    twin.remove_layer(twin.get_layers()[-1])
    try:
        studio.edit(twin, [twin.get_layers()[0]])
    except studio.Refused as refused:
        told["gone"] = refused.message
    return told


def test_an_edited_result_keeps_effects_and_locks_and_a_copy_of_the_image_knows_its_source(painter: Gimp, photo: Path, tmp_path: Path):
    told = painter.run(is_dressed_up, path=photo, folder=tmp_path, style=PACK_ID)
    assert told["before"] == told["after"] == [[["soft", 4.5, 0.5]], [True, True, False, False]]
    assert told["opaque"][0] is False and told["with alpha again"] == [True, *told["opaque"][1:]] and told["its pixels"]
    assert told["another picture"] and told["layers"] == [NAME, PHOTO]
    assert told["in a copy"] == [[NAME, PHOTO], told["before"]]
    assert told["tree"] == ["second copy", "of first", "first", "second", "photo"]
    assert told["sources"] == [{"0": "photo", "1": "first", "2": "photo", "3": "photo"}] * 3
    assert "not in the image any more" in told["gone"]


@pytest.fixture(scope="module")
def told(painter: Gimp, photo: Path, tmp_path_factory):
    folder = tmp_path_factory.mktemp("told")
    value = painter.run(stylizes_repeats_and_edits, path=photo, folder=folder, style=PACK_ID, arrows=ARROWS)
    return {**value, "folder": folder}


def test_repeat_paints_the_same_on_a_new_layer(told):
    first, again = (np.fromfile(told["folder"] / f"{name}.raw", np.uint8) for name in ("first", "again"))
    assert (first == again).all()
    assert [name.partition(" #")[0] for name in told["layers"]] == [NAME, NAME, PHOTO]
    assert told["again"] == told["first"]


def test_edit_replaces_the_result_and_leaves_the_source(told):
    assert told["after"] == [NAME, PHOTO] and told["untouched"] and told["as text"]
    assert told["edited"]["parameters"] == {**told["first"]["parameters"], "strength": 0.2}
    assert told["kept"] == [55.0, True, 0, 12, -7]  # opacity, mode, mask, place


def test_a_saved_image_can_be_edited_after_it_is_opened_again(told):
    layers, recipe, untouched = told["reopened"]
    assert layers == [NAME, PHOTO] and untouched
    assert recipe["parameters"] == told["edited"]["parameters"] and recipe["keypoints"] == told["edited"]["keypoints"]


def test_what_cannot_be_done_is_told(told):
    assert "nothing to repeat" in told["nothing yet"]
    assert "not made by Brushwarp" in told["no result"] and "Select a layer" in told["no result"]
    assert "not in the image any more" in told["source gone"]
    no_recipe, no_verb = told["refusals"]
    assert "no Brushwarp recipe" in no_recipe and "“dance”" in no_verb


def repeats_what_a_saved_image_tells(path):
    import gimp_studio as studio

    image = studio.load(path)
    source = image.get_layers()[-1]
    return studio.recipe(studio.repeat(image, [source]))


def test_in_a_new_session_the_images_newest_result_is_repeated(told, painter):
    recipe = painter.run(repeats_what_a_saved_image_tells, path=told["folder"] / "study.xcf")
    assert recipe["parameters"] == told["edited"]["parameters"]


def follows_and_leaves_a_recipe(path, recipe, folder):
    import json

    import gimp_studio as studio

    image = studio.load(path)
    layer = studio.repeat(image, [image.get_layers()[0]], recipe=open(recipe, encoding="utf-8").read())
    studio.dump(layer, "R'G'B' u8", folder + "/host.raw")
    open(folder + "/host.json", "w", encoding="utf-8").write(json.dumps(studio.recipe(layer)))


@pytest.mark.parametrize("verb", ["stylize", "warp", "deform"])
def test_a_recipe_of_the_command_line_gives_the_same_picture_here_and_back_there(painter, photo, tmp_path, verb):
    from brushwarp.cli import main
    from brushwarp.image import load_picture

    pack = painter.user.brushwarp_home / "styles" / f"{PACK_ID}.safetensors"
    arrows = tmp_path / "arrows.txt"
    words = {
        "stylize": ["--style", str(pack), "--strength", "0.6", "--smoothness", "20"], "warp": ["--smoothness", "20"],
        "deform": [str(pack), "--base", "multimodal", "--size", "64"],
    }[verb]
    arrows.write_text("# brushwarp arrows\n60 40 75 46\n120 90 112 80\n", encoding="utf-8")
    with contextlib.redirect_stderr(io.StringIO()) as said, mock.patch.dict(os.environ, FLOAT32):
        assert main([verb, str(photo), *words, "--keypoints", str(arrows), "-o", str(tmp_path / "there.png")]) == 0, said.getvalue()
        painter.run(follows_and_leaves_a_recipe, path=photo, recipe=tmp_path / "there.recipe.json", folder=tmp_path)
        assert main(["recipe", str(tmp_path / "host.json"), str(photo), "-o", str(tmp_path / "back.png")]) == 0, said.getvalue()
    there, back = (
        (load_picture(tmp_path / name).pixels.permute(1, 2, 0).numpy() * 255).round().astype(int) for name in ("there.png", "back.png")
    )
    here = np.fromfile(tmp_path / "host.raw", np.uint8).reshape(CANVAS[1], CANVAS[0], 3).astype(int)
    assert np.abs(here - there).max() <= 1 and np.abs(back - there).max() <= 1
    assert np.abs(there - photo_pixels()).mean() > (1 if verb == "warp" else 10)
    kept = json.loads((tmp_path / "host.json").read_text(encoding="utf-8"))
    assert kept["keypoints"] == [[60, 40, 75, 46], [120, 90, 112, 80]] and kept["verb"] == verb
    assert verb == "deform" or kept["parameters"]["smoothness"] == 20


def edits_through_a_selection(path, style):
    import hashlib

    import gimp_studio as studio
    from gi.repository import Gimp

    image = studio.load(path)
    source = image.get_layers()[0]
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 30, 20, 120, 80)
    Gimp.Selection.feather(image, 12.0)
    layer = studio.stylize(image, [source], style=style)
    Gimp.Selection.none(image)

    def alpha(layer):
        return hashlib.sha256(studio.read(layer, "R'G'B'A u8")[3::4]).hexdigest()

    shown = [alpha(layer)]
    layer = studio.edit(image, [layer])
    shown.append(alpha(layer))
    layer = studio.edit(image, [layer])
    shown.append(alpha(layer))
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 0, 0, 50, 50)
    shown.append(alpha(studio.edit(image, [layer])))
    return shown


def test_an_edited_result_shows_where_it_did_unless_something_else_is_selected(painter, photo):
    first, second, third, elsewhere = painter.run(edits_through_a_selection, path=photo, style=PACK_ID)
    assert first == second == third != elsewhere


def deforms_and_warps_again(path, arrows):
    import gimp_studio as studio

    image = studio.load(path)
    source = image.get_layers()[0]
    studio.new_layer(image, 60, 50, name="Wogen", pixels=bytes(range(250)) * 48)
    studio.draw_arrows(image, arrows)
    told = {}
    for name, make in (
        ("deform", lambda: studio.deform(image, [source], style_layer=image.get_layers()[0], seed=3)),
        ("warp", lambda: studio.warp(image, [source], exaggeration=0.5, smoothness=0.3)),
    ):
        made = make()
        told[name] = [studio.recipe(layer) for layer in (made, studio.repeat(image, [source]), studio.edit(image, [made]))]
    image.remove_layer(next(layer for layer in image.get_layers() if layer.get_name() == "Wogen"))
    deformed = next(layer for layer in image.get_layers() if layer.get_name().startswith("Wogen"))
    try:
        studio.edit(image, [deformed])
    except studio.Refused as refused:
        told["gone"] = refused.message
    return told


def test_deformations_and_warps_are_repeated_and_edited_as_they_were(painter, photo):
    told = painter.run(deforms_and_warps_again, path=photo, arrows=ARROWS)
    for verb in ("deform", "warp"):
        made, *others = told[verb]
        assert made["verb"] == verb and made["keypoints"]
        assert others == [made, made]
    assert "“Wogen”, is neither a layer here nor a picture file" in told["gone"]


def paints_two_layers(path, style):
    import gimp_studio as studio
    from gi.repository import Gimp

    image = studio.load(path)
    bottom = image.get_layers()[0]
    top = studio.new_layer(image, 60, 50, name="top", at=(20, 10), pixels=bytes(range(250)) * 48)
    image.set_selected_layers([top, bottom])
    before = [studio.fingerprint(layer) for layer in (top, bottom)]
    studio.stylize(image, [top, bottom], style=style, strength=0.5)
    told = {"layers": studio.tree(image.get_layers()), "selected": len(image.get_selected_layers())}
    told["made"] = [studio.recipe(layer)["parameters"] for layer in image.get_selected_layers()]
    studio.repeat(image, [top, bottom])
    told["repeated"] = studio.tree(image.get_layers())
    told["untouched"] = [studio.fingerprint(layer) for layer in (top, bottom)] == before
    try:
        studio.suggest(image, [top, bottom])
    except studio.Refused as refused:
        told["suggest"] = refused.message
    Gimp.displays_flush()
    return told


def test_all_selected_layers_are_painted_each_above_its_own(painter, photo):
    told = painter.run(paints_two_layers, path=photo, style=PACK_ID)
    assert [name.partition(" #")[0] for name in told["layers"]] == [NAME, "top", NAME, PHOTO] and told["selected"] == 2
    assert sorted(made["width"] for made in told["made"]) == [60, CANVAS[0]]
    assert all(made["canvas_short_side"] == CANVAS[1] for made in told["made"])
    assert [name.partition(" #")[0] for name in told["repeated"]] == [NAME, NAME, "top", NAME, NAME, PHOTO] and told["untouched"]
    assert "2 layers are selected" in told["suggest"]


def speaks_scheme(path, style):
    import gimp_studio as studio
    from gi.repository import Gimp

    def scheme(script):
        evaluate = Gimp.get_pdb().lookup_procedure("plug-in-script-fu-eval")
        config = evaluate.create_config()
        config.set_property("run-mode", Gimp.RunMode.NONINTERACTIVE)
        config.set_property("script", script)
        status = evaluate.run(config).index(0)
        assert status == Gimp.PDBStatusType.SUCCESS, Gimp.get_pdb().get_last_error()

    image = studio.load(path)
    source = image.get_layers()[0]
    told = [studio.recipe(studio.stylize(image, [source], style=style, strength=0.6))]
    call = "(plug-in-brushwarp-%s #:run-mode RUN-NONINTERACTIVE #:image %d #:drawables (vector %d) #:recipe %s)"
    scheme(call % ("repeat", image.get_id(), source.get_id(), '""'))
    told.append(studio.recipe(image.get_layers()[1]))
    recipe = '(car (plug-in-brushwarp-recipe #:run-mode RUN-NONINTERACTIVE #:image %d #:drawables (vector %d)))'
    top = image.get_layers()[0].get_id()
    scheme(call % ("edit", image.get_id(), top, recipe % (image.get_id(), top)))
    told.append(studio.recipe(image.get_layers()[0]))

    like = source.copy()
    like.set_name("like")
    image.insert_layer(like, None, len(image.get_layers()))
    like.transform_flip_simple(Gimp.OrientationType.HORIZONTAL, True, 0)
    studio.draw_arrows(image, [[(60, 40), (75, 46)], [(120, 90), (112, 80)]])
    others = {}
    for name, words in (
        ("warp", "#:exaggeration 1.5"), ("suggest", "#:style-layer %d #:count 3 #:mirror TRUE" % like.get_id()),
        ("deform", "#:style-layer %d #:method \"gatys\" #:working-size 64" % like.get_id()),
    ):
        before = len(image.get_layers()), len(image.get_paths())
        image.set_selected_layers([source])
        scheme("(plug-in-brushwarp-%s #:run-mode RUN-NONINTERACTIVE #:image %d #:drawables (vector %d) %s)" % (name, image.get_id(), source.get_id(), words))
        others[name] = [len(image.get_layers()) - before[0], len(image.get_paths()) - before[1]]
        if name != "suggest":
            others[name].append(studio.recipe(image.get_selected_layers()[0]))
    browser = {}
    for name in (studio.REPEAT, studio.EDIT, studio.RECIPE, studio.WARP, studio.SUGGEST, studio.DEFORM):
        procedure = Gimp.get_pdb().lookup_procedure(name)
        browser[name] = [procedure.get_blurb(), procedure.get_help(), procedure.get_menu_paths()]
    return told, others, browser


def test_script_fu_repeats_edits_reads_recipes_warps_suggests_and_deforms(painter, photo):
    (made, *again), others, browser = painter.run(speaks_scheme, path=photo, style=PACK_ID)
    assert again == [made, made]
    assert others["warp"][:2] == [1, 0] and others["warp"][2]["parameters"]["exaggeration"] == 1.5 and len(others["warp"][2]["keypoints"]) == 2
    assert others["suggest"] == [0, 1]
    assert others["deform"][0] == 1 and others["deform"][2]["parameters"]["base"] == "gatys" and others["deform"][2]["style"]["id"] == "like"
    for blurb, help_text, menus in browser.values():
        assert len(blurb) > 30 and len(help_text) > 100 and menus == ["<Image>/Filters/Brushwarp"]
