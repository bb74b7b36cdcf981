#!/usr/bin/env python3
"""Take out of GIMP and Krita all that install.py put in, and nothing else.

    python3 install_scripts/uninstall.py [--host gimp|krita]
"""

import sys

if sys.version_info < (3, 10):
    sys.exit("Brushwarp needs Python 3.10 or newer, and this is %d.%d." % sys.version_info[:2])

import argparse
from collections.abc import Sequence
from pathlib import Path

from _hosts_found import NAMES
from _manifest import Installed, RecordDamaged, read_manifest, take_out, write_manifest
from install import data_folder, let_worker_end, manifest_path


def run(host: str | None) -> int:
    path = manifest_path()
    parts = read_manifest(path)
    chosen = [name for name in parts if name != "brushwarp" and host in (None, name)]
    if not chosen and (host or not parts):
        print(f"Nothing to take out: {path} has no record of it.")
        return 1
    folders = [folder for name in chosen for folder in parts[name].folders]
    for name in chosen:
        _say_removed(NAMES[name], take_out(parts.pop(name)))
        write_manifest(path, parts)
    take_out(Installed(folders=folders))  # those that were not empty as long as another host was in them
    if list(parts) == ["brushwarp"]:  # no host is left that would need to know the worker's Python
        let_worker_end()
        path.unlink()
        _say_removed("Brushwarp", [*take_out(parts["brushwarp"]), str(path)])
    if Path(data_folder()).is_dir():
        print(f"Left in place, since install.py did not make it: {data_folder()} (your own styles, logs).")
    return 0


def _say_removed(name: str, removed: list[str]) -> None:
    print(f"{name}: took out")
    for thing in removed:
        print(f"  {thing}")


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Take Brushwarp's plugins out of GIMP 3 and Krita.")
    parser.add_argument("--host", choices=["gimp", "krita"], help="only this host (default: all that was installed)")
    try:
        return run(parser.parse_args(words).host)
    except RecordDamaged as problem:
        print(problem, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or 'A file'} can't be changed: {error.strerror}.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
