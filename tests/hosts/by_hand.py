"""`python3 tests/hosts/harness.py …`: one script in one host, by hand. The words are at the top of harness.py."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from harness import HostFailure, HostMissing, User
from places import Places, find_places
from profiles import Templates


def main(words: list[str] | None = None) -> int:
    words = sys.argv[1:] if words is None else words
    places = find_places()
    try:
        return _shell(places, words[1:]) if words[:1] == ["shell"] else _run(places, _parser().parse_args(words))
    except (HostFailure, HostMissing) as problem:
        print(problem, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Run a script inside a real host; see the top of harness.py.")
    parser.add_argument("host", choices=["gimp", "krita", "shell"])
    parser.add_argument("script", type=Path, help="its function main() runs in the host")
    parser.add_argument("--window", action="store_true", help="in the host's window, on a screen of its own")
    parser.add_argument("--bare", action="store_true", help="without our plugins")
    parser.add_argument("--drive", type=Path, help="a script whose main() runs beside the window")
    parser.add_argument("--open", type=Path, action="append", default=[], help="a file for the host's command line")
    parser.add_argument("--bind", type=Path, action="append", default=[], help="a folder that the script may write to")
    parser.add_argument("--argument", action="append", default=[], metavar="NAME=VALUE", help="an argument of main()")
    parser.add_argument("--screenshots", type=Path, help="where they go")
    parser.add_argument("--timeout", type=float, default=240, help="seconds")
    return parser


def _shell(places: Places, command: list[str]) -> int:
    place = places.gimp or places.krita
    if place is None:
        raise HostMissing(places.reasons["gimp"])
    return subprocess.run(place.command(command), check=False).returncode


def _run(places: Places, chosen: argparse.Namespace) -> int:
    if chosen.screenshots:
        os.environ["BRUSHWARP_SCREENSHOTS"] = str(chosen.screenshots.absolute())
    opens = [path.resolve() for path in chosen.open]
    shared = sorted({path.parent for path in opens} | {path.resolve() for path in chosen.bind})
    given = dict(pair.split("=", 1) for pair in chosen.argument)
    with tempfile.TemporaryDirectory(prefix="brushwarp-hosts-") as folder:
        scratch = Path(folder)
        with User(places, scratch, Templates(places, scratch), shared) as user:
            host = getattr(user, chosen.host)
            if not chosen.bare:
                print(user.install(chosen.host), file=sys.stderr)
            script = chosen.script.resolve()
            if chosen.window:
                value = host.run_in_window(script, drive=chosen.drive, opens=opens, timeout=chosen.timeout, **given)
            else:
                value = host.run(script, timeout=chosen.timeout, **given)
            print((host.logs / "output.log").read_text(encoding="utf-8", errors="replace"), file=sys.stderr)
            print(json.dumps(value, indent=1))
    return 0
