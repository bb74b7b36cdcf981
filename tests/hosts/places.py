"""Where the hosts run: on this machine, or in the Debian 13 root; and which Python the worker gets there.

Standard library only. `find_places()` is the one entry; the reasons that it returns are what a skipped test says.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
INSIDE = Path(__file__).resolve().parent / "inside"
sys.path.insert(0, str(CHECKOUT / "install_scripts"))
from _hosts_root import find_root, why_not_buildable  # noqa: E402 - lies in install_scripts
from _machine import Bind, inside_root  # noqa: E402 - lies in install_scripts

WINDOW_COMMANDS = ("Xvfb", "openbox", "xdotool", "xdpyinfo", "import")
DEBIAN_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Place:
    """A place where a host's programs are. root: None for this machine."""

    root: Path | None
    binds: tuple[Bind, ...] = ()
    search_path: str = DEBIAN_PATH

    def command(self, arguments: list[str], binds: tuple[Bind, ...] = ()) -> list[str]:
        """The argument list that runs `arguments` here; `binds` are folders that must be seen besides the checkout."""
        if self.root is None:
            return arguments
        return inside_root(self.root, arguments, [*self.binds, *binds])

    def has(self, program: str) -> bool:
        if self.root is None:
            return shutil.which(program, path=self.search_path) is not None
        # lexists: a link into /etc/alternatives leads elsewhere when seen from outside the root
        return any(os.path.lexists(self.root / folder.lstrip("/") / program) for folder in DEBIAN_PATH.split(":"))

    @property
    def has_screen(self) -> bool:
        return all(self.has(program) for program in WINDOW_COMMANDS)


@dataclass(frozen=True)
class WorkerPython:
    """The Python that install.json names in a place. outside: it cannot run there, so the worker is started on the machine."""

    python: Path
    binds: tuple[Bind, ...] = ()
    outside: bool = False


@dataclass(frozen=True)
class Places:
    """Which place each host has, or why it has none."""

    gimp: Place | None
    krita: Place | None
    reasons: dict[str, str] = field(default_factory=dict)


def find_places() -> Places:
    """GIMP 3 and Krita of this machine if they come with the tools for windows, else those of the root, else reasons."""
    machine = Place(None, search_path=os.environ.get("PATH", DEBIAN_PATH))
    root = find_root()
    reason = why_not_buildable() if root else None
    in_root = Place(root, _checkout_binds()) if root and not reason else None
    found, reasons = {}, {}
    for host, is_here in (("gimp", _machine_gimp() is not None), ("krita", _machine_krita())):
        here = machine if is_here else None
        found[host] = here if here and (here.has_screen or not in_root) else in_root
        if found[host] is None:
            name = {"gimp": "GIMP 3", "krita": "Krita"}[host]
            how = reason or why_not_buildable() or "run python3 install_scripts/test.py once: it builds a Debian root with both"
            reasons[host] = f"{name} is not on this machine, and there is no Debian root with it: {how}"
    return Places(found["gimp"], found["krita"], reasons)


def _machine_gimp() -> str | None:
    """The version of GIMP 3 on this machine; older ones have no Python 3 plug-ins. Sandboxed ones are not on the PATH."""
    for program in ("gimp-console-3.0", "gimp-console"):
        if shutil.which(program):
            said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=False).stdout
            match = re.search(r"version (3\.\d+\.\d+)", said)
            if match:
                return match[1]
    return None


def _machine_krita() -> bool:
    return shutil.which("krita") is not None


def _checkout_binds() -> tuple[Bind, ...]:
    environment = CHECKOUT / ".venv"
    return (Bind(CHECKOUT), Bind(environment.resolve())) if environment.is_dir() else (Bind(CHECKOUT),)


def worker_python(place: Place, scratch: Path) -> WorkerPython:
    """The worker's Python for a place.

    In the root that is .venv's own, with its base Python shared at its path; if that base is the machine's /usr, whose path
    the root needs for itself, a standalone Python of the same version with .venv's packages; if there is none, the worker
    runs outside and only its socket and folders are shared.
    """
    python = CHECKOUT / ".venv" / "bin" / "python"
    if place.root is None:
        return WorkerPython(python)
    base, version = _base_and_version(python)
    if not _belongs_to_system(base):
        return WorkerPython(python, (Bind(base),))
    standalone = _standalone_python(version)
    if standalone is None:
        return WorkerPython(python, outside=True)
    return WorkerPython(_borrowing_environment(standalone, scratch), (Bind(_base_and_version(standalone)[0]),))


def _base_and_version(python: Path) -> tuple[Path, str]:
    ask = "import sys, json; print(json.dumps([sys.base_prefix, '%d.%d' % sys.version_info[:2]]))"
    base, version = json.loads(subprocess.run([str(python), "-I", "-c", ask], capture_output=True, text=True, check=True).stdout)
    return Path(base).resolve(), version


def _belongs_to_system(base: Path) -> bool:
    return base == Path("/") or base.parts[1] in ("usr", "lib", "bin", "etc")


def _standalone_python(version: str) -> Path | None:
    """A Python of exactly this version outside /usr: of uv, of pyenv, or on the PATH. It can load .venv's compiled packages."""
    home = Path.home()
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv")
    candidates = [
        *sorted((data / "uv" / "python").glob(f"cpython-{version}.*/bin/python{version}")),
        *sorted((pyenv / "versions").glob(f"{version}.*/bin/python{version}")),
    ]
    on_path = shutil.which(f"python{version}")
    for candidate in [*candidates, *([Path(on_path)] if on_path else [])]:
        try:
            base, found = _base_and_version(candidate)
        except (OSError, subprocess.CalledProcessError, ValueError):
            continue
        if found == version and not _belongs_to_system(base):
            return base / "bin" / f"python{version}"
    return None


def _borrowing_environment(python: Path, scratch: Path) -> Path:
    """A virtual environment of `python` in `scratch` that sees every package of the checkout's .venv."""
    folder = scratch / "worker-python"
    if not folder.is_dir():
        subprocess.run([str(python), "-m", "venv", "--without-pip", str(folder)], check=True)
        packages = next((CHECKOUT / ".venv" / "lib").glob("python3.*/site-packages"))
        own = next((folder / "lib").glob("python3.*/site-packages"))
        # addsitedir reads the .pth files there too, which is where an editable install lives.
        (own / "checkout.pth").write_text(f"import site; site.addsitedir({str(packages)!r})\n", encoding="utf-8")
    return folder / "bin" / "python"
