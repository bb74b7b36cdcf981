"""The dialog of Stylize…: the styles with their pictures, how strongly and how broadly to paint, the paths with arrows."""

from __future__ import annotations

from typing import Any, List

from bridge.styles import InstalledStyle
from job_dialog import JobDialog
from layers import Source
from thumbnails import pixbuf_of
from toolkit import GLib, Gtk


class StylizeDialog(JobDialog):
    def __init__(self, procedure: Any, config: Any, styles: List[InstalledStyle], source: Source) -> None:
        super().__init__(procedure, config, "Brushwarp: Stylize", source)
        self._styles = styles
        self._content.pack_start(self._style_row(), False, False, 0)
        if len(styles) > 1:
            self._content.pack_start(self._mix_rows(), False, False, 0)
        for argument in ("strength", "brush-scale"):
            self._slider(argument).set_digits(2)
        self._dialog.fill(["strength", "brush-scale", "keep-colors"])
        self._content.pack_start(self._keypoints_row(), False, False, 0)

    def _style_row(self) -> Gtk.Widget:
        ids = [style.id for style in self._styles]
        if self._config.get_property("style") not in ids:
            self._config.set_property("style", ids[0])
        store = Gtk.ListStore(str, str)
        for style in self._styles:
            store.append([style.id, style.label])
        row = self._row("St_yle", self._combo("style", store), "The painting whose brushwork the layer gets")
        row.pack_end(self._thumbnail, False, False, 0)
        self._config.connect("notify::style", lambda *_: self._style_changed(ids))
        self._style_changed(ids)
        return row

    def _mix_rows(self) -> Gtk.Widget:
        """Folded away until wanted, or used the last time."""
        rows = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6, margin_top=6)
        ids = ["", *(style.id for style in self._styles)]
        for argument, title in (("medium", "Me_dium strokes"), ("fine", "_Fine strokes")):
            if (self._config.get_property(argument) or "") not in ids:
                self._config.set_property(argument, "")
            store = Gtk.ListStore(str, str)
            store.append(["", "As the style"])
            for style in self._styles:
                store.append([style.id, style.label])
            tip = "Whose {} strokes lie over the coarse ones".format(argument)
            rows.pack_start(self._row(title, self._combo(argument, store), tip), False, False, 0)
        used = any(self._config.get_property(argument) for argument in ("medium", "fine"))
        expander = Gtk.Expander(label="_Mix with other styles", use_underline=True, expanded=used)
        expander.set_tooltip_text("Take the medium and the fine strokes from other styles; the coarse ones stay this style's")
        expander.add(rows)
        expander.show_all()
        return expander

    def _style_changed(self, ids: List[str]) -> None:
        style = self._config.get_property("style")
        if style not in ids:  # the dialog's Reset names none
            GLib.idle_add(lambda: self._config.set_property("style", ids[0]) and False)
            return
        found = self._styles[ids.index(style)].thumbnail
        self._show_thumbnail(None if found is None else pixbuf_of(found))
