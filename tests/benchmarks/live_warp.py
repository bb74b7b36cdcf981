"""How soon a preview follows an arrow: from `LiveWarp.ask` to its news, the worker's own process included.

    .venv/bin/python tests/benchmarks/live_warp.py [--sides 512,1024] [--rounds 20]

Wanted: within 200 ms at 1024 px on two cores, of which a host's look at its arrows takes up to 50. Last time: see MEASURED.
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

from brushwarp.bridge.bend import Bend  # noqa: E402
from brushwarp.bridge.live import LiveWarp, Preview  # noqa: E402
from brushwarp.geometry import KeypointPairs, warp  # noqa: E402
from brushwarp.image import Picture  # noqa: E402
from brushwarp.sample import render_sample  # noqa: E402

ARROWS = 12
MEASURED = "two AVX2 cores: 512 px 69 ms, 8.6 times as fast as the exact warp alone; 1024 px 140 ms, 2.4 times"


def seconds_to_follow(live: LiveWarp, request, pixels: bytes) -> float:
    start = time.perf_counter()
    live.ask(request, pixels)
    while not isinstance(news := live.news(), Preview):
        if news is not None and not hasattr(news, "position"):
            raise news
        time.sleep(0.002)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sides", default="512,1024")
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    print(f"last time: {MEASURED}; {torch.get_num_threads()} threads here")
    chance = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"BRUSHWARP_HOME": folder, "XDG_RUNTIME_DIR": folder}
        home = Home(Path(folder) / "home")
        home.install_engine()
        live = LiveWarp()
        for side in map(int, arguments.sides.split(",")):
            picture = render_sample(side, side)
            pixels = np.dstack([(picture.permute(1, 2, 0) * 255).byte().numpy(), np.full((side, side), 255, np.uint8)]).tobytes()
            source = chance.uniform(0.15, 0.85, (ARROWS, 2)) * side
            took = []
            for _ in range(arguments.rounds + 2):
                rows = np.concatenate([source, source + chance.normal(0, 0.03 * side, (ARROWS, 2))], 1)
                took.append(seconds_to_follow(live, Bend(1.0, 0.1).preview([tuple(row) for row in rows], (side, side), (side, side), 0), pixels))
            start = time.perf_counter()
            warp(Picture(picture), KeypointPairs.from_rows(rows))
            whole = time.perf_counter() - start
            middle = statistics.median(took[2:])  # the first ones load the worker
            print(f"{side:5} px: {middle * 1000:4.0f} ms (worst {max(took[2:]) * 1000:.0f}); the exact warp alone {whole * 1000:.0f}, {whole / middle:.1f} times as long")
        live.close()
        home.close()


if __name__ == "__main__":
    main()
