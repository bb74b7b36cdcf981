"""The styles as pictures to choose from: searched, marked, added, renamed and removed."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional

from bridge.gallery import Gallery, search, set_favourite
from bridge.language import _
from bridge.styles import InstalledStyle, Thumbnail
from gallery_actions import GalleryActions
from thumbnails import fitted, pixbuf_of, scaled
from toolkit import Gdk, GdkPixbuf, GLib, Gtk, Pango

ID, PICTURE, NAME, TOOLTIP = range(4)  # columns
PICTURE_BOX = (88, 66)  # pixels at most
ITEM = 92  # pixels wide
SIZE = (338, 250)  # pixels at least: three in a row
POLL = 1000  # milliseconds from one look at the folders to the next: another host, or a training, may add a style
STAR, NO_STAR = "★", "☆"
FAVOURITE = _("Favo_urite")


class StyleGallery:
    """`box` is what to show. The choice lives in the config's argument "style".

    styles: what there is; kept up to date, in place, and on_change is called then. Call `stop` before the window goes.
    """

    def __init__(self, config: Any, gallery: Gallery, styles: List[InstalledStyle], on_change: Callable[[], None]) -> None:
        self._config, self._gallery, self._styles, self._on_change = config, gallery, styles, on_change
        self._stamp = gallery.stamp()
        self._following = False  # and not choosing
        self._seen = ""  # the name of the style that was chosen last
        self._missed = ""  # that of one that went while it was chosen, until another one is
        self._pictures: Dict[Thumbnail, GdkPixbuf.Pixbuf] = {}
        self._nothing = GdkPixbuf.Pixbuf.new(GdkPixbuf.Colorspace.RGB, True, 8, *PICTURE_BOX)
        self._nothing.fill(0)
        self._store = Gtk.ListStore(str, GdkPixbuf.Pixbuf, str, str)
        self.view = self._make_view()
        self._search = Gtk.SearchEntry(placeholder_text=_("Search styles"), tooltip_text=_("Shows styles whose name, artist or year has these words"))
        self._starred = Gtk.ToggleButton(label=STAR, tooltip_text=_("Show favourites only"))
        self._chosen = Gtk.Label(xalign=0.0, ellipsize=Pango.EllipsizeMode.END, max_width_chars=30)
        self._favourite = self._button(FAVOURITE, self._toggle_favourite, _("Mark the style, or take its mark away"))
        self._actions = GalleryActions(gallery, lambda: self.box.get_toplevel(), self._changed)
        self._about = self._button(_("Abou_t…"), self._actions.show_card, _("Who painted it, its licence, how it was learnt"))
        self._rename = self._button(_("Re_name…"), self._actions.rename, _("Call a style of your own otherwise"))
        self._remove = self._button(_("Remo_ve…"), self._actions.remove, _("Delete a style of your own"))
        add = Gtk.Button(label=_("_Add…"), use_underline=True, tooltip_text=_("Add style packs from files; they can be dropped here too"))
        add.connect("clicked", lambda *_: self._actions.ask_files())
        self.box = self._arrange(add)
        self._accept_files()
        self._search.connect("search-changed", lambda *_: self._fill())
        self.view.connect("key-press-event", lambda _, event: self._search.handle_event(event))  # typing searches
        self._search.connect("stop-search", lambda entry: entry.set_text(""))
        self._starred.connect("toggled", lambda *_: self._fill())
        config.connect("notify::style", lambda *_: GLib.idle_add(self._follow))
        self._fill()
        self._timer = GLib.timeout_add(POLL, self._look)

    def stop(self) -> None:
        GLib.source_remove(self._timer)

    # Widgets.

    def _make_view(self) -> Gtk.IconView:
        view = Gtk.IconView(
            model=self._store, tooltip_column=TOOLTIP, item_padding=3, margin=2, row_spacing=2, column_spacing=2,
            selection_mode=Gtk.SelectionMode.BROWSE,
        )
        picture = Gtk.CellRendererPixbuf(width=ITEM, height=PICTURE_BOX[1])
        name = Gtk.CellRendererText(
            width=ITEM, wrap_width=ITEM, wrap_mode=Pango.WrapMode.WORD_CHAR, alignment=Pango.Alignment.CENTER, xalign=0.5, yalign=0.0
        )
        view.pack_start(picture, False)
        view.pack_start(name, False)
        view.add_attribute(picture, "pixbuf", PICTURE)
        view.add_attribute(name, "text", NAME)
        view.connect("selection-changed", lambda *_: self._selected())
        view.connect("item-activated", lambda *_: self.box.get_toplevel().activate_default())  # Enter, or a double-click: as OK
        return view

    def _button(self, label: str, act: Callable[[InstalledStyle], None], tooltip: str) -> Gtk.Button:
        """Does something to the style that is chosen."""
        button = Gtk.Button(label=label, use_underline=True, tooltip_text=tooltip)

        def clicked(*_: Any) -> None:
            if self.chosen is not None:
                act(self.chosen)

        button.connect("clicked", clicked)
        return button

    def _arrange(self, add: Gtk.Button) -> Gtk.Box:
        def row(*widgets: Gtk.Widget, wide: Optional[Gtk.Widget] = None) -> Gtk.Box:
            line = Gtk.Box(spacing=6)
            for widget in widgets:
                line.pack_start(widget, wide in (None, widget), True, 0)
            return line

        scrolled = Gtk.ScrolledWindow(hscrollbar_policy=Gtk.PolicyType.NEVER, shadow_type=Gtk.ShadowType.IN)
        scrolled.set_size_request(*SIZE)
        scrolled.add(self.view)
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        tip = _("The painting whose brushwork the layer gets")
        label = Gtk.Label(label=_("St_yle"), use_underline=True, mnemonic_widget=self.view, tooltip_text=tip)
        box.pack_start(row(label, self._search, self._starred, wide=self._search), False, False, 0)
        box.pack_start(scrolled, True, True, 0)
        box.pack_start(self._chosen, False, False, 0)
        box.pack_start(row(self._favourite, self._about), False, False, 0)
        box.pack_start(row(add, self._rename, self._remove), False, False, 0)
        box.show_all()
        return box

    def _accept_files(self) -> None:
        """Packs that are dropped are added."""
        self.box.drag_dest_set(Gtk.DestDefaults.ALL, [], Gdk.DragAction.COPY)
        self.box.drag_dest_add_uri_targets()
        self.box.connect("drag-data-received", lambda _, context, x, y, data, *rest: self._actions.add_later(data.get_uris()))

    # What is shown.

    @property
    def chosen(self) -> Optional[InstalledStyle]:
        id = self._config.get_property("style")
        return next((style for style in self._styles if style.id == id), None)

    def _look(self) -> bool:
        """True, for GLib.timeout_add."""
        if self._gallery.stamp() != self._stamp:
            self._changed()
        return True

    def _changed(self, id: str = "") -> None:
        """Styles came, went, or were marked. id: of one to choose."""
        self._stamp = self._gallery.stamp()
        self._styles[:] = self._gallery.styles()
        if id:
            self._search.set_text("")
            self._starred.set_active(False)
            self._config.set_property("style", id)
        self._fill()
        self._on_change()

    def _fill(self) -> None:
        """Pictures follow when the window is there: it shall not wait for them."""
        self._following = True
        self._store.clear()
        for style in search(self._styles, self._search.get_text(), self._starred.get_active()):
            name = "{} {}".format(STAR, style.name) if style.is_favourite else style.name
            picture = self._pictures.get(style.thumbnail) if style.thumbnail else None
            self._store.append([style.id, picture or self._nothing, name, GLib.markup_escape_text(style.label)])
        self._following = False
        self._follow()
        GLib.idle_add(self._draw_next)

    def _draw_next(self) -> bool:
        """One picture that is still missing. True while there are more, for GLib.idle_add."""
        styles = {style.id: style for style in self._styles}
        for row in self._store:
            thumbnail = styles[row[ID]].thumbnail if row[ID] in styles else None
            if row[PICTURE] is self._nothing and thumbnail is not None:
                size = fitted(thumbnail.width, thumbnail.height, PICTURE_BOX)
                row[PICTURE] = self._pictures.setdefault(thumbnail, scaled(pixbuf_of(thumbnail), size))
                return True
        return False

    def _follow(self) -> bool:
        """Show what the config says; where that is not to be had, choose the first that is. For GLib.idle_add."""
        if self.chosen is None and self._styles:
            self._missed = self._seen
            self._config.set_property("style", self._styles[0].id)
        style = self.chosen
        self._following = True
        self.view.unselect_all()
        for row in self._store:
            if style is not None and row[ID] == style.id:
                self.view.select_path(row.path)
                self.view.set_cursor(row.path, None, False)
                self.view.scroll_to_path(row.path, False, 0.0, 0.0)
        self._following = False
        self._seen = "" if style is None else style.name
        words = "" if style is None else style.label
        self._chosen.set_text(_("“{}” is gone: this is “{}”.").format(self._missed, self._seen) if self._missed else words)
        self._chosen.set_tooltip_text(self._chosen.get_text())
        self._favourite.set_label("{} {}".format(STAR if style is not None and style.is_favourite else NO_STAR, FAVOURITE))
        for button in (self._rename, self._remove):
            button.set_sensitive(style is not None and style.is_own)
        return False

    def _selected(self) -> None:
        paths = self.view.get_selected_items()
        if paths and not self._following:
            self._missed = ""
            self._config.set_property("style", self._store[paths[0]][ID])

    def _toggle_favourite(self, style: InstalledStyle) -> None:
        self._actions.attempt(lambda: set_favourite(style.id, not style.is_favourite))
