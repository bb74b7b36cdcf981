"""Which files make up each plugin: its own, and a copy of the bridge beside them. Standard library only."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

CHECKOUT = Path(__file__).resolve().parents[1]
BRIDGE = CHECKOUT / "core" / "brushwarp" / "bridge"
LEFT_OUT = (".pyc", ".po")  # the hosts read what is made of a catalogue, the .mo
PICTURE = re.compile(r'src="([^":]+\.png)"')  # that a page of HTML shows


class PluginsMissing(Exception):
    """The checkout lacks a part of a plugin; the message names it."""


@dataclass(frozen=True)
class PluginFile:
    """One file of a plugin. target: where it goes, below GIMP's plug-ins folder or Krita's resource folder.

    embeds: it is a page that takes its pictures with it: where it is shown no other file is found.
    """

    source: Path
    target: PurePosixPath
    executable: bool = False
    embeds: bool = False

    def read(self) -> bytes:
        """What is put at the target."""
        return _with_pictures(self.source) if self.embeds else self.source.read_bytes()


def version() -> str:
    """The version of this checkout, read without importing the engine."""
    match = re.search(r'^version = "([^"]+)"', (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    return match[1]


def plugin_files(host: str) -> list[PluginFile]:
    """All files of the plugin for "gimp" or "krita", sorted by target. Raises PluginsMissing."""
    if host == "gimp":
        folder = PurePosixPath("brushwarp")
        files = list(_tree(CHECKOUT / "gimp_plugin" / "brushwarp", folder))
        files = [PluginFile(f.source, f.target, executable=f.target == folder / "brushwarp.py") for f in files]
        needed = [folder / "brushwarp.py"]
    else:
        folder = PurePosixPath("pykrita/brushwarp")
        files = list(_tree(CHECKOUT / "krita_plugin" / "brushwarp", folder))
        files = [PluginFile(f.source, f.target, embeds=f.target == folder / "manual.html") for f in files]
        needed = [PurePosixPath("pykrita/brushwarp.desktop"), PurePosixPath("actions/brushwarp.action")]
        files += [PluginFile(CHECKOUT / "krita_plugin" / path.name, path) for path in needed]
        needed.append(folder / "__init__.py")
    files += _tree(BRIDGE, folder / "bridge")
    needed.append(folder / "bridge" / "client.py")
    there = {file.target for file in files if file.source.is_file()}
    pages = [file.source for file in files if file.embeds]
    missing = [str(target) for target in needed if target not in there]
    missing += [name for page in pages for name in PICTURE.findall(page.read_text(encoding="utf-8")) if not (page.parent / name).is_file()]
    if missing:
        raise PluginsMissing(f"This checkout lacks a part of the plugin for {host}: {', '.join(missing)}.")
    return sorted(files, key=lambda file: str(file.target))


def _tree(source: Path, target: PurePosixPath) -> Iterator[PluginFile]:
    for path in sorted(source.rglob("*")):
        inner = path.relative_to(source)
        hidden = any(part.startswith(".") or part == "__pycache__" for part in inner.parts)
        if path.is_file() and not hidden and path.suffix not in LEFT_OUT:
            yield PluginFile(path, target / inner.as_posix())


def _with_pictures(page: Path) -> bytes:
    """A page of HTML with its PNGs in it."""

    def embedded(found: re.Match) -> str:
        picture = (page.parent / found[1]).read_bytes()
        return f'src="data:image/png;base64,{base64.b64encode(picture).decode("ascii")}"'

    return PICTURE.sub(embedded, page.read_text(encoding="utf-8")).encode("utf-8")
