#!/usr/bin/env python3
"""Run every test, those in the real GIMP 3 and the real Krita among them. Arguments go to pytest.

    python3 install_scripts/test.py [pytest arguments]

Takes the GIMP 3 and the Krita of this machine; else, as root on a Debian-like system, those of a Debian 13 root that it
builds in the user's cache (BRUSHWARP_HOSTS_ROOT names another folder); else it skips their tests and says how to get them.
"""

import sys

if sys.version_info < (3, 10):
    sys.exit("Brushwarp needs Python 3.10 or newer, and this is %d.%d." % sys.version_info[:2])

import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from _environment import CHECKOUT, EnvironmentProblem, ensure_environment
from _hosts_root import HostsRootError, ensure_root

HOST_TESTS = CHECKOUT / "tests" / "hosts"
MOST_BESIDE = 4  # processes of tests at a time: each takes up to 2 GB
MOST_HOSTS_BESIDE = 3  # of those that open hosts, which leave a third of their time unused
sys.path.insert(0, str(HOST_TESTS))
from places import find_places  # noqa: E402 - lies beside the tests


def reaches_host_tests(words: Sequence[str]) -> bool:
    """True unless pytest was given files or folders, and none of them holds host tests."""
    named = [Path(word.split("::")[0]).resolve() for word in words if not word.startswith("-")]
    named = [path for path in named if path.exists()]
    return not named or any(HOST_TESTS in (path, *path.parents) or path in HOST_TESTS.parents for path in named)


def runs(words: list[str]) -> list[tuple[list[str], dict[str, str]]]:
    """What pytest is called with, and in which environment: as the caller has it. All tests are two runs: those of the engine, and then
    those in the hosts, which wait more than they work, but whose windows bear little company."""
    if words:
        return [(words, {})]
    folder = str(HOST_TESTS.relative_to(CHECKOUT))
    cores = os.cpu_count() or 1
    alone = {"OMP_NUM_THREADS": "1"}
    return [
        (["-n", str(min(cores, MOST_BESIDE)), "--dist", "loadfile", f"--ignore={folder}"], alone),
        (["-n", str(min(cores + 1, MOST_HOSTS_BESIDE)), "--dist", "loadfile", folder], alone),
    ]


def ready_hosts() -> str | None:
    """Build the Debian root if this machine lacks a host or the tools for its windows; a sentence if that can't be."""
    places = find_places()
    if all(place is not None and place.has_screen for place in (places.gimp, places.krita)):
        return None
    try:
        ensure_root(lambda text: print(text, flush=True))
    except HostsRootError as problem:
        lacking = "Tests in GIMP and Krita" if places.reasons else "Tests of windows in GIMP and Krita"
        return (
            f"{lacking} will be skipped. {problem} To have them: install GIMP 3 and Krita with the packages xvfb, openbox, xdotool, "
            "x11-utils, imagemagick and dbus, or run this command as root on Debian or Ubuntu."
        )
    return None


def main(words: list[str]) -> int:
    try:
        with ThreadPoolExecutor(1) as beside:  # the root downloads while pip does
            hosts = beside.submit(ready_hosts) if reaches_host_tests(words) else None
            python = ensure_environment(["test"])
            missing = hosts.result() if hosts else None
    except EnvironmentProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    if missing:
        print(missing, flush=True)
    # From the checkout, where pytest's settings are; paths of the caller are made absolute for that.
    absolute = [str(Path(word).absolute()) if not word.startswith("-") and Path(word.split("::")[0]).exists() else word for word in words]
    try:
        statuses = [
            subprocess.run([str(python), "-m", "pytest", *run], cwd=CHECKOUT, env={**more, **os.environ}, check=False).returncode
            for run, more in runs(absolute)
        ]
    except KeyboardInterrupt:
        return 130
    if missing:
        print(missing)
    return next(filter(None, statuses), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
