"""`distill`: teaches the compact encoder what a VGG sees, from photographs and paintings."""

from __future__ import annotations

import argparse
import math
import os
from pathlib import Path

from tqdm import tqdm

from ..errors import BrushwarpError, Cancelled
from ..features import load_encoder
from ..features.compact import load_compact
from ..features.distillation import Distillation, DistillationSettings
from ..features.windows import stream_windows
from ..multimodal.photos import find_photos
from ..training.checkpoint import checkpoint_path
from .terminal import say, tell

SMALLEST_WINDOW = 32  # pixels: relu5_1 has two by two of them


def register(commands: argparse._SubParsersAction) -> None:
    usual = DistillationSettings()
    parser = commands.add_parser("distill", help="make a compact encoder out of a VGG")
    parser.add_argument("--photos", type=Path, required=True, metavar="FOLDER", help="photographs to practise on")
    parser.add_argument("--paintings", type=Path, metavar="FOLDER", help="paintings, which make every second window")
    parser.add_argument("--weights", type=Path, metavar="FOLDER", help="where the teacher's weights lie")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="ends in .safetensors")
    parser.add_argument("--from", dest="start", type=Path, metavar="FILE", help="train on from this encoder")
    parser.add_argument("--iterations", type=int, default=usual.iterations)
    parser.add_argument("--batch", type=int, default=usual.batch)
    parser.add_argument("--window", type=int, default=usual.window, help="pixels")
    parser.add_argument("--learning-rate", type=float, default=usual.learning_rate)
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--loaders", type=int, default=usual.loaders, help="processes that read pictures")
    parser.set_defaults(run=run_distill)


def run_distill(arguments: argparse.Namespace) -> None:
    output: Path = arguments.output
    _check(arguments)
    settings = DistillationSettings(
        iterations=arguments.iterations,
        batch=arguments.batch,
        window=arguments.window,
        learning_rate=arguments.learning_rate,
        final_learning_rate=arguments.learning_rate / 100,
        seed=arguments.seed,
        loaders=arguments.loaders,
    )
    groups = [find_photos(folder) for folder in (arguments.photos, arguments.paintings) if folder]
    teacher = load_encoder(folder=arguments.weights)
    if teacher.name == "compact":
        raise BrushwarpError(
            "weights-missing", "There is no VGG here to learn from.", "Run `brushwarp weights get vgg19`, or name a folder that has one with --weights."
        )
    training = Distillation(teacher, settings, load_compact(arguments.start) if arguments.start else None)
    checkpoint = checkpoint_path(output)
    if checkpoint.exists():
        if not training.resume(checkpoint):
            raise BrushwarpError("output-taken", f"{checkpoint} holds another training.", f"Name another -o, or remove {checkpoint.name}.")
        tell(f"Going on from iteration {training.iteration}.")
    elif output.exists() and output != arguments.start:
        raise BrushwarpError("output-taken", f"{output} holds a finished encoder.", f"Name another -o, or train it on with --from {output}.")
    tell(f"Distilling {teacher.name} on {sum(map(len, groups))} pictures, {settings.iterations} iterations.")
    stream = stream_windows(
        groups, window=settings.window, batch=settings.batch, seed=settings.seed,
        start=training.iteration * settings.batch, loaders=settings.loaders,
    )
    with tqdm(total=settings.iterations, initial=training.iteration, desc="Distilling", smoothing=0.02) as bar:

        def on_step(terms: dict[str, float]) -> None:
            bar.update(1)
            bar.set_postfix_str(", ".join(f"{name} {value:.3f}" for name, value in terms.items()))

        try:
            training.run(stream, output, on_step)
        except KeyboardInterrupt as stop:
            kept = f"{output} is as it was last saved; the same command goes on from there."
            raise Cancelled(kept if checkpoint.exists() else "Nothing had been saved yet.") from stop
    checkpoint.unlink(missing_ok=True)
    say(str(output))


def _check(arguments: argparse.Namespace) -> None:
    """Raises BrushwarpError for what would only fail after the teacher has been loaded, or after hours."""
    if arguments.output.suffix != ".safetensors":
        raise BrushwarpError("encoder-name", f"{arguments.output.name} is no name for an encoder.", "Let it end in .safetensors.")
    folder = arguments.output.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise BrushwarpError("save-folder", f"{folder} is no folder that can be written to.", "Choose another folder, or make it first.")
    for words, value, fine, hint in (
        ("--iterations", arguments.iterations, arguments.iterations >= 1, "Choose 1 or more."),
        ("--batch", arguments.batch, arguments.batch >= 2, "Choose 2 or more: style distances need pairs."),
        ("--window", arguments.window, arguments.window >= SMALLEST_WINDOW, f"Choose {SMALLEST_WINDOW} or more."),
        ("--loaders", arguments.loaders, arguments.loaders >= 0, "Choose 0 or more."),
        ("--learning-rate", arguments.learning_rate, 0 < arguments.learning_rate < math.inf, "Choose one above 0, such as 0.002."),
    ):
        if not fine:
            raise BrushwarpError("setting", f"{words} is {value}.", hint)
