"""`brushwarp deform` from the shell's side: files in, files out, and sentences for what cannot be."""

import json

import pytest
from PIL import Image

from brushwarp.cli import main
from brushwarp.geometry import KeypointPairs, read_arrows, write_arrows
from brushwarp.image import Picture, save_picture
from brushwarp.sample import render_sample


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A folder with a photo, a painting, arrows and pairs; no weights but those that come along."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRUSHWARP_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("BRUSHWARP_WEIGHTS", raising=False)
    save_picture(Picture(render_sample(96, 64)), tmp_path / "photo.png")
    save_picture(Picture(render_sample(64, 64, seed=3).flip(0).contiguous()), tmp_path / "painting.png")
    write_arrows(tmp_path / "arrows.svg", KeypointPairs([[30.0, 30.0], [60.0, 40.0]], [[36.0, 33.0], [57.0, 34.0]]), (64, 96))
    (tmp_path / "pairs.txt").write_text("# brushwarp pairs\n30 30 20 20\n60 40 45 22\n50 20 30 12\n")
    return tmp_path


def test_a_picture_pairs_and_a_painting_give_a_picture_arrows_and_a_loss_curve(files, capsys):
    words = ["deform", "photo.png", "painting.png", "--pairs", "pairs.txt", "--base", "gatys", "--encoder", "compact", "--size", "64"]
    assert main([*words, "--preview", "preview.png", "--device", "cpu", "-o", "out.png"]) == 0
    assert capsys.readouterr().out.strip() == "out.png"
    with Image.open(files / "out.png") as out, Image.open(files / "preview.png") as preview:
        assert out.size == (96, 64) and preview.size[0] <= 64
    solved = read_arrows(files / "out.arrows.svg", (64, 96))
    assert len(solved) == 3 and (solved.source != solved.target).any()
    with Image.open(files / "out.losses.png") as curve:
        assert curve.width > 500


def test_the_recipe_beside_a_deformation_makes_it_again(files):
    words = ["deform", "photo.png", "painting.png", "--keypoints", "arrows.svg", "--base", "gatys", "--encoder", "compact", "--size", "64"]
    assert main([*words, "--preset", "bold", "--unfold", "--seed", "5", "--device", "cpu", "-o", "out.png"]) == 0
    record = json.loads((files / "out.recipe.json").read_text(encoding="utf-8"))
    assert record["parameters"]["unfold"] and record["seed"] == 5 and record["keypoints"] != record["solved"]
    assert main(["recipe", "out.recipe.json", "photo.png", "--device", "cpu", "-o", "again.png"]) == 0
    assert (files / "again.png").read_bytes() == (files / "out.png").read_bytes()


def test_a_recipe_whose_style_picture_is_gone_says_so(files, capsys):
    words = ["deform", "photo.png", "vangogh_starry_night", "--base", "multimodal", "--keypoints", "arrows.svg", "--device", "cpu", "-o", "out.png"]
    assert main(words) == 0
    record = json.loads((files / "out.recipe.json").read_text(encoding="utf-8"))
    record["parameters"]["base"], record["style"]["id"] = "gatys", "gone.png"
    (files / "out.recipe.json").write_text(json.dumps(record), encoding="utf-8")
    assert main(["recipe", "out.recipe.json", "photo.png", "-o", "again.png"]) == 1
    assert "gone.png" in capsys.readouterr().err and not (files / "again.png").exists()


def test_a_trained_style_paints_and_the_arrows_bend(files):
    assert main(["deform", "photo.png", "vangogh_starry_night", "--base", "multimodal", "--keypoints", "arrows.svg", "--device", "cpu", "-o", "out.png"]) == 0
    with Image.open(files / "out.png") as out:
        assert out.size == (96, 64)
    assert len(read_arrows(files / "out.arrows.svg", (64, 96))) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["painting.png", "--keypoints", "pairs.txt"], "pairs"),
        (["painting.png", "--tv-weight", "-1"], "--tv-weight"),
        (["painting.png", "--size", "8"], "working size"),
        (["missing.png"], "missing.png"),
        (["vangogh_starry_night", "--base", "multimodal", "--pairs", "pairs.txt"], "--keypoints"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(files, capsys, words, said):
    assert main(["deform", "photo.png", *words, "--encoder", "compact", "--device", "cpu", "-o", "out.png"]) == 1
    assert said in capsys.readouterr().err
    assert not list(files.glob("out*"))
