"""What is selected as a layer mask of the result, in the real GIMP; and what becomes of results, and of results of results, when they are edited."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gimp_fixtures import CANVAS, PACK_ID, PACK_NAME, photo_pixels, write_photo


def masks(path, folder, style):
    import gimp_studio as studio
    from gi.repository import Gegl, Gimp

    PIXELS, SHOWN, MASK = "R'G'B'A u8", "R'G'B' u8", "Y u8"

    def shows(*layers):
        for layer in image.get_layers():
            layer.set_visible(layer in (source, *layers))
        return studio.flat(image, SHOWN)

    def keep(**pixels):
        for name, data in pixels.items():
            with open("%s/%s.raw" % (folder, name), "wb") as file:
                file.write(data)

    def said(layer):
        mask = layer.get_mask()
        return [layer.get_name(), mask is not None, layer.get_parasite("brushwarp-selection-as-mask") is not None, layer.get_edit_mask()]

    told = {}
    image = studio.load(path)
    source = image.get_layers()[0]
    before = studio.fingerprint(source)
    whole = studio.stylize(image, [source], style=style, selection_as_mask=True)
    told["nothing selected"] = said(whole)
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 30, 25, 110, 80)
    Gimp.Selection.feather(image, 15.0)
    clipped = studio.stylize(image, [source], style=style)
    masked = studio.stylize(image, [source], style=style, selection_as_mask=True)
    told["clipped"], told["masked"] = said(clipped), said(masked)
    for name, layer in (("whole", whole), ("masked", masked), ("clipped", clipped)):
        keep(**{name + "_pixels": studio.read(layer, PIXELS)})
    keep(selection=studio.read(image.get_selection(), MASK), mask=studio.read(masked.get_mask(), MASK))
    keep(clipped_shows=shows(clipped), masked_shows=shows(masked))
    told["repeated"] = said(studio.repeat(image, [source]))

    # What the painter makes of the mask stays, and whatever is selected is another one.
    Gimp.Selection.none(image)
    buffer = masked.get_mask().get_buffer()
    buffer.set(Gegl.Rectangle.new(0, 0, 60, 60), MASK, bytes(60 * 60))
    buffer.flush()
    painted_on = studio.read(masked.get_mask(), MASK)
    upper = studio.stylize(image, [masked], style=style, strength=0.5)
    edited = studio.edit(image, [masked])
    told["edited"] = [*said(edited), studio.read(edited.get_mask(), MASK) == painted_on]
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 40, 40, 50, 30)
    other = studio.edit(image, [edited])
    keep(other_selection=studio.read(image.get_selection(), MASK), other_mask=studio.read(other.get_mask(), MASK))
    told["other"] = said(other)
    Gimp.Selection.none(image)

    # One that was made of it has it as its source still.
    copy = other.copy()
    image.insert_layer(copy, None, 0)  # has all that the other has, but is not it
    renewed = studio.edit(image, [upper])
    told["of a result"] = [*said(renewed), bytes(renewed.get_parasite("brushwarp-source").get_data()).decode().split()[0] == str(other.get_tattoo())]
    image.remove_layer(copy)

    # Cropped, what lies outside stays hidden; scaled with the image, the mask stays.
    small = other.copy()
    image.insert_layer(small, None, 0)
    small.resize(60, 50, -35, -35)
    cut = studio.edit(image, [small])
    told["cut"] = [*said(cut), studio.read(cut.get_mask(), MASK) == studio.read(other.get_mask(), MASK)]
    own = clipped.create_mask(Gimp.AddMaskType.WHITE)
    clipped.add_mask(own)
    told["a mask of the painter's"] = said(studio.edit(image, [clipped]))
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 40, 40, 50, 30)
    told["deformed"] = said(studio.deform(image, [source], style=style, method="multimodal", selection_as_mask=True))
    studio.save(image, folder + "/masks.xcf")
    again = studio.load(folder + "/masks.xcf")
    told["reopened"] = said(again.get_layer_by_name(other.get_name()))
    told["untouched"] = studio.fingerprint(source)[-1] == before[-1]
    Gimp.Selection.none(image)
    image.scale(image.get_width() // 2, image.get_height() // 2)
    told["scaled"] = said(studio.edit(image, [other]))
    return told


@pytest.fixture(scope="module")
def told(painter, tmp_path_factory) -> dict:
    folder: Path = tmp_path_factory.mktemp("Masken")
    photo = write_photo(folder / "photo.png", photo_pixels())
    told = painter.run(masks, path=photo, folder=folder, style=PACK_ID)
    for path in folder.glob("*.raw"):
        told[path.stem] = np.fromfile(path, np.uint8).reshape(CANVAS[1], CANVAS[0], -1).astype(int)
    return told


def test_all_is_painted_and_a_mask_shows_what_is_selected(told):
    assert told["masked"] == [told["masked"][0], True, True, False] and told["clipped"][1:] == [False, False, False]
    assert told["untouched"]
    assert np.array_equal(told["mask"], told["selection"])
    assert len(np.unique(told["selection"])) > 50  # it is feathered


def test_the_painting_beneath_the_mask_is_whole(told):
    assert told["nothing selected"][1:] == [False, False, False]
    assert np.array_equal(told["masked_pixels"], told["whole_pixels"])
    assert (told["clipped_pixels"][..., 3] < 255).any()


def test_it_looks_as_clipped_pixels_do(told):
    assert np.abs(told["clipped_shows"] - told["masked_shows"]).max() <= 2


def test_repeat_last_masks_likewise(told):
    assert told["repeated"][1:] == [True, True, False]


def test_what_was_painted_on_the_mask_stays_when_the_result_is_edited(told):
    assert told["edited"][1:] == [True, True, False, True]


def test_another_selection_is_another_mask(told):
    assert told["other"][1:] == [True, True, False]
    assert np.array_equal(told["other_mask"], told["other_selection"])


def test_it_is_known_after_saving(told):
    assert told["reopened"] == told["other"]


def test_a_result_of_an_edited_result_finds_it(told):
    assert told["of a result"][0].startswith(f"{PACK_NAME} · Brushwarp") and told["of a result"][-1]


def test_cropped_or_scaled_it_is_masked_still(told):
    assert told["cut"][1:] == [True, True, False, True]
    assert told["scaled"][1:] == [True, True, False]


def test_a_mask_of_the_painters_own_stays_what_it_is(told):
    assert told["a mask of the painter's"][1:] == [True, False, False]


def test_deform_masks_too(told):
    assert told["deformed"][1:] == [True, True, False]
