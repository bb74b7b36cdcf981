"""`bench`: how fast this machine paints, how much memory that takes, and how near it comes to what its arithmetic allows."""

from __future__ import annotations

import argparse
import json
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass

import torch
from torch import Tensor

from .. import __version__
from ..allocation import usual_memory
from ..architectures import build_network
from ..devices import choose_device, describe_device, device_memory
from ..errors import BrushwarpError
from ..image import resize
from ..measuring import Cost, measure, operations, operations_a_second, paint_plainly, plain
from ..multimodal.transfer import Painter
from ..plan import Plan
from ..sample import render_sample
from ..styles import list_styles, load_style
from .terminal import say, tell

MEGAPIXELS = (1, 4, 8, 24, 100)
ASPECT = 4 / 3
PLAIN_MEGAPIXELS = 1  # painted the papers' way as well: larger ones take minutes, and gigabytes
PATIENCE = 300.0  # seconds that a size may be expected to take
QUICK = 5.0  # seconds: what takes less is done three times, and the middle one told, for machines have other things to do


@dataclass(frozen=True)
class Line:
    """One painting. of_floor: the least that its arithmetic could take, as a share of the time. plain_ratio: how many times as long plain
    eager takes a pixel."""

    megapixels: float
    path: str
    seconds: float
    cpu_seconds: float
    peak_megabytes: float
    of_floor: float
    plain_ratio: float


def register(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("bench", help="measure how fast this machine paints, and in how much memory")
    parser.add_argument("--megapixels", default=",".join(map(str, MEGAPIXELS)), metavar="N,…", help="sizes to paint")
    parser.add_argument("--style", metavar="ID", help="by default the first that is shipped; all take as long")
    parser.add_argument("--memory", type=float, metavar="MB", help="paint as if no more than so much were free")
    parser.add_argument("--patience", type=float, default=PATIENCE, metavar="SECONDS", help="leave out sizes that would take longer")
    parser.add_argument("--device")
    parser.add_argument("--json", action="store_true", help="print figures for programs")
    parser.set_defaults(run=run_bench)


def run_bench(arguments: argparse.Namespace) -> None:
    sizes = _sizes(arguments.megapixels)
    device = choose_device(arguments.device)
    style = arguments.style or next((style.path.stem for style in list_styles() if style.shipped), "")
    painter = Painter(load_style(style), device)
    painter.paint(torch.rand(3, 64, 64), painter.plan((64, 64)))  # what is loaded on first use is no part of a painting
    floor = operations_a_second(device, painter.dtype)
    machine = {
        "brushwarp": __version__, "torch": torch.__version__, "python": platform.python_version(), "device": describe_device(device),
        "type": str(painter.dtype).removeprefix("torch."), "free_megabytes": round(device_memory(device).free / 1e6),
        "operations_a_second": floor, "style": style,
    }
    if not arguments.json:
        say(f"{machine['device']}, {machine['type']}, torch {machine['torch']}, {machine['free_megabytes']:,} MB free")
        say(f"a product of matrices reaches {floor / 1e9:,.0f} G operations a second: the floor\n")
        say(f"{'megapixels':>10}  {'path':22}{'seconds':>9}{'CPU s':>9}{'a MP':>8}{'MB':>8}{'of floor':>10}{'plain ×':>9}")
    memory = None if arguments.memory is None else round(arguments.memory * 1e6)
    sample = render_sample(512, 384)  # what a picture shows changes nothing here
    plain_pace, pace, lines = _plain_pace(painter, sample, device), 0.0, []
    for megapixels in sizes:
        if pace * megapixels > arguments.patience:
            tell(f"{megapixels:g} megapixels would take some {pace * megapixels / 60:.0f} minutes: left out. --patience decides.")
            continue
        height = round((megapixels * 1e6 / ASPECT) ** 0.5)
        rgb = resize(sample, (height, round(height * ASPECT))).contiguous()
        for path, plan in _paths(painter, tuple(rgb.shape[1:]), memory, device):
            cost = _cost(lambda rgb=rgb, plan=plan: painter.paint(rgb, plan), device)
            line = _line(megapixels, path, cost, operations(painter.network, plan.sizes) / floor, plain_pace)
            lines.append(line)
            pace = max(pace, cost.seconds / megapixels)
            if not arguments.json:
                say(_told(line))
    if arguments.json:
        say(json.dumps({"machine": machine, "plain_seconds_a_megapixel": plain_pace, "paintings": [asdict(line) for line in lines]}, indent=1))


def _sizes(text: str) -> list[float]:
    try:
        sizes = [float(word) for word in text.split(",")]
    except ValueError:
        sizes = []
    if not sizes or not all(0.01 <= size <= 400 for size in sizes):
        raise BrushwarpError("setting", f"The sizes are {text!r}.", "Write megapixels from 0.01 to 400, with commas between: 1,4,24.")
    return sizes


def _paths(painter: Painter, size: tuple[int, int], memory: int | None, device: torch.device) -> list[tuple[str, Plan]]:
    """What is painted by default, and the picture at once where that isn't it and fits."""
    plan = painter.plan(size, memory=memory)
    paths = [("at once" if plan.strips is None else "strips, some in files" if plan.strips.spill else "strips", plan)]
    if plan.strips is None:
        return paths
    try:
        at_once = painter.architecture.plan(size, memory=device_memory(device).free // 2 if memory is None else memory)
    except MemoryError:
        return paths
    return paths if at_once.capped else [*paths, ("at once", at_once)]


def _plain_pace(painter: Painter, sample: Tensor, device: torch.device) -> float:
    """Seconds that plain eager takes for a megapixel of `sample`, (3, H, W), enlarged."""
    network = plain(build_network(painter.pack)).to(device)
    height = round((PLAIN_MEGAPIXELS * 1e6 / ASPECT) ** 0.5)
    rgb = resize(sample, (height, round(height * ASPECT)))
    sizes = painter.plan_freely(tuple(rgb.shape[1:])).sizes

    def work() -> Tensor:
        return paint_plainly(network, rgb.to(device), sizes).cpu()

    with usual_memory():
        work()
        return _cost(work, device).seconds / PLAIN_MEGAPIXELS


def _cost(work: Callable[[], Tensor], device: torch.device) -> Cost:
    """Of one run, or of the middle one of three quick ones."""
    costs = [measure(work, device)[1]]
    if costs[0].seconds < QUICK:
        costs += [measure(work, device)[1] for _ in range(2)]
    return sorted(costs, key=lambda cost: cost.seconds)[len(costs) // 2]


def _line(megapixels: float, path: str, cost: Cost, floor_seconds: float, plain_pace: float) -> Line:
    ratio = plain_pace * megapixels / cost.seconds
    return Line(megapixels, path, cost.seconds, cost.cpu_seconds, cost.peak / 1e6, floor_seconds / cost.seconds, ratio)


def _told(line: Line) -> str:
    return (
        f"{line.megapixels:10g}  {line.path:22}{line.seconds:9.2f}{line.cpu_seconds:9.2f}{line.seconds / line.megapixels:8.2f}"
        f"{line.peak_megabytes:8,.0f}{line.of_floor:10.0%}{line.plain_ratio:9.2f}"
    )
