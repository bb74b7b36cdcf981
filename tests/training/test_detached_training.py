"""A training in the background: it outlives who began it, stops when told, goes on from where it stood, and gives way."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from training_home import LONG, QUICK, SIZE

from brushwarp.bridge.errors import WorkerError
from brushwarp.bridge.locks import FileLock
from brushwarp.bridge.paths import runtime
from brushwarp.bridge.training import QUALITIES as QUALITIES_OFFERED
from brushwarp.bridge.training import SMALLEST_LAYER, STAGES
from brushwarp.bridge.trainings import cancel_training, forget_training, list_trainings, resume_training, start_training
from brushwarp.cli import main
from brushwarp.detached.lesson import _windows
from brushwarp.detached.turns import NICENESS
from brushwarp.devices import Memory
from brushwarp.multimodal.photos import SMALLEST_PAINTING
from brushwarp.multimodal.train import QUALITIES, usual_iterations, usual_windows
from brushwarp.styles import load_style
from brushwarp.styles.library import own_styles_folder

BRIDGE_PARENT = Path(__file__).parents[2] / "core" / "brushwarp"

HOST = """
import sys
sys.path.insert(0, sys.argv[1])
from bridge.trainings import TrainingRequest, start_training
pixels = sys.stdin.buffer.read()
request = TrainingRequest(name="Nuit étoilée", width=160, height=128, artist="Vincent", photos=sys.argv[2], iterations=(3, 0, 0, 0, 0))
sys.stdout.buffer.write(start_training(request, pixels).encode())
"""


def test_a_training_outlives_the_host_that_began_it_and_ends_in_the_gallery(home):
    host = subprocess.run([sys.executable, "-c", HOST, str(BRIDGE_PARENT), str(home.photos)], input=home.pixels, stdout=subprocess.PIPE, check=True)
    id = host.stdout.decode()
    assert id == "nuit_etoilee"
    done = home.wait_for_state(id, "finished")
    assert (done.name, done.iteration, done.total) == ("Nuit étoilée", 3, 3) and "photographs are few" in done.message
    assert done.sample.endswith(".png") and Path(done.sample).read_bytes().startswith(b"\x89PNG")
    assert done.begun <= done.updated <= time.time()
    style = load_style(id)
    assert (style.card.name, style.card.artist) == ("Nuit étoilée", "Vincent") and style.thumbnail is not None
    folder = home.folder / "trainings" / id
    assert not {path.suffix for path in folder.iterdir()} & {".pixels", ".training", ".safetensors"}
    with pytest.raises(WorkerError, match="finished"):
        resume_training(id)
    forget_training(id)
    assert list_trainings() == [] and not folder.exists()
    assert load_style(id).sha256 == style.sha256


def test_stopped_killed_and_resumed_it_learns_what_it_would_have_learnt(home):
    steps = (4, 0, 0, 0, 0)
    parts = home.begin("Parts", iterations=steps)
    home.wait_for_steps(parts, 1)
    cancel_training(parts)
    stopped = home.wait_for_state(parts, "cancelled")
    assert stopped.iteration < 4
    resume_training(parts)
    with pytest.raises(WorkerError, match="already"):
        resume_training(parts)
    with pytest.raises(WorkerError, match="Cancel"):
        forget_training(parts)
    home.wait_for_steps(parts, stopped.iteration + 1)
    home.kill()
    killed = home.wait_for(parts, lambda status: not status.runs)
    assert killed.state == "interrupted" and "Resume" in killed.message
    resume_training(parts)
    assert home.wait_for_state(parts, "finished").iteration == 4
    whole = home.begin("Whole", iterations=steps)
    home.wait_for_state(whole, "finished")
    wanted, found = load_style(whole).weights, load_style(parts).weights
    assert all(torch.equal(value, found[name]) for name, value in wanted.items())


def test_a_second_training_waits_for_the_first_and_a_waiting_one_can_be_cancelled(home):
    first = home.begin("First", iterations=LONG)
    home.wait_for_steps(first, 1)
    second, third = home.begin("Second"), home.begin("Third")
    for id in (second, third):
        assert "First" in home.wait_for_state(id, "waiting").message
    assert [status.id for status in list_trainings()] == [third, second, first]
    cancel_training(third)
    home.wait_for_state(third, "cancelled")
    assert home.status(first).runs
    cancel_training(first)
    assert home.wait_for_state(second, "finished").iteration == sum(QUICK)


def test_it_gives_way_to_everything_and_waits_while_the_worker_paints(home):
    busy = FileLock(runtime().busy_lock)
    id = home.begin(iterations=LONG)
    home.wait_for_steps(id, 1)
    (pid,) = home.pids()
    assert os.getpriority(os.PRIO_PROCESS, pid) == min(os.getpriority(os.PRIO_PROCESS, 0) + NICENESS, 19)
    session = Path(f"/proc/{pid}/autogroup")  # empty where Linux shares cores among processes alone, and not there elsewhere
    if session.exists() and (told := session.read_text()):
        assert told.endswith(f" nice {NICENESS}\n")
    assert busy.acquire(5)
    waiting = home.wait_for_state(id, "waiting")
    assert "painted" in waiting.message
    time.sleep(3)
    assert home.status(id).iteration == waiting.iteration
    busy.release()
    assert "few" in home.wait_for_steps(id, waiting.iteration + 1).message
    assert busy.acquire(5)
    home.wait_for_state(id, "waiting")
    cancel_training(id)
    home.wait_for_state(id, "cancelled")
    busy.release()


def test_a_system_that_shuts_down_interrupts_it_with_all_that_it_has_learnt(home):
    id = home.begin(iterations=LONG)
    stood = home.wait_for_steps(id, 2).iteration
    os.kill(home.pids()[-1], 15)
    assert home.wait_for(id, lambda status: not status.runs).state == "interrupted"
    resume_training(id)
    home.wait_for(id, lambda status: status.state == "running" and status.stage == "style")
    assert home.status(id).iteration >= stood


def test_a_full_disk_is_told_and_takes_nothing_of_what_was_saved(home):
    id = home.begin(iterations=(4, 0, 0, 0, 0))
    home.wait_for_steps(id, 1)
    cancel_training(id)
    home.wait_for_state(id, "cancelled")
    checkpoint = home.folder / "trainings" / id / f"{id}.training"
    kept = checkpoint.read_bytes()
    home.install(before="ulimit -f 20000")  # blocks of 512 bytes: 10 MB, a sixth of what a checkpoint takes
    resume_training(id)
    failed = home.wait_for(id, lambda status: not status.runs)
    assert failed.state == "failed" and "no room" in failed.message and "resume" in failed.message
    assert checkpoint.read_bytes() == kept
    home.install()
    resume_training(id)
    home.wait_for_state(id, "finished")


def test_without_photographs_it_practises_on_pictures_of_its_own(home):
    id = home.begin(photos="")
    home.wait_for(id, lambda status: status.stage == "rendering" and "photographs of your own teach better" in status.message)
    rendered = home.folder / "trainings" / id / "rendered"
    home.wait_for(id, lambda _: any(rendered.glob("0*.png")))
    cancel_training(id)
    home.wait_for_state(id, "cancelled")
    assert not list(rendered.glob(".*"))


def test_photographs_that_vanish_are_missed_in_words(home, tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    request = home.request(photos=str(gone))
    gone.rmdir()
    failed = home.wait_for(start_training(request, home.pixels), lambda status: not status.runs)
    assert failed.state == "failed" and str(gone) in failed.message and "Choose" in failed.message


def test_a_layer_that_shows_nothing_or_a_speck_is_refused_in_words(home):
    nothing = bytearray(home.pixels)
    nothing[3::4] = bytes(SIZE[0] * SIZE[1])
    speck = bytearray(nothing)
    speck[3 : 4 * 40 : 4] = b"\xff" * 40  # a row of forty pixels
    for pixels, words in ((nothing, "shows nothing"), (speck, "no brushwork")):
        failed = home.wait_for(start_training(home.request(), bytes(pixels)), lambda status: not status.runs)
        assert failed.state == "failed" and words in failed.message


def test_a_style_that_got_the_name_meanwhile_is_kept(home):
    id = home.begin()
    own_styles_folder().mkdir()
    (own_styles_folder() / f"{id}.safetensors").write_bytes(b"somebody's")
    failed = home.wait_for(id, lambda status: not status.runs)
    assert failed.state == "failed" and "already" in failed.message
    assert (own_styles_folder() / f"{id}.safetensors").read_bytes() == b"somebody's"


def test_an_engine_that_does_not_start_is_told_with_what_it_said(home, monkeypatch):
    home.install(before="echo no such library >&2; exit 1")
    monkeypatch.setattr("brushwarp.bridge.training.BEGINNING_SECONDS", 1.0)
    failed = home.wait_for(home.begin(), lambda status: not status.runs)
    assert failed.state == "failed" and "no such library" in failed.message


def test_bridge_and_engine_agree():
    assert QUALITIES_OFFERED == tuple(QUALITIES) and SMALLEST_LAYER == SMALLEST_PAINTING
    in_large = [usual_iterations(quality, torch.device("cpu"), 768) for quality in QUALITIES]
    assert {len(iterations) for iterations in (*QUALITIES.values(), *in_large)} == {STAGES}
    assert in_large == [(500, 400, 80, 0, 0), (1000, 850, 200, 0, 0), (2000, 1500, 400, 0, 400)]


def test_a_training_keeps_its_windows_whatever_becomes_of_the_memory(tmp_path, monkeypatch):
    cpu = torch.device("cpu")
    monkeypatch.setenv("BRUSHWARP_MEMORY", "2000")
    chosen = _windows(tmp_path, cpu)
    monkeypatch.delenv("BRUSHWARP_MEMORY")
    monkeypatch.setattr("brushwarp.devices._machine_memory", lambda: Memory(2**40, 2**40))
    assert usual_windows(cpu) != chosen == _windows(tmp_path, cpu)


def test_the_command_line_lists_cancels_resumes_and_forgets(home, capsys):
    def told(*words: str) -> str:
        assert main(["trainings", *words]) == 0
        return capsys.readouterr().out

    assert told() == "No training runs, and none is kept.\n"
    id = home.begin("Nächte", iterations=LONG)
    home.wait_for_steps(id, 1)
    line, note = told().splitlines()
    assert line.split()[:5] == [id, "running", line.split()[2], "of", "1000,"] and line.endswith("Nächte") and "few" in note
    assert told("cancel", id) == f"{id} will stop.\n"
    home.wait_for_state(id, "cancelled")
    assert told("resume", id) == f"{id} goes on.\n"
    home.wait_for_state(id, "running")
    assert main(["trainings", "forget", id]) == 1 and "Cancel it first" in capsys.readouterr().err
    told("cancel", id)
    home.wait_for_state(id, "cancelled")
    assert told("forget", id) == f"{id} is forgotten.\n" and "none is kept" in told()
