"""The compact encoder that is shipped: its cost, its levels, and that it tells styles apart as its teacher does."""

from __future__ import annotations

import pytest
import torch
from safetensors.torch import load_file
from scipy.stats import spearmanr
from torch.utils.flop_counter import FlopCounterMode

from brushwarp.errors import BrushwarpError
from brushwarp.features import load_encoder
from brushwarp.features.compact import COMPACT_FILE, Compact, balanced, load_compact
from brushwarp.features.vgg import VGG19_BLOCKS, VggStack
from brushwarp.losses import gram_matrix, style_loss
from brushwarp.multimodal.objective import STYLE_LAYERS
from brushwarp.multimodal.photos import find_photos, open_rgb, to_tensor


def multiplications(encoder) -> int:
    with FlopCounterMode(display=False) as counter:
        encoder(torch.zeros(1, 3, 224, 224), ("relu5_1",))
    return counter.get_total_flops() // 2


def open_small(path, side):
    image = open_rgb(path)
    share = side / min(image.size)
    return to_tensor(image.resize(tuple(round(length * share) for length in image.size)))[None]


def test_it_is_small_and_spares_most_of_the_work():
    assert COMPACT_FILE.stat().st_size <= 3_000_000
    assert {value.dtype for value in load_file(COMPACT_FILE).values()} == {torch.float16}
    assert multiplications(VggStack(VGG19_BLOCKS)) >= 8 * multiplications(load_compact())


def test_it_has_vggs_names_and_strides():
    found = load_compact()(torch.rand(1, 3, 64, 96), STYLE_LAYERS)
    assert [tuple(value.shape[2:]) for value in found.values()] == [(64, 96), (32, 48), (16, 24), (8, 12), (4, 6)]


def test_it_ranks_styles_as_its_teacher_does(dev_data):
    """The cheap version of tests/benchmarks/encoders.py, on photographs that it was not trained on."""
    photos = find_photos(dev_data / "content" / "test")[::12][:8]
    paintings = [path for path in find_photos(dev_data / "style") if path.parent.name == "style"][::5][:8]
    distances = []
    for encoder in (load_encoder("vgg19-dev", folder=dev_data / "weights"), load_encoder("compact")):
        with torch.inference_mode():
            grams = [
                {layer: gram_matrix(found) for layer, found in encoder(open_small(path, 128), STYLE_LAYERS).items()}
                for path in photos + paintings
            ]
        distances.append([style_loss(photo, painting).item() for photo in grams[: len(photos)] for painting in grams[len(photos) :]])
    assert len(distances[0]) == 64
    assert spearmanr(*distances).statistic >= 0.9


def test_every_layer_is_about_as_loud_on_photographs(dev_data):
    encoder = load_compact()
    photos = find_photos(dev_data / "content" / "test")[::8]
    with torch.inference_mode():
        levels = [{layer: value.square().mean() for layer, value in encoder(open_small(path, 128), encoder.layers).items()} for path in photos]
    for layer in encoder.layers:
        assert 1 / 3 < sum(each[layer] for each in levels) / len(levels) < 3, layer


def test_balancing_scales_each_layer_and_changes_nothing_else():
    torch.manual_seed(1)
    before = Compact()
    levels = {layer: 4.0**index for index, layer in enumerate(before.layers)}
    after = Compact(balanced(before.state(), levels))
    picture = torch.rand(1, 3, 32, 32)
    found, expected = after(picture, before.layers), before(picture, before.layers)
    for layer in before.layers:
        torch.testing.assert_close(found[layer] * levels[layer] ** 0.5, expected[layer], rtol=1e-4, atol=1e-5)


def test_another_file_is_no_encoder(tmp_path):
    for content in (b"", b"not tensors"):
        (tmp_path / "wrong.safetensors").write_bytes(content)
        with pytest.raises(BrushwarpError, match="no compact encoder"):
            load_compact(tmp_path / "wrong.safetensors")


def test_a_block_that_is_run_again_for_the_gradient_gives_the_same(monkeypatch):
    from brushwarp.features import vgg

    encoder, picture = load_compact(), torch.rand(1, 3, 48, 40, generator=torch.Generator().manual_seed(0))
    found = []
    for large in (vgg.LARGE, 0):
        monkeypatch.setattr(vgg, "LARGE", large)
        x = picture.clone().requires_grad_()
        layers = encoder(x, ("relu1_2", "relu3_1", "relu5_1"))
        sum(value.square().mean() for value in layers.values()).backward()
        found.append((x.grad, layers["relu3_1"].detach()))
    assert all(torch.equal(one, other) for one, other in zip(*found, strict=True))
