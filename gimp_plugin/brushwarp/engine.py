"""Filters > Brushwarp > Engine…: how the worker stands; and the way from an engine that is missing to the entry that needs it."""

from __future__ import annotations

from bridge.engine_log import last_lines
from bridge.engine_state import OUT_OF_REACH, check_reach, look
from bridge.engine_words import report
from bridge.errors import JobCancelled, WorkerError
from gi.repository import Gimp

ASKING = (Gimp.RunMode.INTERACTIVE, Gimp.RunMode.WITH_LAST_VALS)


def show(run_mode: Gimp.RunMode) -> str:
    """The window, until it is closed. Returns what it told, as text."""
    if run_mode == Gimp.RunMode.INTERACTIVE:
        from engine_dialog import EngineDialog

        EngineDialog().run()
    return report(look(), host_name(), last_lines())


def host_name() -> str:
    return "GIMP {}".format(Gimp.version())


def help_install(run_mode: Gimp.RunMode) -> None:
    """Where the engine is missing, stay with the painter until it is there. Raises JobCancelled if they give up; scripts are not asked."""
    if run_mode not in ASKING:
        return
    try:
        check_reach()
    except WorkerError as error:
        if error.code not in OUT_OF_REACH or not _has_screen():
            raise
        from engine_dialog import EngineDialog

        if not EngineDialog(waits=True).run():
            raise JobCancelled() from None


def _has_screen() -> bool:
    """gimp-console has none, whatever run mode it is told."""
    from toolkit import Gtk

    return Gtk.init_check([])[0]
