"""Colours are those that the file meant, on the way to the network and back."""

import struct

import imagecodecs
import numpy as np
import pytest
import torch

from brushwarp.image import Picture, from_srgb, keep_chroma, linear_to_srgb, luminance, srgb_to_linear, to_srgb
from brushwarp.image.icc import read_profile
from brushwarp.image.raster import Raster, picture_of, raster_of

SRGB = imagecodecs.cms_profile("srgb")
PRIMARIES = {
    "adobe": [0.64, 0.33, 0.21, 0.71, 0.15, 0.06],
    "p3": [0.68, 0.32, 0.265, 0.69, 0.15, 0.06],
    "rec2020": [0.708, 0.292, 0.17, 0.797, 0.131, 0.046],
}


def profile(name, gamma):
    return imagecodecs.cms_profile("rgb", whitepoint=(0.3127, 0.329, 1.0), primaries=PRIMARIES[name], gamma=gamma)


def lcms(samples, icc, out):
    relative = imagecodecs.CMS.INTENT.RELATIVE_COLORIMETRIC
    return imagecodecs.cms_transform(
        samples, icc, out, colorspace="rgb", outcolorspace="rgb", outdtype="float32", intent=relative
    )


def some_colours(count=400, low=0.0, high=1.0):
    return np.random.default_rng(1).uniform(low, high, (count // 20, 20, 3)).astype(np.float32)


@pytest.mark.parametrize("name", PRIMARIES)
@pytest.mark.parametrize("gamma", [1.0, 1.8, 2.19921875])
def test_the_network_sees_what_a_colour_engine_shows(name, gamma):
    icc = profile(name, gamma)
    samples = some_colours()
    seen = to_srgb(picture_of(Raster(samples, icc))).permute(1, 2, 0).numpy()
    assert np.abs(seen - lcms(samples, icc, SRGB).clip(0, 1)).max() < 2e-3


@pytest.mark.parametrize("name", PRIMARIES)
def test_what_the_network_paints_comes_back_into_the_pictures_own_space(name):
    icc = profile(name, 2.19921875)
    painted = torch.from_numpy(some_colours()).permute(2, 0, 1)
    like = picture_of(Raster(some_colours(), icc))
    back = from_srgb(painted, like)
    assert torch.allclose(to_srgb(like.with_pixels(back)), painted, atol=1e-5)
    samples = raster_of(like.with_pixels(back)).samples
    assert np.abs(samples - lcms(some_colours(), SRGB, icc)).max() < 2e-3


def test_an_srgb_profile_costs_nothing_and_changes_nothing():
    samples = some_colours()
    tagged, plain = picture_of(Raster(samples, SRGB)), picture_of(Raster(samples))
    assert torch.equal(tagged.pixels, plain.pixels)
    assert torch.equal(to_srgb(tagged), plain.pixels)
    assert tagged.icc == SRGB


def test_values_beyond_white_are_kept_in_the_picture_and_clamped_for_the_network():
    picture = Picture(torch.tensor([-0.25, 0.5, 3.0, 1.0]).expand(3, 2, 4).contiguous(), depth="f32")
    assert to_srgb(picture)[0, 0].tolist() == [0, 0.5, 1, 1]
    assert raster_of(picture).samples[0, :, 0].tolist() == [-0.25, 0.5, 3.0, 1.0]


def tagged_profile(tags, kind=b"RGB ", pcs=b"XYZ "):
    """An ICC version 2 display profile of these tags."""
    body, table, offset = b"", struct.pack(">I", len(tags)), 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        content += b"\0" * (-len(content) % 4)
        table += name + struct.pack(">II", offset + len(body), len(content))
        body += content
    size = offset + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"lcms", 0x02400000, b"mntr", kind, pcs) + struct.pack(
        ">6H", 2024, 1, 1, 0, 0, 0
    )
    head += b"acsp" + b"\0" * 28 + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + table + body


def xyz(values):
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))


def table_curve(table):
    return b"curv\0\0\0\0" + struct.pack(">I", len(table)) + np.asarray(table, ">u2").tobytes()


MATRIX = (
    np.array([[0.4361, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7141]])[:, [1, 0, 2]] * 0.9 + 0.02
)


def matrix_profile(curve):
    columns = {name: xyz(MATRIX[:, index]) for index, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    return tagged_profile(
        {b"wtpt": xyz((0.9642, 1, 0.8249)), **columns, b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
    )


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("points", [256, 1024, 4096])
def test_codes_survive_curves_that_are_tables_even_where_these_stand_still(dtype, points):
    table = np.rint(65535 * np.linspace(0, 1, points) ** 2.4)
    assert (np.diff(table) == 0).any(), "rounding flattens such a table near black"
    icc = matrix_profile(table_curve(table))
    assert read_profile(icc) is not None
    samples = np.arange(np.iinfo(dtype).max + 1, dtype=dtype)[: 65535 // 3 * 3 if dtype is np.uint16 else 255].reshape(
        -1, 5, 3
    )
    assert np.array_equal(raster_of(picture_of(Raster(samples, icc))).samples, samples)


def test_parametric_curves_of_every_kind_are_evaluated_and_inverted():
    numbers = {
        0: (2.2,),
        1: (2.2, 0.9, 0.1),
        2: (2.0, 0.85, 0.1, 0.02),
        3: (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045),
    }
    numbers[4] = (2.4, 0.9, 0.05, 0.07, 0.05, 0.01, 0.012)
    for kind, values in numbers.items():
        tag = (
            b"para\0\0\0\0"
            + struct.pack(">HH", kind, 0)
            + struct.pack(f">{len(values)}i", *(round(v * 65536) for v in values))
        )
        curve = read_profile(matrix_profile(tag)).curves[0]
        light = np.linspace(curve.decode(np.array(0.06)), 1.5, 50)
        assert np.allclose(curve.decode(curve.encode(light)), light, atol=1e-9)
        a = np.concatenate([np.linspace(0.06, 1, 30), [1.3]])
        expected = {
            0: a**2.2,
            1: (0.9 * a + 0.1) ** 2.2,
            2: (0.85 * a + 0.1) ** 2 + 0.02,
            3: ((a + 0.055) / 1.055) ** 2.4,
        }
        expected[4] = (0.9 * a + 0.05) ** 2.4 + 0.01
        assert np.allclose(curve.decode(a), expected[kind], atol=1e-4), kind


def lookup(matrix, first, last, name):
    """An mft2 tag: input tables, a 2 x 2 x 2 cube that holds a linear map, output tables. ICC.1 10.10."""
    corners = np.stack(np.meshgrid([0, 1], [0, 1], [0, 1], indexing="ij"), -1).reshape(-1, 3)
    cube = np.rint((corners @ matrix.T).clip(0, 1) * 65535)
    words = lambda values: np.asarray(np.rint(values), ">u2").tobytes()  # noqa: E731
    head = b"mft2\0\0\0\0" + struct.pack(">4B", 3, 3, 2, 0) + struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    tables = struct.pack(">HH", len(first), len(last))
    return head + tables + words(np.tile(first, 3) * 65535) + words(cube) + words(np.tile(last, 3) * 65535)


def lookup_profile(two_way):
    """RGB by tables alone, as printers' and scanners' profiles are. XYZ of 1.0 is coded as 32768."""
    ramp = np.linspace(0, 1, 1024)
    half = 32768 / 65535
    tags = {b"wtpt": xyz((0.9642, 1, 0.8249)), b"A2B0": lookup(MATRIX * half, ramp**2, np.array([0, 1.0]), "in")}
    if two_way:
        # The way back stays in the cube by halving: linear light up to 2 in the tables, then the square root.
        tags[b"B2A0"] = lookup(np.eye(3), np.array([0, 1.0]), ramp**0.5, "out")
    return tagged_profile(tags)


def test_a_scanners_one_way_profile_is_resolved_when_the_picture_is_opened():
    icc = lookup_profile(two_way=False)
    samples = (some_colours() * 255).astype(np.uint8)
    picture = picture_of(Raster(samples, icc))
    assert picture.icc is None and picture.depth == "u8"
    expected = lcms((samples / np.float32(255)).astype(np.float32), icc, SRGB)
    assert np.abs(picture.pixels.permute(1, 2, 0).numpy() - expected).max() < 1e-5
    assert np.abs(expected - samples / 255).max() > 0.05


def test_a_two_way_table_profile_stays_with_its_numbers_and_is_resolved_for_the_network():
    icc = lookup_profile(two_way=True)
    samples = (some_colours() * 255).astype(np.uint8)
    picture = picture_of(Raster(samples, icc))
    assert np.array_equal(raster_of(picture).samples, samples) and picture.icc == icc
    seen = to_srgb(picture).permute(1, 2, 0).numpy()
    assert np.abs(seen - lcms(samples / np.float32(255), icc, SRGB).clip(0, 1)).max() < 1e-5
    assert from_srgb(to_srgb(picture), picture).shape == picture.pixels.shape


def test_grey_and_cmyk_profiles_in_colour_files_are_dropped():
    for icc in (
        imagecodecs.cms_profile("gray", gamma=2.2),
        tagged_profile({}, kind=b"CMYK"),
        b"",
        b"\0" * 200,
        SRGB[:150],
    ):
        assert picture_of(Raster(some_colours(), icc)).icc is None


def test_linear_light_is_the_inverse_of_the_srgb_curve_below_black_and_above_white():
    values = torch.linspace(-2, 3, 1001, dtype=torch.float64)
    assert torch.allclose(linear_to_srgb(srgb_to_linear(values)), values, atol=1e-12)
    assert torch.allclose(srgb_to_linear(-values), -srgb_to_linear(values))
    assert srgb_to_linear(torch.tensor(0.5)).item() == pytest.approx(0.21404, abs=1e-5)
    zero = torch.zeros(1, requires_grad=True)
    linear_to_srgb(zero).sum().backward()
    assert torch.isfinite(zero.grad).all()


def test_kept_colours_have_the_paintings_light_and_the_photos_hue():
    generator = torch.Generator().manual_seed(2)
    painted, photo = (torch.rand(3, 30, 40, generator=generator) for _ in range(2))
    kept = keep_chroma(painted, photo)
    assert kept.min() >= -1e-6 and kept.max() <= 1 + 1e-6
    assert torch.allclose(luminance(kept), luminance(painted), atol=1e-5)
    wanted, got = photo - luminance(photo), kept - luminance(kept)
    ratio = (wanted * got).sum(0) / (wanted.norm(dim=0) * got.norm(dim=0))
    assert ratio[got.norm(dim=0) > 1e-2].min() > 0.9999
    assert (got.norm(dim=0) <= wanted.norm(dim=0) + 1e-5).all()
    assert torch.allclose(keep_chroma(photo, photo), photo, atol=1e-6)


def test_a_grey_photo_keeps_a_painting_grey_and_white_stays_white():
    grey = torch.rand(1, 8, 8, generator=torch.Generator().manual_seed(3)).expand(3, 8, 8)
    painted = torch.rand(3, 8, 8, generator=torch.Generator().manual_seed(4))
    assert torch.allclose(keep_chroma(painted, grey), luminance(painted).expand(3, 8, 8), atol=1e-6)
    white = torch.ones(3, 2, 2)
    assert torch.allclose(keep_chroma(white, torch.tensor([1.0, 0, 0]).view(3, 1, 1).expand(3, 2, 2)), white, atol=1e-6)
