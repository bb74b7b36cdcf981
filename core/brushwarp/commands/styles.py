"""`styles list|show|add|rename|remove`."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

from ..architectures import build_network
from ..bridge.gallery import search
from ..multimodal.thumbnail import with_thumbnail
from ..singular.importing import read_published
from ..styles import GALLERY, ForeignFile, Style, add_style, keep_style, list_styles, load_pack, load_style
from .terminal import say

NO_STYLES = "There are no styles yet. Train one with `brushwarp train`, or add one with `brushwarp styles add`."
NONE_FOUND = "No style answers to that."


def register(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("styles", help="the styles at hand")
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|show|add|rename|remove")
    listing = actions.add_parser("list", help="every style, or those with these words in name, artist or year")
    listing.add_argument("words", nargs="*", metavar="WORD")
    listing.add_argument("--favourites", action="store_true", help="only those that you marked in the gallery")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=run_list)
    show = actions.add_parser("show", help="a style's card")
    show.add_argument("style", metavar="ID")
    show.set_defaults(run=run_show)
    add = actions.add_parser("add", help="take a style pack, or published weights, into your own styles")
    add.add_argument("pack", type=Path, metavar="FILE", help="a pack, or the weights of a fast neural style network")
    add.add_argument("--as", dest="style", default="", metavar="ID", help="what it is known by (default: the file's name)")
    add.set_defaults(run=run_add)
    rename = actions.add_parser("rename", help="call one of your own styles otherwise; its id stays")
    rename.add_argument("style", metavar="ID")
    rename.add_argument("name", nargs="?", default="", help="without one it is called as its card says")
    rename.set_defaults(run=run_rename)
    remove = actions.add_parser("remove", help="delete one of your own styles")
    remove.add_argument("style", metavar="ID")
    remove.set_defaults(run=run_remove)


def run_list(arguments: argparse.Namespace) -> None:
    styles = search(GALLERY.styles(), " ".join(arguments.words), arguments.favourites)
    if arguments.json:
        cards = {style.path.stem: style.card for style in list_styles()}
        found = [style for style in styles if style.id in cards]
        say(json.dumps([json.loads(cards[style.id].to_json()) | {"id": style.id, "path": style.path} for style in found], indent=1))
        return
    if not styles:
        say(NONE_FOUND if arguments.words or arguments.favourites else NO_STYLES)
    for style in styles:
        say(f"{style.id:32} {style.label}{'  [yours]' if style.is_own else ''}{'  [favourite]' if style.is_favourite else ''}")


def run_show(arguments: argparse.Namespace) -> None:
    pack = load_style(arguments.style)
    say(json.dumps(json.loads(pack.card.to_json()) | {"sha256": pack.sha256}, indent=1, ensure_ascii=False))


def run_add(arguments: argparse.Namespace) -> None:
    style = _added(arguments.pack, arguments.style)
    say(f"{style.path.stem}: {style.card.name} is now one of your styles.")


def _added(path: Path, style_id: str) -> Style:
    try:
        pack = load_pack(path)
    except ForeignFile:
        published = with_thumbnail(read_published(path))
        return keep_style(replace(published, card=replace(published.card, id=style_id or published.card.id)))
    build_network(pack)  # refuses one that could be listed but never painted with
    return add_style(path, style_id)


def run_rename(arguments: argparse.Namespace) -> None:
    GALLERY.rename(arguments.style, arguments.name)
    say(f"{arguments.style} is now called {GALLERY.style(arguments.style).name}.")


def run_remove(arguments: argparse.Namespace) -> None:
    path = GALLERY.style(arguments.style).path
    GALLERY.remove(arguments.style)
    say(f"Removed {path}.")
