"""The fixture `home`: an installation of each test's own, whose trainings end with the test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from training_home import TrainingHome


@pytest.fixture(scope="session")
def photos(dev_data, tmp_path_factory) -> Path:
    """A folder with a few small photographs."""
    folder = tmp_path_factory.mktemp("photos")
    for path in sorted((dev_data / "content" / "train").rglob("*.jpg"))[:4]:
        with Image.open(path) as image:
            image.thumbnail((512, 512))
            image.convert("RGB").save(folder / path.name)
    return folder


@pytest.fixture
def home(dev_data, photos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrainingHome]:
    run = Path(tempfile.mkdtemp(prefix="bw-"))  # pytest's own folders are too deep for a socket
    for name, value in {
        "BRUSHWARP_HOME": tmp_path / "hôme", "XDG_RUNTIME_DIR": run, "BRUSHWARP_DEVICE": "cpu", "TORCH_HOME": tmp_path / "none",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, str(value))
    monkeypatch.delenv("BRUSHWARP_WEIGHTS", raising=False)  # the compact encoder is the quickest
    made = TrainingHome(tmp_path / "hôme", dev_data / "style" / "vangogh_starry_night.jpg", photos)
    yield made
    made.kill()
    shutil.rmtree(run)
