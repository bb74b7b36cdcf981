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
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from _environment import CHECKOUT, EnvironmentProblem, ensure_environment
from _hosts_root import HostsRootError, ensure_root

HOST_TESTS = CHECKOUT / "tests" / "hosts"
CLOSING_SECONDS = 30
NO_TESTS = 5  # pytest's exit code where none was chosen
sys.path.insert(0, str(HOST_TESTS))
from places import find_places  # noqa: E402 - lies beside the tests


def reaches_host_tests(words: Sequence[str]) -> bool:
    """True unless pytest was given files or folders, and none of them holds host tests."""
    named = [Path(word.split("::")[0]).resolve() for word in words if not word.startswith("-")]
    named = [path for path in named if path.exists()]
    return not named or any(HOST_TESTS in (path, *path.parents) or path in HOST_TESTS.parents for path in named)


def runs(words: Sequence[str]) -> list[list[str]]:
    """pytest's arguments, of each process: of all tests those in hosts, which mostly wait for a window, go beside the others."""
    if any(not word.startswith("-") and Path(word.split("::")[0]).exists() for word in words):
        return [list(words)]
    tests = str(CHECKOUT / "tests")
    return [[tests, f"--ignore={HOST_TESTS}", *words], [str(HOST_TESTS), "-o", "cache_dir=.pytest_cache/hosts", *words]]


def run(python: Path, words: Sequence[str]) -> int:
    """pytest's exit code: the worst of all processes'; what those beside the first one say comes after it."""
    first, *others = ([str(python), "-m", "pytest", *arguments] for arguments in runs(words))
    environment = dict(os.environ)
    if others:
        environment.setdefault("OMP_NUM_THREADS", "1")  # or each waits for threads that the other one has
    beside = []
    try:
        for command in others:
            said = tempfile.TemporaryFile()
            process = subprocess.Popen(
                command, cwd=CHECKOUT, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
            )
            beside.append((process, said))
        codes = [subprocess.run(first, cwd=CHECKOUT, env=environment, check=False).returncode]
        codes += [process.wait() for process, _ in beside]
    finally:
        for process, said in beside:
            _end(process)
            said.seek(0)
            sys.stdout.buffer.write(said.read())
            sys.stdout.flush()
    ran = [code for code in codes if code != NO_TESTS]
    return max(ran, key=abs) if ran else NO_TESTS


def _end(process: subprocess.Popen) -> None:
    """Of a run that was interrupted: the hosts that it opened are closed first."""
    try:
        process.wait(CLOSING_SECONDS)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.wait()


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
        code = run(python, absolute)
    except KeyboardInterrupt:
        return 130
    if missing:
        print(missing)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
