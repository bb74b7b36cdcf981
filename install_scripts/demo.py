#!/usr/bin/env python3
"""See what Brushwarp does: makes the environment (once), paints a photo, warps it, and says where the results lie.

    python3 install_scripts/demo.py [PHOTO] [--out FOLDER]
"""

import sys

if sys.version_info < (3, 10):
    sys.exit("Brushwarp needs Python 3.10 or newer, and this is %d.%d." % sys.version_info[:2])

import argparse
import subprocess
from collections.abc import Sequence
from pathlib import Path

from _environment import EnvironmentProblem, ensure_environment


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Paint a photo in a shipped style, warp it along arrows, and say where the results lie.")
    parser.add_argument("photo", metavar="PHOTO", type=Path, nargs="?", help="a photograph of yours (default: a landscape that Brushwarp renders)")
    parser.add_argument("--out", metavar="FOLDER", type=Path, default=Path("results"), help="where the results go (default: results)")
    arguments, further = parser.parse_known_args(words)
    if arguments.photo and not arguments.photo.is_file():  # better said before the download than after it
        print(f"There is no picture {arguments.photo}.", file=sys.stderr)
        return 1
    try:
        python = ensure_environment()
    except EnvironmentProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    photo = [str(arguments.photo)] if arguments.photo else []
    try:
        return subprocess.run([str(python), "-m", "brushwarp", "demo", *photo, "--out", str(arguments.out), *further], check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
