"""Starting a process of the engine that outlives its host, in an environment that the host has not bent."""

from __future__ import annotations

import os
import subprocess
import threading
from typing import Any, Dict, List, Mapping, Optional, Sequence

from .errors import WorkerError
from .language import _, spoken
from .paths import INSTALL_HINT, Install, data_folder, path_to_text, read_install
from .sandbox import find_flatpak, outside

LOG_TAIL = 2000  # bytes

DROPPED = (
    "PYTHON", "LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_", "QT_", "QML", "QML2_", "GI_TYPELIB_PATH", "GTK_", "GDK_PIXBUF_",
    "GIO_", "GIMP", "GEGL_PATH", "BABL_PATH", "KRITA", "VIRTUAL_ENV", "CONDA_", "APPDIR", "APPIMAGE", "ARGV0", "OWD",
)  # fmt: skip
"""Beginnings of the variables by which a host (or an AppImage around it) bends the programs that it starts."""


def worker_environment(environment: Mapping[str, str]) -> Dict[str, str]:
    """`environment` without what hosts put there for themselves, with an absolute BRUSHWARP_HOME, and with the language that is spoken here.

    Threads of the engine that wait for each other sleep: spinning, as OpenMP's default has it, takes the processor from the
    host, and where others use it too from the very thread that is waited for (seen: 20 s for what takes 2).
    """
    kept = {name: value for name, value in environment.items() if not name.upper().startswith(DROPPED)}
    mount = environment.get("APPDIR", "")
    if os.path.isabs(mount) and mount != "/":
        kept = _without_mount(kept, mount)
    if kept.get("BRUSHWARP_HOME"):
        kept["BRUSHWARP_HOME"] = data_folder()
    kept["LANGUAGE"] = spoken() or "en"
    kept.setdefault("OMP_WAIT_POLICY", "passive")
    return kept


def _without_mount(environment: Mapping[str, str], mount: str) -> Dict[str, str]:
    """Less what lies in an AppImage, which is gone when the host ends: entries of paths, and whole variables."""
    inside = os.path.join(mount, "")
    kept: Dict[str, str] = {}
    for name, value in environment.items():
        entries = value.split(os.pathsep)
        left = [entry for entry in entries if not os.path.join(entry, "").startswith(inside)]
        if len(left) == len(entries):
            kept[name] = value
        elif left:
            kept[name] = os.pathsep.join(left)
    return kept


def engine_command(install: Install, module: str, words: Sequence[str] = ()) -> List[str]:
    """`-I` keeps the host's Python settings out, `-X utf8` the host's LANG."""
    return [install.python, "-I", "-X", "utf8", "-m", module, *words]


def installed(install: Optional[Install]) -> Install:
    """`install`, if its Python is there. Raises WorkerError "worker-missing"."""
    if install is None:
        raise WorkerError("worker-missing", _("Brushwarp's engine is not installed."), INSTALL_HINT)
    is_there = os.path.lexists if find_flatpak() else os.path.exists  # from a sandbox a link to the system's Python leads nowhere
    if not is_there(install.python):
        raise WorkerError(
            "worker-missing",
            _("The Python of Brushwarp's engine is gone: {}.").format(path_to_text(install.python)),
            _("Install again. ") + INSTALL_HINT,
        )
    return install


def find_engine() -> Install:
    """The engine that is here. Raises WorkerError "worker-missing", "install-broken": known before any work."""
    return installed(read_install())


def start_detached(command: Sequence[str], log: str) -> Any:
    """Start `command` so that it outlives this process; what it says goes to the new file `log`.

    Raises OSError; WorkerError "worker-fenced" in a sandbox that may not start anything.
    """
    options: Dict[str, Any] = {"start_new_session": True, "cwd": "/"}
    if os.name == "nt":  # written, not run
        no_window = 0x08000000 | 0x00000008 | 0x00000200  # CREATE_NO_WINDOW, DETACHED_PROCESS, CREATE_NEW_PROCESS_GROUP
        options = {"creationflags": no_window}
    os.makedirs(os.path.dirname(log), exist_ok=True)
    environment = worker_environment(os.environ)
    with open(log, "wb") as output:
        child = subprocess.Popen(
            outside(command, environment),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            close_fds=True,
            **options,
        )
    threading.Thread(target=child.wait, name="brushwarp-reaper", daemon=True).start()  # leaves no zombie in the host
    return child


def tail(path: str) -> str:
    """The last lines of a log, or nothing."""
    try:
        with open(path, "rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(file.tell() - LOG_TAIL, 0))
            return file.read(LOG_TAIL).decode("utf-8", "replace").strip()
    except OSError:
        return ""
