"""A worker that is the real one but for the network: it hands the picture back. For the benchmarks of the hosts.

What a host then waits for is all that is not the network. Run as a script it is that worker.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

WIDTH, HEIGHT = 4000, 3000  # pixels: 12 megapixels, as issue 2 asks
_PROGRAM = """#!/bin/sh
exec "{python}" -I -X utf8 "{script}"
"""
_JOB = re.compile(rf"job \S+: stylize, {WIDTH} x {HEIGHT} in ([\d.]+) s")  # previews are of small copies


def put_in(home: Path) -> None:
    """Have the plugins of the user whose BRUSHWARP_HOME is `home` start this worker instead of the installed one."""
    from brushwarp.bridge.paths import Install, read_install, write_install

    os.environ["BRUSHWARP_HOME"] = str(home)
    installed = read_install()
    if installed is None:
        raise SystemExit(f"no worker is installed in {home}")
    program = home / "passing_worker"
    program.write_text(_PROGRAM.format(python=installed.python, script=Path(__file__).resolve()), encoding="utf-8")
    program.chmod(0o755)
    write_install(Install(str(program), installed.version, installed.checkout))


def shares(home: Path, jobs: int) -> list[list[float]]:
    """The seconds that each job took in the worker, from its pixels' file to the result's: lists of `jobs`, in their order."""
    log = (home / "logs" / "worker.log").read_text(encoding="utf-8")
    seconds = [float(each) for each in _JOB.findall(log)]
    return [seconds[first : first + jobs] for first in range(0, len(seconds), jobs)]


def arguments(description: str, depths: Iterable[str]) -> argparse.Namespace:
    """What both benchmarks take: rounds, and depth (a list)."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="timed pictures a depth, besides a first that starts the worker")
    parser.add_argument("--depth", nargs="+", choices=list(depths), default=list(depths))
    return parser.parse_args()


def machine() -> str:
    return f"{os.cpu_count()} cores at load {os.getloadavg()[0]:.1f}"


def main() -> int:
    from brushwarp.multimodal.transfer import Painter
    from brushwarp.worker.__main__ import main as serve

    Painter.paint = lambda self, rgb, *_: rgb
    return serve([])


if __name__ == "__main__":
    sys.exit(main())
