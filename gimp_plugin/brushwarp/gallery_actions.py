"""What can be done with a style of the gallery, each with the window that asks for it."""

from __future__ import annotations

import os
from typing import Any, Callable, List, Optional, Sequence

from bridge.gallery import Gallery, NameTaken, card_lines
from bridge.language import _
from bridge.paths import path_to_text
from bridge.styles import SUFFIX, InstalledStyle
from engine_pages import folder_button
from painting import explain
from toolkit import Gio, GLib, Gtk

CARD_WIDTH = 60  # characters, of a line at most


class GalleryActions:
    """window: tells above which window to ask. on_change: is called after anything was done, with the id of a style that is new or none."""

    def __init__(self, gallery: Gallery, window: Callable[[], Gtk.Window], on_change: Callable[[str], None]) -> None:
        self._gallery, self._window, self._on_change = gallery, window, on_change

    def attempt(self, work: Callable[[], Any]) -> None:
        """Do it, and tell what goes wrong."""
        try:
            work()
        except Exception as error:
            self._tell(error)
        self._on_change("")

    def ask_files(self) -> None:
        dialog = Gtk.FileChooserNative.new(_("Style packs to add"), self._window(), Gtk.FileChooserAction.OPEN, _("_Add"), None)
        packs = Gtk.FileFilter()
        packs.set_name(_("Style packs (*{})").format(SUFFIX))
        packs.add_pattern("*" + SUFFIX)
        dialog.add_filter(packs)
        dialog.set_select_multiple(True)
        files = dialog.get_files() if dialog.run() == Gtk.ResponseType.ACCEPT else []
        dialog.destroy()
        self._add(files)

    def add_later(self, uris: Sequence[str]) -> None:
        """Once what they were dropped with has been told that they arrived."""
        GLib.idle_add(lambda: self._add([Gio.File.new_for_uri(uri) for uri in uris]))

    def _add(self, files: Sequence[Gio.File]) -> bool:
        """False, for GLib.idle_add."""
        added = ""
        for file in files:
            path = file.get_path() or file.get_uri()
            try:
                added = self._add_pack(path) or added
            except Exception as error:
                self._tell(error, path_to_text(path))
        if added:
            self._on_change(added)
        return False

    def _add_pack(self, path: str) -> str:
        """The new style's id; nothing where the painter would rather not have it."""
        try:
            return self._gallery.add(path).id
        except NameTaken as error:
            asked = self._ask(_("Add the style as “{}”?").format(error.free_id), error.message, _("_Add"))
            return self._gallery.add(path, error.free_id).id if asked else ""

    def rename(self, style: InstalledStyle) -> None:
        entry = Gtk.Entry(text=style.name, activates_default=True, width_chars=32)
        dialog = self._dialog(_("Brushwarp: Rename style"), _("_Rename"))
        dialog.get_content_area().pack_start(Gtk.Label(label=_("Name; without one, it is called as on its card"), xalign=0.0), False, False, 0)
        dialog.get_content_area().pack_start(entry, False, False, 0)
        dialog.show_all()
        answer, name = dialog.run(), entry.get_text()
        dialog.destroy()
        if answer == Gtk.ResponseType.OK:
            self.attempt(lambda: self._gallery.rename(style.id, name))

    def remove(self, style: InstalledStyle) -> None:
        loss = _("Its pack is deleted. Layers that were painted in it stay.")
        if self._ask(_("Remove the style “{}”?").format(style.name), loss, _("_Remove")):
            self.attempt(lambda: self._gallery.remove(style.id))

    def show_card(self, style: InstalledStyle) -> None:
        try:
            lines = card_lines(style)
        except Exception as error:
            self._tell(error)
            return
        grid = Gtk.Grid(row_spacing=6, column_spacing=12)
        for row, (heading, text) in enumerate(lines):
            title = Gtk.Label(label=heading, xalign=1.0, yalign=0.0)
            title.get_style_context().add_class("dim-label")
            grid.attach(title, 0, row, 1, 1)
            grid.attach(Gtk.Label(label=text, xalign=0.0, wrap=True, selectable=True, max_width_chars=CARD_WIDTH), 1, row, 1, 1)
        dialog = self._dialog("Brushwarp: {}".format(style.name))
        dialog.get_content_area().pack_start(grid, True, True, 0)
        shows = folder_button(_("Show _in folder"), os.path.dirname(style.path), self._tell)
        shows.set_halign(Gtk.Align.START)
        dialog.get_content_area().pack_start(shows, False, False, 0)
        dialog.show_all()
        dialog.get_widget_for_response(Gtk.ResponseType.CANCEL).grab_focus()  # and no text is selected
        dialog.run()
        dialog.destroy()

    # Windows.

    def _dialog(self, title: str, does: Optional[str] = None) -> Gtk.Dialog:
        """does: what its button says that does something."""
        dialog = Gtk.Dialog(title=title, transient_for=self._window(), modal=True, resizable=False)
        dialog.add_button(_("_Close") if does is None else _("_Cancel"), Gtk.ResponseType.CANCEL)
        if does is not None:
            dialog.add_button(does, Gtk.ResponseType.OK)
            dialog.set_default_response(Gtk.ResponseType.OK)
        content = dialog.get_content_area()
        content.set_spacing(6)
        content.set_border_width(12)
        return dialog

    def _ask(self, question: str, detail: str, does: str) -> bool:
        return self._message(Gtk.MessageType.QUESTION, question, detail, [(_("_Cancel"), Gtk.ResponseType.CANCEL), (does, Gtk.ResponseType.OK)])

    def _tell(self, error: Exception, about: str = "") -> None:
        message, _newline, hint = explain(error).partition("\n")
        self._message(Gtk.MessageType.WARNING, message, "\n".join(filter(None, (hint, about))), [(_("_Close"), Gtk.ResponseType.CANCEL)])

    def _message(self, kind: Gtk.MessageType, text: str, detail: str, buttons: List[Any]) -> bool:
        """True if it was not cancelled."""
        dialog = Gtk.MessageDialog(
            transient_for=self._window(), modal=True, title="Brushwarp", message_type=kind, text=text, secondary_text=detail
        )
        for label, response in buttons:
            dialog.add_button(label, response)
        dialog.set_default_response(Gtk.ResponseType.CANCEL)
        answer = dialog.run()
        dialog.destroy()
        return answer == Gtk.ResponseType.OK
