"""What the window of Engine… shows of an engine that is installed: the facts, the folders, and the log."""

from __future__ import annotations

import os
from typing import Callable, List, Sequence, Tuple

from bridge.engine_log import without_home
from bridge.engine_words import RECIPES
from bridge.errors import WorkerError
from bridge.language import _
from bridge.paths import log_folder, path_to_text
from bridge.styles import own_folder
from toolkit import Gio, GLib, Gtk, Pango

LOG_HEIGHT = 190  # pixels at least
Tell = Callable[[WorkerError], None]


class FactsGrid:
    """Headings and what is told under each; below where things lie. facts: as they are shown until more is known."""

    def __init__(self, facts: Sequence[Tuple[str, str]], tell: Tell) -> None:
        self.widget = Gtk.Grid(row_spacing=6, column_spacing=12)
        self._tell = tell
        self._texts: List[Gtk.Label] = [self._row(heading) for heading, _ in facts]
        self._folder_row(_("Styles"), own_folder())
        self._row(_("Recipes")).set_text(RECIPES)
        self.show(facts)

    def show(self, facts: Sequence[Tuple[str, str]]) -> None:
        for label, (_heading, text) in zip(self._texts, facts, strict=True):
            if label.get_text() != text:
                label.set_text(text)

    def _row(self, heading: str) -> Gtk.Label:
        row = len(self.widget.get_children())  # more than there are rows, which GTK doesn't mind
        title = Gtk.Label(label=heading, xalign=1.0)
        title.get_style_context().add_class("dim-label")
        text = Gtk.Label(xalign=0.0, selectable=True, can_focus=False, hexpand=True, ellipsize=Pango.EllipsizeMode.MIDDLE)
        self.widget.attach(title, 0, row, 1, 1)
        self.widget.attach(text, 1, row, 1, 1)
        return text

    def _folder_row(self, heading: str, folder: str) -> None:
        label = self._row(heading)
        label.set_text(without_home(path_to_text(folder)))
        button = folder_button(_("Open _folder"), folder, self._tell)
        self.widget.attach_next_to(button, label, Gtk.PositionType.RIGHT, 1, 1)


class LogView:
    """Its last lines, which follow what is added as long as nobody scrolled away."""

    def __init__(self, copy: Callable[[], None], tell: Tell) -> None:
        self._lines: Sequence[str] = ()
        self._text = Gtk.TextView(
            monospace=True, editable=False, cursor_visible=False, left_margin=6, right_margin=6, accepts_tab=False, wrap_mode=Gtk.WrapMode.CHAR
        )
        self._scrolled = Gtk.ScrolledWindow(shadow_type=Gtk.ShadowType.IN, hscrollbar_policy=Gtk.PolicyType.NEVER, min_content_height=LOG_HEIGHT)
        self._scrolled.add(self._text)
        copying = Gtk.Button(label=_("Co_py report"), use_underline=True)
        copying.set_tooltip_text(_("Copy all of this as one text, for whoever helps: versions, device, the last error and the log"))
        copying.connect("clicked", lambda *_: copy())
        buttons = Gtk.Box(spacing=6)
        buttons.pack_start(copying, False, False, 0)
        buttons.pack_start(folder_button(_("Show _in folder"), log_folder(), tell), False, False, 0)
        self.widget = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        self.widget.pack_start(Gtk.Label(label=_("Log"), xalign=0.0), False, False, 0)
        self.widget.pack_start(self._scrolled, True, True, 0)
        self.widget.pack_start(buttons, False, False, 0)

    def show(self, lines: Sequence[str]) -> None:
        if lines == self._lines:
            return
        self._lines = lines
        place = self._scrolled.get_vadjustment()
        follows = place.get_value() >= place.get_upper() - place.get_page_size() - 1
        self._text.get_buffer().set_text("\n".join(lines))
        if follows:
            GLib.idle_add(self._to_its_end)

    def _to_its_end(self) -> bool:
        """False, for GLib.idle_add."""
        self._text.scroll_to_iter(self._text.get_buffer().get_end_iter(), 0.0, True, 0.0, 1.0)
        return False


def folder_button(label: str, folder: str, tell: Tell) -> Gtk.Button:
    button = Gtk.Button(label=label, use_underline=True)
    button.connect("clicked", lambda *_: _open(folder, tell))
    return button


def _open(folder: str, tell: Tell) -> None:
    try:
        os.makedirs(folder, exist_ok=True)  # it is made when the first thing comes into it
        Gio.AppInfo.launch_default_for_uri(GLib.filename_to_uri(folder, None), None)
    except (OSError, GLib.Error) as error:
        tell(WorkerError("folder", _("The folder can't be shown: {}.").format(error), path_to_text(folder)))
