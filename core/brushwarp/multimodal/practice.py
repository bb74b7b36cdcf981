"""A training from its photographs to the finished pack: what the command line and the detached training share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ..bridge.language import _
from ..styles import StylePack, save_pack
from .photos import SAMPLES_SUFFIX, find_photos, worth_practising
from .report import draw_report, paint_sample
from .thumbnail import small_painting, with_thumbnail
from .train import Report, Training

SAMPLES = 8  # pictures over a training
FEW_PHOTOS = 50


def photographs(folder: Path) -> tuple[list[Path], list[str]]:
    """What is practised on, and what its owner should know of it, in sentences. Raises BrushwarpError("photos-missing")."""
    photos, passed_over = worth_practising(find_photos(folder))
    notes = []
    if passed_over:
        notes.append(_("{} pictures are passed over: they can't be read, or are too small.").format(passed_over))
    if len(photos) < FEW_PHOTOS:
        notes.append(
            _("{} photographs are few: the style will suit pictures like these, and others less. A thousand are better.").format(len(photos))
        )
    return photos, notes


def practise(
    training: Training,
    photos: list[Path],
    output: Path,
    on_report: Callable[[Report], None],
    on_note: Callable[[str], None],
    on_sample: Callable[[Path], None] = lambda path: None,
    *,
    painting: Path | None = None,
    sample_suffix: str = ".jpg",
) -> StylePack:
    """Trains from wherever `training` stands to the finished pack, with its thumbnail, at `output`; the checkpoint stays beside it.

    on_report: called after every iteration; what it raises passes through. on_note: before that, with a sentence for whoever waits, where
    there is one. on_sample: with each picture painted on the way, one at each eighth, in a folder beside `output`. painting: to keep a
    small copy of in the pack. sample_suffix: one of `report.SAMPLE_FORMATS`.
    """
    kept = None if painting is None else small_painting(painting)  # now: who knows what is moved in hours
    total, samples = training.settings.total, output.with_suffix(SAMPLES_SUFFIX)
    samples.mkdir(exist_ok=True)
    setbacks = training.setbacks

    def report_and_paint(report: Report) -> None:
        nonlocal setbacks
        if report.setbacks > setbacks:
            setbacks = report.setbacks
            on_note(_("The loss was no number: back to iteration {}, and on at half the rate.").format(report.iteration))
        on_report(report)
        if report.iteration * SAMPLES // total > (report.iteration - 1) * SAMPLES // total:
            path = samples / f"{report.iteration:06}{sample_suffix}"
            paint_sample(training.pack(), training.subnets, photos[len(photos) // 2], path, training.device)
            on_sample(path)

    def draw(training: Training) -> None:
        title = f"{training.card.name}, {training.iteration} of {total} iterations"
        draw_report(training.history, sorted(samples.glob(f"*{sample_suffix}")), output.with_suffix(".report.png"), title)

    pack = with_thumbnail(training.run(photos, output, report_and_paint, draw))
    pack = replace(pack, painting=kept)
    save_pack(pack, output)
    return pack
