"""`doctor`: what is here, what is missing, and one line of help for each."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

from .. import __version__
from ..bridge import paths
from ..bridge.engine_state import MISSING, look
from ..bridge.engine_words import headline
from ..devices import choose_device, describe_device, device_memory, fast_dtype
from ..errors import BrushwarpError
from ..styles import list_styles
from .terminal import say

LIBRARIES = ("torch", "torchvision", "numpy", "scipy", "pillow", "safetensors", "imagecodecs", "tifffile")
LITTLE_MEMORY = 2 * 2**30
LITTLE_DISK = 2 * 2**30
GIMP_PROGRAMS = ("gimp-3.2", "gimp-3.0", "gimp-3", "gimp")


def register(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("doctor", help="what is installed, and how to mend what is not")
    parser.set_defaults(run=run_doctor)


def run_doctor(_: argparse.Namespace) -> None:
    device, problems = torch.device("cpu"), []
    try:
        device = choose_device()
    except BrushwarpError as error:
        problems.append(f"BRUSHWARP_DEVICE can't be had: {error.message} Unset it, or choose another; this report goes on with the CPU.")
    memory = device_memory(device)
    say(f"brushwarp    {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    say(f"device       {describe_device(device)}, {str(fast_dtype(device)).removeprefix('torch.')}")
    say(f"memory       {memory.free / 2**30:.1f} of {memory.total / 2**30:.1f} GiB free")
    data = Path(paths.data_folder())
    say(f"disk         {_free_disk(data) / 2**30:.0f} GiB free in {data}")
    say(f"logs         {paths.log_folder()}")
    state = look()
    if state.phase != MISSING:  # which is said below, with what to do
        say(f"worker       {headline(state)}")
    say("libraries    " + ", ".join(f"{name} {_version(name)}" for name in LIBRARIES))
    say("styles       " + (", ".join(style.path.stem for style in list_styles()) or "none"))
    for name, program in _hosts():
        say(f"{name:12} {program or 'not found'}")
    problems += _mends(memory.free, _free_disk(data))
    say("")
    for problem in problems:
        say(f"- {problem}")
    if not problems:
        say("All is well.")


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "missing"


def _free_disk(folder: Path) -> int:
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _hosts() -> Iterator[tuple[str, str | None]]:
    yield "GIMP", next((found for name in GIMP_PROGRAMS if (found := shutil.which(name))), None)
    yield "Krita", shutil.which("krita")


def _mends(free_memory: int, free_disk: int) -> Iterator[str]:
    """One sentence for each thing that is not as it should be."""
    if not torch.cuda.is_available() and _nvidia_card_here():
        if torch.version.cuda is None:
            yield "An NVIDIA card is here, but this torch is CPU-only: install torch for CUDA into this environment (pip install --force-reinstall torch torchvision)."
        else:
            yield f"An NVIDIA card is here, but torch (CUDA {torch.version.cuda}) can't use it: update the card's driver."
    for name in LIBRARIES:
        if _version(name) == "missing":
            yield f"{name} is missing: run pip install -e . in the checkout, with the pip of this environment."
    if not list_styles():
        yield "There are no styles: get a complete checkout, or train one with `brushwarp train`."
    if free_memory < LITTLE_MEMORY:
        yield "Little memory is free: large layers will be painted at a smaller size. Close other programs."
    if free_disk < LITTLE_DISK:
        yield "Little disk space is left: large layers travel through files. Free some."
    try:
        install = paths.read_install()
    except Exception as error:  # noqa: BLE001 - whatever is wrong with that file is the doctor's to tell
        yield f"{error}"
        return
    if install is None:
        yield "The plugins are not installed for this user: run python3 install_scripts/install.py."
    elif not os.access(install.python, os.X_OK):
        yield f"The plugins look for {install.python}, which is gone: run python3 install_scripts/install.py again."
    elif install.version != __version__:
        yield f"The plugins are of version {install.version}, this is {__version__}: run python3 install_scripts/install.py again."


def _nvidia_card_here() -> bool:
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None
