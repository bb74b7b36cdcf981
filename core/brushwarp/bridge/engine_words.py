"""How the engine stands, in words for the painter, and as one text for whoever helps them."""

from __future__ import annotations

import os
import platform
from typing import List, Sequence, Tuple

from .engine_log import last_error, without_home
from .engine_state import BROKEN, BUSY, FENCED, LOOKING, MISSING, OTHER_VERSION, READY, RESTING, SILENT, STARTING, EngineState, install_script
from .language import ENGLISH, _, ngettext, speaking
from .paths import install_file, path_to_text
from .standing import Device, Standing

NOTHING = "–"  # where there is nothing to tell
GIGABYTE = 1e9
RECIPES = _("With each result, in the document itself")
GOES_ON = _("What you chose goes on as soon as the engine is found.")
RESTART_QUESTION = (_("Restart the engine while it works?"), _("What it does now is cancelled. Those who wait go on when it is back."))
STOP_QUESTION = (_("Stop the engine while it works?"), _("What it does now is cancelled, and so is what waits."))


def headline(state: EngineState) -> str:
    """How it stands, in a sentence or two."""
    standing = state.standing
    if state.phase == BUSY and standing is not None:
        return _busy(standing)
    if state.phase == OTHER_VERSION:
        installed = state.install.version if state.install is not None else ""
        return _("Version {} runs, and version {} is installed: Restart replaces it.").format(state.version, installed)
    if state.phase == SILENT:
        return _("It does not answer. If it stays so, press Restart.")
    if state.phase in (MISSING, FENCED, BROKEN):
        return state.problem
    if state.phase == READY and state.problem:
        return _("Ready. For the last job: {}").format(state.problem)
    return {
        LOOKING: _("Looking…"),
        RESTING: _("Not running. It starts by itself when it is needed."),
        STARTING: _("Starting…"),
        READY: _("Ready."),
    }[state.phase]


def _busy(standing: Standing) -> str:
    told = {
        "stylize": _("Busy: it paints a layer of {} × {} pixels."),
        "deform": _("Busy: it paints and bends a layer of {} × {} pixels."),
        "warp": _("Busy: it bends a layer of {} × {} pixels."),
        "suggest": _("Busy: it looks for keypoints in a layer of {} × {} pixels."),
    }
    return told.get(standing.work, _("Busy.")).format(standing.width, standing.height)


def way_out(state: EngineState) -> str:
    """What to do with `state.command`, where there is one."""
    if state.phase == FENCED and state.install is not None:
        by_hand = path_to_text(os.path.join(os.path.dirname(state.install.python), "brushwarp"))
        return _(
            "Open a terminal, paste this line, press Enter, and start this program anew: it may then start programs outside of its sandbox. "
            "Or start the engine yourself before you paint: {} worker"
        ).format(by_hand)
    if install_script(state.install) is not None:
        return _("Open a terminal, paste this line, and press Enter. It takes some minutes, and downloads what painting needs.")
    return _(
        "Get Brushwarp's folder (the one with README.md), open a terminal in it, paste this line, and press Enter. "
        "It takes some minutes, and downloads what painting needs."
    )


def facts(state: EngineState) -> List[Tuple[str, str]]:
    """(heading, text) pairs, always the same headings: a window that shows them does not jump."""
    device = None if state.standing is None else state.standing.device
    return [
        (_("Device"), NOTHING if device is None else _device(device)),
        (_("Memory"), NOTHING if device is None else _memory(device)),
        (_("Since"), _since(state)),
        (_("Version"), _version(state)),
    ]


def report(state: EngineState, host: str, log: Sequence[str]) -> str:
    """One text for whoever helps, in English. host: its name and version; log: the last lines of the worker's."""
    system = "{} {}, Python {}".format(platform.system(), platform.machine(), platform.python_version())
    with speaking(ENGLISH):
        told = [("Brushwarp", headline(state)), ("Host", host), ("System", system), *facts(state)]
    told += [("Problem", state.problem or NOTHING), ("Last error", last_error(log) or NOTHING), ("Installed", path_to_text(install_file()))]
    lines = ["{}: {}".format(heading, text) for heading, text in told]
    return without_home("\n".join([*lines, "", "The last lines of the log:", *log])) + "\n"


def _device(device: Device) -> str:
    if device.kind == "cuda":
        return "{} (CUDA)".format(device.name)
    if device.kind == "mps":
        return _("Apple GPU (Metal)")
    return ngettext("Processor, {} thread", "Processor, {} threads", device.threads).format(device.threads)


def _memory(device: Device) -> str:
    free, total = device.free / GIGABYTE, device.total / GIGABYTE
    if not device.taken:
        return _("{:.1f} of {:.1f} GB are free").format(free, total)
    return _("It takes {:.1f} GB; {:.1f} of {:.1f} GB are free").format(device.taken / GIGABYTE, free, total)


def _since(state: EngineState) -> str:
    standing = state.standing
    if standing is None or standing.device is None:
        return NOTHING
    span = _span(standing.seconds)
    if standing.work:
        if not standing.waiting:
            return _("It has worked for {}; nobody waits").format(span)
        return ngettext("It has worked for {}; {} other waits", "It has worked for {}; {} others wait", standing.waiting).format(span, standing.waiting)
    return _("Idle for {}; it ends by itself in {}").format(span, _span(max(standing.idle_seconds - standing.seconds, 0.0)))


def _version(state: EngineState) -> str:
    if state.version:
        return _("{}, protocol {}, process {}").format(state.version, state.protocol, state.pid or NOTHING)
    return NOTHING if state.install is None else _("{} is installed").format(state.install.version)


def _span(seconds: float) -> str:
    """As exactly as one would say it."""
    if seconds < 60:
        return "{} s".format(int(seconds))
    hours, minutes = divmod(int(seconds // 60), 60)
    return "{} h {:02} min".format(hours, minutes) if hours else "{} min".format(minutes)
