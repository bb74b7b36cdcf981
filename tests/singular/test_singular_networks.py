"""The one-scale networks: any size in, the same size out; usable as packs, painted in one pass."""

from dataclasses import replace

import pytest
import torch

from brushwarp import api
from brushwarp.architectures import ARCHITECTURES, MULTIMODAL, build_network, make_network
from brushwarp.errors import BrushwarpError
from brushwarp.image import Box, Picture, resize
from brushwarp.multimodal.transfer import Painter
from brushwarp.sample import render_sample
from brushwarp.styles import StyleCard, StylePack, load_pack, save_pack

SINGULAR = [name for name in ARCHITECTURES if name != MULTIMODAL]


def random_pack(architecture: str, seed: int = 0) -> StylePack:
    """Of random weights, batch norms having seen a few pictures."""
    torch.manual_seed(seed)
    card = StyleCard(id=architecture, name=architecture, architecture=architecture)
    network = make_network(card)
    with torch.no_grad():
        for _ in range(8):
            network(torch.randn(2, 3, 64, 64))
    return StylePack(card, dict(network.state_dict()))


@pytest.mark.parametrize("brush_scale", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("architecture", ["johnson", "ulyanov"])
def test_a_part_lies_where_it_does_in_the_whole_whatever_the_brush(architecture, brush_scale):
    painter, picture, box = api.load_painter(random_pack(architecture), "cpu"), Picture(render_sample(300, 200)), Box(150, 100, 230, 160)
    part = api.stylize_part(picture, painter, box, brush_scale=brush_scale)
    whole = api.stylize(picture, painter, brush_scale=brush_scale)
    assert (part.pixels - box.of(whole.pixels)).abs().mean() * 255 < 4  # a picture that is painted larger is averaged, a part sampled


@pytest.fixture(scope="module", params=SINGULAR)
def pack(request) -> StylePack:
    return random_pack(request.param)


@torch.no_grad()
@pytest.mark.parametrize("size", [(16, 16), (17, 40), (33, 47), (64, 101)])
def test_every_network_keeps_odd_sizes(pack, size):
    painted = build_network(pack)(torch.randn(2, 3, *size))
    assert painted.shape == (2, 3, *size)
    assert painted.isfinite().all()


def test_parameter_counts_are_those_published():
    def count(name):
        return sum(parameter.numel() for parameter in make_network(StyleCard("a", "A", architecture=name)).parameters())

    assert count("johnson") == 1_679_235  # also that of the PyTorch examples
    assert count("johnson-batchnorm") == 1_679_235  # as many: it differs by what it pads with, normalises by and ends in
    assert count("ulyanov") == 1_679_235 - 32 * 3 * (81 - 9)  # a last kernel of 3x3 instead of 9x9
    assert count("lengstrom") == 1_677_638


def test_a_saved_style_paints_as_it_did(pack, tmp_path):
    save_pack(pack, tmp_path / "a.safetensors")
    loaded = load_pack(tmp_path / "a.safetensors")
    assert loaded.card == pack.card
    picture = Picture(torch.rand(3, 70, 90))
    before, after = (api.stylize(picture, Painter(one, torch.device("cpu"))).pixels for one in (pack, loaded))
    assert (before - after).abs().mean() < 3 / 255  # int8


def test_a_style_is_painted_in_one_pass_and_the_same_each_time(pack):
    painter = Painter(pack, torch.device("cpu"))
    assert painter.plan_freely((300, 401)).sizes == ((300, 401),)
    picture = Picture(torch.rand(3, 75, 66))
    told = []
    first = api.stylize(picture, painter, on_progress=told.append)
    assert first.size == picture.size
    assert torch.equal(first.pixels, api.stylize(picture, painter).pixels)
    shares = [progress.done / progress.total for progress in told]
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] == 1
    assert max(later - earlier for earlier, later in zip(shares, shares[1:], strict=False)) < 0.2


def test_a_broad_brush_sees_a_small_picture():
    painter = Painter(random_pack("johnson"), torch.device("cpu"))
    picture = Picture(torch.rand(3, 80, 120))
    small = api.stylize(Picture(resize(picture.pixels, (40, 60))), painter).pixels
    broad = api.stylize(picture, painter, brush_scale=2)
    torch.testing.assert_close(broad.pixels, resize(small, (80, 120)))
    assert api.stylize(picture, painter, brush_scale=0.5).size == (80, 120)


def test_little_memory_caps_the_one_pass_too():
    plan = ARCHITECTURES["johnson"].plan
    capped = plan((4000, 6000), memory=2**30)
    assert capped.capped and len(capped.sizes) == 1 and 1000 < capped.sizes[0][0] < 4000
    assert not plan((400, 600), memory=2**30).capped
    with pytest.raises(MemoryError):
        plan((4000, 6000), memory=2**20)


def test_a_style_of_one_scale_is_not_mixed_stroke_by_stroke(small_style):
    with pytest.raises(BrushwarpError, match="all strokes at once") as caught:
        api.load_painter(small_style, "cpu", mix=(random_pack("johnson"), ""))
    assert caught.value.code == "mix" and caught.value.hint


def test_an_unknown_architecture_says_what_to_do(pack, tmp_path):
    save_pack(replace(pack, card=replace(pack.card, architecture="cubism")), tmp_path / "a.safetensors")
    with pytest.raises(BrushwarpError, match="'cubism'") as caught:
        api.load_painter(tmp_path / "a.safetensors")
    assert caught.value.code == "pack-architecture" and "Update Brushwarp" in caught.value.hint


def test_another_architectures_weights_are_refused(pack):
    other = "johnson" if pack.card.architecture != "johnson" else "ulyanov"
    with pytest.raises(BrushwarpError, match="do not fit"):
        build_network(replace(pack, card=replace(pack.card, architecture=other)))
