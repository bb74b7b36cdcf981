"""Pictures come back from files as they went in."""

import io

import imagecodecs
import numpy as np
import pytest
import tifffile
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from brushwarp.errors import BrushwarpError
from brushwarp.image import Picture, load_picture, refuse_unsavable, save_picture
from brushwarp.image.png import png_chunks, read_png, write_png
from brushwarp.image.raster import Raster, picture_of, raster_of

ADOBE_RGB = imagecodecs.cms_profile(
    "rgb", whitepoint=(0.3127, 0.329, 1.0), primaries=[0.64, 0.33, 0.21, 0.71, 0.15, 0.06], gamma=2.19921875
)
LINEAR = imagecodecs.cms_profile(
    "rgb", whitepoint=(0.3127, 0.329, 1.0), primaries=[0.64, 0.33, 0.30, 0.60, 0.15, 0.06], gamma=1.0
)
SRGB = imagecodecs.cms_profile("srgb")
GREY_GAMMA = imagecodecs.cms_profile("gray", gamma=1.8)
WHITE = {np.uint8: 255, np.uint16: 65535}


def every_code(dtype, bands, seed=0):
    """A picture in which each code of an integer depth occurs in each band."""
    codes = np.arange(WHITE[dtype] + 1, dtype=dtype)
    rng = np.random.default_rng(seed)
    return np.stack([rng.permutation(codes) for _ in range(bands)], -1).reshape(
        -1, 128 if dtype is np.uint8 else 512, bands
    )


def write_samples(path, samples, icc=None, ppi=None):
    save_picture(picture_of(Raster(samples, icc, ppi)), path)


@pytest.mark.parametrize("icc", [None, SRGB, ADOBE_RGB, LINEAR], ids=["untagged", "srgb", "adobe", "linear"])
@pytest.mark.parametrize("bands", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_every_code_profile_alpha_and_resolution_survive_opening_and_saving(tmp_path, suffix, dtype, bands, icc):
    samples = every_code(dtype, bands)
    first, second = tmp_path / f"one.{suffix}", tmp_path / f"two.{suffix}"
    if suffix == "png":
        with first.open("wb") as file:
            write_png(file, Raster(samples, icc, (300.0, 150.0)))
    else:
        extra = ["unassalpha"] if bands in (2, 4) else None
        tifffile.imwrite(
            first,
            samples[..., 0] if bands == 1 else samples,
            photometric="rgb" if bands > 2 else "minisblack",
            planarconfig="contig" if bands > 1 else None,
            extrasamples=extra,
            iccprofile=icc,
            metadata=None,
            resolution=(300, 150),
            resolutionunit=2,
        )
    picture = load_picture(first)
    assert picture.grey == (bands < 3)
    assert picture.ppi == pytest.approx((300, 150), abs=0.02)
    save_picture(picture, second)
    again = raster_of(load_picture(second))
    assert again.samples.dtype == dtype
    assert np.array_equal(again.samples, samples)
    assert again.icc == icc
    assert again.ppi == picture.ppi


def test_other_programs_read_what_we_write(tmp_path):
    samples = every_code(np.uint8, 4)
    write_samples(tmp_path / "a.png", samples, ADOBE_RGB, (96.0, 96.0))
    image = Image.open(tmp_path / "a.png")
    assert image.info["icc_profile"] == ADOBE_RGB
    assert image.info["dpi"] == pytest.approx((96, 96), abs=0.02)
    assert np.array_equal(np.array(image), samples)
    write_samples(tmp_path / "a.tif", samples, ADOBE_RGB, (96.0, 96.0))
    image = Image.open(tmp_path / "a.tif")
    assert image.info["icc_profile"] == ADOBE_RGB
    assert image.info["dpi"] == pytest.approx((96, 96))
    assert np.array_equal(np.array(image), samples)


@given(
    hnp.arrays(
        np.uint16, hnp.array_shapes(min_dims=3, max_dims=3, min_side=2, max_side=5).map(lambda s: (s[0], s[1], 4))
    )
)
@settings(max_examples=50, deadline=None)
def test_any_16_bit_picture_survives_png(samples):
    file = io.BytesIO()
    write_png(file, Raster(samples, None, None))
    assert np.array_equal(read_png(file.getvalue()).samples, samples)


@given(st.binary(min_size=1, max_size=2000), st.tuples(st.integers(1, 20000), st.integers(1, 20000)))
@settings(max_examples=50, deadline=None)
def test_profile_and_resolution_chunks_are_read_back_as_written(icc, per_metre):
    file = io.BytesIO()
    ppi = tuple(value * 0.0254 for value in per_metre)
    write_png(file, Raster(np.zeros((2, 2, 3), np.uint8), icc, ppi))
    names = [name for name, _ in png_chunks(file.getvalue())]
    assert names == [b"IHDR", b"iCCP", b"pHYs", b"IDAT", b"IEND"]
    raster = read_png(file.getvalue())
    assert raster.icc == icc
    assert raster.ppi == ppi


def test_colour_under_fully_transparent_pixels_is_kept(tmp_path):
    samples = np.full((4, 4, 4), 200, np.uint8)
    samples[..., 3] = 0
    for name in ("a.png", "a.tif"):
        write_samples(tmp_path / name, samples)
        save_picture(load_picture(tmp_path / name), tmp_path / f"again{name}")
        assert np.array_equal(raster_of(load_picture(tmp_path / f"again{name}")).samples, samples)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("bands", [1, 2, 3, 4])
def test_float_tiff_keeps_values_beyond_white(tmp_path, dtype, bands):
    samples = np.random.default_rng(3).uniform(-0.5, 4, (7, 9, bands)).astype(dtype)
    if bands in (2, 4):
        samples[..., -1] = samples[..., -1].clip(0, 1)
    write_samples(tmp_path / "a.tif", samples)
    again = raster_of(load_picture(tmp_path / "a.tif")).samples
    assert again.dtype == dtype
    assert np.array_equal(again, samples)


def test_linear_float_tiff_keeps_its_light(tmp_path):
    samples = np.random.default_rng(3).uniform(-0.1, 3, (7, 9, 3)).astype(np.float32)
    tifffile.imwrite(tmp_path / "a.tif", samples, photometric="rgb", iccprofile=LINEAR, metadata=None)
    picture = load_picture(tmp_path / "a.tif")
    assert picture.pixels[0, 0, 0] == pytest.approx(
        float(np.sign(samples[0, 0, 0]) * (1.055 * abs(samples[0, 0, 0]) ** (1 / 2.4) - 0.055)), abs=1e-5
    )
    save_picture(picture, tmp_path / "b.tif")
    assert np.allclose(tifffile.imread(tmp_path / "b.tif"), samples, rtol=1e-5, atol=1e-7)


def test_a_grey_photo_is_saved_grey_until_it_is_painted(tmp_path):
    samples = every_code(np.uint8, 1)
    write_samples(tmp_path / "grey.png", samples, GREY_GAMMA)
    photo = load_picture(tmp_path / "grey.png")
    assert photo.grey and torch.equal(photo.pixels[0], photo.pixels[2])
    save_picture(photo, tmp_path / "same.png")
    same = load_picture(tmp_path / "same.png")
    assert same.grey and same.icc == GREY_GAMMA
    painted = photo.with_pixels(photo.pixels * torch.tensor([1.0, 0.5, 0.25]).view(3, 1, 1))
    save_picture(painted, tmp_path / "painted.png")
    image = Image.open(tmp_path / "painted.png")
    assert image.mode == "RGB" and "icc_profile" not in image.info
    assert torch.allclose(load_picture(tmp_path / "painted.png").pixels, painted.pixels, atol=0.5 / 255 + 1e-6)


def test_jpeg_keeps_profile_and_resolution_and_nearly_its_pixels(tmp_path):
    ramp = np.linspace(0, 255, 64).astype(np.uint8)
    samples = np.stack([np.tile(ramp, (48, 1)), np.tile(ramp[::-1], (48, 1)), np.full((48, 64), 90, np.uint8)], -1)
    write_samples(tmp_path / "a.jpg", samples, ADOBE_RGB, (300.0, 300.0))
    picture = load_picture(tmp_path / "a.jpg")
    assert picture.icc == ADOBE_RGB and picture.ppi == (300, 300) and picture.depth == "u8"
    assert np.abs(raster_of(picture).samples.astype(int) - samples).max() <= 6


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "tif"])
def test_a_photo_taken_with_the_camera_turned_stands_upright(tmp_path, orientation, suffix):
    # Stored so that turning it as the tag says puts red at the top left, green right of it, blue below it.
    upright = np.zeros((32, 48, 3), np.uint8)
    upright[:16, :24, 0] = 250
    upright[:16, 24:, 1] = 250
    upright[16:, :24, 2] = 250
    undo = {
        2: "FLIP_LEFT_RIGHT",
        3: "ROTATE_180",
        4: "FLIP_TOP_BOTTOM",
        5: "TRANSPOSE",
        6: "ROTATE_90",
        7: "TRANSVERSE",
        8: "ROTATE_270",
    }
    stored = Image.fromarray(upright)
    if orientation > 1:
        stored = stored.transpose(Image.Transpose[undo[orientation]])
    path = tmp_path / f"a.{suffix}"
    if suffix == "jpg":
        exif = Image.Exif()
        exif[274] = orientation
        stored.save(path, quality=100, subsampling=0, exif=exif)
    else:
        tifffile.imwrite(
            path, np.array(stored), photometric="rgb", metadata=None, extratags=[(274, 3, 1, orientation, True)]
        )
    assert np.abs(raster_of(load_picture(path)).samples.astype(int) - upright).max() < 8


def test_webp_is_read_with_its_alpha(tmp_path):
    samples = every_code(np.uint8, 4)
    Image.fromarray(samples).save(tmp_path / "a.webp", lossless=True, exact=True, icc_profile=ADOBE_RGB)
    picture = load_picture(tmp_path / "a.webp")
    assert picture.icc == ADOBE_RGB
    assert np.array_equal(raster_of(picture).samples, samples)


def test_palettes_and_transparent_colours_of_png_become_rgb_and_alpha(tmp_path):
    image = Image.fromarray(every_code(np.uint8, 3)).quantize(16)
    image.save(tmp_path / "a.png", transparency=3)
    picture = load_picture(tmp_path / "a.png")
    assert np.array_equal(raster_of(picture).samples, np.array(Image.open(tmp_path / "a.png").convert("RGBA")))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_premultiplied_tiff_shows_its_colours_undarkened(tmp_path, dtype):
    top = WHITE.get(dtype, 1)
    samples = np.zeros((4, 6, 4), dtype)
    samples[..., 0] = top * 0.4
    samples[..., 3] = top * 0.5
    tifffile.imwrite(tmp_path / "a.tif", samples, photometric="rgb", extrasamples=["assocalpha"], metadata=None)
    picture = load_picture(tmp_path / "a.tif")
    assert picture.pixels[0].numpy() == pytest.approx(0.8, abs=0.005)
    assert picture.alpha.numpy() == pytest.approx(0.5, abs=0.005)


def test_planar_palette_white_is_zero_and_bilevel_tiffs_open_as_seen(tmp_path):
    colour = every_code(np.uint8, 3)
    tifffile.imwrite(
        tmp_path / "planar.tif", np.moveaxis(colour, -1, 0), photometric="rgb", planarconfig="separate", metadata=None
    )
    assert np.array_equal(raster_of(load_picture(tmp_path / "planar.tif")).samples, colour)
    palette = Image.fromarray(colour).quantize(32)
    palette.save(tmp_path / "palette.tif")
    assert np.array_equal(raster_of(load_picture(tmp_path / "palette.tif")).samples, np.array(palette.convert("RGB")))
    tifffile.imwrite(tmp_path / "inverse.tif", colour[..., 0], photometric="miniswhite", metadata=None)
    assert np.array_equal(raster_of(load_picture(tmp_path / "inverse.tif")).samples[..., 0], 255 - colour[..., 0])
    tifffile.imwrite(tmp_path / "bits.tif", colour[..., 0] > 127, photometric="minisblack", metadata=None)
    assert np.array_equal(
        raster_of(load_picture(tmp_path / "bits.tif")).samples[..., 0], np.where(colour[..., 0] > 127, 255, 0)
    )


def test_saving_in_a_format_of_less_depth_rounds_and_clamps(tmp_path):
    values = torch.tensor([-0.5, 0.0, 0.5, 1.0, 7.0, float("nan")]).expand(3, 2, 6).contiguous()
    picture = Picture(values, depth="f32")
    save_picture(picture, tmp_path / "a.png")
    raster = raster_of(load_picture(tmp_path / "a.png"))
    assert raster.samples.dtype == np.uint16
    assert raster.samples[0, :, 0].tolist() == [0, 0, 32768, 65535, 65535, 0]


def test_an_opaque_alpha_is_no_reason_to_refuse_jpeg_but_a_hole_is(tmp_path):
    opaque = Picture(torch.rand(3, 8, 8), alpha=torch.ones(1, 8, 8))
    save_picture(opaque, tmp_path / "a.jpg")
    assert load_picture(tmp_path / "a.jpg").alpha is None
    with pytest.raises(BrushwarpError) as raised:
        save_picture(opaque.with_pixels(opaque.pixels, alpha=torch.zeros(1, 8, 8)), tmp_path / "b.jpg")
    assert raised.value.code == "save-format"
    assert not (tmp_path / "b.jpg").exists()


def test_an_impossible_destination_is_told_before_the_work(tmp_path):
    refuse_unsavable(tmp_path / "a.png", has_alpha=True)
    for path, code in (
        (tmp_path / "a.bmp", "save-format"),
        (tmp_path / "a", "save-format"),
        (tmp_path / "no" / "a.png", "save-folder"),
    ):
        with pytest.raises(BrushwarpError) as raised:
            refuse_unsavable(path)
        assert raised.value.code == code


def test_a_picture_of_the_wrong_shape_says_what_it_saw():
    with pytest.raises(ValueError, match=r"\(4, 5, 6\)"):
        Picture(torch.zeros(4, 5, 6))
    with pytest.raises(ValueError, match=r"\(1, 5, 7\)"):
        Picture(torch.zeros(3, 5, 6), alpha=torch.zeros(1, 5, 7))
    with pytest.raises(ValueError, match="float64"):
        Picture(torch.zeros(3, 5, 6, dtype=torch.float64))
    picture = Picture(torch.zeros(3, 5, 6), alpha=torch.ones(1, 5, 6), ppi=(72, 72), depth="u16")
    assert (picture.width, picture.height, picture.size) == (6, 5, (5, 6))
    other = picture.with_pixels(torch.ones(3, 5, 6))
    assert other.alpha is picture.alpha and other.ppi == (72, 72) and other.depth == "u16"
    assert picture.with_pixels(torch.ones(3, 2, 2), alpha=None).alpha is None
