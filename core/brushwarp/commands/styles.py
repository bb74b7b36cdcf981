"""`styles list|show|add|remove`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..architectures import build_network
from ..multimodal.thumbnail import with_thumbnail
from ..singular.importing import read_published
from ..styles import ForeignFile, Style, add_style, keep_style, list_styles, load_pack, load_style, remove_style
from .terminal import say


def register(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("styles", help="the styles at hand")
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|show|add|remove")
    listing = actions.add_parser("list", help="every style")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=run_list)
    show = actions.add_parser("show", help="a style's card")
    show.add_argument("style", metavar="ID")
    show.set_defaults(run=run_show)
    add = actions.add_parser("add", help="take a style pack, or published weights, into your own styles")
    add.add_argument("pack", type=Path, metavar="FILE", help="a pack, or the weights of a fast neural style network")
    add.set_defaults(run=run_add)
    remove = actions.add_parser("remove", help="delete one of your own styles")
    remove.add_argument("style", metavar="ID")
    remove.set_defaults(run=run_remove)


def run_list(arguments: argparse.Namespace) -> None:
    styles = list_styles()
    if arguments.json:
        say(json.dumps([json.loads(style.card.to_json()) | {"id": style.path.stem, "path": str(style.path)} for style in styles], indent=1))
        return
    if not styles:
        say("There are no styles yet. Train one with `brushwarp train`, or add one with `brushwarp styles add`.")
    for style in styles:
        by = ", ".join(part for part in (style.card.artist, style.card.year) if part)
        say(f"{style.path.stem:32} {style.card.name}{f' ({by})' if by else ''}{'' if style.shipped else '  [yours]'}")


def run_show(arguments: argparse.Namespace) -> None:
    pack = load_style(arguments.style)
    say(json.dumps(json.loads(pack.card.to_json()) | {"sha256": pack.sha256}, indent=1, ensure_ascii=False))


def run_add(arguments: argparse.Namespace) -> None:
    style = _added(arguments.pack)
    say(f"{style.path.stem}: {style.card.name} is now one of your styles.")


def _added(path: Path) -> Style:
    try:
        pack = load_pack(path)
    except ForeignFile:
        return keep_style(with_thumbnail(read_published(path)))
    build_network(pack)  # refuses one that could be listed but never painted with
    return add_style(path)


def run_remove(arguments: argparse.Namespace) -> None:
    say(f"Removed {remove_style(arguments.style)}.")
