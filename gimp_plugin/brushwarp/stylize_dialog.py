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

    def _style_changed(self, ids: List[str]) -> None:
        style = self._config.get_property("style")
        if style not in ids:  # the dialog's Reset names none
            GLib.idle_add(lambda: self._config.set_property("style", ids[0]) and False)
            return
        found = self._styles[ids.index(style)].thumbnail
        self._show_thumbnail(None if found is None else pixbuf_of(found))
