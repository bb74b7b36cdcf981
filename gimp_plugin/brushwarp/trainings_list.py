"""All trainings, as they stand now, and what can be done with the selected one."""

from __future__ import annotations

from typing import Callable, Dict, Optional, Set

from bridge.language import _
from bridge.training_words import can_resume
from bridge.trainings import TrainingStatus, cancel_training, forget_training, list_trainings, resume_training
from toolkit import GLib, Gtk
from training_row import TrainingRow

POLL = 1000  # milliseconds
SHOWN = 250  # pixels of the list's height, which is two trainings and a half


class TrainingsList:
    """`box` is what to show, once it is in a window; `tell` shows an error. Call `stop` before the window goes."""

    def __init__(self, tell: Callable[[Exception], None]) -> None:
        self._tell = tell
        self._rows: Dict[str, TrainingRow] = {}
        self._stopping: Set[str] = set()
        nothing = Gtk.Label(label=_("No training runs, and none is kept."), visible=True, margin=12)
        nothing.get_style_context().add_class("dim-label")
        self._list = Gtk.ListBox(selection_mode=Gtk.SelectionMode.BROWSE)
        self._list.set_placeholder(nothing)
        self._list.connect("row-selected", lambda *_: self._settle())
        scrolled = Gtk.ScrolledWindow(hscrollbar_policy=Gtk.PolicyType.NEVER, shadow_type=Gtk.ShadowType.IN, min_content_height=SHOWN)
        scrolled.add(self._list)
        self._cancel = self._button(_("Canc_el"), self._cancel_it, _("Stop the training; it keeps what it has learnt"))
        self._resume = self._button(_("Res_ume"), self._resume_it, _("Go on from where the training was last saved"))
        self._remove = self._button(_("Re_move…"), self._remove_it, _("Remove all that the training kept; a finished style stays in the gallery"))
        buttons = Gtk.ButtonBox(layout_style=Gtk.ButtonBoxStyle.END, spacing=6)
        for button in (self._cancel, self._resume, self._remove):
            buttons.add(button)
        self.box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        self.box.pack_start(scrolled, True, True, 0)
        self.box.pack_start(buttons, False, False, 0)
        self.refresh()
        self._timer = GLib.timeout_add(POLL, self.refresh)

    def stop(self) -> None:
        GLib.source_remove(self._timer)

    def refresh(self) -> bool:
        """Show how all of them stand. True, for GLib.timeout_add."""
        statuses = {status.id: status for status in list_trainings()}
        for id in [id for id in self._rows if id not in statuses]:
            self._list.remove(self._rows.pop(id).widget)
        self._stopping = {id for id in self._stopping if id in statuses and statuses[id].runs}
        for place, (id, status) in enumerate(statuses.items()):
            if id in self._rows:
                self._rows[id].show(status, id in self._stopping)
            else:
                self._rows[id] = TrainingRow(status)
                self._list.insert(self._rows[id].widget, place)
        if self._list.get_selected_row() is None:
            self._list.select_row(self._list.get_row_at_index(0))
        self._settle()
        return True

    def select(self, id: str) -> None:
        self.refresh()
        if id in self._rows:
            self._list.select_row(self._rows[id].widget)

    def _button(self, label: str, call: Callable[[TrainingStatus], None], tooltip: str) -> Gtk.Button:
        button = Gtk.Button(label=label, use_underline=True, tooltip_text=tooltip)
        button.connect("clicked", lambda *_: self._do(call))
        return button

    def _do(self, call: Callable[[TrainingStatus], None]) -> None:
        status = self._selected()
        if status is None:
            return
        try:
            call(status)
        except Exception as error:
            self._tell(error)
        self.refresh()

    def _selected(self) -> Optional[TrainingStatus]:
        row = self._list.get_selected_row()
        return next((mine.status for mine in self._rows.values() if mine.widget is row), None)

    def _settle(self) -> None:
        """Only what can be done can be pressed."""
        status = self._selected()
        self._cancel.set_sensitive(status is not None and status.runs and status.id not in self._stopping)
        self._resume.set_sensitive(status is not None and can_resume(status))
        self._remove.set_sensitive(status is not None and not status.runs)

    def _cancel_it(self, status: TrainingStatus) -> None:
        cancel_training(status.id)
        self._stopping.add(status.id)

    def _resume_it(self, status: TrainingStatus) -> None:
        resume_training(status.id)

    def _remove_it(self, status: TrainingStatus) -> None:
        if self._asked(status):
            forget_training(status.id)

    def _asked(self, status: TrainingStatus) -> bool:
        question = Gtk.MessageDialog(
            transient_for=self.box.get_toplevel(),
            modal=True,
            title=_("Brushwarp: Remove"),
            message_type=Gtk.MessageType.QUESTION,
            text=_("Remove the training “{}”?").format(status.name),
            secondary_text=_("The style stays in the gallery.") if status.state == "finished" else _("What it has learnt is lost."),
        )
        question.add_button(_("_Cancel"), Gtk.ResponseType.CANCEL)
        question.add_button(_("_Remove"), Gtk.ResponseType.OK)
        question.set_default_response(Gtk.ResponseType.CANCEL)
        answer = question.run()
        question.destroy()
        return answer == Gtk.ResponseType.OK
