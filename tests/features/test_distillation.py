"""Distilling: it learns, it goes on where it stopped as if it never had, and it says what it can't do."""

from __future__ import annotations

import pytest
import torch
from safetensors.torch import load_file

from brushwarp.cli import main
from brushwarp.errors import BrushwarpError
from brushwarp.features import load_encoder
from brushwarp.features.compact import load_compact
from brushwarp.features.distillation import (
    Distillation,
    DistillationSettings,
    disagreement,
    style_distances,
)
from brushwarp.features.vgg import VGG19_BLOCKS, Vgg19, VggStack
from brushwarp.features.windows import stream_windows
from brushwarp.losses import gram_matrix, relative_error
from brushwarp.multimodal.photos import find_photos
from brushwarp.training.checkpoint import checkpoint_path

SETTINGS = DistillationSettings(iterations=8, batch=3, window=32, save_every=4, loaders=0)


@pytest.fixture(scope="module")
def teacher(dev_data):
    return load_encoder("vgg19-dev", folder=dev_data / "weights")


@pytest.fixture(scope="module")
def groups(dev_data):
    return [find_photos(dev_data / "content" / "train")[:4], find_photos(dev_data / "style")[:4]]


def stream(groups, training):
    settings = training.settings
    return stream_windows(groups, window=settings.window, batch=settings.batch, seed=0, start=training.iteration * settings.batch, loaders=0)


def test_style_distances_are_those_of_the_losses():
    torch.manual_seed(2)
    features = torch.rand(3, 5, 6, 7, dtype=torch.float64)
    grams = gram_matrix(features)
    for index in range(3):
        torch.testing.assert_close(style_distances(features)[:, index], relative_error(grams, grams[index : index + 1]))


def test_agreement_is_nought_and_a_factor_of_two_everywhere_is_the_square_of_its_logarithm():
    distances = torch.rand(4, 4) * 1000 + 1000
    assert disagreement(distances, distances) == 0
    assert disagreement(2 * distances, distances).item() == pytest.approx(0.6931**2, rel=1e-3)


def test_it_learns(teacher, groups):
    training = Distillation(teacher, DistillationSettings(iterations=40, batch=4, window=32))
    windows = next(stream_windows(groups, window=32, batch=4, seed=0, start=0, loaders=0))
    terms = [training.step(windows) for _ in range(40)]
    assert terms[-1]["features"] < 0.7 * terms[0]["features"]
    assert terms[-1]["style"] < 0.7 * terms[0]["style"]


def test_going_on_gives_what_one_go_gives(teacher, groups, tmp_path):
    whole = Distillation(teacher, SETTINGS)
    whole.run(stream(groups, whole), tmp_path / "whole.safetensors")

    class Interrupted(Exception):
        pass

    def interrupt(_):
        if stopped.iteration == 6:
            raise Interrupted

    stopped = Distillation(teacher, SETTINGS)
    with pytest.raises(Interrupted):
        stopped.run(stream(groups, stopped), tmp_path / "parts.safetensors", interrupt)
    resumed = Distillation(teacher, SETTINGS)
    assert resumed.resume(checkpoint_path(tmp_path / "parts.safetensors")) and resumed.iteration == 4
    resumed.run(stream(groups, resumed), tmp_path / "parts.safetensors")
    parts, expected = load_file(tmp_path / "parts.safetensors"), load_file(tmp_path / "whole.safetensors")
    assert parts.keys() == expected.keys() and all(torch.equal(parts[key], expected[key]) for key in parts)
    load_compact(tmp_path / "parts.safetensors")


def test_anothers_checkpoint_is_left_alone_and_a_broken_one_named(teacher, groups, tmp_path):
    training = Distillation(teacher, SETTINGS)
    training.step(next(stream(groups, training)))
    training.save(tmp_path / "one.safetensors")
    other = Distillation(teacher, DistillationSettings(iterations=9, batch=3, window=32))
    assert not other.resume(tmp_path / "one.training") and other.iteration == 0
    (tmp_path / "one.training").write_bytes(b"torn")
    with pytest.raises(BrushwarpError, match="one.training"):
        training.resume(tmp_path / "one.training")


def test_half_a_teacher_is_refused():
    half = VggStack(VGG19_BLOCKS[:2])
    state = {f"features.{index}.{part}": getattr(half.convolutions[name], part) for index, name in zip((0, 2, 5, 7), half.layers, strict=True) for part in ("weight", "bias")}
    with pytest.raises(BrushwarpError, match="relu3_1"):
        Distillation(Vgg19(state), SETTINGS)


def test_from_the_command_line(dev_data, tmp_path, capsys):
    words = ["distill", "--photos", str(dev_data / "pairs"), "--weights", str(dev_data / "weights"), "-o", str(tmp_path / "small.safetensors")]
    words += ["--iterations", "2", "--batch", "2", "--window", "32", "--loaders", "0"]
    assert main(words) == 0
    load_compact(tmp_path / "small.safetensors")
    assert not (tmp_path / "small.training").exists()
    assert main(words) == 1 and "finished encoder" in capsys.readouterr().err
    assert main([*words, "--from", str(tmp_path / "small.safetensors")]) == 0


def test_what_the_command_refuses(dev_data, tmp_path, capsys, monkeypatch):
    words = ["distill", "--photos", str(dev_data / "pairs"), "-o", str(tmp_path / "small.safetensors")]
    assert main([*words, "--batch", "1"]) == 1 and "pairs" in capsys.readouterr().err
    assert main([*words[:-1], str(tmp_path / "small.pth")]) == 1 and ".safetensors" in capsys.readouterr().err
    monkeypatch.setenv("BRUSHWARP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.delenv("BRUSHWARP_WEIGHTS", raising=False)
    assert main(words) == 1 and "no VGG here to learn from" in capsys.readouterr().err
