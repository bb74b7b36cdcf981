"""`brushwarp keypoints` from the shell's side: two pictures in; arrows, pairs and a sheet out, or a sentence."""

import pytest
import torch
from PIL import Image

from brushwarp.cli import main
from brushwarp.geometry import KeypointPairs, read_arrows, read_pairs, write_arrows
from brushwarp.image import Picture, save_picture
from brushwarp.sample import render_sample
from brushwarp.styles import StyleCard, StylePack, save_pack

QUICK = ["--encoder", "compact", "--device", "cpu"]


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A folder with a photo, another view of it, and a picture of one colour; no weights but those that come along."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRUSHWARP_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("BRUSHWARP_WEIGHTS", raising=False)
    whole = render_sample(240, 180)
    save_picture(Picture(whole[:, :160].contiguous()), tmp_path / "photo.png")
    save_picture(Picture(whole[:, 20:].contiguous()), tmp_path / "painting.png")
    save_picture(Picture(torch.full((3, 50, 60), 0.5)), tmp_path / "flat.png")
    return tmp_path


def test_the_drawing_holds_the_arrows_and_comes_back_edited(files, capsys):
    words = ["keypoints", "photo.png", "painting.png", "--count", "6", "--pairs", "pairs.txt", "--preview", "sheet.png", "-o", "arrows.svg"]
    assert main([*words, *QUICK]) == 0
    assert capsys.readouterr().out.strip() == "arrows.svg"
    arrows, pairs = read_arrows("arrows.svg", (160, 240)), read_pairs("pairs.txt")
    assert 1 <= len(arrows) <= 6 and len(pairs) == len(arrows)
    with Image.open("sheet.png") as sheet:
        assert sheet.width > sheet.height
    edited = KeypointPairs(arrows.source, arrows.target + (3, 0))
    write_arrows("arrows.svg", edited, (160, 240))
    assert main(["warp", "photo.png", "--keypoints", "arrows.svg", "-o", "warped.png"]) == 0


def test_a_text_file_holds_arrows_that_deform_takes(files):
    assert main(["keypoints", "photo.png", "painting.png", "-o", "arrows.txt", *QUICK]) == 0
    assert (files / "arrows.txt").read_text().startswith("# brushwarp arrows")
    assert len(read_arrows("arrows.txt", (160, 240)))


def test_a_trained_style_that_keeps_its_painting_stands_for_it(files, capsys):
    def style(name, painting=None):
        save_pack(StylePack(StyleCard(name, name), {}, painting=painting), files / f"{name}.safetensors")

    with Image.open("painting.png") as painting:
        style("kept", torch.tensor(list(painting.convert("RGB").tobytes()), dtype=torch.uint8).reshape(painting.height, painting.width, 3))
    style("bare")
    assert main(["keypoints", "photo.png", "kept.safetensors", "-o", "kept.txt", *QUICK]) == 0
    assert main(["keypoints", "photo.png", "painting.png", "-o", "same.txt", *QUICK]) == 0
    assert (files / "kept.txt").read_text() == (files / "same.txt").read_text()
    assert main(["keypoints", "photo.png", "bare.safetensors", "-o", "out.txt", *QUICK]) == 1
    assert "keeps no picture" in capsys.readouterr().err


def test_the_published_form_can_be_had(files):
    assert main(["keypoints", "photo.png", "painting.png", "-o", "published.txt", "--published", *QUICK]) == 0
    assert main(["keypoints", "photo.png", "painting.png", "-o", "ours.txt", *QUICK]) == 0
    assert (files / "published.txt").read_text() != (files / "ours.txt").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["flat.png", "-o", "out.svg"], "nothing to match"),
        (["painting.png", "-o", "out.png"], ".svg or .txt"),
        (["painting.png", "-o", "out.svg", "--preview", "out.jpg"], ".png"),
        (["painting.png", "-o", "out.svg", "--count", "0"], "number of arrows"),
        (["missing.png", "-o", "out.svg"], "missing.png"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(files, capsys, words, said):
    assert main(["keypoints", "photo.png", *words, *QUICK]) == 1
    assert said in capsys.readouterr().err
    assert not list(files.glob("out*"))
