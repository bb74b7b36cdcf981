"""The window of Engine…: how the worker stands, its log, and what can be done with it; where it is missing, how to install it."""

from __future__ import annotations

from typing import Callable, Optional

from bridge.engine_state import LOOKING, OTHER_VERSION, RESTING, EngineState
from bridge.engine_watch import EngineWatch, restart, start, stop
from bridge.engine_words import GOES_ON, RESTART_QUESTION, STOP_QUESTION, facts, headline, report
from bridge.errors import WorkerError
from bridge.language import _
from clipboard import copy_text
from engine import host_name
from engine_help import EngineHelp
from engine_pages import FactsGrid, LogView
from toolkit import GimpUi, GLib, Gtk

POLL = 100  # milliseconds
WIDTH = 620  # pixels at least


class EngineDialog:
    """waits: an entry of the menu goes on when the engine is found, and this window ends then."""

    def __init__(self, waits: bool = False) -> None:
        GimpUi.init("brushwarp")
        self._waits = waits
        self._state = EngineState(LOOKING)
        self._watch = EngineWatch()
        self._dialog = GimpUi.Dialog(title=_("Brushwarp: Engine"), role="brushwarp-engine")
        self._dialog.set_size_request(WIDTH, -1)
        self._dialog.add_button(_("_Close"), Gtk.ResponseType.CLOSE)
        self._headline = Gtk.Label(xalign=0.0, wrap=True, selectable=True, max_width_chars=70)
        self._facts = FactsGrid(facts(self._state), self._tell)
        self._start = self._button(_("_Start now"), start, _("Have it ready, so that the next picture needn't wait"))
        self._restart = self._button(_("_Restart"), restart, _("End it, and start it anew"), RESTART_QUESTION)
        self._stop = self._button(_("S_top"), stop, _("End it; it starts by itself when it is needed"), STOP_QUESTION)
        buttons = Gtk.ButtonBox(layout_style=Gtk.ButtonBoxStyle.START, spacing=6)
        for button in (self._start, self._restart, self._stop):
            buttons.add(button)
        self._log = LogView(lambda: copy_text(report(self._state, host_name(), self._watch.log)), self._tell)
        self._page = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=12, visible=True)
        for widget, grows in ((self._facts.widget, False), (buttons, False), (self._log.widget, True)):
            widget.show_all()
            self._page.pack_start(widget, grows, grows, 0)
        self._help = EngineHelp(self._watch.look_again)
        waiting = Gtk.Label(label=GOES_ON if waits else "", xalign=0.0, visible=waits)
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=12, border_width=12, visible=True)
        for widget in (self._headline, self._help.widget, self._page, waiting):
            box.pack_start(widget, widget is self._page, widget is self._page, 0)
        self._headline.show()
        self._dialog.get_content_area().pack_start(box, True, True, 0)
        self._dialog.get_widget_for_response(Gtk.ResponseType.CLOSE).grab_focus()
        self._show_state(self._state)
        self._settle()
        self._timer = GLib.timeout_add(POLL, self._show)

    def run(self) -> bool:
        """Until it is closed. True if it waited for the engine, and that is there."""
        answer = self._dialog.run()
        GLib.source_remove(self._timer)
        self._watch.close()
        self._dialog.destroy()
        return answer == Gtk.ResponseType.OK

    def _show(self) -> bool:
        """What the watch has seen. True, for GLib.timeout_add."""
        state, problem = self._watch.state, self._watch.take_problem()
        if state is not self._state:  # or what is marked in it would be lost
            self._state = state
            self._show_state(state)
        self._settle()
        self._log.show(self._watch.log)
        if problem is not None:
            self._tell(problem)
        return True

    def _show_state(self, state: EngineState) -> None:
        missing = state.needs_help
        if self._waits and not missing and state.phase != LOOKING:
            self._dialog.response(Gtk.ResponseType.OK)
        self._headline.set_markup("<b>{}</b>".format(GLib.markup_escape_text(headline(state))))
        self._facts.show(facts(state))
        self._help.show(state)
        self._help.widget.set_visible(missing)
        self._page.set_visible(not missing and not self._waits)

    def _settle(self) -> None:
        """Only what can be done can be pressed."""
        state, idle = self._state, self._watch.doing is None
        self._start.set_sensitive(idle and state.phase in (RESTING, OTHER_VERSION))
        self._restart.set_sensitive(idle and state.runs)
        self._stop.set_sensitive(idle and state.runs)

    def _button(self, label: str, deed: Callable[[], None], tooltip: str, question: Optional[tuple] = None) -> Gtk.Button:
        button = Gtk.Button(label=label, use_underline=True, tooltip_text=tooltip)
        button.connect("clicked", lambda *_: self._do(deed, label, question))
        return button

    def _do(self, deed: Callable[[], None], word: str, question: Optional[tuple]) -> None:
        """Asked about first, where it takes somebody's picture away."""
        if question is None or not self._state.is_working or self._asked(*question, word):
            self._watch.do(deed)

    def _asked(self, question: str, detail: str, word: str) -> bool:
        message = self._message(Gtk.MessageType.QUESTION, question, detail)
        message.add_button(_("_Cancel"), Gtk.ResponseType.CANCEL)
        message.add_button(word, Gtk.ResponseType.OK)
        message.set_default_response(Gtk.ResponseType.CANCEL)
        answer = message.run()
        message.destroy()
        return answer == Gtk.ResponseType.OK

    def _tell(self, error: WorkerError) -> None:
        message = self._message(Gtk.MessageType.WARNING, error.message, error.hint)
        message.add_button(_("_Close"), Gtk.ResponseType.CLOSE)
        message.run()
        message.destroy()

    def _message(self, kind: Gtk.MessageType, text: str, detail: str) -> Gtk.MessageDialog:
        return Gtk.MessageDialog(
            transient_for=self._dialog, modal=True, title=_("Brushwarp: Message"), message_type=kind, text=text, secondary_text=detail or None
        )
