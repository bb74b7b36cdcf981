"""All trainings, as they stand now, and what can be done with the selected one."""

from __future__ import annotations

from typing import Callable, Dict, Optional, Set

from bridge.trainings import TrainingStatus, cancel_training, forget_training, list_trainings, resume_training
from thumbnails import fitted, scaled
from toolkit import GdkPixbuf, GLib, Gtk, Pango
from training_words import can_resume, sentence, share

POLL = 1000  # milliseconds
SAMPLE = (72, 72)  # pixels at most
SHOWN = 250  # pixels of the list's height, which is two trainings and a half
LOOK = b"box { background-color: transparent; } trough, progress { min-height: 8px; }"  # GIMP's theme paints boxes over a selected row


class TrainingRow:
    """One training. `widget` is what to show."""

    def __init__(self, status: TrainingStatus) -> None:
        self._sample = ""
        self._picture = Gtk.Image(width_request=SAMPLE[0], height_request=SAMPLE[1], valign=Gtk.Align.START)
        self._picture.set_from_icon_name("gimp-tool-paintbrush", Gtk.IconSize.DND)  # until it has painted something
        self._name = Gtk.Label(xalign=0.0, ellipsize=Pango.EllipsizeMode.END)
        self._state = Gtk.Label(xalign=0.0, ellipsize=Pango.EllipsizeMode.END)
        self._bar = Gtk.ProgressBar(no_show_all=True)
        self._message = Gtk.Label(xalign=0.0, wrap=True, max_width_chars=50, no_show_all=True)
        self._message.get_style_context().add_class("dim-label")
        words = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=3, valign=Gtk.Align.CENTER)
        for part in (self._name, self._state, self._bar, self._message):
            words.pack_start(part, False, False, 0)
        both = Gtk.Box(spacing=12, border_width=6)
        both.pack_start(self._picture, False, False, 0)
        both.pack_start(words, True, True, 0)
        look = Gtk.CssProvider()
        look.load_from_data(LOOK)
        for part in (both, words, self._bar):
            part.get_style_context().add_provider(look, Gtk.STYLE_PROVIDER_PRIORITY_USER)
        self.widget = Gtk.ListBoxRow()
        self.widget.add(both)
        self.widget.show_all()
        self.show(status, False)

    def show(self, status: TrainingStatus, stopping: bool) -> None:
        """stopping: it was told to, and runs as yet."""
        self.status = status
        state = "Cancelling…" if stopping else sentence(status)
        self._name.set_markup("<b>{}</b>".format(GLib.markup_escape_text(status.name)))
        self._state.set_text(state)
        self._state.set_tooltip_text(state)
        self._bar.set_fraction(share(status))
        self._bar.set_visible(status.state != "finished")
        self._message.set_text(status.message)
        self._message.set_visible(bool(status.message))
        self._show_sample(status.sample)

    def _show_sample(self, path: str) -> None:
        if path == self._sample:
            return
        try:
            picture = GdkPixbuf.Pixbuf.new_from_file(path)
        except GLib.Error:  # gone meanwhile: the next status names a newer one
            return
        self._sample = path
        self._picture.set_from_pixbuf(scaled(picture, fitted(picture.get_width(), picture.get_height(), SAMPLE)))


class TrainingsList:
    """`box` is what to show, once it is in a window; `tell` shows an error. Call `stop` before the window goes."""

    def __init__(self, tell: Callable[[Exception], None]) -> None:
        self._tell = tell
        self._rows: Dict[str, TrainingRow] = {}
        self._stopping: Set[str] = set()
        nothing = Gtk.Label(label="No training runs, and none is kept.", visible=True, margin=12)
        nothing.get_style_context().add_class("dim-label")
        self._list = Gtk.ListBox(selection_mode=Gtk.SelectionMode.BROWSE)
        self._list.set_placeholder(nothing)
        self._list.connect("row-selected", lambda *_: self._settle())
        scrolled = Gtk.ScrolledWindow(hscrollbar_policy=Gtk.PolicyType.NEVER, shadow_type=Gtk.ShadowType.IN, min_content_height=SHOWN)
        scrolled.add(self._list)
        self._cancel = self._button("Canc_el", self._cancel_it, "Stop the training; it keeps what it has learnt")
        self._resume = self._button("Res_ume", self._resume_it, "Go on from where the training was last saved")
        self._remove = self._button("Re_move…", self._remove_it, "Remove all that the training kept; a finished style stays in the gallery")
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
            title="Brushwarp: Remove",
            message_type=Gtk.MessageType.QUESTION,
            text="Remove the training “{}”?".format(status.name),
            secondary_text="The style stays in the gallery." if status.state == "finished" else "What it has learnt is lost.",
        )
        question.add_button("_Cancel", Gtk.ResponseType.CANCEL)
        question.add_button("_Remove", Gtk.ResponseType.OK)
        question.set_default_response(Gtk.ResponseType.CANCEL)
        answer = question.run()
        question.destroy()
        return answer == Gtk.ResponseType.OK
