"""What to paint like, or to bend towards, as a dialog lets it be chosen: a trained style, another layer of the image, or a picture file."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional

from bridge.language import _
from bridge.styles import InstalledStyle
from deform_settings import FILE, GALLERY, LAYER
from layers import Source, other_layers
from thumbnails import layer_picture, pixbuf_of
from toolkit import GdkPixbuf, Gimp, Gio, GLib, Gtk, Pango

THUMBNAIL_SIDE = 192  # pixels that a picture is read at, to be shown at half of that
PATTERNS = ("*.png", "*.jpg", "*.jpeg", "*.tif", "*.tiff", "*.webp")
NOTHING = ""  # key of a row that is no choice: a line between groups, or words where there is nothing to choose


class StyleChooser:
    """`box` is what to show; `kind` what is chosen there (deform_settings.GALLERY, LAYER, FILE, or nothing at all).

    The choice lives in the config's three arguments: a layer comes before a file, and that before a style. on_change is called
    after it changed, from here or from the dialog's Reset.
    """

    def __init__(self, config: Any, styles: List[InstalledStyle], source: Source, on_change: Callable[[], None]) -> None:
        self._config = config
        self._styles: Dict[str, InstalledStyle] = {style.id: style for style in styles}
        self._layers: Dict[str, Gimp.Layer] = {str(layer.get_id()): layer for layer in other_layers(source)}
        self._file: Optional[Gio.File] = config.get_property("style-file")
        self._following = False
        self._store = Gtk.ListStore(str, str)
        self.combo = self._make_combo()
        button = Gtk.Button(label=_("_Picture file…"), use_underline=True, tooltip_text=_("Choose a picture file to paint like"))
        button.connect("clicked", lambda *_: self._ask_file())
        self.box = Gtk.Box(spacing=6)
        self.box.pack_start(self.combo, True, True, 0)
        self.box.pack_start(button, False, False, 0)
        self._fill()
        self._on_change: Callable[[], None] = lambda: None
        self._follow()
        self._on_change = on_change
        self.combo.connect("changed", lambda *_: self._chosen())
        for argument in ("style", "style-file", "style-layer"):
            config.connect("notify::" + argument, lambda *_: GLib.idle_add(self._follow))

    @property
    def kind(self) -> str:
        return self._key().partition(":")[0]

    def picture(self) -> Optional[GdkPixbuf.Pixbuf]:
        """A small picture of what is chosen; None where there is none to be had."""
        kind, _, what = self._key().partition(":")
        if kind == GALLERY:
            found = self._styles[what].thumbnail
            return None if found is None else pixbuf_of(found)
        if kind == LAYER:
            return layer_picture(self._layers[what], (THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        if kind == FILE and self._file is not None:
            try:
                return GdkPixbuf.Pixbuf.new_from_file_at_size(self._file.get_path(), THUMBNAIL_SIDE, THUMBNAIL_SIDE)
            except GLib.Error:  # the engine reads some that GTK does not
                return None
        return None

    def _key(self) -> str:
        """The chosen row of the list, as "kind:which"."""
        return self.combo.get_active_id() or ""

    def _make_combo(self) -> Gtk.ComboBox:
        combo = Gtk.ComboBox(model=self._store, id_column=0, valign=Gtk.Align.CENTER)
        text = Gtk.CellRendererText(ellipsize=Pango.EllipsizeMode.MIDDLE, width_chars=24)  # a long name shall not widen the dialog
        combo.pack_start(text, True)
        combo.add_attribute(text, "text", 1)
        combo.set_row_separator_func(lambda store, row: not store[row][1])
        return combo

    def _fill(self) -> None:
        """The list anew: styles, layers, the file that was chosen last."""
        groups = [
            [(GALLERY, style.id, style.label) for style in self._styles.values()],
            [(LAYER, number, _("Layer “{}”").format(layer.get_name())) for number, layer in self._layers.items()],
            [(FILE, self._file.get_uri(), self._file.get_basename())] if self._file is not None else [],
        ]
        self._store.clear()
        for group in filter(None, groups):
            if len(self._store):
                self._store.append([NOTHING, ""])
            for kind, which, label in group:
                self._store.append(["{}:{}".format(kind, which), label])
        if not len(self._store):
            self._store.append([NOTHING, _("No other layer: choose a file")])

    def _follow(self) -> bool:
        """Show what the config says; where that is not to be had, choose the first that is. For GLib.idle_add."""
        layer, file = self._config.get_property("style-layer"), self._config.get_property("style-file")
        if layer is not None:
            key = "{}:{}".format(LAYER, layer.get_id())
        elif file is not None:
            key = "{}:{}".format(FILE, file.get_uri())
        else:
            key = "{}:{}".format(GALLERY, self._config.get_property("style"))
        self._following = True  # and not choosing
        if file is not None and (self._file is None or not file.equal(self._file)):
            self._file = file
            self._fill()
        if key != self._key() and not self.combo.set_active_id(key):
            self.combo.set_active(0)
            self._write()
        self._following = False
        self._remember()
        self._on_change()
        return False

    def _chosen(self) -> None:
        if not self._following:
            self._write()

    def _write(self) -> None:
        """Into the config what the list says. The style is kept beside a layer or a file, as what to go back to."""
        kind, _, which = self._key().partition(":")
        if kind == GALLERY:
            self._config.set_property("style", which)
        self._config.set_property("style-layer", self._layers[which] if kind == LAYER else None)
        if kind != LAYER:
            self._config.set_property("style-file", self._file if kind == FILE else None)

    def _remember(self) -> None:
        """The layer's name: all that GIMP keeps of it until the next time."""
        kind, _, which = self._key().partition(":")
        self._config.set_property("style-layer-name", self._layers[which].get_name() if kind == LAYER else "")

    def _ask_file(self) -> None:
        dialog = Gtk.FileChooserNative.new(_("Picture to paint like"), self.box.get_toplevel(), Gtk.FileChooserAction.OPEN, None, None)
        pictures = Gtk.FileFilter()
        pictures.set_name(_("Pictures"))
        for pattern in PATTERNS:
            pictures.add_pattern(pattern)
            pictures.add_pattern(pattern.upper())
        dialog.add_filter(pictures)
        if self._file is not None:
            dialog.set_file(self._file)
        if dialog.run() == Gtk.ResponseType.ACCEPT:
            self._config.set_property("style-layer", None)
            self._config.set_property("style-file", dialog.get_file())
        dialog.destroy()
