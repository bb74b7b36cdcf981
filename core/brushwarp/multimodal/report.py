"""What a training looks like while it runs: one page (PNG) with the loss curves of every scale above a row of samples over time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from ..image.atomic import atomic_write
from ..styles.pack import StylePack
from .photos import open_rgb, to_tensor
from .transfer import Painter, Plan

CURVE_WINDOW = 25  # iterations in the running mean of a curve
SAMPLE_SHORT_SIDE = 512
SAMPLE_FORMATS = {".jpg": "JPEG", ".png": "PNG"}
SCALES = ("coarse", "medium", "fine")

History = Sequence[dict[str, float]]


def draw_loss_curves(history: History, path: Path, title: str) -> None:
    """Every term over the iterations, on a logarithmic axis. PNG, as it is written at once or not at all."""
    from matplotlib.figure import Figure  # slow to import, and wanted here only

    figure = Figure(figsize=(10, 5), layout="constrained")
    axes = figure.add_subplot()
    _curves(axes, history, {name: name for name in _names(history)}, _names(history))
    axes.set(title=title, ylabel="loss")
    with atomic_write(path) as file:
        figure.savefig(file, format="png", dpi=110)


def draw_report(history: History, samples: Sequence[Path], path: Path, title: str) -> None:
    """The page: for each scale its terms, those of finer strokes seen from afar among them; below, the samples that `paint_sample` wrote, from
    first to last. PNG."""
    from matplotlib.figure import Figure

    found = [scale for scale in range(1, 4) if any(name.endswith(f" {scale}") for name in _names(history))]
    terms = sorted({_term(name) for name in _names(history)})
    figure = Figure(figsize=(12, 8), layout="constrained")
    figure.suptitle(title)
    above, below = figure.subfigures(2, 1, height_ratios=(3, 2))
    for axes, scale in zip(np.atleast_1d(above.subplots(1, max(1, len(found)))), found, strict=False):
        _curves(axes, history, {name: _term(name) for name in sorted(_names(history), key=_term) if name.endswith(f" {scale}")}, terms)
        axes.set(title=f"{SCALES[scale - 1]} strokes")
    for axes, sample in zip(np.atleast_1d(below.subplots(1, max(1, len(samples)))), samples, strict=False):
        axes.imshow(np.asarray(open_rgb(sample)))
        axes.set_title(str(int(sample.stem)), fontsize=9)
    for axes in below.axes:
        axes.axis("off")
    with atomic_write(path) as file:
        figure.savefig(file, format="png", dpi=110)


def _names(history: History) -> list[str]:
    return sorted({name for terms in history for name in terms})


def _term(name: str) -> str:
    """Of a scale's term what it is called beside others of that scale: "afar style 1" is "style from afar"."""
    term = name.rsplit(" ", 1)[0]
    return term.removeprefix("afar ") + " from afar" if term.startswith("afar ") else term


def _curves(axes, history: History, labels: dict[str, str], colours: Sequence[str]) -> None:
    """colours: all labels of the page, in the order of their colours, so that each has the same one wherever it is drawn."""
    for name, label in labels.items():
        points = [(iteration, terms[name]) for iteration, terms in enumerate(history, 1) if name in terms]
        iterations, values = np.array(points).T
        width = min(CURVE_WINDOW, len(values))
        smooth = np.convolve(values, np.ones(width) / width, mode="valid")
        axes.plot(iterations[width - 1 :], smooth, ".", markersize=1, label=label, color=f"C{colours.index(label)}")
    axes.set(yscale="log", xlabel="iteration")
    axes.grid(alpha=0.3)
    axes.legend(markerscale=8, fontsize=8)


def paint_sample(pack: StylePack, subnets: int, photo: Path, path: Path, device: torch.device) -> None:
    """A photograph as the first `subnets` of a style's three paint it, for the others may have learnt nothing yet. path: one of SAMPLE_FORMATS."""
    image = open_rgb(photo)
    share = SAMPLE_SHORT_SIDE / min(image.size)
    image = image.resize([round(side * share) for side in image.size], Image.Resampling.LANCZOS)
    painter = Painter(pack, device)
    plan = Plan(painter.plan_freely((image.height, image.width)).sizes[:subnets])
    painted = painter.paint(to_tensor(image), plan)
    with atomic_write(path) as file:
        Image.fromarray((painted.permute(1, 2, 0) * 255).round().byte().numpy()).save(file, SAMPLE_FORMATS[path.suffix])
