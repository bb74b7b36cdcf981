"""Sizes, selections, transparency and layered files."""

import io
import zipfile
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from PIL import Image

from brushwarp.errors import BrushwarpError
from brushwarp.image import (
    Box,
    Picture,
    apply_region,
    crop,
    extend_colours,
    mask_bounds,
    paste,
    resize,
    save_openraster,
)


def random_picture(height, width, seed=0, alpha=False, **rest):
    generator = torch.Generator().manual_seed(seed)
    return Picture(
        torch.rand(3, height, width, generator=generator),
        alpha=torch.rand(1, height, width, generator=generator) if alpha else None,
        **rest,
    )


def test_fine_stripes_shrink_to_grey_not_to_moire():
    stripes = (torch.arange(300) % 2).float().expand(3, 40, 300)
    small = resize(stripes, (40, 70))
    assert small.shape == (3, 40, 70)
    assert (small - 0.5).abs().max() < 0.06


def test_a_ramp_stays_a_ramp_at_any_size_and_the_same_size_is_the_same_tensor():
    ramp = ((torch.arange(64) + 0.5) / 64).expand(2, 3, 8, 64)
    for width in (16, 41, 64, 200):
        wanted = (torch.arange(width) + 0.5) / width
        inner = slice(width // 8, -width // 8)
        assert torch.allclose(resize(ramp, (8, width))[1, 2, 4, inner], wanted[inner], atol=2e-3)
    assert resize(ramp, (8, 64)) is ramp
    half = resize(ramp.to(torch.bfloat16), (8, 32))
    assert half.dtype == torch.bfloat16 and half.shape == (2, 3, 8, 32)
    with pytest.raises(ValueError, match="uint8"):
        resize(torch.zeros(3, 4, 4, dtype=torch.uint8), (2, 2))


def test_a_column_is_resized_as_the_same_row_is():
    row = torch.rand(3, 1, 7, generator=torch.Generator().manual_seed(1))
    for length in (3, 20):
        column = resize(row.mT, (length, 1))
        assert column.shape == (3, length, 1) and torch.allclose(column.mT, resize(row, (1, length)), atol=1e-6)
        assert torch.allclose(resize(row.mT.expand(3, 7, 2), (length, 2))[..., :1], column, atol=1e-6)


def disc_mask(height, width):
    y, x = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")
    return ((14 - (x - 30).hypot(y - 20)) / 6).clamp(0, 1)[None]


def test_bounds_of_a_feathered_selection_hold_all_of_it_and_no_more():
    mask = disc_mask(50, 60)
    box = mask_bounds(mask)
    assert box == Box(16, 6, 44, 34)
    assert (box.of(mask) > 0).sum() == (mask > 0).sum()
    with pytest.raises(BrushwarpError) as raised:
        mask_bounds(torch.zeros(1, 5, 5))
    assert raised.value.code == "region-empty" and raised.value.hint


def test_a_box_grows_within_the_picture_and_never_too_small():
    assert Box(5, 5, 10, 12).grown(3, (50, 60)) == Box(2, 2, 13, 15)
    assert Box(0, 1, 58, 49).grown(10, (50, 60)) == Box(0, 0, 60, 50)
    assert Box(59, 0, 60, 1).grown(0, (50, 60)) == Box(58, 0, 60, 2)


@pytest.mark.parametrize("alpha", [False, True])
def test_a_layer_shows_only_the_selection_and_keeps_its_colours(alpha):
    picture, mask = random_picture(50, 60, alpha=alpha), disc_mask(50, 60)
    layer = apply_region(picture, mask)
    assert torch.equal(layer.pixels, picture.pixels)
    assert torch.equal(layer.alpha, mask * picture.alpha if alpha else mask)
    with pytest.raises(BrushwarpError) as raised:
        apply_region(picture, mask[:, :40])
    assert raised.value.code == "region-size"


@pytest.mark.parametrize("base_alpha", [False, True])
@pytest.mark.parametrize("patch_alpha", [False, True])
def test_a_patch_pasted_by_a_feathered_selection_leaves_everything_outside_untouched(base_alpha, patch_alpha):
    picture, mask = random_picture(50, 60, 1, base_alpha), disc_mask(50, 60)
    box = mask_bounds(mask).grown(4, picture.size)
    patch = random_picture(box.height, box.width, 2, patch_alpha)
    pasted = paste(picture, patch, box, mask)
    outside, inside = mask[0] == 0, mask[0] == 1
    assert torch.equal(pasted.pixels[:, outside], picture.pixels[:, outside])
    assert torch.equal(box.of(pasted.pixels)[:, box.of(inside)], patch.pixels[:, box.of(inside)])
    if base_alpha:
        assert torch.equal(pasted.alpha[:, outside], picture.alpha[:, outside])
    if not base_alpha and not patch_alpha:
        assert pasted.alpha is None
        between = (mask > 0) & (mask < 1)
        faded = box.of(mask) * patch.pixels + (1 - box.of(mask)) * box.of(picture.pixels)
        assert torch.allclose(box.of(pasted.pixels)[:, box.of(between)[0]], faded[:, box.of(between)[0]], atol=1e-6)


def test_a_patch_that_was_cropped_and_pasted_changes_nothing():
    picture = random_picture(30, 40, 3, alpha=True)
    box = Box(5, 6, 21, 17)
    again = paste(picture, crop(picture, box), box)
    assert torch.equal(again.pixels, picture.pixels) and torch.equal(again.alpha, picture.alpha)
    with pytest.raises(ValueError, match=r"\(11, 16\)"):
        paste(picture, random_picture(5, 5), box)


def test_a_transparent_patch_fades_in_without_its_hidden_colour():
    base = Picture(torch.full((3, 8, 8), 0.8))
    patch = Picture(torch.zeros(3, 8, 8), alpha=torch.zeros(1, 8, 8))
    pasted = paste(base, patch, Box(0, 0, 8, 8), torch.full((1, 8, 8), 0.5))
    assert torch.allclose(pasted.pixels, base.pixels) and torch.allclose(pasted.alpha, torch.full((1, 8, 8), 0.5))


def test_the_surroundings_of_a_shape_take_its_colours_and_the_shape_keeps_its_own():
    y, x = torch.meshgrid(torch.arange(61) + 0.5, torch.arange(90) + 0.5, indexing="ij")
    alpha = (20.5 - (x - 40).hypot(y - 30)).clamp(0, 1)[None]
    colour = torch.stack([0.5 + x / 300, 0.4 + y / 200, torch.full_like(x, 0.7)])
    hidden = torch.where(alpha > 0, colour, torch.zeros(3, 1, 1))
    extended = extend_colours(hidden, alpha)
    assert torch.equal(extended[:, alpha[0] >= 0.125], hidden[:, alpha[0] >= 0.125])
    rim = (alpha[0] == 0) & ((x - 40).hypot(y - 30) < 24)
    assert (extended - colour)[:, rim].abs().max() < 0.08
    assert extended.min() > 0.35, "no black is left anywhere"
    steps = (extended[:, :, 1:] - extended[:, :, :-1]).abs().max()
    assert steps < 0.1, "the picture goes on smoothly"


def test_pictures_that_are_wholly_opaque_or_wholly_transparent_stay_as_they_are():
    pixels = random_picture(7, 5).pixels
    assert torch.equal(extend_colours(pixels, torch.ones(1, 7, 5)), pixels)
    assert torch.equal(extend_colours(pixels, torch.zeros(1, 7, 5)), pixels)
    one = torch.zeros(1, 7, 5)
    one[0, 3, 2] = 1
    assert torch.allclose(extend_colours(pixels, one), pixels[:, 3, 2].view(3, 1, 1).expand(3, 7, 5), atol=1e-5)


def png_in(archive, name):
    return np.array(Image.open(io.BytesIO(archive.read(name))))


def test_a_layered_file_is_laid_out_as_openraster_demands(tmp_path):
    bottom = random_picture(30, 40, 1, ppi=(300.0, 300.0))
    top = apply_region(random_picture(30, 40, 2), torch.full((1, 30, 40), 0.5))
    save_openraster(tmp_path / "a.ora", [('Sky <"&"> ünder', top), ("Photo", bottom)])
    data = (tmp_path / "a.ora").read_bytes()
    assert data[30:38] == b"mimetype" and data[38:54] == b"image/openraster"
    with zipfile.ZipFile(tmp_path / "a.ora") as archive:
        assert archive.testzip() is None
        root = ElementTree.fromstring(archive.read("stack.xml"))
        assert (root.get("w"), root.get("h"), root.get("xres")) == ("40", "30", "300")
        layers = root.findall("stack/layer")
        assert [layer.get("name") for layer in layers] == ['Sky <"&"> ünder', "Photo"]
        photo = png_in(archive, layers[1].get("src"))
        wanted = bottom.pixels.permute(1, 2, 0).numpy() * 255
        assert np.abs(photo - wanted).max() <= 0.501
        merged = png_in(archive, "mergedimage.png")
        assert np.abs(merged - (wanted + top.pixels.permute(1, 2, 0).numpy() * 255) / 2).max() <= 0.6
        thumbnail = png_in(archive, "Thumbnails/thumbnail.png")
        assert thumbnail.shape == (30, 40, 3) and thumbnail.dtype == np.uint8


def test_layers_keep_their_depth_and_profile_and_the_same_layers_give_the_same_file(tmp_path):
    layers = [
        ("a", random_picture(20, 700, 1, alpha=True, depth="u16")),
        ("b", random_picture(20, 700, 2, depth="f32")),
    ]
    for name in ("one.ora", "two.ora"):
        save_openraster(tmp_path / name, layers)
    assert (tmp_path / "one.ora").read_bytes() == (tmp_path / "two.ora").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.ora") as archive:
        for name in ("data/layer000.png", "data/layer001.png"):
            assert archive.read(name)[24] == 16, "bits of a channel"
        assert archive.read("mergedimage.png")[24] == 8
        assert max(png_in(archive, "Thumbnails/thumbnail.png").shape) == 256


def test_layers_of_unequal_size_are_refused(tmp_path):
    with pytest.raises(ValueError, match="as large"):
        save_openraster(tmp_path / "a.ora", [("a", random_picture(5, 5)), ("b", random_picture(5, 6))])
    with pytest.raises(ValueError):
        save_openraster(tmp_path / "a.ora", [])
    assert not (tmp_path / "a.ora").exists()
