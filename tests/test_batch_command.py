"""`brushwarp batch`: a folder in, a folder out, on from where it stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from brushwarp import api
from brushwarp.cli import main
from brushwarp.commands.batch import in_natural_order
from brushwarp.image import Picture, load_picture, save_picture

WIDTH, HEIGHT = 120, 80


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("BRUSHWARP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BRUSHWARP_DEVICE", "cpu")
    monkeypatch.chdir(tmp_path)


def frame(step: int, size: tuple[int, int] = (HEIGHT, WIDTH)) -> Picture:
    down, across = torch.meshgrid(torch.linspace(0, 1, size[0]), torch.linspace(0, 1, size[1]), indexing="ij")
    pixels = torch.stack([across, down, 0.5 + 0.4 * torch.sin(9 * across)])
    pixels[:, 20:50, 10 + 15 * step : 30 + 15 * step] = 0.95
    return Picture(pixels, depth="u8")


@pytest.fixture
def folder(tmp_path) -> Path:
    """Three frames, whose names sort otherwise than their numbers, and what is no picture."""
    folder = tmp_path / "shot"
    folder.mkdir()
    for step, name in enumerate(("f 8.png", "f 9.png", "f 10.png")):
        save_picture(frame(step), folder / name)
    (folder / "notes.txt").write_text("no picture")
    (folder / ".f 11.png").write_text("hidden")
    return folder


def batch(*words) -> int:
    return main(["batch", *map(str, words)])


def recipe(path: Path) -> dict:
    return json.loads(path.with_suffix(".recipe.json").read_text(encoding="utf-8"))


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def test_numbers_in_names_count_by_their_value():
    paths = [Path(name) for name in ("f10.png", "F9.png", "f9b.png", "a.png", "10.png", "f009.png", "9.png")]
    assert [path.name for path in in_natural_order(paths)] == ["9.png", "10.png", "a.png", "F9.png", "f009.png", "f9b.png", "f10.png"]


def test_all_pictures_are_painted_as_stylize_paints_them_and_only_once(folder, small_style, tmp_path, capsys):
    words = (folder, "--style", small_style, "--strength", "0.5", "--seed", "3", "-o", tmp_path / "a" / "out")
    assert batch(*words) == 0
    out = tmp_path / "a" / "out"
    assert capsys.readouterr().out.split("\n")[:-1] == [str(out / name) for name in ("f 8.png", "f 9.png", "f 10.png")]
    assert len(names(out)) == 6
    for name in ("f 8.png", "f 10.png"):
        assert main(["stylize", str(folder / name), "--style", str(small_style), "--strength", "0.5", "--seed", "3", "-o", "one.png"]) == 0
        assert Path("one.png").read_bytes() == (out / name).read_bytes()
    capsys.readouterr()
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    assert batch(*words) == 0
    told = capsys.readouterr()
    assert told.out == "" and "3 there already" in told.err
    assert before == {path: path.stat().st_mtime_ns for path in out.iterdir()}


def test_another_setting_another_photograph_and_a_lost_result_are_painted_anew(folder, small_style, capsys):
    words = [folder, "--style", small_style, "-o", "out"]

    def painted(*more) -> list[str]:
        capsys.readouterr()
        assert batch(*words, *more) == 0
        return [Path(line).name for line in capsys.readouterr().out.splitlines()]

    assert len(painted()) == 3 and painted() == []
    assert len(painted("--brush-scale", "2")) == 3 and len(painted()) == 3
    save_picture(frame(7), folder / "f 9.png")
    assert painted() == ["f 9.png"]
    Path("out/f 8.png").unlink()
    Path("out/f 10.recipe.json").write_text("{")
    Path("out/f 9.recipe.json").write_text("")  # stopped after its picture was saved
    assert painted() == ["f 8.png", "f 9.png", "f 10.png"]
    Path("arrows.txt").write_text("# brushwarp arrows\n20 20 30 25\n20 20 30 25\n", encoding="utf-8")  # one is drawn twice
    assert len(painted("--keypoints", "arrows.txt")) == 3 and painted("--keypoints", "arrows.txt") == []
    assert len(painted("--frames")) == 3 and painted("--frames") == []


def test_a_broken_picture_is_said_and_left_out_and_the_exit_code_says_so(folder, small_style, capsys):
    (folder / "f 8b.png").write_bytes((folder / "f 8.png").read_bytes()[:200])
    assert batch(folder, "gone.jpg", "--style", small_style, "-o", "out") == 1
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 3 and "Traceback" not in told.err
    assert "f 8b.png is damaged" in told.err and "No such file or directory: gone.jpg" in told.err
    assert "3 painted, 0 there already, 2 left out." in told.err
    assert told.err.splitlines()[-1].startswith("brushwarp: What could not be painted: f 8b.png, gone.jpg.")
    assert names(Path("out")) == sorted(f"f {number}{suffix}" for number in (8, 9, 10) for suffix in (".png", ".recipe.json"))


def test_what_would_befall_every_picture_stops_at_the_first(folder, small_style, capsys):
    assert batch(folder, "--style", small_style, "--strength", "7", "-o", "out") == 1
    told = capsys.readouterr().err
    assert told.count("strength is 7") == 1 and "left out" not in told
    assert batch(folder, "--style", "nobody", "-o", "out") == 1 and "no style 'nobody'" in capsys.readouterr().err


def test_frames_are_painted_in_their_order_under_the_statistics_of_the_first(folder, small_style, capsys):
    assert batch(folder, "--style", small_style, "--frames", "-o", "out") == 0
    sequence, painter = api.Steady(), api.load_painter(small_style, "cpu")
    for name in ("f 8.png", "f 9.png", "f 10.png"):
        save_picture(api.stylize(load_picture(folder / name), painter, steady=sequence), "one.png")
        assert Path("one.png").read_bytes() == Path("out", name).read_bytes()
    found = [recipe(Path("out", name))["parameters"] for name in ("f 8.png", "f 9.png", "f 10.png")]
    assert [parameters["steadied"] for parameters in found] == [False, True, True]
    assert {parameters["steady"] for parameters in found} == {found[0]["photo"]}
    capsys.readouterr()
    assert main(["recipe", "out/f 9.recipe.json", str(folder / "f 9.png"), "-o", "alone.png"]) == 0
    assert "frame of an animation" in capsys.readouterr().err
    assert not {"steady", "steadied", "photo"} & recipe(Path("alone.png"))["parameters"].keys()
    assert main(["recipe", "out/f 8.recipe.json", str(folder / "f 8.png"), "-o", "alone.png"]) == 0
    assert "animation" not in capsys.readouterr().err
    assert Path("alone.png").read_bytes() == Path("out/f 8.png").read_bytes()


def test_another_first_frame_makes_all_of_them_stale(folder, small_style, capsys):
    words = (folder, "--style", small_style, "--frames", "-o", "out")
    assert batch(*words) == 0
    save_picture(frame(7), folder / "f 8.png")
    capsys.readouterr()
    assert batch(*words) == 0 and len(capsys.readouterr().out.splitlines()) == 3


def test_a_frame_of_another_size_is_left_out_and_the_others_stay_together(folder, small_style, capsys):
    save_picture(frame(1, (90, 130)), folder / "f 9.png")
    assert batch(folder, "--style", small_style, "--frames", "-o", "out") == 1
    assert "f 9.png: It has 130 × 90 pixels, and the first frame 120 × 80." in capsys.readouterr().err
    assert recipe(Path("out/f 10.png"))["parameters"]["steadied"]


def test_after_a_kill_in_the_middle_it_goes_on_and_all_is_as_without(folder, small_style, tmp_path, capsys):
    for path in folder.glob("f *.png"):
        picture = load_picture(path)
        save_picture(picture.with_pixels(torch.nn.functional.interpolate(picture.pixels[None], scale_factor=5)[0]), path)
    words = [folder, "--style", small_style, "--frames", "-o"]
    assert batch(*words, "whole") == 0
    command = [sys.executable, "-m", "brushwarp", "batch", *map(str, words), "out"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    first = Path("out/f 8.recipe.json")
    deadline = time.monotonic() + 120
    while not (first.exists() and first.stat().st_size):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not Path("out/f 10.png").exists()
    for path in Path("out").glob("*.png"):
        load_picture(path)  # none is half written
    before = first.stat().st_mtime_ns
    capsys.readouterr()
    assert batch(*words, "out") == 0
    assert "f 10.png" in capsys.readouterr().out and first.stat().st_mtime_ns == before
    for name in ("f 8.png", "f 9.png", "f 10.png"):
        assert Path("out", name).read_bytes() == Path("whole", name).read_bytes()


def test_a_picture_that_it_has_not_painted_stays(folder, small_style, capsys):
    """Say, the retouched ones, in a folder of their own, and the painter forgot."""
    save_picture(frame(9), Path("f 9.png"))
    before = Path("f 9.png").read_bytes()
    assert batch(folder, "--style", small_style, "-o", ".") == 1 and "f 9.png is there already" in capsys.readouterr().err
    assert Path("f 9.png").read_bytes() == before and not Path("f 8.png").exists()


def test_a_webp_becomes_a_png_and_nothing_is_painted_over(folder, small_style, capsys):
    from PIL import Image

    Image.open(folder / "f 9.png").save(folder / "w.webp", lossless=True)
    assert batch(folder / "w.webp", "--style", small_style, "-o", "out") == 0 and "w.png" in names(Path("out"))
    assert batch(folder, "--style", small_style, "-o", folder) == 1 and "painted over" in capsys.readouterr().err
    Image.open(folder / "f 9.png").save(folder / "f 9.jpg")
    assert batch(folder, "--style", small_style, "-o", "other") == 1 and "would both become" in capsys.readouterr().err
    Path("empty").mkdir()
    assert batch("empty", "--style", small_style, "-o", "other") == 1 and "no pictures in empty" in capsys.readouterr().err
    assert not Path("other").exists()
