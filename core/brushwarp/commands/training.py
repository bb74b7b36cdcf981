"""`train`: a painting and a folder of photographs in, a style pack out."""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from tqdm import tqdm

from ..architectures import ARCHITECTURES, MULTIMODAL
from ..devices import choose_device, describe_device
from ..errors import BrushwarpError, Cancelled, explain
from ..features import load_encoder
from ..multimodal.objective import STYLE_SHORT_SIDES
from ..multimodal.practice import photographs, practise
from ..multimodal.train import QUALITIES, Paintings, Report, Training, TrainingSettings, usual_iterations, usual_windows
from ..singular import train as singular
from ..styles import StyleCard, load_pack
from ..training.checkpoint import checkpoint_path
from ..training.parallel import Fellows
from .terminal import say, tell

WINDOWS = range(16, 2 * STYLE_SHORT_SIDES[0] + 1, 2)  # half a window is cut from the photograph at the coarsest scale
LEAST_WINDOWS = (32, 64)  # of the two finer scales: seen from afar, halved once and twice, they have the 16 pixels that a loss network asks for


@dataclass(frozen=True)
class Course:
    """How networks of a kind are trained: by which loop, with which settings, and how long."""

    training: type[Training]
    settings: type[TrainingSettings]
    iterations: Callable[[str, torch.device, int], tuple[int, ...]]  # of a quality, on a device, with fine windows of so many pixels


HIERARCHICAL = Course(Training, TrainingSettings, usual_iterations)
SINGULAR = Course(singular.SingularTraining, singular.SingularSettings, lambda quality, *_: singular.QUALITIES[quality])


def register(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("train", help="teach Brushwarp a style from a painting")
    parser.add_argument("pictures", type=Path, nargs="+", metavar="PICTURE", help="a painting, or several of one painter")
    for strokes in ("medium", "fine"):
        parser.add_argument(f"--{strokes}", type=Path, nargs="+", default=[], metavar="PICTURE", help=f"learn the {strokes} strokes from these instead")
    parser.add_argument("--photos", type=Path, required=True, metavar="FOLDER", help="photographs to practise on")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="PACK", help="ends in .safetensors")
    parser.add_argument("--from", dest="start", type=Path, metavar="PACK", help="train on from this pack")
    parser.add_argument("--quality", choices=QUALITIES, default="standard")
    parser.add_argument(
        "--iterations", metavar="STYLE,ENHANCE,REFINE,FINER,TOGETHER",
        help="instead of --quality: the length of each stage (one number for the other architectures)",
    )
    parser.add_argument("--architecture", choices=ARCHITECTURES, help=f"the network to train: {MULTIMODAL} unless a pack says otherwise")
    parser.add_argument(
        "--style-size", type=int, choices=STYLE_SHORT_SIDES, help=f"the painting's short side, for other architectures than {MULTIMODAL}"
    )
    parser.add_argument("--weights", type=Path, metavar="FOLDER", help="where the loss network's weights lie")
    parser.add_argument("--batch", type=int, help=f"1, or 4 for other architectures than {MULTIMODAL}")
    parser.add_argument(
        "--window", type=int, help="pixels of what the network practises on: at the two finer scales 384, or 512 on a CUDA device; 256 of other architectures"
    )
    parser.add_argument(
        "--fine-window", type=int,
        help="pixels of what the fine strokes are practised on, twice --window at most, with which it is a whole picture: by default as --window, "
        "or, without that, where there are 12 GB, 768, and 1024 on a CUDA device",
    )
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device")
    parser.add_argument("--loaders", type=int, default=1, help="processes that read photographs")
    parser.add_argument(
        "--without-painting", action="store_true", help="keep no small copy of PICTURE in the pack (keypoints can be suggested towards it)"
    )
    for name, words in (("name", "the style's name"), ("artist", ""), ("year", ""), ("source", "where the picture is from"), ("credits", "")):
        parser.add_argument(f"--{name}", default="", help=words or None)
    parser.set_defaults(run=run_train)


def run_train(arguments: argparse.Namespace) -> None:
    output: Path = arguments.output
    if output.suffix != ".safetensors":
        raise BrushwarpError("pack-name", f"{output.name} is no name for a style pack.", "Let it end in .safetensors.")
    if not output.parent.is_dir() or not os.access(output.parent, os.W_OK):
        raise BrushwarpError("save-folder", f"{output.parent} is no folder that can be written to.", "Choose another folder, or make it first.")
    _check_settings(arguments)
    start = load_pack(arguments.start) if arguments.start else None
    card = replace(start.card if start else StyleCard(id=output.stem, name=output.stem), **_named(arguments))
    course = HIERARCHICAL if card.architecture == MULTIMODAL else SINGULAR
    fellows = Fellows.named_by(os.environ)
    device = choose_device(arguments.device or (f"cuda:{fellows.place}" if fellows.count > 1 and torch.cuda.is_available() else None))
    settings = _settings(arguments, course, device)
    checkpoint = checkpoint_path(output)
    if output.exists() and not checkpoint.exists() and not arguments.start:
        raise BrushwarpError(
            "output-taken", f"{output} holds a finished style.", f"Name another -o, remove it, or train it on with --from {output}."
        )
    photos, notes = photographs(arguments.photos)
    fellows.meet(device)
    training = course.training(card, _paintings(arguments, course), load_encoder(folder=arguments.weights), settings, device, fellows)
    if checkpoint.exists():
        if not training.resume(checkpoint):
            raise BrushwarpError(
                "output-taken", f"{checkpoint} holds another training: its painting or its settings differ.",
                f"Name another -o, or remove {checkpoint.name}.",
            )
        tell(f"Going on from iteration {training.iteration}.")
    elif start:
        training.start_from(start)
    if not fellows.first:
        training.run(photos, output, lambda report: None, lambda training: None)
        fellows.part()
        return
    for note in notes:
        tell(note)
    several = f" and {fellows.count - 1} more" if fellows.count > 1 else ""
    tell(f"Training {card.name} on {describe_device(device)}{several}, {len(photos)} photographs, {settings.total} iterations.")
    bar = tqdm(total=settings.total, initial=training.iteration, desc="Training", smoothing=0.02)

    def on_report(report: Report) -> None:
        hours, minutes = divmod(round(report.seconds_left / 60), 60)
        losses = ", ".join(f"{key} {value:.3f}" for key, value in report.terms.items())
        bar.set_postfix_str(f"{report.stage}, {hours} h {minutes:02} min left, {losses}", refresh=False)
        bar.update(report.iteration - bar.n)

    try:
        kept = None if arguments.without_painting else arguments.pictures[0]
        practise(training, photos, output, on_report, lambda note: bar.write(note, file=sys.stderr), painting=kept)
    except KeyboardInterrupt as stop:
        raise Cancelled(_kept(output, checkpoint)) from stop
    except Exception as error:
        told = explain(error)
        if told.code != "disk-full":
            raise
        raise BrushwarpError(told.code, told.message, f"Free some space. {_kept(output, checkpoint)}") from error
    finally:
        bar.close()
    fellows.part()
    checkpoint.unlink(missing_ok=True)
    say(str(output))


def _kept(output: Path, checkpoint: Path) -> str:
    """What remains of a training that ends here."""
    if not checkpoint.exists():
        return "Nothing had been saved yet."
    return f"{output} and {checkpoint.name} are as they were last saved; the same command goes on from there."


def _paintings(arguments: argparse.Namespace, course: Course) -> Paintings:
    others = [tuple(arguments.medium), tuple(arguments.fine)]
    if any(others) and course is not HIERARCHICAL:
        raise BrushwarpError("setting", "Only a multimodal style has medium and fine strokes.", "Leave out --medium and --fine.")
    pictures = tuple(arguments.pictures)
    return pictures, *(other or pictures for other in others)


def _named(arguments: argparse.Namespace) -> dict[str, str]:
    """What the command says of the card."""
    given = {key: getattr(arguments, key) for key in ("name", "artist", "year", "source", "credits", "architecture")}
    return {"id": arguments.output.stem} | {key: value for key, value in given.items() if value}


def _settings(arguments: argparse.Namespace, course: Course, device: torch.device) -> TrainingSettings:
    chosen = {name: getattr(arguments, name) for name in ("batch", "style_size", "window") if getattr(arguments, name) is not None}
    if course is HIERARCHICAL:
        usual = usual_windows(device) if arguments.window is None else (arguments.window, arguments.window)
        chosen |= {"window": usual[0], "fine_window": usual[1] if arguments.fine_window is None else arguments.fine_window}
        _check_windows(chosen["window"], chosen["fine_window"])
    elif arguments.fine_window is not None:
        raise BrushwarpError("setting", "Only a multimodal style has fine strokes.", "Leave out --fine-window.")
    if "style_size" in chosen and course is HIERARCHICAL:
        raise BrushwarpError(
            "setting", f"{MULTIMODAL} learns the painting at {', '.join(map(str, STYLE_SHORT_SIDES))} pixels together.",
            "Leave out --style-size, or choose another --architecture.",
        )
    iterations = course.iterations(arguments.quality, device, chosen.get("fine_window", 0))
    if arguments.iterations is not None:
        iterations = _iterations(arguments.iterations, iterations)
    return course.settings(
        iterations=iterations,
        learning_rate=arguments.learning_rate,
        final_learning_rate=arguments.learning_rate / 5,
        seed=arguments.seed,
        loaders=arguments.loaders,
        **chosen,
    )


def _check_windows(window: int, fine_window: int) -> None:
    """Raises BrushwarpError("setting") for what would only fail when the finer strokes' turn has come."""
    least_window, least_fine = LEAST_WINDOWS
    for words, side, least, most in (("--window", window, least_window, WINDOWS[-1]), ("--fine-window", fine_window, least_fine, 2 * window)):
        if side not in range(least, most + 1, 2):
            raise BrushwarpError("setting", f"{words} is {side}.", f"Choose an even number from {least} to {most}.")


def _check_settings(arguments: argparse.Namespace) -> None:
    """Raises BrushwarpError("setting") for what would only fail when the first photographs are read."""
    for words, fine, hint in (
        ("--batch", arguments.batch is None or arguments.batch >= 1, "Choose 1 or more."),
        ("--loaders", arguments.loaders >= 0, "Choose 0 or more."),
        ("--window", arguments.window is None or arguments.window in WINDOWS, f"Choose an even number from {WINDOWS[0]} to {WINDOWS[-1]}."),
        ("--learning-rate", 0 < arguments.learning_rate < math.inf, "Choose one above 0, such as 0.001."),
    ):
        if not fine:
            value = getattr(arguments, words.removeprefix("--").replace("-", "_"))
            raise BrushwarpError("setting", f"{words} is {value}.", hint)


def _iterations(text: str, example: tuple[int, ...]) -> tuple[int, ...]:
    """A number for each stage, of which there are as many as in `example`."""
    try:
        counts = tuple(int(part) for part in text.split(","))
        if len(counts) != len(example) or min(counts) < 0 or not sum(counts):
            raise ValueError
    except ValueError as error:
        numbers = "one number" if len(example) == 1 else f"{len(example)} numbers"
        raise BrushwarpError("setting", f"{text!r} are no iterations.", f"Write {numbers}, as in {','.join(map(str, example))}.") from error
    return counts
