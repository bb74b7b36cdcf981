"""Profiles of the hosts after a first start, so that a test does not wait for every host to unpack its resources."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from harness import Gimp, KritaHost, User
from places import Place, Places


class Templates:
    """Profiles after a first start, which takes each host 10 to 30 seconds.

    Those of the root's hosts lie beside the root and serve every session; those of this machine's hosts serve one.
    """

    VERSION = 1  # raise it when a first start below changes

    def __init__(self, places: Places, scratch: Path):
        self._places, self._scratch = places, scratch

    def give(self, user: User, host: str, place: Place) -> None:
        """Copy the settled profile of `host` ("gimp", "krita", "kritarunner") to a user; what the user has already stays."""
        beside_root = place.root.with_name(f"{place.root.name}.profiles-{self.VERSION}") if place.root else None
        template = (beside_root or self._scratch / "profiles") / host
        if not template.is_dir():
            self._make(template, host, place)
        for part in ("config", "data"):
            shutil.copytree(template / part, user.folder / part, symlinks=True, dirs_exist_ok=True, copy_function=_copy_missing)

    def _make(self, template: Path, host: str, place: Place) -> None:
        template.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=f"{host}.making-", dir=template.parent))
        try:
            with User(self._places, self._scratch, self) as first:
                {"gimp": _start_gimp, "krita": _start_krita, "kritarunner": _start_kritarunner}[host](first, place)
                for part in ("config", "data"):
                    shutil.copytree(first.folder / part, making / part, symlinks=True, ignore=shutil.ignore_patterns("pykrita"))
            making.rename(template)
        except OSError:
            if not template.is_dir():  # another session was faster: its profile is as good
                raise
        finally:
            shutil.rmtree(making, ignore_errors=True)


def _copy_missing(source: str, target: str) -> None:
    if not os.path.lexists(target):
        shutil.copy2(source, target, follow_symlinks=False)


def _start_gimp(user: User, place: Place) -> None:
    profile = user.config / "GIMP" / "3.0"
    profile.mkdir(parents=True)
    (profile / "gimprc").write_text("(show-welcome-dialog no)\n(check-updates no)\n", encoding="utf-8")
    Gimp(user, place).run(_nothing, timeout=240)


def _start_krita(user: User, place: Place) -> None:
    if place.has_screen:  # else there is nothing to settle: Krita's own window never opens
        KritaHost(user, place).run_in_window(_nothing, timeout=300)


def _start_kritarunner(user: User, place: Place) -> None:
    KritaHost(user, place).run_unsettled(_nothing, timeout=240)


def _nothing() -> None:
    return None
