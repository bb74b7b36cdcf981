"""The record of everything that install.py put on this machine, so that uninstall.py takes out that and nothing else.

It lies beside install.json, as JSON, and is written before the first file, so that a killed install can be taken out too.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from _kritarc import Change, without_plugin


@dataclass(frozen=True)
class KritarcEdit:
    """path: the kritarc; created: there was none before; before, gap: see _kritarc.Change."""

    path: str
    created: bool
    before: str | None
    gap: str | None


@dataclass(frozen=True)
class Installed:
    """What was put in for one host: files, and folders that did not exist before, outermost first."""

    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    kritarc: KritarcEdit | None = None


class RecordDamaged(Exception):
    """The record can't be read; in one sentence, with what to do."""


def read_manifest(path: Path) -> dict[str, Installed]:
    """What is installed, by host ("gimp", "krita", and "brushwarp" for install.json itself); empty where there is no record.

    Raises RecordDamaged, OSError.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return {}
    try:
        return {host: _installed(**part) for host, part in json.loads(text)["hosts"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise RecordDamaged(
            f"{path}, the record of what was installed, is damaged: remove that file and run install.py, which writes it anew."
        ) from None


def _installed(files: list, folders: list, kritarc: dict | None) -> Installed:
    if not all(isinstance(name, str) for name in [*files, *folders]):
        raise TypeError
    return Installed(files, folders, KritarcEdit(**kritarc) if kritarc else None)


def write_manifest(path: Path, parts: dict[str, Installed]) -> None:
    text = json.dumps({"format": 1, "hosts": {host: asdict(part) for host, part in parts.items()}}, indent=1) + "\n"
    new = path.with_name(path.name + ".new")
    new.write_text(text, encoding="utf-8", errors="surrogateescape")
    os.replace(new, path)


def take_out(part: Installed) -> list[str]:
    """Remove what `part` lists: files, the bytecode that hosts made of them, the line in kritarc, and folders that are then empty.

    Returns what was removed. What is gone already is no error.
    """
    removed = []
    for name in part.files:
        path = Path(name)
        for bytecode in (path.parent / "__pycache__").glob(path.stem + ".*.pyc") if path.suffix == ".py" else ():
            bytecode.unlink()
        if path.is_file() or path.is_symlink() or path.is_socket():
            path.unlink()
            removed.append(name)
        _remove_if_empty(path.parent / "__pycache__")
    if part.kritarc:
        removed += _restore_kritarc(part.kritarc)
    for name in sorted(part.folders, key=len, reverse=True):
        if _remove_if_empty(Path(name)):
            removed.append(name)
    return removed


def _remove_if_empty(folder: Path) -> bool:
    try:
        folder.rmdir()
        return True
    except OSError:
        return False


def _restore_kritarc(edit: KritarcEdit) -> list[str]:
    path = Path(edit.path)
    if not path.is_file():
        return []
    content = path.read_bytes()
    restored = without_plugin(content, "brushwarp", Change(edit.before, edit.gap))
    if restored == content:
        return []
    if edit.created and not restored.strip():
        path.unlink()
    else:
        replace_content(path, restored)
    return [f"the line enable_brushwarp of {path}"]


def replace_content(path: Path, content: bytes) -> None:
    """Give an existing or new file new content in one step; links, owner's mode and all else of it stay."""
    real = Path(os.path.realpath(path))
    new = real.with_name(real.name + ".brushwarp-new")
    new.write_bytes(content)
    if real.exists():
        new.chmod(real.stat().st_mode & 0o7777)
    os.replace(new, real)
