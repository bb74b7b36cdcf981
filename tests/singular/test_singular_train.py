"""One-scale networks are trained by the loop that trains Multimodal Transfer: it goes on where it stopped, and ends in a pack."""

from dataclasses import replace

import pytest
import torch
from PIL import Image

from brushwarp.cli import main
from brushwarp.errors import BrushwarpError, Cancelled
from brushwarp.singular.photos import PhotoSquares
from brushwarp.singular.train import SingularSettings, SingularTraining
from brushwarp.styles import StyleCard, load_pack
from brushwarp.training.checkpoint import checkpoint_path

SETTINGS = SingularSettings(iterations=(5,), batch=2, window=32, save_seconds=0, loaders=0)
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def painting(dev_data, tmp_path_factory):
    """The Great Wave, small: its Gram matrices at full size take longer than all that is tested here."""
    path = tmp_path_factory.mktemp("painting") / "small.png"
    with Image.open(dev_data / "style" / "hokusai_great_wave.jpg") as image:
        image.resize((160, 128)).save(path)
    return path


@pytest.fixture
def training(painting, encoder):
    def begin(architecture: str, settings=SETTINGS) -> SingularTraining:
        return SingularTraining(StyleCard("tiny", "Tiny", architecture=architecture), ((painting,),) * 3, encoder, settings, CPU)

    return begin


def nothing(_) -> None:
    pass


@pytest.mark.parametrize("architecture", ["johnson", "johnson-batchnorm", "ulyanov-2016-noise"])
def test_a_training_that_was_killed_ends_as_if_it_had_not_been(training, photos, tmp_path, architecture):
    """Instance norm, batch norm with what it has counted, and noise."""
    whole = training(architecture).run(photos, tmp_path / "whole.safetensors", nothing, nothing)

    def stop(report):
        if report.iteration == 3:  # one past the checkpoint of iteration 2
            raise Cancelled

    with pytest.raises(Cancelled):
        training(architecture).run(photos, tmp_path / "parts.safetensors", stop, nothing)
    torch.rand(7)  # another program has drawn other numbers by now
    again = training(architecture)
    assert again.resume(checkpoint_path(tmp_path / "parts.safetensors"))
    assert again.iteration == 2
    parts = again.run(photos, tmp_path / "parts.safetensors", nothing, nothing)
    assert parts.card.architecture == architecture
    for name, value in whole.weights.items():
        assert torch.equal(value, parts.weights[name]), name


@pytest.mark.parametrize("architecture", ["johnson", "ulyanov-2016"])
def test_training_makes_the_style_loss_fall(training, photos, tmp_path, architecture):
    run = training(architecture, replace(SETTINGS, iterations=(40,), save_seconds=1000))
    run.run(photos, tmp_path / "a.safetensors", nothing, nothing)
    losses = [terms["style 1"] for terms in run.history]
    assert sum(losses[-5:]) < 0.7 * sum(losses[:5])


def test_a_checkpoint_of_another_network_or_style_size_is_not_taken_up(training, tmp_path):
    training("johnson").save(tmp_path / "a.safetensors")
    checkpoint = checkpoint_path(tmp_path / "a.safetensors")
    assert not training("ulyanov").resume(checkpoint)
    assert not training("johnson", replace(SETTINGS, style_size=512)).resume(checkpoint)
    assert training("johnson").resume(checkpoint)


def test_a_pack_is_a_beginning_for_its_own_architecture(training):
    pack = training("ulyanov", replace(SETTINGS, seed=1)).pack()
    second = training("ulyanov")
    second.start_from(pack)
    assert all(torch.equal(value, pack.weights[name]) for name, value in second.network.state_dict().items())
    with pytest.raises(BrushwarpError, match="architecture"):
        training("johnson").start_from(pack)


def test_the_style_size_is_the_paintings_short_side(training, dev_data):
    picture = dev_data / "style" / "hokusai_great_wave.jpg"
    for size in (256, 512):
        seen = training("ulyanov-2016", replace(SETTINGS, style_size=size)).style_pictures(((picture,),) * 3)
        assert [[min(rgb.shape[1:]) for rgb in pictures] for pictures in seen] == [[size]]


def test_photographs_are_seen_as_squares_the_same_each_time(photos):
    samples = PhotoSquares(photos, 48, seed=5)
    (fourth,), (fifth,) = samples[3], samples[4]
    assert fourth.shape == (3, 48, 48)
    assert torch.equal(fourth, PhotoSquares(photos, 48, seed=5)[3][0])
    assert not torch.equal(fourth, fifth)


def test_the_command_trains_any_architecture_and_trains_it_on(painting, dev_data, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("brushwarp.multimodal.thumbnail.SIZE", (128, 192))
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    (tmp_path / "photos").mkdir()
    with Image.open(painting) as image:
        image.save(tmp_path / "photos" / "only.png")
    words = ["train", str(painting), "--photos", str(tmp_path / "photos"), "--weights", str(dev_data / "weights"), "--device", "cpu"]
    words += ["--window", "32", "--loaders", "0"]
    assert main([*words, "-o", str(first), "--architecture", "ulyanov-2016", "--style-size", "512", "--iterations", "2"]) == 0
    card = load_pack(first).card
    assert card.architecture == "ulyanov-2016"
    assert card.training["settings"]["style_size"] == 512 and card.training["settings"]["batch"] == 4
    assert load_pack(first).thumbnail is not None
    assert (tmp_path / "first.samples" / "000002.jpg").exists() and (tmp_path / "first.report.png").exists()
    assert main([*words, "-o", str(second), "--from", str(first), "--iterations", "1"]) == 0
    assert load_pack(second).card.architecture == "ulyanov-2016"
    capsys.readouterr()
    refused = {
        "other architectures": ["--from", str(first), "--architecture", "johnson"],
        "no stages": ["--architecture", "johnson", "--iterations", "1,0,0,0,1"],
        "all sizes": ["--style-size", "256"],
    }
    for name, more in refused.items():
        assert main([*words, "-o", str(tmp_path / "third.safetensors"), *more]) == 1, name
        assert capsys.readouterr().err.splitlines()[-1].startswith("brushwarp: "), name
        assert not (tmp_path / "third.safetensors").exists()
