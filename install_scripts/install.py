#!/usr/bin/env python3
"""Put Brushwarp's plugins into the GIMP 3 and the Krita of this user.  Take them out again with uninstall.py.

    python3 install_scripts/install.py [--host gimp|krita] [--dry-run] [--python PYTHON]
"""

import sys

if sys.version_info < (3, 10):
    sys.exit("Brushwarp needs Python 3.10 or newer, and this is %d.%d." % sys.version_info[:2])

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from _environment import CHECKOUT, EnvironmentProblem, ensure_environment
from _hosts_found import NAMES, HostFound, find_host
from _kritarc import with_plugin_enabled
from _manifest import Installed, KritarcEdit, RecordDamaged, read_manifest, replace_content, take_out, write_manifest
from _plugins import PluginFile, PluginsMissing, plugin_files, version

sys.path.insert(0, str(CHECKOUT / "core" / "brushwarp"))  # the bridge alone: it needs neither torch nor the engine
from bridge.errors import WorkerError
from bridge.launcher import stop_worker
from bridge.paths import (
    Install,
    Runtime,
    data_folder,
    find_runtime,
    install_file,
    make_private_folder,
    meeting_folder,
    path_from_text,
    write_install,
)
from bridge.sandbox import Flatpak


class InstallProblem(Exception):
    """Why nothing (more) was put in, in one sentence."""


def manifest_path() -> Path:
    return Path(data_folder()) / "installed.json"


def install(found: HostFound, files: Sequence[PluginFile], parts: dict[str, Installed]) -> Installed:
    """Put one host's plugin in, over whatever an earlier version left; updates the manifest. Raises InstallProblem, OSError."""
    targets = {str(folder / file.target): file for folder in found.folders for file in files}
    for target in targets:
        _refuse_links(Path(target), found.folders)
    earlier = parts.get(found.host, Installed())
    outdated = [name for name in earlier.files if name not in targets]
    edit = earlier.kritarc
    if found.kritarc and (edit is None or edit.path != str(found.kritarc)):
        edit = _kritarc_edit(found.kritarc)
    folders = list(dict.fromkeys([*earlier.folders, *_new_folders([*targets, *([edit.path] if edit else [])])]))
    # Recorded before the first file: an install that is killed half-way can be taken out as well.
    parts[found.host] = Installed([*targets, *outdated], folders, edit)
    write_manifest(manifest_path(), parts)
    for target, file in targets.items():
        _put(file, Path(target))
    if edit:
        _enable(Path(edit.path))
    take_out(Installed(outdated, folders))
    parts[found.host] = Installed(list(targets), folders, edit)
    write_manifest(manifest_path(), parts)
    return parts[found.host]


def meeting_files() -> list[str]:
    """What a worker leaves in its meeting place."""
    place = Runtime(meeting_folder())
    return [place.address, place.key_file, place.start_lock, place.life_lock, place.busy_lock, place.pid_file]


def let_worker_end() -> None:
    """Ask the worker that may run to end, for it is of what was installed before. One that paints goes on, and that is said."""
    try:
        if stop_worker(find_runtime()):
            return
        why = "it is painting"
    except (WorkerError, OSError) as error:
        why = str(error)
    print(f"The Brushwarp worker of before goes on ({why}); it ends by itself when it has had nothing to do for ten minutes.")


def _refuse_links(target: Path, folders: Sequence[Path]) -> None:
    """A linked plugin folder leads into somebody's sources: writing through it would change them."""
    for parent in [target, *target.parents]:
        if parent in folders:
            return
        if parent.is_symlink():
            raise InstallProblem(f"{parent} is a link (to {os.readlink(parent)}): remove the link, then install again.")


def _new_folders(targets: Sequence[str]) -> list[str]:
    """The folders that will have to be made for the targets, outermost first."""
    missing = {str(parent) for target in targets for parent in Path(target).parents if not parent.exists()}
    return sorted(missing, key=len)


def _put(file: PluginFile, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f".{target.name}.new")
    new.write_bytes(file.read())
    new.chmod(0o755 if file.executable else 0o644)
    os.replace(new, target)


def _kritarc_edit(path: Path) -> KritarcEdit:
    content = path.read_bytes() if path.is_file() else b""
    _, change = with_plugin_enabled(content, "brushwarp")
    return KritarcEdit(str(path), not path.is_file(), change.before, change.gap)


def _enable(path: Path) -> None:
    content = path.read_bytes() if path.is_file() else b""
    enabled, _ = with_plugin_enabled(content, "brushwarp")
    if enabled != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_content(path, enabled)


def _record_python(python: Path, parts: dict[str, Installed], with_meeting_place: bool) -> None:
    """install.json: how the plugins find the worker's Python. And the folder in which hosts in sandboxes meet the worker."""
    earlier = parts.get("brushwarp", Installed())
    files = list(dict.fromkeys([*earlier.files, install_file(), *(meeting_files() if with_meeting_place else [])]))
    new = _new_folders(files)
    Path(data_folder()).mkdir(parents=True, exist_ok=True)
    parts["brushwarp"] = Installed(files, list(dict.fromkeys([*earlier.folders, *new])))
    write_manifest(manifest_path(), parts)
    if with_meeting_place and not os.path.isdir(meeting_folder()):
        let_worker_end()  # it would never be met again where it listens now
        make_private_folder(meeting_folder())
    write_install(Install(path_from_text(os.fsencode(python).decode("utf-8", "surrogateescape")), version(), str(CHECKOUT)))


def _show_plan(found: HostFound, files: Sequence[PluginFile]) -> None:
    print(f"{found.description}: {len(files)} files would go to")
    for folder in found.folders:
        for file in files:
            print(f"  {folder / file.target}")
    if found.kritarc:
        print(f"  and enable_brushwarp=true into {found.kritarc}")


def run(arguments: argparse.Namespace) -> int:
    wanted = [arguments.host] if arguments.host else ["gimp", "krita"]
    found = {host: find_host(host) for host in wanted}
    for host in wanted:
        if found[host] is None:
            print(f"{NAMES[host]}: not found.")
        elif found[host].refused:
            print(found[host].refused)
    ready = [host for host in found.values() if host and not host.refused]
    if not ready:
        raise InstallProblem("Nothing was installed.")
    plans = [(host, plugin_files(host.host)) for host in ready]
    if arguments.dry_run:
        for host, files in plans:
            _show_plan(host, files)
        print("Nothing was changed.")
        return 0
    python = arguments.python or ensure_environment([])
    parts = read_manifest(manifest_path())
    _record_python(Path(os.path.abspath(python)), parts, with_meeting_place=any(host.flatpak for host in ready))
    for host, files in plans:
        put = install(host, files, parts)
        places = ", ".join(str(folder) for folder in host.folders)
        print(f"{host.description}: put {len(put.files)} files into {places}" + (f" and enabled the plugin in {put.kritarc.path}" if put.kritarc else "") + ".")
    let_worker_end()
    for host in ready:
        if host.flatpak:
            print(
                f"{host.description} may not start programs outside its sandbox. Allow it once, so that it can start Brushwarp's engine: "
                f"{Flatpak(host.flatpak, False).permission}"
            )
    menus = {"gimp": "Filters > Brushwarp", "krita": "Tools > Brushwarp"}
    print("Start the host anew; then look in " + " and ".join(f"{NAMES[h.host]}: {menus[h.host]}" for h in ready) + ".")
    return 0


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Put Brushwarp's plugins into GIMP 3 and Krita.")
    parser.add_argument("--host", choices=["gimp", "krita"], help="only this host (default: both)")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
    parser.add_argument("--python", type=Path, help="the Python that runs the worker (default: the one of .venv, made if it is missing)")
    try:
        return run(parser.parse_args(words))
    except (InstallProblem, PluginsMissing, EnvironmentProblem, RecordDamaged) as problem:
        print(problem, file=sys.stderr)
    except OSError as error:
        print(f"{error.filename or 'A file'} can't be written: {error.strerror}. Mend that, then install again.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
