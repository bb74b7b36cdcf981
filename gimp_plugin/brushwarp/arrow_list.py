"""The arrows of a path as a list: switched on and off by check boxes, and reversed or deleted by buttons."""

from __future__ import annotations

from typing import Callable, Collection, List, Optional

from arrow_rows import Row, Rows, with_muted, with_reversed, without
from bridge.bend import arrow_in_words
from bridge.language import _
from keypoints import moved
from toolkit import Gdk, Gtk

PLACE, ACTIVE, WORDS = range(3)  # columns: the place among the rows, whether it is bent along, what it is called
SIZE = (232, 200)  # pixels at least


class ArrowList:
    """`box` is what to show. on_edit: is handed the rows as they shall become. on_mark: another arrow is selected."""

    def __init__(self, on_edit: Callable[[List[Row]], None], on_mark: Callable[[], None]) -> None:
        self._rows: Rows = ()
        self._on_edit = on_edit
        self._store = Gtk.ListStore(int, bool, str)
        self._view = Gtk.TreeView(model=self._store, headers_visible=False, enable_search=False)
        self._view.set_tooltip_text(_("Clear an arrow's box to mute it: it stays in the image, and nothing is bent along it"))
        check = Gtk.CellRendererToggle()
        check.connect("toggled", lambda _, path: self._toggled(int(path)))
        words = Gtk.CellRendererText()
        self._view.append_column(Gtk.TreeViewColumn("", check, active=ACTIVE))
        self._view.append_column(Gtk.TreeViewColumn("", words, text=WORDS, sensitive=ACTIVE))
        self._view.connect("key-press-event", self._on_key)
        self._selection = self._view.get_selection()
        self._selection.set_mode(Gtk.SelectionMode.MULTIPLE)
        scrolled = Gtk.ScrolledWindow(hscrollbar_policy=Gtk.PolicyType.NEVER, shadow_type=Gtk.ShadowType.IN)
        scrolled.set_size_request(*SIZE)
        scrolled.add(self._view)
        self._reverse = self._button(_("Re_verse"), _("Swap the two ends of the selected arrows"), lambda: self._edit(with_reversed))
        self._delete = self._button(_("_Delete"), _("Delete the selected arrows from the path"), lambda: self._edit(without))
        buttons = Gtk.Box(spacing=6, homogeneous=True)
        buttons.pack_start(self._reverse, True, True, 0)
        buttons.pack_start(self._delete, True, True, 0)
        self.box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        self.box.pack_start(scrolled, True, True, 0)
        self.box.pack_start(buttons, False, False, 0)
        self._selection.connect("changed", lambda *_: self._selected(on_mark))
        self._selected(lambda: None)

    @property
    def marked(self) -> Optional[int]:
        """The place, among the arrows along which is bent, of the one that is selected alone."""
        chosen = self._chosen()
        if len(chosen) != 1 or self._rows[chosen[0]].muted:
            return None
        return sum(not row.muted and row.stroke.arrow is not None for row in self._rows[: chosen[0]])

    def focus(self) -> None:
        """Give it the keyboard."""
        self._view.grab_focus()

    def show(self, rows: Rows, left: float, top: float) -> None:
        """left, top: the layer's offsets; coordinates are told in its pixels."""
        self._rows = rows
        arrows = [(at, row) for at, row in enumerate(rows) if row.stroke.arrow is not None]
        if len(arrows) != len(self._store):
            self._store.clear()  # and with it the selection, which would mean others now
            for _row in arrows:
                self._store.append([0, True, ""])
        for number, (line, (at, row)) in enumerate(zip(self._store, arrows), 1):
            line[PLACE], line[ACTIVE] = at, not row.muted
            line[WORDS] = arrow_in_words(number, moved(row.stroke.arrow, -left, -top))

    def _button(self, label: str, tooltip: str, act: Callable[[], None]) -> Gtk.Button:
        button = Gtk.Button(label=label, use_underline=True, tooltip_text=tooltip)
        button.connect("clicked", lambda *_: act())
        return button

    def _chosen(self) -> List[int]:
        """Places among the rows."""
        _, paths = self._selection.get_selected_rows()
        return [self._store[path][PLACE] for path in paths]

    def _selected(self, on_mark: Callable[[], None]) -> None:
        any_chosen = self._selection.count_selected_rows() > 0
        self._reverse.set_sensitive(any_chosen)
        self._delete.set_sensitive(any_chosen)
        on_mark()

    def _edit(self, change: Callable[[Rows, Collection[int]], List[Row]]) -> None:
        if self._chosen():
            self._on_edit(change(self._rows, self._chosen()))

    def _toggled(self, number: int) -> None:
        """Of several that are selected, one switches all."""
        at, active = self._store[number][PLACE], self._store[number][ACTIVE]
        chosen = self._chosen()
        self._on_edit(with_muted(self._rows, chosen if at in chosen else [at], active))

    def _on_key(self, _: Gtk.Widget, event: Gdk.EventKey) -> bool:
        if event.keyval not in (Gdk.KEY_Delete, Gdk.KEY_KP_Delete):
            return False
        self._edit(without)
        return True
