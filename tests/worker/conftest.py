"""The fixture `home`: an installation of each test's own, whose workers end with the test."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Iterator

import pytest
from worker_home import Home


@pytest.fixture
def runtime_base(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An XDG_RUNTIME_DIR with a short path: pytest's own folders are too deep for a socket."""
    base = Path(tempfile.mkdtemp(prefix="bw-"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(base))
    yield base
    shutil.rmtree(base)


@pytest.fixture
def home(tmp_path: Path, runtime_base: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setenv("BRUSHWARP_HOME", str(tmp_path / "home"))
    made = Home(tmp_path / "home")
    yield made
    made.close()
