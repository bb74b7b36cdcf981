"""The dialog of Stylize…: GIMP's own, with the styles and their pictures, the paths with arrows, and the job's progress."""

from __future__ import annotations

from typing import Any, Callable, List, Optional

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("GimpUi", "3.0")
from bridge.styles import InstalledStyle  # noqa: E402 - the versions come first
from gi.repository import GdkPixbuf, GimpUi, GLib, Gtk  # noqa: E402 - the versions come first
from job import warm_up  # noqa: E402 - the versions come first
from keypoints import AUTOMATIC, HOW_TO_DRAW, NAME, NONE, candidates, choose_path, describe  # noqa: E402 - the versions come first
from layers import Source, count_arrows, path_names  # noqa: E402 - the versions come first

THUMBNAIL_SIDE = 96  # pixels, of the style's picture
NARROWEST = 420  # pixels


class StylizeDialog:
    """Asks for the settings, and stays while the job runs: its Cancel then ends the job."""

    def __init__(self, procedure: Any, config: Any, styles: List[InstalledStyle], source: Source) -> None:
        GimpUi.init("brushwarp")
        self._config, self._styles = config, styles
        self._cancel: Optional[Callable[[], None]] = None
        self._dialog = GimpUi.ProcedureDialog.new(procedure, config, "Brushwarp: Stylize")
        self._dialog.set_size_request(NARROWEST, -1)
        content = self._dialog.get_content_area()
        self._thumbnail = Gtk.Image()
        self._labels = Gtk.SizeGroup(mode=Gtk.SizeGroupMode.HORIZONTAL)
        content.pack_start(self._style_row(), False, False, 0)
        for argument in ("strength", "brush-scale"):
            entry = self._dialog.get_scale_entry(argument, 1.0)
            entry.set_digits(2)
            self._labels.add_widget(entry.get_label())
        self._dialog.fill(["strength", "brush-scale", "keep-colors"])
        content.pack_start(self._keypoints_row(source), False, False, 0)
        self._progress = Gtk.ProgressBar(show_text=True, margin_top=6, no_show_all=True)
        content.pack_end(self._progress, False, False, 0)
        warm_up()

    def ask(self) -> bool:
        """True if the user wants the picture painted. Then settings are fixed, and Cancel is there for the job."""
        if not self._dialog.run():
            return False
        self._fix_settings()
        self._dialog.connect("response", self._on_response)
        self._dialog.connect("delete-event", self._on_response)
        self._progress.show()
        return True

    def on_cancel(self, cancel: Callable[[], None]) -> None:
        self._cancel = cancel

    def show_progress(self, sentence: str, share: float) -> None:
        self._progress.set_text(sentence)
        self._progress.set_fraction(share)

    def close(self) -> None:
        self._dialog.destroy()

    def _on_response(self, *_: Any) -> bool:
        """Cancel, Escape, or the window's own button to close it: all of them end the job, and then the dialog."""
        if self._cancel is not None:
            self.show_progress("Cancelling…", self._progress.get_fraction())
            self._cancel()
        return True

    def _fix_settings(self) -> None:
        """Grey out all but the progress and Cancel."""
        cancel = self._dialog.get_widget_for_response(Gtk.ResponseType.CANCEL)

        def fix(widget: Gtk.Widget) -> None:
            if cancel.is_ancestor(widget):  # a box around it, which would grey it out as well
                widget.forall(fix)
            elif widget not in (cancel, self._progress):
                widget.set_sensitive(False)

        self._dialog.get_content_area().forall(fix)

    def _style_row(self) -> Gtk.Widget:
        ids = [style.id for style in self._styles]
        if self._config.get_property("style") not in ids:
            self._config.set_property("style", ids[0])
        store = Gtk.ListStore(str, str)
        for style in self._styles:
            store.append([style.id, style.label])
        row = self._row("St_yle", "style", store, "The painting whose brushwork the layer gets")
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
        self._thumbnail.set_visible(found is not None)
        if found is not None:
            width, height = found.width, found.height
            scale = THUMBNAIL_SIDE / max(width, height)
            picture = GdkPixbuf.Pixbuf.new_from_bytes(
                GLib.Bytes.new(found.rgb), GdkPixbuf.Colorspace.RGB, False, 8, width, height, width * 3
            )
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            self._thumbnail.set_from_pixbuf(picture.scale_simple(*size, GdkPixbuf.InterpType.BILINEAR))

    def _keypoints_row(self, source: Source) -> Gtk.Widget:
        names = path_names(source.image)
        found = candidates(names)
        newest = choose_path(names, AUTOMATIC)
        store = Gtk.ListStore(str, str)
        for name in found:
            store.append([AUTOMATIC if name == newest else name, describe(name, len(count_arrows(source, name)[0]))])
        if found:
            store.append([NONE, "None: do not bend"])
        else:
            store.append([AUTOMATIC, "No path named “{}”".format(NAME)])
        chosen = self._config.get_property("keypoints") or AUTOMATIC
        known = [entry[0] for entry in store]
        if chosen not in known:
            self._config.set_property("keypoints", known[0])
        row = self._row("_Keypoints", "keypoints", store, "Bends the painting along the arrows of a path. " + HOW_TO_DRAW)
        row.set_sensitive(bool(found))
        return row

    def _row(self, title: str, argument: str, store: Gtk.ListStore, tooltip: str) -> Gtk.Box:
        combo = GimpUi.prop_string_combo_box_new(self._config, argument, store, 0, 1)
        combo.set_valign(Gtk.Align.CENTER)
        label = Gtk.Label(label=title, use_underline=True, xalign=0.0, mnemonic_widget=combo)
        self._labels.add_widget(label)
        row = Gtk.Box(spacing=6, tooltip_text=tooltip)
        row.pack_start(label, False, False, 0)
        row.pack_start(combo, True, True, 0)
        row.show_all()
        return row
