"""A host in a Flatpak: its sandbox has folders of its own, and starts programs outside only if it is allowed to.

Our data lies in the user's own folders all the same, which Krita's and GIMP's Flatpaks share (`--filesystem=host`); what they don't share is
XDG_RUNTIME_DIR, so install.py makes a meeting place in the data folder (see `paths.find_runtime`).
Sources: flatpak-metadata(5), flatpak-spawn(1), and the manifests org.kde.krita and org.gimp.GIMP of Flathub.
"""

from __future__ import annotations

import configparser
import os
import shutil
from dataclasses import dataclass
from typing import Dict, List, Mapping, Optional, Sequence

from .errors import WorkerError
from .language import _

FLATPAK_INFO = "/.flatpak-info"  # is there in every Flatpak, and nowhere else
SPAWN = "flatpak-spawn"
SERVICE = "org.freedesktop.Flatpak"  # who starts programs outside; `talk` to it is the permission
PASSED_ON = ("BRUSHWARP_", "LANGUAGE", "OMP_WAIT_POLICY")
"""Beginnings of variables: what is started outside has the session's environment, and not ours."""


@dataclass(frozen=True)
class Flatpak:
    """The sandbox that this process is in. id: the host's, as "org.kde.krita". may_start: programs outside."""

    id: str
    may_start: bool

    @property
    def permission(self) -> str:
        """The command that lets it."""
        return "flatpak override --user --talk-name={} {}".format(SERVICE, self.id)


def find_flatpak(info: str = FLATPAK_INFO) -> Optional[Flatpak]:
    """The sandbox that this process is in, or None."""
    if not os.path.exists(info):
        return None
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign] - names of services have capitals
    try:
        parser.read(info, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        pass
    allowed = parser.get("Session Bus Policy", SERVICE, fallback="") in ("talk", "own")
    return Flatpak(parser.get("Application", "name", fallback=os.environ.get("FLATPAK_ID", "")), allowed and shutil.which(SPAWN) is not None)


def own_folder_of_user(variable: str, environment: Mapping[str, str]) -> str:
    """What an XDG variable is outside of the sandbox, or nothing: in a Flatpak it names one of the sandbox's own."""
    return environment.get(("HOST_" if find_flatpak() else "") + variable, "").strip()


def outside(command: Sequence[str], environment: Mapping[str, str]) -> List[str]:
    """What starts `command` on the user's own system. Raises WorkerError "worker-fenced" if that is not allowed."""
    flatpak = find_flatpak()
    if flatpak is None:
        return list(command)
    if not flatpak.may_start:
        raise fenced(flatpak)
    passed: Dict[str, str] = {name: value for name, value in environment.items() if name.startswith(PASSED_ON)}
    options = ["--env={}={}".format(name, value) for name, value in sorted(passed.items())]
    return [SPAWN, "--host", "--directory=/", *options, *command]


def fenced(flatpak: Flatpak) -> WorkerError:
    return WorkerError(
        "worker-fenced",
        _("This is a Flatpak ({}), and it may not start Brushwarp's engine.").format(flatpak.id),
        _("Allow it, then start it anew: {}").format(flatpak.permission),
    )
