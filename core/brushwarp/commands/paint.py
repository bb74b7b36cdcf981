"""`stylize`, `warp` and `recipe`: a picture in, a picture out, and the record of how."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from .. import api
from ..bridge.recipes import Recipe, beyond, read_recipe
from ..bridge.request import BASES
from ..bridge.styles import FIRST
from ..deformable import DeformSettings
from ..devices import describe_device
from ..errors import BrushwarpError
from ..geometry import KeypointPairs, read_arrows
from ..image import Box, Picture, resize, save_picture
from ..image.atomic import atomic_write
from ..progress import OnProgress
from ..recipe import make_recipe
from ..styles import is_path
from .deform import WEIGHTS, content_for, deform_to, style_for
from .terminal import progress_bar, say, tell

MIXED = ("medium", "fine")  # those that say whose strokes these are, "" for the style's own
OF_ONE_PICTURE = ("photo", "steady", "steadied", "as_opacity")  # those of a recipe's parameters that no other picture takes over
PAINTING = ("strength", "brush_scale", "keep_colors", "canvas_short_side")  # those of a recipe's parameters that api.stylize takes


def register(commands: argparse._SubParsersAction) -> None:
    stylize = commands.add_parser("stylize", help="paint a picture in a style")
    stylize.add_argument("photo", type=Path)
    add_settings(stylize)
    stylize.add_argument(
        "--part", metavar="LEFT,TOP,WIDTH,HEIGHT", help="paint about what will lie there, to look at the strokes of a large picture soon"
    )
    stylize.add_argument("-o", "--output", type=Path, required=True, metavar="OUT")
    stylize.set_defaults(run=run_stylize)

    warp = commands.add_parser("warp", help="bend a picture along arrows")
    warp.add_argument("photo", type=Path)
    warp.add_argument("--keypoints", type=Path, metavar="FILE", required=True, help="arrows, .svg or .txt")
    warp.add_argument("--smoothness", type=float, default=0.0)
    warp.add_argument("-o", "--output", type=Path, required=True, metavar="OUT")
    warp.set_defaults(run=run_warp)

    recipe = commands.add_parser("recipe", help="paint a picture as a recipe says")
    recipe.add_argument("recipe", type=Path, metavar="RUN.json")
    recipe.add_argument("photo", type=Path)
    recipe.add_argument("--device")
    recipe.add_argument("-o", "--output", type=Path, required=True, metavar="OUT")
    recipe.set_defaults(run=run_recipe)


def add_settings(parser: argparse.ArgumentParser) -> None:
    """What says how pictures are painted, whichever they are."""
    parser.add_argument("--style", default=FIRST, metavar="ID", help="a style's id or its file; `brushwarp styles list` shows them")
    parser.add_argument(
        "--mix", metavar="COARSE,MEDIUM,FINE", help="instead of --style: the styles of the coarse, the medium and the fine strokes"
    )
    parser.add_argument("--strength", type=float, default=1.0, help="0 the photograph … 1 the painting")
    parser.add_argument("--brush-scale", type=float, default=1.0, help="2 is a brush twice as broad on the canvas")
    parser.add_argument("--keep-colors", action="store_true", help="the photograph's colours, the painting's brushwork")
    parser.add_argument("--keypoints", type=Path, metavar="FILE", help="arrows (.svg or .txt) to warp the painted picture along")
    parser.add_argument("--smoothness", type=float, default=0.0, help="calms the warp, at the price of exactness at the arrows")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", help="cuda, mps or cpu; the best there is by default")
    parser.add_argument("--size", type=int, metavar="PIXELS", help="scale the picture's long side to this first")


def run_stylize(arguments: argparse.Namespace) -> None:
    picture = picture_for(arguments.output, arguments.photo, arguments.size)
    pairs = read_arrows(arguments.keypoints, picture.size) if arguments.keypoints else KeypointPairs.none()
    style, painter, parameters = load_asked(arguments)
    if arguments.part is not None:
        save_picture(api.stylize_part(picture, painter, _part(arguments.part), **painting(parameters), on_progress=progress_bar()), arguments.output)
        tell("This is about what the part will look like; without --part the picture is painted." + (" Then arrows bend it." if len(pairs) else ""))
        say(str(arguments.output))
        return
    _paint_to(arguments.output, picture, style, painter, parameters, pairs, arguments.seed)


def load_asked(arguments: argparse.Namespace) -> tuple[str, api.Painter, dict[str, Any]]:
    """What the style is found by, its painter, and a recipe's parameters, as `add_settings` has them asked for."""
    parameters = {name: getattr(arguments, name) for name in ("strength", "brush_scale", "keep_colors", "smoothness", "size")}
    named = (arguments.style,) if arguments.mix is None else _mixed(arguments.mix)
    style, *mix = (str(Path(name).absolute()) if is_path(name) else name for name in named)
    painter = api.load_painter(style, arguments.device, mix=mix)
    return style, painter, parameters | dict(zip(MIXED, mix, strict=False))


def run_recipe(arguments: argparse.Namespace) -> None:
    try:
        recipe = read_recipe(arguments.recipe.read_text(encoding="utf-8"))
    except OSError as error:
        raise BrushwarpError("recipe", f"{arguments.recipe} can't be read: {error.strerror}.", "Check the file's name.") from error
    except UnicodeDecodeError as error:
        raise BrushwarpError("recipe", "This is no Brushwarp recipe.", "Recipes are written next to every result.") from error
    {"stylize": _run_stylize_recipe, "deform": _run_deform_recipe, "warp": _run_warp_recipe}[recipe.verb](arguments, recipe)


def _run_stylize_recipe(arguments: argparse.Namespace, recipe: Recipe) -> None:
    picture = picture_for(arguments.output, arguments.photo, recipe.parameters.get("size"))
    painter = api.load_painter(recipe.style, arguments.device, mix=[recipe.parameters.get(name, "") for name in MIXED])
    if recipe.style_hash and painter.pack.sha256 != recipe.style_hash:
        tell(f"The style {recipe.style} is not the file that the recipe was made with: the picture may differ.")
    for said in beyond(recipe):
        tell(said)
    _paint_to(arguments.output, picture, recipe.style, painter, _scaled_parameters(recipe, picture), _pairs(recipe, picture), recipe.seed)


def _part(text: str) -> Box:
    try:
        left, top, width, height = (int(number) for number in text.split(","))
    except ValueError as error:
        hint = "Write its left, top, width and height in pixels: 400,300,512,512."
        raise BrushwarpError("part", f"{text!r} is no part of a picture.", hint) from error
    return Box(left, top, left + width, top + height)


def _mixed(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    if len(names) != 1 + len(MIXED) or not all(names):
        raise BrushwarpError("mix", f"{text!r} is no mixture.", "Name three styles, for coarse, medium and fine strokes, with commas between.")
    return names


def _run_deform_recipe(arguments: argparse.Namespace, recipe: Recipe) -> None:
    parameters, named = recipe.parameters, recipe.style
    base = parameters.get("base", BASES[0])
    content = content_for(arguments.photo, arguments.output)
    if recipe.is_like_picture and not Path(named).is_file():
        raise BrushwarpError("recipe", f"The style picture {named!r} is not there.", "Put it there, or name another in the recipe, under style, id.")
    wanted = {name: parameters[name] for name in (*WEIGHTS, "unfold", "size") if name in parameters}
    deform_to(
        arguments.output, content, style_for(named, base), named, _pairs(recipe, content), base=base,
        settings=DeformSettings(**wanted, seed=recipe.seed), encoder=parameters.get("encoder") or "auto", device=arguments.device,
        canvas_short_side=recipe.canvas_short_side(content.width, content.height),
    )


def _run_warp_recipe(arguments: argparse.Namespace, recipe: Recipe) -> None:
    picture = content_for(arguments.photo, arguments.output)
    smoothness = recipe.smoothness(picture.width, picture.height)
    _warp_to(arguments.output, picture, _pairs(recipe, picture), smoothness, recipe.settings["exaggeration"])


def _pairs(recipe: Recipe, picture: Picture) -> KeypointPairs:
    return KeypointPairs.from_rows(recipe.arrows(picture.width, picture.height))


def _scaled_parameters(recipe: Recipe, picture: Picture) -> dict[str, Any]:
    """As the recipe has them, those in pixels as they are on this picture."""
    place = picture.width, picture.height
    scaled = {"smoothness": recipe.smoothness(*place), "canvas_short_side": recipe.canvas_short_side(*place)}
    return {name: scaled.get(name, value) for name, value in recipe.parameters.items() if name not in OF_ONE_PICTURE}


def run_warp(arguments: argparse.Namespace) -> None:
    picture = content_for(arguments.photo, arguments.output)
    _warp_to(arguments.output, picture, read_arrows(arguments.keypoints, picture.size), arguments.smoothness)


def picture_for(output: Path, photo: Path, size: int | None = None) -> Picture:
    """The photograph, its long side scaled to `size`; refused now if what becomes of it could not be saved."""
    picture = content_for(photo, output)
    return picture if size is None else _scaled_to(picture, size)


def _paint_to(
    output: Path, picture: Picture, style: str, painter: api.Painter, parameters: dict[str, Any], pairs: KeypointPairs, seed: int
) -> None:
    """`paint_to`, and tells the person at the terminal."""
    tell(f"Painting on {describe_device(painter.device)}.")
    for note in paint_to(output, picture, style, painter, parameters, pairs, seed, on_progress=progress_bar()):
        tell(note)
    say(str(output))


def paint_to(
    output: Path, picture: Picture, style: str, painter: api.Painter, parameters: dict[str, Any], pairs: KeypointPairs, seed: int,
    *, steady: api.Steady | None = None, on_progress: OnProgress,
) -> list[str]:
    """Paints, warps, saves, and then writes the recipe beside the picture; returns what was done differently, in sentences.

    style: what the painter's style is found by. steady: the sequence of which the picture is the next frame.
    """
    pairs = pairs.validated(picture.size)
    notes: list[str] = []
    painted = api.stylize(picture, painter, **painting(parameters), steady=steady, on_progress=on_progress, on_note=notes.append)
    if len(pairs):
        painted = api.warp(painted, pairs, smoothness=parameters.get("smoothness", 0.0))
    save_picture(painted, output)
    done = parameters | {"width": picture.width, "height": picture.height}
    if steady is not None:
        done["steadied"] = steady.steadied
    _write_recipe(output, make_recipe("stylize", style, painter.pack.sha256, done, seed, pairs.rows(), notes, describe_device(painter.device)))
    return notes


def painting(parameters: dict[str, Any]) -> dict[str, Any]:
    """Those that `api.stylize` takes."""
    return {name: parameters[name] for name in PAINTING if name in parameters}


def _warp_to(output: Path, picture: Picture, pairs: KeypointPairs, smoothness: float, exaggeration: float = 1.0) -> None:
    """Bends, saves, and writes the recipe beside the picture."""
    pairs = pairs.validated(picture.size)
    save_picture(api.warp(picture, pairs.exaggerated(exaggeration).within(picture.size), smoothness=smoothness), output)
    done = {"exaggeration": exaggeration, "smoothness": smoothness, "width": picture.width, "height": picture.height}
    _write_recipe(output, make_recipe("warp", "", "", done, 0, pairs.rows(), [], "cpu"))
    say(str(output))


def recipe_path(output: Path) -> Path:
    """Of the picture's recipe."""
    return output.with_suffix(".recipe.json")


def _write_recipe(output: Path, recipe: str) -> None:
    with atomic_write(recipe_path(output)) as file:
        file.write(recipe.encode("utf-8"))


def _scaled_to(picture: Picture, long_side: int) -> Picture:
    if long_side < 16:
        raise BrushwarpError("setting", f"The size is {long_side} pixels.", "Choose at least 16.")
    share = long_side / max(picture.size)
    size = tuple(max(2, round(side * share)) for side in picture.size)
    alpha = None if picture.alpha is None else resize(picture.alpha, size)
    scaled = picture.with_pixels(resize(picture.pixels, size), alpha)
    ppi = picture.ppi and (picture.ppi[0] * share, picture.ppi[1] * share)
    return replace(scaled, ppi=ppi)
