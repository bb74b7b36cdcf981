"""How long a 12-megapixel layer is under way in the real Krita, apart from the network.

    .venv/bin/python tests/benchmarks/krita_overhead.py [--rounds 3]

From the click on the menu entry to the new layer in the document (OK is pressed as soon as the dialog is there), with the
real worker, its real colours and layouts, and a painter that hands the picture back: what is left is all that is not the
network. The worker is warm, as it is after the first picture of a day. "Krita alone" are Krita's own single calls that
the plugin can't do without, timed by themselves in the same process.

Goal (issue 2): at most 1 s at 8 bits, Krita's single calls reported beside it. Last time: see MEASURED.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "hosts"))

MEASURED = "not yet on a quiet machine"
WIDTH, HEIGHT = 4000, 3000
WORKER = """#!/bin/sh
exec "{python}" -I -X utf8 "{script}" --serve
"""
DEPTHS = {
    "8-bit": ("U8", "sRGB-elle-V2-srgbtrc.icc", bytes((10, 20, 200, 255))),
    "16-bit": ("U16", "sRGB-elle-V2-g10.icc", bytes((10, 20, 30, 40, 200, 1, 255, 255))),
    "float": ("F32", "sRGB-elle-V2-g10.icc", bytes((0, 0, 128, 62) * 3 + (0, 0, 128, 63))),
}


def serve() -> int:
    """The real worker, without a network."""
    from brushwarp.image import resize
    from brushwarp.multimodal.transfer import Painter
    from brushwarp.worker.__main__ import main

    Painter.paint = lambda self, rgb, plan, on_progress: resize(rgb, plan.sizes[-1])
    return main([])


def times_the_plugin(style, width, height, rounds, depths):
    import time

    import krita_studio as studio
    from krita import Krita

    clock = time.perf_counter
    told = {}
    for name, (depth, profile, pixel) in depths.items():
        document = yield from studio.new_document(width, height, "RGBA", depth, profile)
        source = yield from studio.add_layer(document, "photo", bytes(pixel) * (width * height), 0, 0, width, height)
        root = document.rootNode()
        runs = []
        for _ in range(rounds + 1):  # the first starts the worker
            before = len(root.childNodes())
            start = clock()
            Krita.instance().action("brushwarp_stylize").trigger()
            dialog = studio.shown("brushwarp_stylize_dialog")
            assert dialog is not None, studio.message_shown()
            studio.choose(dialog, style=style, arrows="None")
            asked = clock()
            studio.button(dialog, "Ok").click()
            sent = clock()
            while len(root.childNodes()) == before:
                assert not studio.message_shown(), studio.message_shown()
                yield 5
            runs.append([clock() - start, asked - start, sent - asked])
            added = [node for node in root.childNodes() if node.name().endswith("Brushwarp")][0]
            document.waitForDone()
            yield 500
            added.remove()
            yield from studio.activate(document, source)
        alone = {}
        start = clock()
        data = bytes(source.pixelData(0, 0, width, height))
        alone["pixelData"] = clock() - start
        node = document.createNode("alone", "paintlayer")
        start = clock()
        node.setPixelData(studio.QByteArray(data), 0, 0, width, height)
        alone["setPixelData"] = clock() - start
        start = clock()
        root.addChildNode(node, source)
        alone["addChildNode"] = clock() - start
        yield 1000
        told[name] = [runs, alone]
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds

    from harness import User
    from krita_fixtures import STYLE_ID, settle_painter
    from places import find_places
    from profiles import Templates

    with tempfile.TemporaryDirectory(prefix="brushwarp-bench-") as scratch:
        places = find_places()
        with User(places, Path(scratch), Templates(places, Path(scratch)), [Path(scratch)]) as user:
            settle_painter(user)
            _put_bench_worker(user.brushwarp_home)
            depths = {name: [depth, profile, list(pixel)] for name, (depth, profile, pixel) in DEPTHS.items()}
            told = user.krita.run_in_window(
                times_the_plugin, timeout=1200, style=STYLE_ID, width=WIDTH, height=HEIGHT, rounds=rounds, depths=depths
            )
            print(f"{WIDTH} x {HEIGHT}, menu click to new layer without the network, {os.cpu_count()} cores at load {os.getloadavg()[0]:.1f}")
            for name, (runs, alone) in told.items():
                best = min(runs[1:])
                calls = ", ".join(f"{call} {seconds:.2f}" for call, seconds in alone.items())
                print(f"{name:>7}: best {best[0]:.2f} s of {rounds}, first {runs[0][0]:.2f} s (dialog {best[1]:.2f}, reading {best[2]:.2f}); Krita alone: {calls}")
            log = (user.brushwarp_home / "logs" / "worker.log").read_text(encoding="utf-8").splitlines()
            print("the worker's share:", *(line for line in log if " job " in line), sep="\n  ")
    print("last time:", MEASURED)


def _put_bench_worker(home: Path) -> None:
    from brushwarp.bridge.paths import Install, read_install, write_install

    os.environ["BRUSHWARP_HOME"] = str(home)
    installed = read_install()
    program = home / "bench_worker"
    program.write_text(WORKER.format(python=installed.python, script=Path(__file__).resolve()), encoding="utf-8")
    program.chmod(0o755)
    write_install(Install(str(program), installed.version, installed.checkout))


if __name__ == "__main__":
    sys.exit(serve() if "--serve" in sys.argv else main())
