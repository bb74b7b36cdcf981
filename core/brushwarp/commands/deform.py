"""`deform`: a picture, a style picture and arrows in, a painted and bent picture out."""

from __future__ import annotations

import argparse
from hashlib import sha256
from pathlib import Path
from typing import Any

from tqdm import tqdm

from .. import api
from ..bridge.presets import PRESETS
from ..bridge.request import BASES
from ..deformable import DeformSettings
from ..devices import choose_device, describe_device
from ..errors import BrushwarpError
from ..features import ENCODERS
from ..geometry import KeypointPairs, read_arrows, write_arrows
from ..geometry.pairs import align, read_pairs
from ..image import Picture, load_picture, refuse_unsavable, save_picture
from ..image.atomic import atomic_write
from ..multimodal.report import draw_loss_curves
from ..progress import OnProgress, Progress
from ..recipe import make_recipe
from ..styles import is_path
from ..styles.library import find_style
from .terminal import say, tell

PREVIEW_EVERY = 20  # iterations between pictures of how it stands
WEIGHTS = ("content_weight", "warp_weight", "tv_weight")


def register(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("deform", help="paint a picture like another, and bend it towards its shapes")
    parser.add_argument("content", type=Path, metavar="CONTENT")
    parser.add_argument("style", metavar="STYLE", help="a picture; with --base multimodal a trained style's id or file")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--keypoints", type=Path, metavar="FILE", help="arrows on the content, .svg or .txt")
    which.add_argument("--pairs", type=Path, metavar="FILE", help="four columns: content x, content y, style x, style y")
    parser.add_argument("--base", choices=BASES, default="strotss")
    parser.add_argument("--preset", choices=PRESETS, default="balanced")
    parser.add_argument("--content-weight", type=float, help="alpha: how much of what is shown is kept; instead of the preset's")
    parser.add_argument("--warp-weight", type=float, help="beta: how hard the arrows pull")
    parser.add_argument("--tv-weight", type=float, help="gamma: how calm the warp is")
    parser.add_argument("--unfold", action="store_true", help="bend less sharply, so that nothing folds over")
    parser.add_argument("--size", type=int, default=DeformSettings.size, metavar="PIXELS", help="long side at which it is solved")
    parser.add_argument("--encoder", choices=ENCODERS, default="auto")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device")
    parser.add_argument("--preview", type=Path, metavar="FILE", help="a picture of how it stands, rewritten while it runs")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="beside it: the loss curve, the solved arrows")
    parser.set_defaults(run=run_deform)


def run_deform(arguments: argparse.Namespace) -> None:
    content = content_for(arguments.content, arguments.output)
    style = style_for(arguments.style, arguments.base)
    settings = _settings(arguments)
    pairs = _arrows(arguments, content, style)
    deform_to(
        arguments.output, content, style, arguments.style, pairs, base=arguments.base, settings=settings,
        encoder=arguments.encoder, device=arguments.device, preview=arguments.preview,
    )


def content_for(path: Path, output: Path) -> Picture:
    """The picture to deform; refused now if what becomes of it could not be saved."""
    refuse_unsavable(output)
    content = load_picture(path)
    refuse_unsavable(output, has_alpha=content.alpha is not None and bool((content.alpha < 1).any()))
    return content


def style_for(named: str, base: str) -> Picture | str:
    """What the base takes: a picture, or a trained style by its id or path."""
    return named if base == "multimodal" else load_picture(Path(named))


def deform_to(
    output: Path,
    content: Picture,
    style: Picture | str,
    named: str,
    pairs: KeypointPairs,
    *,
    base: str,
    settings: DeformSettings,
    encoder: str,
    device: str | None,
    preview: Path | None = None,
    canvas_short_side: int | None = None,
) -> None:
    """Deforms and saves the picture; beside it the solved arrows, the loss curve and the recipe. named: the style, as it was named."""
    where = describe_device(choose_device(device))
    tell(f"Deforming on {where}.")
    with tqdm(total=1, desc="Deforming", bar_format="{desc}: {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt}, {elapsed}{postfix}") as bar:
        found = api.deform(
            content, style, pairs, base=base, settings=settings, encoder=encoder, canvas_short_side=canvas_short_side,
            device=device, on_progress=_show(bar, preview),
        )
    save_picture(found.picture, output)
    if len(found.pairs):
        write_arrows(output.with_suffix(".arrows.svg"), found.pairs, found.picture.size)
    if found.losses:
        draw_loss_curves(found.losses, output.with_suffix(".losses.png"), "Loss of the deformation")
    path = find_style(named) if base == "multimodal" else Path(named)
    parameters: dict[str, Any] = {name: getattr(settings, name) for name in (*WEIGHTS, "unfold", "size")} | {
        "base": base, "encoder": found.encoder, "canvas_short_side": canvas_short_side, "width": content.width, "height": content.height,
    }
    recipe = make_recipe(
        "deform", named if base == "multimodal" and not is_path(named) else str(path.absolute()), sha256(path.read_bytes()).hexdigest(),
        parameters, settings.seed, pairs.rows(), found.notes, where, found.pairs.rows(),
    )
    with atomic_write(output.with_suffix(".recipe.json")) as file:
        file.write(recipe.encode("utf-8"))
    for note in found.notes:
        tell(note)
    say(str(output))


def _show(bar: tqdm, preview: Path | None) -> OnProgress:
    """Iterations and loss on the bar; now and then the picture as it stands, in a file."""

    def on_progress(progress: Progress) -> None:
        if bar.desc != progress.stage.capitalize() or bar.total != progress.total:
            bar.reset(progress.total)
            bar.set_description_str(progress.stage.capitalize(), refresh=False)
        if progress.loss is not None:
            bar.set_postfix_str(f"loss {progress.loss:.4g}", refresh=False)
        bar.update(progress.done - bar.n)
        if preview and progress.preview is not None and (progress.done % PREVIEW_EVERY == 0 or progress.done == progress.total):
            save_picture(Picture(progress.preview.cpu().float()), preview)

    return on_progress


def _arrows(arguments: argparse.Namespace, content: Picture, style: Picture | str) -> KeypointPairs:
    if arguments.keypoints:
        return read_arrows(arguments.keypoints, content.size)
    if not arguments.pairs:
        return KeypointPairs.none()
    if not isinstance(style, Picture):
        raise BrushwarpError("setting", "Pairs need the style's picture, which a trained style does not hold.", "Give arrows with --keypoints instead.")
    return align(read_pairs(arguments.pairs).validated(content.size, style.size), content.size, style.size).arrows


def _settings(arguments: argparse.Namespace) -> DeformSettings:
    given = {name: getattr(arguments, name) for name in WEIGHTS if getattr(arguments, name) is not None}
    for name, value in given.items():
        if not 0 <= value < float("inf"):
            raise BrushwarpError("setting", f"--{name.replace('_', '-')} is {value}.", "Choose 0 or more.")
    return DeformSettings.preset(arguments.preset, **given, unfold=arguments.unfold, size=arguments.size, seed=arguments.seed)
