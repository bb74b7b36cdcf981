"""`deform`: a picture, a style picture and arrows in, a painted and bent picture out."""

from __future__ import annotations

import argparse
from pathlib import Path

from tqdm import tqdm

from .. import api
from ..deformable import PRESETS, Deformation, DeformSettings
from ..devices import choose_device, describe_device
from ..errors import BrushwarpError
from ..features import ENCODERS
from ..geometry import KeypointPairs, read_arrows, write_arrows
from ..geometry.pairs import align, read_pairs
from ..image import Picture, load_picture, refuse_unsavable, save_picture
from ..multimodal.report import draw_loss_curves
from ..progress import Progress
from .terminal import say, tell

PREVIEW_EVERY = 20  # iterations between pictures of how it stands


def register(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("deform", help="paint a picture like another, and bend it towards its shapes")
    parser.add_argument("content", type=Path, metavar="CONTENT")
    parser.add_argument("style", metavar="STYLE", help="a picture; with --base multimodal a trained style's id or file")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--keypoints", type=Path, metavar="FILE", help="arrows on the content, .svg or .txt")
    which.add_argument("--pairs", type=Path, metavar="FILE", help="four columns: content x, content y, style x, style y")
    parser.add_argument("--base", choices=api.BASES, default="strotss")
    parser.add_argument("--preset", choices=PRESETS, default="balanced")
    parser.add_argument("--content-weight", type=float, help="alpha: how much of what is shown is kept; instead of the preset's")
    parser.add_argument("--warp-weight", type=float, help="beta: how hard the arrows pull")
    parser.add_argument("--tv-weight", type=float, help="gamma: how calm the warp is")
    parser.add_argument("--size", type=int, default=DeformSettings.size, metavar="PIXELS", help="long side at which it is solved")
    parser.add_argument("--encoder", choices=ENCODERS, default="auto")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device")
    parser.add_argument("--preview", type=Path, metavar="FILE", help="a picture of how it stands, rewritten while it runs")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="beside it: the loss curve, the solved arrows")
    parser.set_defaults(run=run_deform)


def run_deform(arguments: argparse.Namespace) -> None:
    output: Path = arguments.output
    refuse_unsavable(output)
    content = load_picture(arguments.content)
    refuse_unsavable(output, has_alpha=content.alpha is not None and bool((content.alpha < 1).any()))
    style = arguments.style if arguments.base == "multimodal" else load_picture(Path(arguments.style))
    pairs = _arrows(arguments, content, style)
    settings = _settings(arguments)
    tell(f"Deforming on {describe_device(choose_device(arguments.device))}.")
    bar = tqdm(total=1, desc="Deforming", bar_format="{desc}: {percentage:3.0f}%|{bar}| {elapsed}")

    def on_progress(progress: Progress) -> None:
        if bar.desc != progress.stage.capitalize() or bar.total != progress.total:
            bar.reset(progress.total)
            bar.set_description_str(progress.stage.capitalize(), refresh=False)
        bar.update(progress.done - bar.n)
        if arguments.preview and progress.preview is not None and progress.done % PREVIEW_EVERY == 0:
            save_picture(Picture(progress.preview.cpu().float()), arguments.preview)

    try:
        found = api.deform(
            content, style, pairs, base=arguments.base, settings=settings, encoder=arguments.encoder, device=arguments.device, on_progress=on_progress
        )
    finally:
        bar.close()
    _save(found, output)


def _arrows(arguments: argparse.Namespace, content: Picture, style: Picture | str) -> KeypointPairs:
    if arguments.keypoints:
        return read_arrows(arguments.keypoints, content.size)
    if not arguments.pairs:
        return KeypointPairs.none()
    if not isinstance(style, Picture):
        raise BrushwarpError("setting", "Pairs need the style's picture, which a trained style does not hold.", "Give arrows with --keypoints instead.")
    return align(read_pairs(arguments.pairs).validated(content.size, style.size), content.size, style.size).arrows


def _settings(arguments: argparse.Namespace) -> DeformSettings:
    weights = dict(PRESETS[arguments.preset])
    for name in weights:
        value = getattr(arguments, name)
        if value is None:
            continue
        if not 0 <= value < float("inf"):
            raise BrushwarpError("setting", f"--{name.replace('_', '-')} is {value}.", "Choose 0 or more.")
        weights[name] = value
    return DeformSettings(**weights, size=arguments.size, seed=arguments.seed)


def _save(found: Deformation, output: Path) -> None:
    save_picture(found.picture, output)
    if len(found.pairs):
        write_arrows(output.with_suffix(".arrows.svg"), found.pairs, found.picture.size)
    if found.losses:
        draw_loss_curves(found.losses, output.with_suffix(".losses.png"), "Loss of the deformation")
    for note in found.notes:
        tell(note)
    say(str(output))
