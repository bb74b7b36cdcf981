"""What Stylize in the real GIMP says to input that it can't take: a sentence that helps, and an image as it was."""

from __future__ import annotations

import pytest
from gimp_fixtures import PACK_ID, write_photo
from harness import Gimp


def collects_refusals(path, style, home):
    import os

    import gimp_studio as studio
    from gi.repository import Gimp

    told = {}

    def refused(name, image, layers, **settings):
        before = [studio.tree(image.get_layers()), [studio.fingerprint(layer) for layer in image.get_layers() if not layer.is_group()]]
        try:
            studio.stylize(image, layers, **{"style": style, **settings})
            told[name] = "it was not refused"
        except studio.Refused as refusal:
            told[name] = "%s: %s" % (refusal.status, refusal.message)
        after = [studio.tree(image.get_layers()), [studio.fingerprint(layer) for layer in image.get_layers() if not layer.is_group()]]
        if after != before:
            told[name] += " BUT THE IMAGE CHANGED"

    image = studio.load(path)
    photo = image.get_layers()[0]
    copy = image.duplicate()
    copy.convert_indexed(Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE, 16, False, False, "")
    refused("indexed", copy, [copy.get_layers()[0]])
    refused("no layer", image, [])
    group = Gimp.GroupLayer.new(image, "my group")
    image.insert_layer(group, None, 0)
    refused("group", image, [group])
    refused("two layers", image, [photo, group])
    refused("channel", image, [image.get_selection()])
    refused("empty layer", image, [studio.new_layer(image, 30, 20, name="blank")])
    refused("one pixel", image, [studio.new_layer(image, 1, 1, name="speck", pixels=b"\1\2\3\xff")])
    copy = image.duplicate()
    locked = next(layer for layer in copy.get_layers() if layer.get_name() == photo.get_name())
    locked.set_lock_content(True)
    refused("locked", copy, [locked])
    huge = Gimp.Image.new(40000, 40000, Gimp.ImageBaseType.GRAY)
    wide = Gimp.Layer.new(huge, "wide", 40000, 40000, Gimp.ImageType.GRAY_IMAGE, 100.0, Gimp.LayerMode.NORMAL)
    huge.insert_layer(wide, None, 0)
    try:  # without looking at its pixels before and after: they are 1.6 GB
        studio.stylize(huge, [wide], style=style)
    except studio.Refused as refusal:
        told["huge"] = "%s: %s" % (refusal.status, refusal.message)
    huge.delete()
    refused("unknown style", image, [photo], style="rembrandt")
    refused("no pack", image, [photo], style=home + "/styles/broken.safetensors")
    refused("no such path", image, [photo], keypoints="my arrows")
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 0, 0, 10, 10)
    far = studio.new_layer(image, 40, 40, name="far", at=(100, 100), pixels=b"\1\2\3\xff" * 1600)
    refused("selection elsewhere", image, [far])
    Gimp.Selection.none(image)
    path_layer = studio.draw_arrows(image, [[(5, 5)]])
    refused("no arrows", image, [photo])
    image.remove_path(path_layer)
    path_layer = studio.draw_arrows(image, [[(5, 5), (50, 50)]])
    refused("arrow beside the layer", image, [far])
    image.remove_path(path_layer)
    path_layer = studio.draw_arrows(image, [[(5, 5), (50, 50)], [(20, 5), (50, 50)]])
    refused("arrows that meet", image, [photo])
    image.remove_path(path_layer)
    Gimp.Selection.all(image)
    floating = Gimp.edit_copy([photo]) and Gimp.edit_paste(photo, True)[0]
    refused("floating selection", image, [floating])
    image.floating_sel_remove(floating) if hasattr(image, "floating_sel_remove") else Gimp.floating_sel_remove(floating)
    os.rename(home + "/install.json", home + "/gone.json")
    try:
        refused("not installed", image, [photo])
    finally:
        os.rename(home + "/gone.json", home + "/install.json")
    return told


@pytest.fixture(scope="module")
def refusals(painter: Gimp, tmp_path_factory):
    home = painter.user.brushwarp_home
    (home / "styles" / "broken.safetensors").write_bytes((home / "styles" / f"{PACK_ID}.safetensors").read_bytes()[:5000])
    photo = write_photo(tmp_path_factory.mktemp("photo") / "photo.png")
    return painter.run(collects_refusals, path=photo, style=PACK_ID, home=home)


SENTENCES = {
    "indexed": "Image > Mode > RGB",
    "no layer": "No layer is selected",
    "group": "“my group” is a group",
    "two layers": "is a group of layers",  # and the other one is not painted
    "channel": "A channel is selected",
    "empty layer": "“blank” is empty",
    "one pixel": "“speck” is a single pixel",
    "locked": "Unlock its pixels",
    "huge": "Scale the layer down, or crop it",
    "unknown style": "rembrandt",
    "no pack": "cut short",
    "no such path": "no path named “my arrows”",
    "selection elsewhere": "does not touch “far”",
    "no arrows": "has no arrows",
    "arrow beside the layer": "outside of the picture",
    "arrows that meet": "end in the same point",
    "floating selection": "Anchor it",
    "not installed": "install_scripts/install.py",
}


@pytest.mark.parametrize("what", SENTENCES)
def test_what_can_t_be_painted_is_refused_in_words_that_help(refusals, what):
    assert refusals[what].startswith("EXECUTION_ERROR: ")
    assert SENTENCES[what] in refusals[what]
    assert "\n" in refusals[what]  # what happened, and what to do
    assert "CHANGED" not in refusals[what]


def paints_with_a_mask_active(path, style):
    import gimp_studio as studio
    from gi.repository import Gimp

    image = studio.load(path)
    photo = image.get_layers()[0]
    mask = photo.create_mask(Gimp.AddMaskType.WHITE)
    photo.add_mask(mask)
    studio.stylize(image, [mask], style=style)
    return studio.tree(image.get_layers())


def test_with_a_layer_mask_selected_its_layer_is_painted(painter, tmp_path):
    layers = painter.run(paints_with_a_mask_active, path=write_photo(tmp_path / "photo.png"), style=PACK_ID)
    assert len(layers) == 2
