"""The verbs: what a painter would notice of each setting."""

from dataclasses import replace

import pytest
import torch

from brushwarp import api
from brushwarp.devices import choose_device
from brushwarp.errors import BrushwarpError, Cancelled
from brushwarp.image import Box, Picture, luminance
from brushwarp.multimodal.transfer import plan_painting
from brushwarp.sample import render_sample
from brushwarp.streaming import StreamPlan
from brushwarp.styles import load_pack


@pytest.fixture(scope="module")
def painter(small_style):
    return api.load_painter(small_style, "cpu")


@pytest.fixture(scope="module")
def photo() -> Picture:
    torch.manual_seed(0)
    coarse = torch.rand(1, 3, 9, 12)
    return Picture(torch.nn.functional.interpolate(coarse, (180, 250), mode="bicubic")[0].clamp(0, 1))


def test_a_painted_picture_keeps_size_alpha_profile_and_depth(painter, photo):
    source = Picture(photo.pixels, torch.rand(1, 180, 250), ppi=(300.0, 299.0), depth="u16")
    painted = api.stylize(source, painter)
    assert painted.size == source.size and painted.ppi == source.ppi and painted.depth == "u16"
    assert torch.equal(painted.alpha, source.alpha)
    assert (painted.pixels - source.pixels).abs().mean() > 0.05


@pytest.mark.parametrize("size", [(2, 2), (2, 300), (17, 5), (31, 33), (257, 255)])
def test_any_size_and_aspect_is_painted(painter, size):
    painted = api.stylize(Picture(torch.rand(3, *size)), painter)
    assert painted.size == size and painted.pixels.isfinite().all()


def test_the_same_request_gives_the_same_bits(painter, photo):
    assert torch.equal(api.stylize(photo, painter).pixels, api.stylize(photo, painter).pixels)


def test_strength_goes_from_the_photograph_to_the_painting(painter, photo):
    full = api.stylize(photo, painter).pixels
    assert torch.equal(api.stylize(photo, painter, strength=0).pixels, photo.pixels)
    half = api.stylize(photo, painter, strength=0.5).pixels
    torch.testing.assert_close(half, (photo.pixels + full) / 2)


def test_colours_beyond_srgb_stay_where_the_photograph_does(painter, photo):
    wide = Picture(photo.pixels * 1.6 - 0.3)
    assert torch.equal(api.stylize(wide, painter, strength=0).pixels, wide.pixels)
    faint = api.stylize(wide, painter, strength=0.1).pixels
    assert faint.min() < -0.1 and faint.max() > 1.1


def test_keeping_colours_takes_the_luminance_from_the_painting_alone(painter, photo):
    full = api.stylize(photo, painter).pixels
    kept = api.stylize(photo, painter, keep_colors=True).pixels
    torch.testing.assert_close(luminance(kept), luminance(full), atol=1e-4, rtol=0)
    chroma = lambda rgb: rgb - luminance(rgb)  # noqa: E731
    agreement = torch.nn.functional.cosine_similarity(chroma(kept).flatten(), chroma(photo.pixels).flatten(), dim=0)
    assert agreement > 0.8


def test_a_region_clips_the_layer_and_leaves_its_colours(painter, photo):
    mask = torch.zeros(1, 180, 250)
    mask[:, 40:90, 60:200] = 0.25
    clipped = api.stylize(photo, painter, region=mask)
    assert torch.equal(clipped.alpha, mask)
    assert torch.equal(clipped.pixels, api.stylize(photo, painter).pixels)


def test_colours_under_transparent_pixels_do_not_reach_the_painting(painter, photo):
    alpha = torch.ones(1, 180, 250)
    alpha[:, :, :100] = 0
    loud = photo.pixels.clone()
    loud[:, :, :100] = torch.tensor([1.0, 0.0, 1.0]).view(3, 1, 1)
    quiet = photo.pixels.clone()
    quiet[:, :, :100] = 0
    first, second = (api.stylize(Picture(pixels, alpha), painter).pixels[:, :, 100:] for pixels in (loud, quiet))
    assert (first - second).abs().max() < 1 / 255


def test_steps_about_double_from_the_brush_to_the_layer():
    assert plan_painting((1024, 1536)).sizes == ((256, 384), (512, 768), (1024, 1536))
    assert plan_painting((3000, 4000)).sizes == ((256, 341), (474, 632), (876, 1168), (1621, 2162), (3000, 4000))
    assert plan_painting((1080, 1920)).sizes == ((256, 455), (526, 935), (1080, 1920))  # and not a little more after 1024
    assert plan_painting((1024, 1024), brush_scale=2).sizes == ((128, 128), (256, 256), (512, 512), (1024, 1024))
    assert plan_painting((300, 300)).sizes == ((256, 256), (277, 277), (300, 300))
    assert plan_painting((100, 100)).sizes == ((100, 100), (100, 100), (100, 100))


def test_a_crop_is_painted_with_the_brush_of_its_canvas():
    whole, crop = plan_painting((2048, 2048)), plan_painting((512, 512), canvas_short_side=2048)
    assert [4 * height for height, _ in crop.sizes] == [height for height, _ in whole.sizes]


def test_little_memory_caps_the_working_size_and_the_user_is_told(painter, photo, monkeypatch):
    plan = plan_painting((4000, 6000), memory=2**30)
    assert plan.capped and plan.sizes[-1][0] < 4000
    assert plan.sizes[-1][0] / plan.sizes[-1][1] == pytest.approx(4000 / 6000, rel=0.01)
    small = plan_painting(photo.size, memory=15 * 2**20)
    monkeypatch.setattr(painter, "plan", lambda size, **_: small)
    notes = []
    painted = api.stylize(photo, painter, on_note=notes.append)
    assert painted.size == photo.size and "memory" in notes[0]


def test_no_memory_at_all_is_said_instead_of_painting_a_stamp():
    for memory in (0, 2**20):
        with pytest.raises(MemoryError):
            plan_painting((3000, 4000), memory=memory)
    assert not plan_painting((3000, 4000), memory=2**40).capped


def test_cancelling_stops_at_the_next_step(painter, photo):
    calls = []

    def stop(progress):
        calls.append(progress)
        if len(calls) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        api.stylize(photo, painter, on_progress=stop)
    assert len(calls) == 2
    calls.clear()
    calls += [None] * 2
    api.stylize(photo, painter, on_progress=stop)
    shares = [progress.done / progress.total for progress in calls[2:]]
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] == 1
    assert max(later - earlier for earlier, later in zip(shares, shares[1:], strict=False)) < 0.2  # a step is a layer, not a subnet


def test_a_painting_is_seen_before_it_is_done_coarse_strokes_first(painter, photo):
    seen = []
    painted = api.stylize(photo, painter, on_progress=lambda progress: seen.append(progress.preview))
    pictures = [picture for picture in seen if picture is not None]
    steps = painter.plan(photo.size).sizes
    assert [tuple(picture.shape[1:]) for picture in pictures] == list(steps[:-1])
    assert all(0 <= picture.min() and picture.max() <= 1 for picture in pictures)
    assert painted.size == photo.size


@pytest.mark.parametrize("setting", [{"strength": 1.5}, {"strength": float("nan")}, {"brush_scale": 0}, {"brush_scale": 100}])
def test_settings_out_of_range_are_refused_by_name(painter, photo, setting):
    with pytest.raises(BrushwarpError, match="Choose one from"):
        api.stylize(photo, painter, **setting)


def test_a_missing_style_or_device_says_what_there_is(photo):
    with pytest.raises(BrushwarpError) as caught:
        api.load_painter("no_such_style")
    assert caught.value.code == "style-missing" and caught.value.hint
    with pytest.raises(BrushwarpError, match="brushwarp doctor"):
        choose_device("abacus")


@pytest.mark.gpu
def test_cuda_paints_what_the_cpu_paints(photo, monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    painters = {device: api.load_painter("vangogh_starry_night", device) for device in ("cpu", "cuda")}
    painters["exactly"] = api.load_painter("vangogh_starry_night", "cuda")
    painters["exactly"].dtype = painters["cpu"].dtype = torch.float32  # there are processors that multiply in bfloat16
    found = {name: api.stylize(photo, painter).pixels for name, painter in painters.items()}
    assert (found["cpu"] - found["exactly"]).abs().mean() < 1e-3
    assert (found["cpu"] - found["cuda"]).abs().mean() < 2 / 255


@pytest.mark.gpu
def test_strips_on_a_cuda_device_are_the_same_pixels_and_a_part_is_about_the_same(monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    painter = api.load_painter("vangogh_starry_night", "cuda")
    painter.dtype = torch.float32
    picture = Picture(render_sample(1100, 800))
    plan = painter.plan_freely(picture.size)
    once = painter.paint(picture.pixels, plan)
    strips = painter.paint(picture.pixels, replace(plan, strips=StreamPlan(values=200_000)))
    assert (strips - once).abs().max() < 1e-3 and (strips - once).abs().mean() < 1e-5
    box = Box(411, 305, 651, 499)
    part = api.stylize_part(picture, painter, box)
    assert (part.pixels - box.of(once)).abs().mean() < 10 / 255


@pytest.fixture(scope="module")
def other_style(small_style):
    """Of the same widths, with other weights."""
    pack = load_pack(small_style)
    weights = {name: value.flip(0).contiguous() for name, value in pack.weights.items()}
    return replace(pack, card=replace(pack.card, id="other", name="Other"), weights=weights, sha256="other")


def test_a_mixture_takes_each_subnet_from_a_style_of_its_own(painter, other_style, small_style):
    mixed = api.load_painter(small_style, "cpu", mix=(other_style, "")).pack
    assert mixed.card.name == "Small + Other" and mixed.sha256 not in ("", painter.pack.sha256)
    for name, value in mixed.weights.items():
        source = other_style if name.startswith("enhance.") else painter.pack
        assert torch.equal(value, source.weights[name])


def test_a_mixture_paints_otherwise_than_its_styles_and_one_of_a_single_style_as_that_does(photo, painter, other_style, small_style):
    alone = [api.stylize(photo, style).pixels for style in (painter, other_style)]
    mixed = api.stylize(photo, small_style, mix=(small_style, other_style), device="cpu").pixels
    assert all((mixed - picture).abs().mean() > 0.01 for picture in alone)
    assert torch.equal(api.stylize(photo, small_style, mix=("", small_style), device="cpu").pixels, alone[0])


def test_a_mixture_of_two_or_four_is_refused(small_style):
    with pytest.raises(BrushwarpError, match="three styles"):
        api.load_painter(small_style, "cpu", mix=(small_style,))
