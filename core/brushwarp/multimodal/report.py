"""What a training looks like while it runs: loss curves (PNG) and a sheet of samples (JPEG)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from ..image.atomic import atomic_write
from ..styles.pack import StylePack
from .photos import open_rgb, to_tensor
from .transfer import Painter, plan_painting

CURVE_WINDOW = 25  # iterations in the running mean of a curve
SAMPLE_SHORT_SIDE = 768


def draw_loss_curves(history: list[dict[str, float]], path: Path, title: str = "Hierarchical loss, by scale") -> None:
    """Every term over the iterations, on a logarithmic axis. PNG, as it is written at once or not at all."""
    from matplotlib.figure import Figure  # slow to import, and wanted here only

    figure = Figure(figsize=(10, 5), layout="constrained")
    axes = figure.add_subplot()
    for name in sorted({name for terms in history for name in terms}):
        points = [(iteration, terms[name]) for iteration, terms in enumerate(history, 1) if name in terms]
        iterations, values = np.array(points).T
        width = min(CURVE_WINDOW, len(values))
        smooth = np.convolve(values, np.ones(width) / width, mode="valid")
        axes.plot(iterations[width - 1 :], smooth, ".", markersize=1, label=name)
    axes.set(yscale="log", xlabel="iteration", ylabel="loss", title=title)
    axes.grid(alpha=0.3)
    axes.legend(markerscale=8)
    with atomic_write(path) as file:
        figure.savefig(file, format="png", dpi=110)


def paint_samples(pack: StylePack, photos: list[Path], path: Path, device: torch.device) -> None:
    """A sheet with the given photographs painted side by side."""
    painter = Painter(pack, device)
    tiles = []
    for photo in photos:
        image = open_rgb(photo)
        share = SAMPLE_SHORT_SIDE / min(image.size)
        image = image.resize([round(side * share) for side in image.size], Image.Resampling.LANCZOS)
        painted = painter.paint(to_tensor(image), plan_painting((image.height, image.width)))
        tiles.append(Image.fromarray((painted.permute(1, 2, 0) * 255).round().byte().numpy()))
    sheet = Image.new("RGB", (sum(tile.width for tile in tiles), max(tile.height for tile in tiles)))
    left = 0
    for tile in tiles:
        sheet.paste(tile, (left, 0))
        left += tile.width
    with atomic_write(path) as file:
        sheet.save(file, "JPEG")
