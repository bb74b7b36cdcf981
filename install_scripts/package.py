#!/usr/bin/env python3
"""Build the zips that painters can import: one for Krita's plugin importer, one to unpack into GIMP's plug-ins folder.

    python3 install_scripts/package.py [--out FOLDER]

The same sources give the same bytes. A plugin from a zip still needs the engine: install.py tells it where that is.
"""

import sys

if sys.version_info < (3, 10):
    sys.exit("Brushwarp needs Python 3.10 or newer, and this is %d.%d." % sys.version_info[:2])

import argparse
import zipfile
from collections.abc import Sequence
from pathlib import Path

from _plugins import CHECKOUT, PluginsMissing, plugin_files, version

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
UNIX = 3


def build(host: str, out: Path) -> Path:
    """Write brushwarp-HOST-VERSION.zip into `out`; its path. Raises PluginsMissing.

    Every folder has an entry of its own: Krita's importer looks for the one that is named like the plugin.
    """
    out.mkdir(parents=True, exist_ok=True)
    target = out / f"brushwarp-{host}-{version()}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        seen: list[str] = []
        for file in plugin_files(host):
            for folder in reversed(file.target.parents[:-1]):
                if str(folder) not in seen:
                    seen.append(str(folder))
                    archive.writestr(_entry(f"{folder}/", 0o40755), b"")
            archive.writestr(_entry(str(file.target), 0o100755 if file.executable else 0o100644), file.read())
    return target


def _entry(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system = UNIX
    entry.external_attr = mode << 16 | (0x10 if name.endswith("/") else 0)
    entry.compress_type = zipfile.ZIP_STORED if name.endswith("/") else zipfile.ZIP_DEFLATED
    return entry


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Build the plugins' zips.")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "dist", help="where they go (default: dist)")
    out = parser.parse_args(words).out
    try:
        for host in ("krita", "gimp"):
            print(build(host, out))
    except PluginsMissing as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
