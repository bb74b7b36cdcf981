"""From no engine to an engine: what to do in a sentence or two, and the command to copy."""

from __future__ import annotations

from typing import Callable

from bridge.engine_state import EngineState
from bridge.engine_words import way_out
from bridge.language import _
from clipboard import copy_text
from toolkit import Gtk


class EngineHelp:
    """`widget` is what to show. check: looks whether the engine is there by now."""

    def __init__(self, check: Callable[[], None]) -> None:
        self._way = Gtk.Label(xalign=0.0, wrap=True, max_width_chars=70)
        self._command = Gtk.Entry(editable=False, hexpand=True)
        self._command.get_style_context().add_class("monospace")
        copy = Gtk.Button(label=_("C_opy"), use_underline=True, tooltip_text=_("Copy the command, to paste it into a terminal"))
        copy.connect("clicked", lambda *_: copy_text(self._command.get_text()))
        tip = _("Look whether the engine is there by now")
        again = Gtk.Button(label=_("C_heck again"), use_underline=True, tooltip_text=tip, halign=Gtk.Align.START)
        again.connect("clicked", lambda *_: check())
        line = Gtk.Box(spacing=6)
        line.pack_start(self._command, True, True, 0)
        line.pack_start(copy, False, False, 0)
        self.widget = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=12)
        for row in (self._way, line, again):
            row.show_all()
            self.widget.pack_start(row, False, False, 0)

    def show(self, state: EngineState) -> None:
        if state.command and state.command != self._command.get_text():  # which would take away what is marked in it
            self._way.set_text(way_out(state))
            self._command.set_text(state.command)
