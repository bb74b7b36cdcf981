"""What a training practises on: a folder of photographs, or pictures that Brushwarp renders."""

from __future__ import annotations

from typing import Any, Optional

from toolkit import Gio, GLib, Gtk, Pango

from bridge.language import _

RENDERED = ""  # the list's row without a folder


class PhotosChooser:
    """`box` is what to show, `combo` the list in it. The choice lives in the config's argument "photos"."""

    def __init__(self, config: Any) -> None:
        self._config = config
        self._folder: Optional[Gio.File] = None  # the last one chosen, which stays in the list
        self._store = Gtk.ListStore(str, str)
        self.combo = Gtk.ComboBox(model=self._store, id_column=0, valign=Gtk.Align.CENTER)
        text = Gtk.CellRendererText(ellipsize=Pango.EllipsizeMode.MIDDLE, width_chars=30)  # a long name shall not widen the dialog
        self.combo.pack_start(text, True)
        self.combo.add_attribute(text, "text", 1)
        button = Gtk.Button(label=_("_Folder…"), use_underline=True, tooltip_text=_("Choose a folder of photographs to practise on"))
        button.connect("clicked", lambda *_: self._ask_folder())
        self.box = Gtk.Box(spacing=6)
        self.box.pack_start(self.combo, True, True, 0)
        self.box.pack_start(button, False, False, 0)
        self._show(config.get_property("photos"))
        self.combo.connect("changed", lambda *_: self._chosen())

    def _show(self, folder: Optional[Gio.File]) -> None:
        self._folder = folder or self._folder
        self._store.clear()
        self._store.append([RENDERED, _("Pictures that Brushwarp renders (own photographs teach better)")])
        if self._folder is not None:
            self._store.append([self._folder.get_uri(), self._folder.get_parse_name()])
        self.combo.set_active_id(RENDERED if folder is None else folder.get_uri())

    def _chosen(self) -> None:
        if self.combo.get_active_id() is not None:  # while the list is made anew, nothing is chosen
            self._config.set_property("photos", None if self.combo.get_active_id() == RENDERED else self._folder)

    def _ask_folder(self) -> None:
        dialog = Gtk.FileChooserNative.new(
            _("Photographs to practise on"), self.box.get_toplevel(), Gtk.FileChooserAction.SELECT_FOLDER, None, None
        )
        if self._folder is not None:
            dialog.set_file(self._folder)
        else:
            dialog.set_current_folder(GLib.get_user_special_dir(GLib.UserDirectory.DIRECTORY_PICTURES) or GLib.get_home_dir())
        if dialog.run() == Gtk.ResponseType.ACCEPT:
            self._show(dialog.get_file())
        dialog.destroy()
