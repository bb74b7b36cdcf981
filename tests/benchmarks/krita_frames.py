"""How a long film is painted in the real Krita: the time that each frame takes beside the worker, Krita's memory and its loop.

    .venv/bin/python tests/benchmarks/krita_frames.py [--frames 400]

With the real worker and a painter that hands the picture back, as in krita_overhead.py: what is left is all that is not the network. Of the
first and of the last tenth of the frames, so that a film that gets slower as it goes shows.

Goal (issue 7): a range of hundreds of frames, at a pace that stays. Last time: see MEASURED.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

import passing_worker

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "hosts"))

WIDTH, HEIGHT = 480, 270
MEASURED = (
    "400 frames in 27 s: first after 3.4 s, then 0.060 s each, first tenth and last; memory 228, 512, 512 MB; loop 0.075 s, on 2 cores at load 4"
)


def paints_a_film(style, width, height, count):
    import os
    import time

    import krita_studio as studio
    from brushwarp.frame_painting import FramePainting
    from krita import Krita
    from PyQt5.QtWidgets import QCheckBox

    def anonymous():
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) // 1024 for line in status if line.startswith("RssAnon"))

    krita = Krita.instance()
    document = yield from studio.new_document(width, height)
    document.setFullClipRangeEndTime(count)  # on the very last time Krita adds none
    film = yield from studio.add_layer(document, "Film", os.urandom(4 * width * height), 0, 0, width, height)
    yield from studio.activate(document, film)
    film.enableAnimation()
    yield 200
    for moment in range(1, count):
        document.setCurrentTime(moment)
        document.waitForDone()
        while not film.hasKeyframeAtTime(moment):  # a busy Krita passes over the action
            krita.action("add_duplicate_frame").trigger()
            document.waitForDone()
            yield 1
    yield 500

    painted = []  # when each frame was
    deliver = FramePainting._deliver

    def noted(painting, answer):
        deliver(painting, answer)
        painted.append(time.perf_counter())

    FramePainting._deliver = noted
    memory = [anonymous()]
    Krita.instance().action("brushwarp_stylize").trigger()
    dialog = studio.shown("brushwarp_stylize_dialog")
    assert dialog is not None, studio.message_shown()
    studio.choose(dialog, style=style, arrows="None")
    dialog.findChild(QCheckBox, "frames").setChecked(True)
    before = document.activeNode().uniqueId()
    pulse = studio.Pulse()
    start = time.perf_counter()
    studio.button(dialog, "Ok").click()
    while len(painted) < count:
        assert not studio.message_shown(), studio.message_shown()
        yield 100
    memory.append(anonymous())
    layer = yield from studio.made_after(document, before, 120)
    whole = time.perf_counter() - start
    pulse.stop()
    yield 500
    memory.append(anonymous())
    assert all(layer.hasKeyframeAtTime(moment) for moment in range(count))
    return {"painted": [moment - start for moment in painted], "whole": whole, "memory": memory, "stood": sorted(pulse.stood, reverse=True)[:5]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=400)
    count = parser.parse_args().frames

    from harness import User
    from krita_fixtures import STYLE_ID, settle_painter
    from places import find_places
    from profiles import Templates

    with tempfile.TemporaryDirectory(prefix="brushwarp-bench-") as scratch:
        places = find_places()
        with User(places, Path(scratch), Templates(places, Path(scratch)), [Path(scratch)]) as user:
            settle_painter(user)
            passing_worker.put_in(user.brushwarp_home)
            told = user.krita.run_in_window(paints_a_film, timeout=1800, style=STYLE_ID, width=WIDTH, height=HEIGHT, count=count)
    steps = [after - before for before, after in zip(told["painted"], told["painted"][1:], strict=False)]
    tenth = max(1, len(steps) // 10)
    print(f"{count} frames of {WIDTH} x {HEIGHT} in {told['whole']:.0f} s without the network, {passing_worker.machine()}")
    print(
        f"first painted after {told['painted'][0]:.1f} s; a frame, median of the first tenth {statistics.median(steps[:tenth]):.3f}, of the last"
        f" {statistics.median(steps[-tenth:]):.3f} s; after the last one {told['whole'] - told['painted'][-1]:.1f} s"
    )
    print("Krita's anonymous memory before, at the last frame, after, MB:", told["memory"])
    print("its loop stood still for at most, s of its own work:", [round(seconds, 3) for seconds in told["stood"]])
    print("last time:", MEASURED)


if __name__ == "__main__":
    main()
