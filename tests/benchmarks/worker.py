"""What the worker costs apart from the painting: its start, the way of a 12-megapixel layer there and back, its layouts.

    .venv/bin/python tests/benchmarks/worker.py [--repeats 5] [--megapixels 24]

Starts a worker of its own, in a home of its own. Prints medians of wall seconds; CPU seconds of one core for the layouts.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "worker"))
from worker_home import Home  # noqa: E402

from brushwarp.bridge.client import PixelFormat, StylizeRequest  # noqa: E402
from brushwarp.measuring import anonymous_memory  # noqa: E402
from brushwarp.styles import list_styles  # noqa: E402
from brushwarp.worker.pixels import DTYPES, picture_from_wire, picture_to_wire  # noqa: E402

WIDTH, HEIGHT = 4000, 3000
LAYOUTS = (
    PixelFormat("RGBA", "u8", "srgb"),
    PixelFormat("BGRA", "u16", "linear"),
    PixelFormat("RGBA", "f32", "srgb"),
    PixelFormat("RGBA", "f32", "linear"),
)


def median(act: Callable[[], object], repeats: int, clock: Callable[[], float] = time.perf_counter) -> float:
    seconds = []
    for _ in range(repeats):
        start = clock()
        act()
        seconds.append(clock() - start)
    return statistics.median(seconds)


def start_up(home: Home, repeats: int) -> None:
    home.install_engine()
    listening, ready = [], []
    for _ in range(repeats):
        start = time.perf_counter()
        with home.connect() as client:
            listening.append(time.perf_counter() - start)
            style = list_styles()[0].path.stem
            client.stylize(StylizeRequest(32, 32, style), bytes(32 * 32 * 4))
            ready.append(time.perf_counter() - start)
        home.close()
    print(
        f"cold start: {statistics.median(listening):.2f} s to a worker that answers, {statistics.median(ready):.2f} s to its first small picture"
    )


def there_and_back(home: Home, repeats: int) -> None:
    home.install()
    pixels = os.urandom(1 << 20) * 45 + bytes(WIDTH * HEIGHT * 4 - 45 * (1 << 20))
    with home.connect() as client:
        print(f"connect to a running worker: {median(lambda: home.connect().close(), repeats) * 1000:.1f} ms")
        job = StylizeRequest(WIDTH, HEIGHT, "invert")
        whole = median(lambda: client.stylize(job, pixels), repeats)
        work = median(lambda: pixels.translate(bytes(range(255, -1, -1))), repeats)
        print(
            f"12 megapixels u8 there and back: {whole * 1000:.0f} ms, of which the light job took {work * 1000:.0f} ms"
        )
    home.close()


def layout_costs(layout: PixelFormat, repeats: int) -> None:
    raw = np.random.default_rng(0).random((HEIGHT, WIDTH, layout.channels), np.float32)
    if layout.depth != "f32":
        raw = (raw * np.iinfo(DTYPES[layout.depth]).max).astype(DTYPES[layout.depth])
    data = raw.tobytes()
    picture, _ = picture_from_wire(data, WIDTH, HEIGHT, layout)
    into = median(lambda: picture_from_wire(data, WIDTH, HEIGHT, layout), repeats, time.process_time)
    out = median(lambda: picture_to_wire(picture, layout), repeats, time.process_time)
    print(f"12 megapixels {layout.order} {layout.depth} {layout.transfer}: {into:.3f} s in, {out:.3f} s out (CPU)")


def memory(home: Home, megapixels: float) -> None:
    """Of a real job, on a worker that has painted a small one before; BRUSHWARP_MEMORY is its budget."""
    home.install_engine()
    height = round((megapixels * 1e6 / 1.5) ** 0.5)
    width = round(1.5 * height)
    row = np.linspace(0, 255, width, dtype=np.uint8)
    pixels = np.stack([np.stack([row, np.roll(row, y), np.full(width, y % 256, np.uint8), np.full(width, 255, np.uint8)], 1) for y in range(height)]).tobytes()
    style = list_styles()[0].path.stem
    with home.connect() as client:
        client.stylize(StylizeRequest(32, 32, style), pixels[: 32 * 32 * 4])
        idle = most = anonymous_memory(client.worker_pid) / 1e6
        start, done = time.perf_counter(), threading.Event()

        def look() -> None:
            nonlocal most
            while not done.wait(0.05):
                most = max(most, anonymous_memory(client.worker_pid) / 1e6)

        looking = threading.Thread(target=look)
        looking.start()
        client.stylize(StylizeRequest(width, height, style), pixels)
        done.set()
        looking.join()
    print(f"{megapixels:g} megapixels u8: {idle:.0f} MB idle, {most - idle:.0f} MB more at the peak, {time.perf_counter() - start:.0f} s")
    home.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--megapixels", type=float, help="only the memory that a painting of so many takes")
    arguments = parser.parse_args()
    repeats = arguments.repeats
    with tempfile.TemporaryDirectory(prefix="bw-") as folder:
        (Path(folder) / "run").mkdir()
        os.environ.update(BRUSHWARP_HOME=f"{folder}/home", XDG_RUNTIME_DIR=f"{folder}/run")
        home = Home(Path(folder) / "home")
        if arguments.megapixels:
            memory(home, arguments.megapixels)
            return
        start_up(home, repeats)
        there_and_back(home, repeats)
    for layout in LAYOUTS:
        layout_costs(layout, repeats)


if __name__ == "__main__":
    main()
