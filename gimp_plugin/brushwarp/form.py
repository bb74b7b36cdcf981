"""Rows of a dialog: a label, aligned with all others, and what belongs to it."""

from __future__ import annotations

from typing import Any

from toolkit import GimpUi, Gtk


class Form:
    """What a dialog for the settings in `config` is made of."""

    def __init__(self, config: Any) -> None:
        self._config = config
        self._labels = Gtk.SizeGroup(mode=Gtk.SizeGroupMode.HORIZONTAL)

    def _row(self, title: str, widget: Gtk.Widget, tooltip: str) -> Gtk.Box:
        widget.set_valign(Gtk.Align.CENTER)
        widget.set_tooltip_text(tooltip)  # else GIMP's own widgets show what is meant for scripts
        label = Gtk.Label(label=title, use_underline=True, xalign=0.0, mnemonic_widget=widget)
        self._labels.add_widget(label)
        row = Gtk.Box(spacing=6, tooltip_text=tooltip)
        row.pack_start(label, False, False, 0)
        row.pack_start(widget, True, True, 0)
        row.show_all()
        return row

    def _combo(self, argument: str, store: Gtk.ListStore) -> Gtk.ComboBox:
        """Chooses among `store`'s rows: the argument's value, and what it is called."""
        return GimpUi.prop_string_combo_box_new(self._config, argument, store, 0, 1)
