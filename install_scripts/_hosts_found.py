"""Which GIMP 3 and which Krita this user has, and where each looks for plugins. Standard library only.

An AppImage keeps its things where a native host does. A Flatpak has folders of its own, below ~/.var/app. A Snap is found too, to be
refused in words: it sees none of the user's hidden folders, and starts nothing outside.
Flatpaks and AppImages: placing files is tested, the hosts themselves are not run. macOS and Windows: written, not run.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from _kritarc import setting

FLATPAK, SNAP, APPIMAGE = "a Flatpak", "a Snap", "an AppImage"
SERIES = ("3.0", "3.2")  # of GIMP, each with a folder of its own
NAMES = {"gimp": "GIMP", "krita": "Krita"}
FLATPAK_IDS = {"gimp": "org.gimp.GIMP", "krita": "org.kde.krita"}
APPIMAGE_FOLDERS = ("", "Applications", "AppImages", "Downloads", "Desktop", "bin", ".local/bin")
GIMP_PROGRAMS = ("gimp-console", "gimp-console-3", "gimp-console-3.2", "gimp-console-3.0", "gimp", "gimp-3", "gimp-3.2", "gimp-3.0")


@dataclass(frozen=True)
class HostFound:
    """One host. folders: GIMP's plug-in folders, or Krita's resource folder; refused: why nothing is put there, or None.

    certain: a program was seen, or the user named the folder; else only a profile folder tells of the host. kritarc: Krita's settings.
    flatpak: the sandbox's id, where the host is in one.
    """

    host: str
    description: str
    folders: tuple[Path, ...] = ()
    refused: str | None = None
    certain: bool = True
    kritarc: Path | None = None
    flatpak: str | None = None


def find_host(host: str) -> HostFound | None:
    """What there is of "gimp" or "krita", or None. A native host outranks a sandboxed one of the same name."""
    native = _find_gimp() if host == "gimp" else _find_krita()
    if native and native.certain:
        return native
    for kind in _kinds(host):
        if kind == FLATPAK:
            return _flatpak_gimp() if host == "gimp" else _flatpak_krita()
        if kind == APPIMAGE:
            return _appimage_gimp() if host == "gimp" else replace(_own_krita(), description="Krita (an AppImage)", certain=True)
        reason = (
            f"{NAMES[host]} is here as {kind}, and from inside that sandbox it can't start Brushwarp's worker: "
            f"install {NAMES[host]} from your distribution's packages, as a Flatpak or as an AppImage instead."
        )
        return HostFound(host, f"{NAMES[host]} ({kind})", refused=reason)
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
    profiles = _profiles(base)
    if profiles:
        return HostFound("gimp", "GIMP's own folder", profiles, certain=False)
    if versions:
        reason = f"GIMP {versions[0]} is here, and Brushwarp needs GIMP 3.0 or newer."
        return HostFound("gimp", f"GIMP {versions[0]}", refused=reason, certain=False)
    return None


def _profiles(base: Path) -> tuple[Path, ...]:
    """The plug-in folders of those series of GIMP 3 that have started once."""
    return tuple(base / name / "plug-ins" for name in SERIES if (base / name).is_dir())


def _appimage_gimp() -> HostFound:
    """Its file's name tells the version, if anything does before it has started once."""
    base = _gimp_base()
    named = {match[1] for path in _appimages("gimp") if (match := re.search(r"(\d+\.\d+)\.\d+", path.name))}
    if named and not any(version.startswith("3.") for version in named):
        old = sorted(named)[-1]
        return HostFound("gimp", f"GIMP {old}", refused=f"GIMP {old} is here as an AppImage, and Brushwarp needs GIMP 3.0 or newer.")
    series = sorted(version for version in named if version.startswith("3."))
    folders = tuple(base / name / "plug-ins" for name in series) or _profiles(base) or tuple(base / name / "plug-ins" for name in SERIES)
    return HostFound("gimp", "GIMP (an AppImage)", folders)


def _flatpak_gimp() -> HostFound:
    """GIMP's Flatpak sees ~/.config/GIMP in the place of its own folder, if there is one when it starts (`--filesystem=xdg-config/GIMP`)."""
    own = _flatpak_folder("gimp") / "config" / "GIMP"
    bases = [own, _gimp_base()] if _gimp_base().is_dir() else [own]
    folders = tuple(folder for base in bases for folder in _profiles(base) or tuple(base / name / "plug-ins" for name in SERIES))
    return HostFound("gimp", "GIMP (a Flatpak)", folders, flatpak=FLATPAK_IDS["gimp"])


def _flatpak_krita() -> HostFound:
    own = _flatpak_folder("krita")
    kritarc = own / "config" / "kritarc"
    folder = _moved_resources(kritarc) or own / "data" / "krita"
    return HostFound("krita", "Krita (a Flatpak)", (folder,), kritarc=kritarc, flatpak=FLATPAK_IDS["krita"])


def _flatpak_folder(host: str) -> Path:
    return Path.home() / ".var" / "app" / FLATPAK_IDS[host]


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
    own = _own_krita()
    program = next(_native_programs(("krita",), "krita"), None)
    if program:
        return replace(own, description=f"Krita ({program})", certain=True)
    return own if own.folders[0].is_dir() or kritarc_path().is_file() else None


def _own_krita() -> HostFound:
    return HostFound("krita", "Krita's own folder", (_krita_resources(),), certain=False, kritarc=kritarc_path())


def _moved_resources(kritarc: Path) -> Path | None:
    """The resource folder that the painter chose in Krita's settings."""
    moved = setting(kritarc.read_bytes(), "ResourceDirectory", section=None) if kritarc.is_file() else None
    return Path(moved) if moved and os.path.isabs(moved) else None


def _krita_resources() -> Path:
    """Krita's resource folder: the one that the painter chose, else the system's own."""
    moved = _moved_resources(kritarc_path())
    if moved:
        return moved
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
    """A FLATPAK, a SNAP, an APPIMAGE, or None for a program that runs as it is."""
    real = Path(os.path.realpath(program))
    if "flatpak" in real.parts or "flatpak" in program.parts:
        return FLATPAK
    if real.name == "snap" or program.parts[:2] == ("/", "snap"):
        return SNAP
    try:
        with open(real, "rb") as file:
            head = file.read(11)
    except OSError:
        return None
    return APPIMAGE if head[8:10] == b"AI" else None  # AppImage's own mark in the ELF header


def _kinds(host: str) -> list[str]:
    """In which other ways it is here, those first that can be helped."""
    if platform.system() != "Linux":
        return []
    on_path = shutil.which(host)
    named = _sandbox_of(Path(on_path)) if on_path else None
    installations = (_xdg("XDG_DATA_HOME", ".local/share") / "flatpak", Path("/var/lib/flatpak"))
    here = {
        FLATPAK: named == FLATPAK or any((installation / "app" / FLATPAK_IDS[host]).exists() for installation in installations),
        APPIMAGE: named == APPIMAGE or any(_appimages(host)),
        SNAP: named == SNAP or Path("/snap", host).exists(),
    }
    return [kind for kind, is_here in here.items() if is_here]


def _appimages(host: str) -> Iterator[Path]:
    """Files that are called so, in the places where people keep them."""
    for folder in APPIMAGE_FOLDERS:
        try:
            paths = list((Path.home() / folder).iterdir())
        except OSError:
            continue
        yield from (path for path in paths if host in path.name.lower() and path.name.lower().endswith(".appimage"))
