"""What a host asks of a training and reads of it, where no engine is needed."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from brushwarp.bridge.errors import ProtocolError, WorkerError
from brushwarp.bridge.locks import FileLock, is_held
from brushwarp.bridge.paths import Install, write_install
from brushwarp.bridge.request import PixelFormat
from brushwarp.bridge.training import TrainingStatus, read_status, write_status
from brushwarp.bridge.trainings import (
    TrainingRequest,
    cancel_training,
    forget_training,
    list_trainings,
    resume_training,
    start_training,
)

GOOD = {"name": "Night", "width": 64, "height": 80}
PIXELS = bytes(64 * 80 * 4)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose engine does nothing, and says so."""
    folder = tmp_path / "hôme"
    folder.mkdir()
    monkeypatch.setenv("BRUSHWARP_HOME", str(folder))
    python = folder / "python"
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)
    write_install(Install(str(python), "1.0"))
    return folder


def kept(home: Path, id: str, **fields) -> Path:
    folder = home / "trainings" / id
    folder.mkdir(parents=True)
    write_status(str(folder), TrainingStatus(id, id.title(), **fields))
    return folder


@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        ({"name": " \n "}, "training-name", "no name"),
        ({"name": "\ud800"}, "protocol", "half of a character"),
        ({"name": 7}, "protocol", "name must be text"),
        ({"width": 63}, "style-picture", "63 × 80"),
        ({"width": 0}, "protocol", "width"),
        ({"width": 30000, "height": 30000}, "picture-too-large", "Scale"),
        ({"format": "RGBA"}, "protocol", "PixelFormat"),
        ({"quality": "great"}, "protocol", "quick, standard, best"),
        ({"photos": "/no/such/folder"}, "photos-missing", "/no/such/folder"),
        ({"iterations": (1, 2)}, "protocol", "iterations"),
        ({"iterations": (0,) * 5}, "protocol", "iterations"),
    ],
)
def test_a_request_that_makes_no_sense_says_why(wrong, code, words):
    with pytest.raises(WorkerError) as caught:
        TrainingRequest(**GOOD | wrong)
    assert caught.value.code == code and words in str(caught.value)


def test_a_request_survives_its_file(tmp_path):
    request = TrainingRequest(
        name="  Ночь\tу реки ", artist="Ö", photos=str(tmp_path), quality="best", width=64, height=80, format=PixelFormat("BGRA", "u16", "linear"),
        iterations=[1, 2, 3, 4, 5],
    )  # fmt: skip
    assert request.name == "Ночь у реки" and request.payload_size == 64 * 80 * 8
    assert TrainingRequest.from_json(json.loads(json.dumps(request.to_json()))) == request
    with pytest.raises(ProtocolError):
        TrainingRequest.from_json({"name": "Night"})
    tmp_path.rmdir()
    with pytest.raises(WorkerError, match="There is no folder"):
        TrainingRequest.from_json(request.to_json())


def test_it_starts_the_installed_engine_in_a_folder_of_its_own(home):
    id = start_training(TrainingRequest(**GOOD), PIXELS)
    folder = home / "trainings" / id
    assert (folder / "layer.pixels").read_bytes() == PIXELS and folder.stat().st_mode & 0o777 == 0o700
    (status,) = list_trainings()
    assert (status.id, status.name, status.state) == ("night", "Night", "starting") and status.runs
    deadline = time.monotonic() + 30
    while (folder / "log.txt").read_text(encoding="utf-8").split() != ["-I", "-X", "utf8", "-m", "brushwarp.detached", str(folder)]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_names_that_look_alike_get_numbers_and_no_style_is_taken_over(home):
    (home / "styles").mkdir()
    (home / "styles" / "night-2.safetensors").write_bytes(b"mine")
    ids = [start_training(TrainingRequest(**GOOD | {"name": name}), PIXELS) for name in ("Night", "night", " NIGHT! ", "Été à Arles", "夜", "夜")]
    assert ids == ["night", "night-3", "night-4", "ete_a_arles", "style", "style-2"]
    assert {status.name for status in list_trainings()} == {"Night", "night", "NIGHT!", "Été à Arles", "夜"}


def test_pixels_of_another_length_and_a_missing_engine_leave_nothing_behind(home):
    with pytest.raises(ProtocolError, match="pixels"):
        start_training(TrainingRequest(**GOOD), PIXELS[1:])
    (home / "python").unlink()
    with pytest.raises(WorkerError) as caught:
        start_training(TrainingRequest(**GOOD), PIXELS)
    assert caught.value.code == "worker-missing"
    (home / "install.json").unlink()
    with pytest.raises(WorkerError, match="install.py"):
        start_training(TrainingRequest(**GOOD), PIXELS)
    assert list_trainings() == []


def test_what_runs_is_told_from_what_was_interrupted_by_its_lock(home):
    folder = kept(home, "night", state="running", iteration=7, total=9)
    lock = FileLock(str(folder / "lock"))
    assert lock.acquire() and is_held(str(folder / "lock"))
    assert list_trainings()[0].state == "running"
    with pytest.raises(WorkerError, match="already"):
        resume_training("night")
    cancel_training("night")
    assert list_trainings()[0].state == "running"  # until it has seen it
    lock.release()
    assert list_trainings()[0].state == "cancelled"
    (folder / "cancel").unlink()
    stopped = list_trainings()[0]
    assert (stopped.state, stopped.iteration) == ("interrupted", 7)
    resume_training("night")
    assert (list_trainings()[0].state, list_trainings()[0].iteration) == ("starting", 7)


def test_damaged_folders_are_listed_as_failed_and_can_be_forgotten(home):
    kept(home, "good", state="finished", begun=5.0)
    for id, text in {"empty": "", "other": "[]", "few": "{}", "deep": "[" * 100000, "odd": '{"name": 3, "sample": ""}', "wild": '{"name": "x", "sample": "", "state": "odd"}'}.items():
        folder = home / "trainings" / id
        folder.mkdir()
        (folder / "status.json").write_text(text, encoding="utf-8")
    (home / "trainings" / "file").write_text("no folder")
    found = list_trainings()
    assert found[0].id == "good" and len(found) == 7
    for status in found[1:]:
        assert status.state == "failed" and "can't be read" in status.message
        with pytest.raises(WorkerError, match="can't be read"):
            resume_training(status.id)
        forget_training(status.id)
    assert [status.id for status in list_trainings()] == ["good"]


@pytest.mark.parametrize("id", ["", "night", "..", "../styles", "a/b", "Night", 3])
def test_ids_that_are_none_are_refused(home, id):
    (home / "styles").mkdir()
    for act in (cancel_training, resume_training, forget_training):
        with pytest.raises(WorkerError) as caught:
            act(id)
        assert caught.value.code == "training-missing"
    assert (home / "styles").is_dir()


def test_a_sample_is_found_wherever_the_folder_lies(home, tmp_path):
    folder = kept(home, "night", state="failed")
    status = write_status(str(folder), replace(read_status(str(folder)), sample=str(folder / "s" / "1.png")))
    assert read_status(str(folder)) == status
    moved = folder.rename(tmp_path / "night")
    assert read_status(str(moved)).sample == str(moved / "s" / "1.png")
