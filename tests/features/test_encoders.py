"""Encoders: the development pair agrees with torchvision's own VGG-19, layer by layer."""

import pytest
import torch
import torchvision
from safetensors.torch import load_file

from brushwarp.errors import BrushwarpError
from brushwarp.features import denormalise, load_encoder, normalise
from brushwarp.features.published import published_file
from brushwarp.features.vgg import Vgg19
from brushwarp.features.weights import DEV_REAL

CONVOLUTIONS = {"relu1_1": 0, "relu1_2": 2, "relu2_1": 5, "relu2_2": 7, "relu3_1": 10, "relu3_4": 16, "relu4_1": 19, "relu5_1": 28}


def test_normalising_and_back_is_nothing():
    picture = torch.rand(2, 3, 5, 4)
    torch.testing.assert_close(denormalise(normalise(picture)), picture)


def going_on_at_the_edge(network):
    """The same network with pictures that go on beyond their edges."""
    for layer in network:
        if isinstance(layer, torch.nn.Conv2d):
            layer.padding_mode = "replicate"


def test_layers_are_those_of_torchvision(tmp_path):
    """The whole of VGG-19 (random weights) through torchvision's file name, against torchvision's own forward pass, edges going on."""
    torch.manual_seed(0)
    theirs = torchvision.models.vgg19(weights=None).eval()
    torch.save(theirs.state_dict(), tmp_path / published_file("vgg19").file_name)
    going_on_at_the_edge(theirs.features)
    ours = load_encoder(folder=tmp_path)
    assert ours.name == "vgg19" and ours.layers[-1] == "relu5_1" and len(ours.layers) == 13
    picture = torch.rand(1, 3, 64, 48)
    found = ours(picture, tuple(CONVOLUTIONS))
    x = normalise(picture)
    expected = {}
    for index, layer in enumerate(theirs.features[:30]):
        x = layer(x)
        expected[index - 1] = x.clone()  # keyed by the convolution before its ReLU
    for name, index in CONVOLUTIONS.items():
        torch.testing.assert_close(found[name], expected[index])


def test_the_development_encoder_has_every_layer_that_losses_use(dev_data):
    encoder = load_encoder(folder=dev_data / "weights")
    assert encoder.name == "vgg19-dev"
    picture = torch.rand(1, 3, 64, 64)
    found = encoder(picture, ("relu1_1", "relu3_4", "relu4_1", "relu5_1"))
    assert [tuple(value.shape[1:]) for value in found.values()] == [(64, 64, 64), (256, 16, 16), (128, 8, 8), (128, 4, 4)]
    real = Vgg19(load_file(dev_data / "weights" / f"{DEV_REAL}.safetensors"))
    torch.testing.assert_close(real(picture, ("relu3_4",))["relu3_4"], found["relu3_4"])


def test_no_gradient_reaches_the_weights_and_one_reaches_the_picture(dev_data):
    encoder = load_encoder(folder=dev_data / "weights")
    picture = torch.rand(1, 3, 32, 32, requires_grad=True)
    sum(value.mean() for value in encoder(picture, ("relu2_1", "relu5_1")).values()).backward()
    assert picture.grad.abs().sum() > 0
    assert all(parameter.grad is None for parameter in encoder.parameters())


def test_a_layer_that_is_not_there_is_named(dev_data):
    with pytest.raises(BrushwarpError, match="relu9_9"):
        load_encoder(folder=dev_data / "weights").real(torch.rand(1, 3, 32, 32), ("relu9_9",))


def test_sixteen_pixels_are_enough_and_fewer_are_refused_in_words(dev_data):
    for encoder in (load_encoder(folder=dev_data / "weights"), load_encoder("compact")):
        assert encoder(torch.rand(1, 3, 16, 40), ("relu5_1",))["relu5_1"].shape[2:] == (1, 3)  # 20, 10, 5, and then the odd one stays
        with pytest.raises(BrushwarpError, match="too small"):
            encoder(torch.rand(1, 3, 15, 40), ("relu5_1",))
