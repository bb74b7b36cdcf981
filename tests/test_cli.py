"""The command line as a user meets it: files in, files out, one sentence for what goes wrong."""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import brushwarp
from brushwarp.api import stylize
from brushwarp.cli import main
from brushwarp.commands import training
from brushwarp.devices import Memory
from brushwarp.errors import BrushwarpError
from brushwarp.image import load_picture, resize, save_picture
from brushwarp.recipe import make_recipe, read_recipe
from brushwarp.styles import load_pack, save_pack


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("BRUSHWARP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BRUSHWARP_DEVICE", "cpu")


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "phöto.png"
    ramp = np.linspace(0, 255, 96 * 128 * 3).reshape(96, 128, 3)
    Image.fromarray(ramp.astype(np.uint8)).save(path)
    return path


def complains(capsys, *words) -> str:
    assert main([str(word) for word in words]) == 1
    captured = capsys.readouterr()
    assert captured.out == "" and "Traceback" not in captured.err
    return captured.err.splitlines()[-1]


def test_stylize_writes_the_picture_and_its_recipe(photo, small_style, tmp_path, capsys):
    out = tmp_path / "out.png"
    assert main(["stylize", str(photo), "--style", str(small_style), "-o", str(out), "--strength", "0.5"]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    assert load_picture(out).size == (96, 128)
    record = read_recipe((tmp_path / "out.recipe.json").read_text(encoding="utf-8"))
    assert record["parameters"]["strength"] == 0.5 and record["style"]["id"] == str(small_style)


def test_a_recipe_paints_the_same_again(photo, small_style, tmp_path):
    assert main(["styles", "add", str(small_style)]) == 0
    arrows = tmp_path / "arrows.txt"
    arrows.write_text("# brushwarp arrows\n40 40 60 50\n", encoding="utf-8")
    first, second = tmp_path / "first.png", tmp_path / "second.png"
    assert main(["stylize", str(photo), "--style", "small", "--keypoints", str(arrows), "--brush-scale", "2", "-o", str(first)]) == 0
    assert main(["recipe", str(tmp_path / "first.recipe.json"), str(photo), "-o", str(second)]) == 0
    assert torch.equal(load_picture(first).pixels, load_picture(second).pixels)


def test_a_hosts_strength_as_opacity_is_painted_and_the_new_recipe_says_so(photo, small_style, tmp_path):
    assert main(["styles", "add", str(small_style)]) == 0
    painted, again = tmp_path / "painted.png", tmp_path / "again.png"
    assert main(["stylize", str(photo), "--style", "small", "--strength", "0.5", "-o", str(painted)]) == 0
    told = json.loads((tmp_path / "painted.recipe.json").read_text())
    told["parameters"]["as_opacity"] = True
    (tmp_path / "of_a_host.recipe.json").write_text(json.dumps(told))
    assert main(["recipe", str(tmp_path / "of_a_host.recipe.json"), str(photo), "-o", str(again)]) == 0
    assert torch.equal(load_picture(painted).pixels, load_picture(again).pixels)
    assert "as_opacity" not in json.loads((tmp_path / "again.recipe.json").read_text())["parameters"]


def test_a_mixture_is_named_in_the_recipe_and_painted_again(photo, small_style, tmp_path, capsys):
    other = tmp_path / "other.safetensors"
    pack = load_pack(small_style)
    save_pack(replace(pack, weights={name: value.flip(0).contiguous() for name, value in pack.weights.items()}), other)
    first, second = tmp_path / "first.png", tmp_path / "second.png"
    assert main(["stylize", str(photo), "--mix", f"{small_style},{other}, {small_style}", "-o", str(first)]) == 0
    parameters = read_recipe((tmp_path / "first.recipe.json").read_text(encoding="utf-8"))["parameters"]
    assert (parameters["medium"], parameters["fine"]) == (str(other), str(small_style))
    assert main(["recipe", str(tmp_path / "first.recipe.json"), str(photo), "-o", str(second)]) == 0
    assert first.read_bytes() == second.read_bytes()
    capsys.readouterr()
    assert "three styles" in complains(capsys, "stylize", photo, "--mix", "one,two", "-o", first)


def test_a_recipe_remembers_the_size_and_finds_the_style_where_it_was(photo, small_style, tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path / "mine")
    Path("renamed.safetensors").write_bytes(small_style.read_bytes())  # its card says "small"
    Path("arrows.txt").write_text("# brushwarp arrows\n20 20 30 25\n", encoding="utf-8")
    words = ["stylize", str(photo), "--style", "renamed.safetensors", "--keypoints", "arrows.txt", "--size", "64", "-o", "first.png"]
    assert main(words) == 0
    monkeypatch.chdir(tmp_path)
    assert main(["recipe", "mine/first.recipe.json", str(photo), "-o", "second.png"]) == 0
    assert torch.equal(load_picture("mine/first.png").pixels, load_picture("second.png").pixels)
    assert Path("mine/first.recipe.json").read_text(encoding="utf-8") == Path("second.recipe.json").read_text(encoding="utf-8")


def test_a_recipe_of_a_layer_keeps_the_brush_of_its_canvas(photo, small_style, tmp_path):
    parameters = {"strength": 1.0, "canvas_short_side": 500, "width": 128, "height": 96}
    recipe = tmp_path / "layer.json"
    recipe.write_text(make_recipe("stylize", str(small_style), "", parameters, 0, [], []), encoding="utf-8")
    assert main(["recipe", str(recipe), str(photo), "-o", str(tmp_path / "out.png")]) == 0
    save_picture(stylize(load_picture(photo), small_style, canvas_short_side=500), tmp_path / "expected.png")
    assert torch.equal(load_picture(tmp_path / "out.png").pixels, load_picture(tmp_path / "expected.png").pixels)


def test_a_recipe_bends_again_on_a_photo_of_twice_the_size(photo, tmp_path, capsys):
    arrows = tmp_path / "arrows.txt"
    arrows.write_text("# brushwarp arrows\n40 40 60 50\n", encoding="utf-8")
    assert main(["warp", str(photo), "--keypoints", str(arrows), "--smoothness", "9", "-o", str(tmp_path / "first.png")]) == 0
    again = ["recipe", str(tmp_path / "first.recipe.json")]
    assert main([*again, str(photo), "-o", str(tmp_path / "second.png")]) == 0
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()
    picture = load_picture(photo)
    save_picture(picture.with_pixels(resize(picture.pixels, (192, 256))), tmp_path / "large.png")
    assert main([*again, str(tmp_path / "large.png"), "-o", str(tmp_path / "third.png")]) == 0
    record = read_recipe((tmp_path / "third.recipe.json").read_text(encoding="utf-8"))
    assert record["keypoints"] == [[80, 80, 120, 100]] and record["parameters"]["smoothness"] == 36


def test_a_recipe_that_was_tampered_with_is_no_recipe(tmp_path):
    good = json.loads(make_recipe("stylize", "small", "", {"strength": 1.0, "size": None}, 0, [[1, 2, 3, 4]], []))
    assert read_recipe(json.dumps(good)) == good
    changes = [{name: None} for name in ("verb", "style", "parameters", "seed", "keypoints")]
    changes += [{"keypoints": arrows} for arrows in ([1, 2, 3, 4], [[1, 2], [3, 4]], [[1, 2, 3]], [["a", 2, 3, 4]], [[1e999, 2, 3, 4]])]
    changes += [{"parameters": one} for one in ({"strength": "1"}, {"size": -4}, {"keep_colors": 1}, {"canvas_short_side": 0.5})]
    for change in changes:
        with pytest.raises(BrushwarpError, match="recipe"):
            read_recipe(json.dumps(good | change))
    for name in good.keys() - {"notes", "versions", "device"}:
        with pytest.raises(BrushwarpError, match="recipe"):
            read_recipe(json.dumps({key: value for key, value in good.items() if key != name}))


def test_transparency_that_a_jpeg_cannot_hold_is_refused_before_painting(photo, small_style, tmp_path, capsys):
    with Image.open(photo) as image:
        image.putalpha(128)
        image.save(photo)
    words = ["stylize", photo, "--style", small_style, "-o", tmp_path / "out.jpg"]
    assert main([str(word) for word in words]) == 1
    told = capsys.readouterr().err
    assert "transparency" in told and "Painting" not in told


def test_size_scales_the_long_side_first(photo, small_style, tmp_path):
    out = tmp_path / "out.jpg"
    assert main(["stylize", str(photo), "--style", str(small_style), "--size", "64", "-o", str(out)]) == 0
    assert load_picture(out).size == (48, 64)


def test_a_part_is_painted_as_large_as_it_is_there_and_leaves_no_recipe(photo, small_style, tmp_path, capsys):
    out = tmp_path / "part.png"
    main(["stylize", str(photo), "--style", str(small_style), "--size", "512", "--part", "30,40,200,100", "-o", str(out)])
    assert Image.open(out).size == (200, 100) and not out.with_suffix(".recipe.json").exists()
    told = capsys.readouterr().err
    assert "about" in told and "arrows" not in told
    for part in ("30,40,2000,100", "30,40", "a,b,c,d"):
        assert "part" in complains(capsys, "stylize", photo, "--style", small_style, "--part", part, "-o", tmp_path / "none.png")


def test_warp_bends_without_any_style(photo, tmp_path):
    arrows, out = tmp_path / "a.txt", tmp_path / "warped.png"
    arrows.write_text("# brushwarp arrows\n40 40 60 50\n", encoding="utf-8")
    assert main(["warp", str(photo), "--keypoints", str(arrows), "-o", str(out)]) == 0
    assert not torch.equal(load_picture(out).pixels, load_picture(photo).pixels)


def test_the_demo_leaves_pictures_arrows_and_layers(photo, small_style, tmp_path, capsys):
    out = tmp_path / "results"
    assert main(["demo", str(photo), "--style", str(small_style), "--out", str(out)]) == 0
    told = capsys.readouterr().out
    names = ["phöto.png", "phöto-painted.png", "phöto-warped.png", "phöto-arrows.svg", "phöto.ora"]
    assert sorted(path.name for path in out.iterdir()) == sorted(names)
    assert all(str(out / name) in told for name in names)
    painted, warped = (load_picture(out / name).pixels for name in names[1:3])
    assert (painted - warped).abs().mean() > 1 / 255
    with zipfile.ZipFile(out / "phöto.ora") as archive:
        assert archive.read("stack.xml").decode().count("<layer") == 3


def test_a_training_that_is_stopped_says_what_is_kept_and_goes_on(photo, dev_data, tmp_path, capsys, monkeypatch):
    pack = tmp_path / "own.safetensors"
    checkpoint = pack.with_suffix(".training")
    words = ["train", str(photo), "--photos", str(tmp_path), "-o", str(pack), "--weights", str(dev_data / "weights")]
    words += ["--iterations", "1,0,0,0,0", "--window", "64", "--loaders", "0"]

    with monkeypatch.context() as patch:
        before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets its background jobs ignore it
        # Ctrl+C while the report is drawn, just after the first save; from another thread it might come anywhere.
        patch.setattr("brushwarp.multimodal.practice.draw_report", lambda *_: signal.raise_signal(signal.SIGINT))
        assert main(words) == 130
    signal.signal(signal.SIGINT, before)
    told = capsys.readouterr().err
    assert "own.training" in told and "same command" in told
    assert main(words) == 0
    assert "Going on from iteration 1" in capsys.readouterr().err and not checkpoint.exists()


def test_a_training_on_a_full_disk_says_what_is_kept(photo, dev_data, tmp_path, capsys, monkeypatch):
    pack = tmp_path / "own.safetensors"
    words = ["train", str(photo), "--photos", str(tmp_path), "-o", str(pack), "--weights", str(dev_data / "weights")]
    words += ["--iterations", "1,0,0,0,0", "--window", "64", "--loaders", "0"]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        told = complains(capsys, *words)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "no room for own.training" in told and "Free some space. Nothing had been saved yet." in told
    assert not pack.exists() and main(words) == 0


def test_training_from_the_command_line_ends_in_a_style_that_paints(photo, dev_data, tmp_path, capsys):
    pack, painting = tmp_path / "own.safetensors", tmp_path / "painting.png"
    with Image.open(dev_data / "style" / "hokusai_great_wave.jpg") as image:
        image.resize((300, 256)).save(painting)
    words = ["train", str(painting), "--photos", str(tmp_path), "-o", str(pack), "--weights", str(dev_data / "weights")]
    words += ["--iterations", "1,0,0,0,1", "--window", "64", "--fine-window", "128", "--loaders", "0"]
    assert main([*words, "--name", "Mine"]) == 0
    assert (tmp_path / "own.report.png").exists() and (tmp_path / "own.samples" / "000002.jpg").exists()
    assert not pack.with_suffix(".training").exists()
    style = load_pack(pack)
    assert style.card.name == "Mine" and tuple(style.thumbnail.shape) == (128, 192, 3)
    out = tmp_path / "out.png"
    assert main(["stylize", str(photo), "--style", str(pack), "-o", str(out)]) == 0
    capsys.readouterr()
    finished = pack.read_bytes()
    assert "holds a finished style" in complains(capsys, *words)
    assert pack.read_bytes() == finished


def test_bad_input_gets_one_sentence_and_leaves_nothing(photo, small_style, tmp_path, capsys):
    arrows = tmp_path / "far.txt"
    arrows.write_text("# brushwarp arrows\n40 40 6000 50\n", encoding="utf-8")
    out = tmp_path / "out.png"
    cases = {
        "no such file": ["stylize", tmp_path / "none.png", "--style", small_style, "-o", out],
        "no such style": ["stylize", photo, "--style", "nothing", "-o", out],
        "not a pack": ["stylize", photo, "--style", photo.rename(photo.with_suffix(".safetensors")), "-o", out],
    }
    photo.with_suffix(".safetensors").rename(photo)
    cases |= {
        "arrows outside": ["stylize", photo, "--style", small_style, "--keypoints", arrows, "-o", out],
        "no arrows file": ["warp", photo, "--keypoints", tmp_path / "none.svg", "-o", out],
        "bad format": ["stylize", photo, "--style", small_style, "-o", tmp_path / "out.docx"],
        "no folder": ["stylize", photo, "--style", small_style, "-o", tmp_path / "no" / "out.png"],
        "bad strength": ["stylize", photo, "--style", small_style, "--strength", "7", "-o", out],
        "bad device": ["stylize", photo, "--style", small_style, "--device", "abacus", "-o", out],
        "no photographs": ["train", photo, "--photos", tmp_path / "home", "-o", tmp_path / "a.safetensors"],
        "bad pack name": ["train", photo, "--photos", tmp_path, "-o", tmp_path / "a.pth"],
        "no folder for a pack": ["train", photo, "--photos", tmp_path, "-o", tmp_path / "no" / "a.safetensors"],
        "odd window": ["train", photo, "--photos", tmp_path, "-o", tmp_path / "a.safetensors", "--window", "255"],
        "large window": ["train", photo, "--photos", tmp_path, "-o", tmp_path / "a.safetensors", "--window", "514"],
        "no batch": ["train", photo, "--photos", tmp_path, "-o", tmp_path / "a.safetensors", "--batch", "0"],
        "no rate": ["train", photo, "--photos", tmp_path, "-o", tmp_path / "a.safetensors", "--learning-rate", "nan"],
        "no recipe": ["recipe", arrows, photo, "-o", out],
    }
    for name, words in cases.items():
        assert complains(capsys, *words).startswith("brushwarp: "), name
        assert not out.exists(), name


@pytest.mark.parametrize(
    "given, told",
    [
        (["--window", "30"], "--window is 30. Choose an even number from 32 to 512."),  # halved, to be judged from afar, it is too small
        (["--window", "40"], "--fine-window is 40. Choose an even number from 64 to 80."),
        (["--window", "64", "--fine-window", "62"], "--fine-window is 62. Choose an even number from 64 to 128."),
        (["--window", "64", "--fine-window", "130"], "--fine-window is 130. Choose an even number from 64 to 128."),
        (["--architecture", "johnson", "--fine-window", "64"], "Only a multimodal style has fine strokes. Leave out --fine-window."),
    ],
)
def test_windows_that_cannot_be_practised_on_are_refused_before_the_training(given, told, photo, tmp_path, capsys):
    assert told in complains(capsys, "train", photo, "--photos", tmp_path, "-o", tmp_path / "a.safetensors", *given)


def test_windows_that_are_named_have_the_iterations_that_go_with_them(monkeypatch):
    monkeypatch.setattr("brushwarp.devices._machine_memory", lambda: Memory(2**40, 2**40))
    parser = argparse.ArgumentParser()
    training.register(parser.add_subparsers())

    def refine(*words: str) -> int:
        arguments = parser.parse_args(["train", "a.png", "--photos", ".", "-o", "a.safetensors", *words])
        return training._settings(arguments, training.HIERARCHICAL, torch.device("cpu")).iterations[2]

    assert refine() == refine("--fine-window", "512") < refine("--window", "384") == refine("--fine-window", "384")
    assert refine("--window", "384", "--fine-window", "768") == refine() < refine("--quality", "best")


def test_styles_are_listed_for_people_and_for_programs(small_style, capsys):
    assert main(["styles", "add", str(small_style)]) == 0
    capsys.readouterr()
    assert main(["styles", "list"]) == 0
    assert "Small" in capsys.readouterr().out
    assert main(["styles", "list", "--json"]) == 0
    assert "small" in [style["id"] for style in json.loads(capsys.readouterr().out)]
    assert main(["styles", "show", "small"]) == 0
    assert json.loads(capsys.readouterr().out)["widths"]["style"] == 4


def test_a_style_that_could_never_paint_is_not_taken_in(small_style, tmp_path, capsys):
    misfit = tmp_path / "misfit.safetensors"
    pack = load_pack(small_style)
    save_pack(replace(pack, weights=dict(list(pack.weights.items())[1:])), misfit)
    assert "do not fit" in complains(capsys, "styles", "add", misfit)
    assert main(["styles", "show", "misfit"]) == 1


def test_the_doctor_reports_device_folders_and_what_to_do(tmp_path, capsys):
    assert main(["doctor"]) == 0
    report = capsys.readouterr().out
    assert "CPU" in report and str(tmp_path / "home") in report
    assert "install_scripts/install.py" in report  # no plugins were installed for this home


def test_the_doctor_goes_on_when_the_wished_for_device_is_not_here(monkeypatch, capsys):
    monkeypatch.setenv("BRUSHWARP_DEVICE", "abacus")
    assert main(["doctor"]) == 0
    report = capsys.readouterr().out
    assert "- BRUSHWARP_DEVICE" in report and "CPU" in report


def test_a_missing_library_is_a_sentence(tmp_path):
    (tmp_path / "safetensors.py").write_text("raise ImportError('libjxl.so: no such file')", encoding="utf-8")
    core = Path(brushwarp.__file__).parents[1]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(core)])}
    ended = subprocess.run([sys.executable, "-m", "brushwarp", "doctor"], env=environment, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "libjxl.so" in ended.stderr and "pip install -e ." in ended.stderr and "Traceback" not in ended.stderr
