"""`batch`: many pictures painted with one style that is loaded once, on from where it stopped; or the frames of an animation."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from tqdm import tqdm

from .. import api
from ..devices import describe_device
from ..errors import BrushwarpError, explain
from ..geometry import KeypointPairs, read_arrows
from ..image import Picture
from ..image.atomic import atomic_write
from ..image.files import READ, WRITTEN
from ..progress import OnProgress, Progress
from ..recipe import read_recipe
from .paint import add_settings, load_asked, paint_to, painting, picture_for, recipe_path
from .terminal import tell

# What would befall the other pictures too: no use in trying them.
COMMON_TROUBLES = ("setting", "steady", "keypoints-file", "keypoints-none", "keypoints-nan", "disk-full", "save-folder", "spill-folder", "memory")
FOUND = ("width", "height", "steadied")  # those of a recipe's parameters that come of the picture and its sequence


def register(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("batch", help="paint all pictures of a folder, or the frames of an animation")
    parser.add_argument("pictures", type=Path, nargs="+", metavar="FOLDER_OR_PICTURE", help="pictures in folders within a folder are not taken")
    add_settings(parser)
    parser.add_argument(
        "--frames", action="store_true", help="they are an animation's, in the order of their numbers: what does not move does not flicker"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER", help="what is there and was painted alike is not painted again")
    parser.set_defaults(run=run_batch)


def run_batch(arguments: argparse.Namespace) -> None:
    photos = in_natural_order(_photos(arguments.pictures))
    outputs = _outputs(photos, arguments.output)
    batch = _Batch(arguments)
    tell(f"Painting on {describe_device(batch.painter.device)}.")
    painted, broken = 0, []
    with tqdm(total=len(photos), desc="Painting", bar_format="{desc}: {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}") as bar:
        for place, (photo, output) in enumerate(zip(photos, outputs, strict=True)):
            bar.set_postfix_str(photo.name)
            try:
                notes = batch.paint(photo, output, _moving(bar, place))
            except Exception as error:  # noqa: BLE001 - whatever is wrong with a picture, the others can be painted
                told = explain(error)
                if told.code in COMMON_TROUBLES:
                    raise
                broken.append(photo.name)
                notes = [str(told)]
            else:
                if notes is not None:
                    painted += 1
                    tqdm.write(str(output))
            for note in notes or ():
                bar.write(note if note.startswith(photo.name) else f"{photo.name}: {note}", file=bar.fp)
            bar.update(place + 1 - bar.n)
    tell(f"{painted} painted, {len(photos) - painted - len(broken)} there already, {len(broken)} left out.")
    if broken:
        hint = "Why is said above. Run the same again when that is put right."
        raise BrushwarpError("batch", f"What could not be painted: {', '.join(broken)}.", hint)


@dataclass(frozen=True)
class _First:
    """The first of an animation's frames: its file, where its painting lies, the file's SHA-256, and the size (H, W) that it is painted at."""

    photo: Path
    output: Path
    digest: str
    size: tuple[int, int]


class _Batch:
    """How all pictures are painted, and what the frames among them have in common."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.style, self.painter, self.parameters = load_asked(arguments)
        self._steady = api.Steady() if arguments.frames else None
        self._first: _First | None = None
        self._known = False  # the first frame's statistics are

    def paint(self, photo: Path, output: Path, on_progress: OnProgress) -> list[str] | None:
        """What was done differently, in sentences; None if the picture is there already."""
        digest = sha256(photo.read_bytes()).hexdigest()
        parameters = self.parameters | {"photo": digest}
        if self._steady is not None:
            parameters["steady"] = digest if self._first is None else self._first.digest
        size = self._made_alike(output, parameters)
        if size is not None:
            self._first = self._first or _First(photo, output, digest, size)
            return None
        picture = picture_for(output, photo, self.arguments.size)
        if self._steady is not None and self._first is not None:
            self._follow(picture)
        with atomic_write(recipe_path(output)):
            pass  # nothing yet: after a stop no old recipe lies beside a new picture, and the picture is known as ours
        notes = paint_to(
            output, picture, self.style, self.painter, parameters, self._pairs(picture.size), self.arguments.seed, steady=self._steady,
            on_progress=on_progress,
        )
        self._first, self._known = self._first or _First(photo, output, digest, picture.size), True
        return notes

    def _follow(self, picture: Picture) -> None:
        """Gets ready for a frame after the first: where that was there already, its statistics are taken anew."""
        first = self._first
        if picture.size != first.size:
            ours, theirs = (f"{width} × {height}" for height, width in (picture.size, first.size))
            raise BrushwarpError("frames", f"It has {ours} pixels, and the first frame {theirs}.", "Scale it, or paint it without --frames.")
        if not self._known:
            again = picture_for(first.output, first.photo, self.arguments.size)
            api.stylize(again, self.painter, **painting(self.parameters), steady=self._steady)
            self._known = True

    def _pairs(self, size: tuple[int, int]) -> KeypointPairs:
        """As they are followed, and so stand in recipes."""
        return read_arrows(self.arguments.keypoints, size).validated(size) if self.arguments.keypoints else KeypointPairs.none()

    def _made_alike(self, output: Path, parameters: dict[str, Any]) -> tuple[int, int] | None:
        """The size (H, W) at which the result was painted, if it is there, and whole, and its recipe says that it was painted like this."""
        try:
            record = read_recipe(recipe_path(output).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, BrushwarpError):
            return None
        made = record["parameters"]
        size = made.get("height"), made.get("width")
        if None in size or not output.is_file() or {name: value for name, value in made.items() if name not in FOUND} != parameters:
            return None
        alike = (record["verb"], record["style"]["sha256"], record["seed"]) == ("stylize", self.painter.pack.sha256, self.arguments.seed)
        return size if alike and record["keypoints"] == self._pairs(size).rows() else None


def in_natural_order(paths: Iterable[Path]) -> list[Path]:
    """By name, numbers in it by their value: frame 9 before frame 10."""
    def parts(path: Path) -> list[tuple[float, str]]:
        return [(int(part), "") if part.isdecimal() else (math.inf, part.casefold()) for part in re.split(r"(\d+)", path.name) if part]

    return sorted(paths, key=lambda path: (parts(path), str(path)))


def _photos(named: list[Path]) -> list[Path]:
    """The pictures that are named, and those in folders that are."""
    found: dict[Path, None] = {}
    for path in named:
        inside = [path]
        if path.is_dir():
            inside = [file for file in path.iterdir() if file.suffix.lower() in READ and not file.name.startswith(".") and file.is_file()]
            if not inside:
                hint = "Name a folder with PNG, JPEG, TIFF or WEBP files in it."
                raise BrushwarpError("picture-missing", f"There are no pictures in {path}.", hint)
        found.update(dict.fromkeys(inside))
    return list(found)


def _outputs(photos: list[Path], folder: Path) -> list[Path]:
    """Where each result goes: to the picture's name in the folder, which is made; as PNG where its own format is not written.

    Raises BrushwarpError where a result would take another's place, a picture's, or that of anything that has no recipe and so is none of ours.
    """
    outputs = [folder / (photo.name if photo.suffix.lower() in WRITTEN else f"{photo.stem}.png") for photo in photos]
    sources = {photo.absolute().resolve() for photo in photos}
    taken: dict[str, Path] = {}
    for photo, output in zip(photos, outputs, strict=True):
        other = taken.setdefault(output.stem.casefold(), photo)
        if other is not photo:
            hint = "Rename one of them, or paint them into two folders."
            raise BrushwarpError("batch", f"{other} and {photo} would both become {output.stem}.", hint)
        if output.absolute().resolve() in sources:
            raise BrushwarpError("batch", f"{output} would be painted over.", "Name another folder with -o.")
        if output.exists() and not recipe_path(output).exists():
            hint = "Name another folder with -o, or move it away."
            raise BrushwarpError("batch", f"{output} is there already, with no recipe beside it: it is not painted over.", hint)
    folder.mkdir(parents=True, exist_ok=True)
    return outputs


def _moving(bar: tqdm, place: int) -> OnProgress:
    """Moves the bar from the picture at a place among them to the next one."""
    def show(progress: Progress) -> None:
        bar.update(place + progress.done / max(1, progress.total) - bar.n)

    return show
