"""Which GIMP 3 and which Krita this user has, and where each looks for plugins. Standard library only.

A host in a sandbox (Flatpak, Snap, AppImage) is found too, to be refused in words: its Python cannot start our worker.
macOS and Windows: written, not run.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from _kritarc import setting

NAMES = {"gimp": "GIMP", "krita": "Krita"}
FLATPAK_IDS = {"gimp": "org.gimp.GIMP", "krita": "org.kde.krita"}
APPIMAGE_FOLDERS = ("", "Applications", "AppImages", "Downloads", "Desktop", "bin", ".local/bin")
GIMP_PROGRAMS = ("gimp-console", "gimp-console-3", "gimp-console-3.2", "gimp-console-3.0", "gimp", "gimp-3", "gimp-3.2", "gimp-3.0")


@dataclass(frozen=True)
class HostFound:
    """One host. folders: GIMP's plug-in folders, or Krita's resource folder; refused: why nothing is put there, or None.

    certain: a program was seen, or the user named the folder; else only a profile folder tells of the host.
    """

    host: str
    description: str
    folders: tuple[Path, ...] = ()
    refused: str | None = None
    certain: bool = True


def find_host(host: str) -> HostFound | None:
    """What there is of "gimp" or "krita", or None. A native host outranks a sandboxed one of the same name."""
    native = _find_gimp() if host == "gimp" else _find_krita()
    sandboxed = next(_sandboxed(host), None)
    if native and native.certain:
        return native
    if sandboxed:
        reason = (
            f"{NAMES[host]} is here as {sandboxed}, and from inside that sandbox it can't start Brushwarp's worker: "
            f"install {NAMES[host]} from your distribution's packages instead."
        )
        return HostFound(host, f"{NAMES[host]} ({sandboxed})", refused=reason)
    return native


def kritarc_path() -> Path:
    system = platform.system()
    if system == "Darwin":
        return Path.home() / "Library" / "Preferences" / "kritarc"
    if system == "Windows":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "kritarc"
    return _xdg("XDG_CONFIG_HOME", ".config") / "kritarc"


def _xdg(variable: str, default: str) -> Path:
    value = os.environ.get(variable, "")
    return Path(value) if os.path.isabs(value) else Path.home() / default


def _find_gimp() -> HostFound | None:
    versions = _gimp_versions()
    chosen = os.environ.get("GIMP3_DIRECTORY")
    if chosen:  # GIMP takes a relative one from the home folder
        return HostFound("gimp", "GIMP (GIMP3_DIRECTORY)", (Path.home() / chosen / "plug-ins",))
    base = _gimp_base()
    series = [re.match(r"3\.\d+", version)[0] for version in versions if version.startswith("3.")]
    if series:
        folders = tuple(base / name / "plug-ins" for name in dict.fromkeys(series))
        return HostFound("gimp", "GIMP " + ", ".join(v for v in versions if v.startswith("3.")), folders)
    profiles = [folder for folder in (base / "3.0", base / "3.2") if folder.is_dir()]
    if profiles:
        return HostFound("gimp", "GIMP's own folder", tuple(folder / "plug-ins" for folder in profiles), certain=False)
    if versions:
        reason = f"GIMP {versions[0]} is here, and Brushwarp needs GIMP 3.0 or newer."
        return HostFound("gimp", f"GIMP {versions[0]}", refused=reason, certain=False)
    return None


def _gimp_base() -> Path:
    system = platform.system()
    if system == "Darwin":
        return Path.home() / "Library" / "Application Support" / "GIMP"
    if system == "Windows":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "GIMP"
    return _xdg("XDG_CONFIG_HOME", ".config") / "GIMP"


def _gimp_versions() -> list[str]:
    """Versions of the native GIMPs, newest first. `gimp --version` needs no display."""
    versions = set()
    for program in _native_programs(GIMP_PROGRAMS, "gimp"):
        try:
            said = subprocess.run([str(program), "--version"], capture_output=True, text=True, timeout=60, check=False).stdout
        except (OSError, subprocess.TimeoutExpired):
            continue
        match = re.search(r"(\d+\.\d+\.\d+)", said)
        if match:
            versions.add(match[1])
    return sorted(versions, key=lambda version: [int(part) for part in version.split(".")], reverse=True)


def _find_krita() -> HostFound | None:
    folder = _krita_resources()
    program = next(_native_programs(("krita",), "krita"), None)
    if program:
        return HostFound("krita", f"Krita ({program})", (folder,))
    if folder.is_dir() or kritarc_path().is_file():
        return HostFound("krita", "Krita's own folder", (folder,), certain=False)
    return None


def _krita_resources() -> Path:
    """Krita's resource folder: the one that the painter chose in its settings, else the system's own."""
    kritarc = kritarc_path()
    moved = setting(kritarc.read_bytes(), "ResourceDirectory", section=None) if kritarc.is_file() else None
    if moved and os.path.isabs(moved):
        return Path(moved)
    system = platform.system()
    if system == "Darwin":
        return Path.home() / "Library" / "Application Support" / "krita"
    if system == "Windows":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "krita"
    return _xdg("XDG_DATA_HOME", ".local/share") / "krita"


def _native_programs(names: tuple[str, ...], host: str) -> Iterator[Path]:
    """Programs of the PATH, and of the usual places on macOS and Windows, that are in no sandbox."""
    usual = {
        "gimp": ("/Applications/GIMP.app/Contents/MacOS/gimp", r"C:\Program Files\GIMP 3\bin\gimp-console-3.exe"),
        "krita": ("/Applications/krita.app/Contents/MacOS/krita", r"C:\Program Files\Krita (x64)\bin\krita.exe"),
    }
    for candidate in [shutil.which(name) for name in names] + list(usual[host]):
        if candidate and Path(candidate).is_file() and _sandbox_of(Path(candidate)) is None:
            yield Path(candidate)


def _sandbox_of(program: Path) -> str | None:
    """ "a Flatpak", "a Snap", "an AppImage", or None for a program that runs as it is."""
    real = Path(os.path.realpath(program))
    if "flatpak" in real.parts or "flatpak" in program.parts:
        return "a Flatpak"
    if real.name == "snap" or program.parts[:2] == ("/", "snap"):
        return "a Snap"
    try:
        with open(real, "rb") as file:
            head = file.read(11)
    except OSError:
        return None
    return "an AppImage" if head[8:10] == b"AI" else None  # AppImage's own mark in the ELF header


def _sandboxed(host: str) -> Iterator[str]:
    if platform.system() != "Linux":
        return
    for installation in (_xdg("XDG_DATA_HOME", ".local/share") / "flatpak", Path("/var/lib/flatpak")):
        if (installation / "app" / FLATPAK_IDS[host]).exists():
            yield "a Flatpak"
    if Path("/snap", host).exists():
        yield "a Snap"
    on_path = shutil.which(host)
    if on_path and _sandbox_of(Path(on_path)):
        yield _sandbox_of(Path(on_path))
    for folder in APPIMAGE_FOLDERS:
        try:
            names = [path.name.lower() for path in (Path.home() / folder).iterdir()]
        except OSError:
            continue
        if any(host in name and name.endswith(".appimage") for name in names):
            yield "an AppImage"
