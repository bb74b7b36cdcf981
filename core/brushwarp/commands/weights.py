"""`weights list|get|add`: the loss networks that Brushwarp may use but does not bring along."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..errors import Cancelled
from ..features.published import PUBLISHED, Published, add_weights, fetch, published_file
from ..features.weights import find_weights, weight_folders
from .terminal import progress_bar, say


def register(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("weights", help="the loss networks at hand, and getting one")
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|get|add")
    listing = actions.add_parser("list", help="which loss networks are here")
    listing.set_defaults(run=run_list)
    get = actions.add_parser("get", help="download one")
    get.add_argument("name", choices=PUBLISHED)
    get.add_argument("--yes", action="store_true", help="agree to size and licence beforehand")
    get.set_defaults(run=run_get)
    add = actions.add_parser("add", help="take in a file of torchvision that you have")
    add.add_argument("file", type=Path, metavar="FILE")
    add.set_defaults(run=run_add)


def run_list(_: argparse.Namespace) -> None:
    for name in PUBLISHED:
        path = find_weights(name, weight_folders())
        say(f"{name:8} {path or f'not here; `brushwarp weights get {name}` brings it ({published_file(name).megabytes:.0f} MB)'}")
    say("compact  comes with Brushwarp")


def run_get(arguments: argparse.Namespace) -> None:
    here = find_weights(arguments.name, weight_folders())
    consent = (lambda *_: True) if arguments.yes else ask
    say(str(here or fetch(published_file(arguments.name), weight_folders()[0], consent, progress_bar())))


def run_add(arguments: argparse.Namespace) -> None:
    folder = weight_folders()[0]
    say(f"{add_weights(arguments.file, folder).title} is now in {folder}.")


def ask(published: Published, folder: Path) -> bool:
    """The question of consent, at a terminal; without one it is not given."""
    if not sys.stdin.isatty():
        return False
    print(
        f"{published.title} is a download of {published.megabytes:.0f} MB, of which a tenth is kept in {folder}.\n"
        f"Licence: {published.licence}.\nDownload it? [y/N] ",
        end="", file=sys.stderr, flush=True,
    )
    try:
        return input().strip().lower() in ("y", "yes")
    except EOFError as error:
        raise Cancelled from error
