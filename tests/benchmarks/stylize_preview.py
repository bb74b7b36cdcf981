"""How soon the preview of Stylize shows something, and how soon all of it: from `StylizePreview.ask`, the worker's own process included.

    .venv/bin/python tests/benchmarks/stylize_preview.py [--style vangogh_starry_night] [--rounds 5]

Wanted on two cores: a first picture within 1.5 s of a change, and within 5 s where the worker has to be started first. Last time: see
MEASURED.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1] / "worker"))

from worker_home import Home  # noqa: E402

from brushwarp.bridge.previews import StylizePreview, small_size  # noqa: E402
from brushwarp.bridge.request import StylizeRequest  # noqa: E402
from brushwarp.sample import render_sample  # noqa: E402

LAYER = (4000, 3000)
MEASURED = "two AVX2 cores, shared (load 4): cold 5.1 s, all strokes 10.6 s; brush 0.4 and 3.3 s, strength 0.15 s, arrow 1.6 s"


def seconds_until_seen(preview: StylizePreview, request: StylizeRequest) -> tuple[float, float]:
    """The first picture, and the one with all its strokes."""
    start, first = time.perf_counter(), 0.0
    preview.ask(request)
    while preview.is_waiting:
        if preview.news() is not None:
            first = first or time.perf_counter() - start
        time.sleep(0.002)
    assert not preview.words, preview.words
    return first, time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--style", default="vangogh_starry_night")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    print(f"last time: {MEASURED}; {torch.get_num_threads()} threads here")
    width, height = small_size(*LAYER)
    picture = render_sample(width, height)
    pixels = np.dstack([(picture.permute(1, 2, 0) * 255).byte().numpy(), np.full((height, width), 255, np.uint8)]).tobytes()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"BRUSHWARP_HOME": folder, "XDG_RUNTIME_DIR": folder}
        home = Home(Path(folder) / "home")
        home.install_engine()
        preview = StylizePreview(pixels, (width, height))
        arrows = ((1000, 1000, 1200, 1100),)
        changes = {
            "brush": lambda step: {"brush_scale": 1 + step / 10},
            "strength": lambda step: {"strength": 1 - step / 10},
            "arrow": lambda step: {"keypoints": ((1000, 1000, 1200 + 50 * step, 1100),)},
        }
        first, whole = seconds_until_seen(preview, StylizeRequest(*LAYER, arguments.style, keypoints=arrows))
        print(f"{width} x {height}, cold:              first {first:.2f} s, all strokes {whole:.2f} s")
        for name, change in changes.items():
            took = [seconds_until_seen(preview, StylizeRequest(*LAYER, arguments.style, **change(step + 1))) for step in range(arguments.rounds)]
            first, whole = (statistics.median(column) for column in zip(*took, strict=True))
            worst = max(seconds for seconds, _ in took)
            print(f"{width} x {height}, {name:8} changed: first {first:.2f} s (worst {worst:.2f}), all strokes {whole:.2f} s")
        preview.close()
        home.close()


if __name__ == "__main__":
    main()
