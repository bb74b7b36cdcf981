"""How the engine stands: what there is to know of it, found by looking alone. It is never started by that.

    state = look()                     # blocks for some seconds at the most: call it in a thread (`engine_watch` does)
    headline(state), facts(state)      # engine_words: for the painter
"""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from typing import Optional

from . import transport
from .detached import find_engine, installed
from .errors import ConnectionLost, WorkerError
from .language import spoken
from .launcher import fits, meet
from .locks import is_held
from .paths import Install, Runtime, find_runtime, path_to_text, read_install
from .protocol import PROTOCOL, Inquiry, Standing
from .sandbox import fenced, find_flatpak

LOOK_SECONDS = 4.0  # a worker that loads its libraries may hold its breath for that long

SCRIPT = ("install_scripts", "install.py")
LOOKING, MISSING, FENCED, RESTING, STARTING, READY, BUSY, SILENT, OTHER_VERSION, BROKEN = (
    "looking", "missing", "fenced", "resting", "starting", "ready", "busy", "silent", "other-version", "broken",
)  # fmt: skip
OUT_OF_REACH = ("worker-missing", "install-broken", "worker-fenced")
"""Codes of errors that a command in a terminal mends."""


@dataclass(frozen=True)
class EngineState:
    """phase: one of the words above; LOOKING before anything is known. install: what is installed, where something is. version, protocol, pid: of the worker that runs.

    problem: what is wrong, in sentences for the painter. command: what mends it, to be typed into a terminal; nothing where nothing is missing.
    """

    phase: str
    install: Optional[Install] = None
    version: str = ""
    protocol: int = PROTOCOL
    pid: int = 0
    standing: Optional[Standing] = None
    problem: str = ""
    command: str = ""

    @property
    def runs(self) -> bool:
        """Whether there is a worker that could be stopped."""
        return self.phase in (READY, BUSY, SILENT, OTHER_VERSION, BROKEN)

    @property
    def needs_help(self) -> bool:
        """Whether the painter has to do something outside of the host before anything can be painted."""
        return self.phase in (MISSING, FENCED)

    @property
    def is_working(self) -> bool:
        """Whether somebody's picture would be lost if it were stopped."""
        return self.phase == BUSY


def look(seconds: float = LOOK_SECONDS) -> EngineState:
    """Blocks for a moment; for a few times `seconds` at the most if the worker is in trouble."""
    known: Optional[Install] = None
    try:
        known = read_install()
        install = installed(known)
    except WorkerError as error:
        return EngineState(MISSING, known, problem=error.message, command=install_command(known))
    try:
        place = find_runtime()
        met = meet(place, seconds)
    except WorkerError as error:
        return EngineState(SILENT, install, problem=error.message)
    if met is None:
        return EngineState(STARTING, install) if _is_coming(place) else _resting(install)
    connection, welcome = met
    try:
        if not fits(welcome, install):
            return EngineState(OTHER_VERSION, install, welcome.version, welcome.protocol, welcome.pid)
        transport.send(connection, Inquiry(spoken()))
        if not connection.poll(seconds):
            return EngineState(SILENT, install, welcome.version, pid=welcome.pid)
        standing = transport.receive(connection)
    except ConnectionLost:
        return _resting(install)  # it was just ending
    except (OSError, WorkerError) as error:
        return EngineState(SILENT, install, welcome.version, pid=welcome.pid, problem=str(error))
    finally:
        connection.close()
    if not isinstance(standing, Standing):
        return EngineState(SILENT, install, welcome.version, pid=welcome.pid)
    return EngineState(_phase(standing), install, welcome.version, pid=welcome.pid, standing=standing, problem=standing.trouble)


def check_reach() -> None:
    """Nothing, where an engine can be had. Raises WorkerError with one of the codes OUT_OF_REACH."""
    find_engine()
    flatpak = find_flatpak()
    if flatpak is not None and not flatpak.may_start and not _is_coming(find_runtime()):
        raise fenced(flatpak)


def _resting(install: Install) -> EngineState:
    flatpak = find_flatpak()
    if flatpak is None or flatpak.may_start:
        return EngineState(RESTING, install)
    return EngineState(FENCED, install, problem=fenced(flatpak).message, command=flatpak.permission)


def _phase(standing: Standing) -> str:
    if standing.device is None:
        return BROKEN if standing.trouble else STARTING
    return BUSY if standing.work else READY


def _is_coming(place: Runtime) -> bool:
    """Somebody starts a worker, or one lives that does not listen yet."""
    return is_held(place.start_lock) or is_held(place.life_lock)


def install_script(install: Optional[Install]) -> Optional[str]:
    """The file that puts the engine in, where it is known and there."""
    if install is None or not install.checkout:
        return None
    script = os.path.join(install.checkout, *SCRIPT)
    return script if os.path.isfile(script) else None


def install_command(install: Optional[Install]) -> str:
    """What puts the engine in: to be typed in the folder of Brushwarp, unless `install_script` is known."""
    script = install_script(install)
    if os.name == "nt":
        return 'py "{}"'.format(script) if script else "py {}".format("\\".join(SCRIPT))
    return "python3 {}".format(shlex.quote(path_to_text(script)) if script else "/".join(SCRIPT))
