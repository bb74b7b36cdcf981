"""How many iterations a second a training takes, stage by stage; on a CUDA device recorded as a graph, and as written.

    BRUSHWARP_DEV_DATA=… .venv/bin/python tests/benchmarks/training.py [--device cuda] [--batch 1,2,4] [--iterations 30]

Batches are read beforehand: reading them is other processes' work. Each figure is the median iteration's. Last time, on an H200, with
windows of 384 px alone:

    batch 1: style 115.6 / 18.1, enhance 66.9 / 12.3, refine 55.2 / 9.4, finer 33.3 / 6.8, together 26.9 / 4.1, peak 2.6 GiB
    batch 2: style 61.1 / 12.4, enhance 28.4 / 10.4, refine 25.1 / 7.9, finer 14.3 / 5.7, together 12.0 / 4.5, peak 4.9 GiB
    batch 4: style 48.6 / 17.4, enhance 22.3 / 10.3, refine 19.1 / 9.4, finer 11.1 / 5.4, together 9.3 / 5.2, peak 7.6 GiB

On two cores with AMX (beside a training on a CUDA device), batch 1: style 1.2 to 1.8, enhance 0.5 to 0.6, refine 0.4 to 0.5: a standard style in
about an hour.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from functools import partial
from pathlib import Path
from unittest import mock

import torch

from brushwarp.devices import choose_device, describe_device
from brushwarp.features import load_encoder
from brushwarp.multimodal.photos import find_photos
from brushwarp.multimodal.train import Stage, Training, TrainingSettings, usual_iterations, usual_windows
from brushwarp.replay import AS_WRITTEN
from brushwarp.styles import StyleCard
from brushwarp.training.iteration import Iteration


def median_seconds(training: Training, stage: Stage, batch: list[torch.Tensor], count: int, *, record: bool) -> float:
    with mock.patch("brushwarp.training.iteration.replayable", lambda optimiser: record and training.device.type == "cuda"):
        iteration = Iteration(partial(training.losses, stage), training.optimiser, batch, training.device, [training.loss.chance])
    times = []
    for index in range(AS_WRITTEN + 1 + count):
        begun = time.perf_counter()
        training._prepare(stage)
        iteration(batch)  # waits for the device
        if index > AS_WRITTEN:
            times.append(time.perf_counter() - begun)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device")
    parser.add_argument("--batch", default="1")
    parser.add_argument("--iterations", type=int, default=30)
    arguments = parser.parse_args()
    data = Path(os.environ["BRUSHWARP_DEV_DATA"])
    device = choose_device(arguments.device)
    paintings = ((data / "style" / "vangogh_starry_night.jpg",),) * 3
    encoder = load_encoder(folder=data / "weights")
    window, fine_window = usual_windows(device)
    print(f"{describe_device(device)}, windows of {window} and {fine_window} px; iterations a second, recorded / as written")
    for size in map(int, arguments.batch.split(",")):
        iterations = usual_iterations("standard", device, fine_window)
        settings = TrainingSettings(iterations=iterations, batch=size, window=window, fine_window=fine_window, loaders=0)
        training = Training(StyleCard("bench", "Bench"), paintings, encoder, settings, device)
        batch = next(training.batches(find_photos(data / "content" / "train"), 0))
        row = []
        for stage in settings.stages:
            ways = [median_seconds(training, stage, batch, arguments.iterations, record=record) for record in (True, False)]
            row.append(f"{stage.name} {1 / ways[0]:.1f} / {1 / ways[1]:.1f}")
        peak = f", peak {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB" if device.type == "cuda" else ""
        print(f"batch {size}: {', '.join(row)}{peak}", flush=True)


if __name__ == "__main__":
    main()
