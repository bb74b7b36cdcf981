"""The environment that runs Brushwarp: `.venv` in the checkout, made once, with torch for this machine. Standard library only."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
ENVIRONMENT = CHECKOUT / ".venv"
STAMP = ENVIRONMENT / "brushwarp-stamp.json"


class EnvironmentProblem(Exception):
    """Why there is no environment, in one sentence that says what to do."""


@dataclass(frozen=True)
class Plan:
    """What will be installed. download, disk: bytes, for everything together; measured, and rounded up."""

    device: str
    installer: str
    download: int
    disk: int

    def sizes(self) -> str:
        return f"With {self.installer}, about {self.download / 1e9:.1f} GB to download and {self.disk / 1e9:.1f} GB on disk."


def ensure_environment(extras: Sequence[str] = (), say=print) -> Path:
    """The Python of `.venv`, which is made or completed first where needed. Raises EnvironmentProblem."""
    python = environment_python()
    if _is_complete(extras):
        return python
    fresh = not (python.exists() and _runs(python) and _has_torch())
    if fresh:
        plan = make_plan(with_uv=shutil.which("uv") is not None)
        _check_disk(plan.disk + plan.download)
        say(f"Making Brushwarp's environment in {ENVIRONMENT}, once. Device: {plan.device}. {plan.sizes()}")
        _make_environment()
    else:
        say(f"Completing Brushwarp's environment in {ENVIRONMENT} with what this version needs.")
    _install(python, extras, say, quiet=not fresh)
    STAMP.write_text(json.dumps(_stamp(extras), indent=1) + "\n", encoding="utf-8")
    return python


def environment_python() -> Path:
    return ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make_plan(with_uv: bool) -> Plan:
    """The device that will paint, and what torch for it weighs.

    Plain pip takes torch as the package index has it, which on Linux is always the build for CUDA; uv looks for a card first.
    """
    installer = "uv" if with_uv else "pip"
    if _nvidia_card_here():
        return Plan("an NVIDIA card (CUDA)", installer, 3_000_000_000, 6_000_000_000)
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        return Plan("the Apple GPU (Metal)", installer, 300_000_000, 1_200_000_000)
    if with_uv or platform.system() != "Linux":
        return Plan("the CPU", installer, 500_000_000, 1_500_000_000)
    return Plan("the CPU", installer, 3_000_000_000, 6_000_000_000)


def _nvidia_card_here() -> bool:
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def _stamp(extras: Sequence[str]) -> dict:
    pyproject = hashlib.sha256((CHECKOUT / "pyproject.toml").read_bytes()).hexdigest()
    return {"pyproject": pyproject, "checkout": str(CHECKOUT), "extras": sorted(set(extras) | set(_earlier_extras()))}


def _earlier_extras() -> list[str]:
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))["extras"]
    except (OSError, ValueError, KeyError):
        return []


def _is_complete(extras: Sequence[str]) -> bool:
    """The stamp is written last, and says for which pyproject.toml, where the checkout lay, and with which extras."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return stamp == _stamp(extras) and environment_python().exists()


def _runs(python: Path) -> bool:
    return subprocess.run([str(python), "-c", ""], capture_output=True, check=False).returncode == 0


def _has_torch() -> bool:
    """False for an environment whose download was broken off."""
    return any(ENVIRONMENT.glob("lib/python*/site-packages/torch/version.py")) or any(ENVIRONMENT.glob("Lib/site-packages/torch/version.py"))


def _check_disk(needed: int) -> None:
    free = shutil.disk_usage(CHECKOUT).free
    if free < needed:
        raise EnvironmentProblem(
            f"The environment needs {needed / 1e9:.0f} GB while it is made, and {CHECKOUT} has {free / 1e9:.1f} GB free: make room, then try again."
        )


def _make_environment() -> None:
    """From this very Python; uv stands in where Debian split venv's half away."""
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        command = [sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)]
    elif shutil.which("uv"):
        command = ["uv", "venv", "--clear", "--python", sys.executable, str(ENVIRONMENT)]
    else:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise EnvironmentProblem(f"This Python has no venv module: install it (Debian, Ubuntu: apt install {package}), then try again.")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = ((done.stderr or done.stdout).strip().splitlines() or ["no reason given"])[-1]
        raise EnvironmentProblem(f"The environment can't be made in {ENVIRONMENT}: {last}")


def _install(python: Path, extras: Sequence[str], say, quiet: bool) -> None:
    wanted = sorted(set(extras) | set(_earlier_extras()))
    editable = [*(["--quiet"] if quiet else []), "-e", str(CHECKOUT) + (f"[{','.join(wanted)}]" if wanted else "")]
    uv = shutil.which("uv")
    commands: list[list[str]] = []
    if uv:
        commands.append([uv, "pip", "install", "--python", str(python), "--torch-backend=auto", *editable])
    pip = [str(python), "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode == 0:
        commands.append([*pip, "install", *editable])
    elif uv:
        commands.append([uv, "pip", "install", "--python", str(python), *editable])
    for command in commands:
        if command != commands[0]:
            by_pip = make_plan(with_uv=False)  # another index, whose torch may be a larger one
            if not quiet:
                _check_disk(by_pip.disk + by_pip.download)
            say(f"uv could not install everything: trying another way. {'' if quiet else by_pip.sizes()}".rstrip())
        if subprocess.run(command, check=False, cwd=CHECKOUT).returncode == 0:
            return
    raise EnvironmentProblem(
        "The libraries could not be installed (the lines above say why): check the network and the free disk space, then run this command again."
    )
