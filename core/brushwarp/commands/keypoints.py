"""`keypoints`: a picture and a style picture in, arrows to edit out."""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import api
from ..correspondence import write_sheet
from ..devices import choose_device, describe_device
from ..errors import BrushwarpError
from ..features import ENCODERS
from ..geometry import write_arrows, write_pairs
from ..image import Picture, load_picture, refuse_unsavable
from ..styles import list_styles, load_style, painting_of
from .terminal import progress_bar, say, tell

FORMATS = (".svg", ".txt")


def register(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("keypoints", help="propose arrows from a picture's points to where a style picture has them")
    parser.add_argument("content", type=Path, metavar="CONTENT")
    parser.add_argument("style", metavar="STYLE", help="a picture, or a trained style that keeps a copy of its painting")
    parser.add_argument("--count", type=int, default=api.KEYPOINTS, help="at most so many arrows")
    parser.add_argument("--encoder", choices=ENCODERS, default="auto")
    parser.add_argument("--mirror", action="store_true", help="the style picture may be taken mirrored")
    parser.add_argument("--published", action="store_true", help="as the published code finds them, to compare with")
    parser.add_argument("--pairs", type=Path, metavar="FILE", help="also write the points of both pictures, for `deform --pairs`")
    parser.add_argument("--preview", type=Path, metavar="FILE", help="a PNG of both pictures, their numbered points and the arrows")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="arrows: .svg, to edit over the picture, or .txt")
    parser.set_defaults(run=run_keypoints)


def run_keypoints(arguments: argparse.Namespace) -> None:
    if arguments.output.suffix.lower() not in FORMATS:
        raise BrushwarpError("save-format", f"Arrows are not written as {arguments.output.suffix or 'files without a suffix'}.", "Name the file .svg or .txt.")
    if arguments.preview:
        if arguments.preview.suffix.lower() != ".png":
            raise BrushwarpError("save-format", "The preview is a PNG file.", "Name it .png.")
        refuse_unsavable(arguments.preview)
    content, style = load_picture(arguments.content), _picture(arguments.style)
    tell(f"Looking on {describe_device(choose_device(arguments.device))}.")
    found = api.suggest_keypoints(
        content, style, count=arguments.count, encoder=arguments.encoder, mirror=arguments.mirror,
        published=arguments.published, seed=arguments.seed, device=arguments.device, on_progress=progress_bar(),
    )
    if arguments.preview:
        write_sheet(arguments.preview, content, style, found)
    if not len(found):
        raise BrushwarpError("keypoints-none", " ".join(found.notes), "Choose another picture, try --encoder vgg19 or --mirror, or draw arrows yourself.")
    write_arrows(arguments.output, found.pairs, content.size)
    if arguments.pairs:
        write_pairs(arguments.pairs, found.matches)
    for note in found.notes:
        tell(note)
    say(str(arguments.output))


def _picture(named: str) -> Picture:
    """A picture file; or what a trained style was learnt from, by its id or its file."""
    path = Path(named)
    if path.suffix == ".safetensors" or (not path.is_file() and any(style.path.stem == named for style in list_styles())):
        return painting_of(load_style(named))
    return load_picture(path)
