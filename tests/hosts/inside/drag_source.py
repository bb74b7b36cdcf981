"""A window that a file can be dragged from, as from a file manager: `python3 drag_source.py TITLE FILE`."""

import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gio, Gtk  # noqa: E402

title, path = sys.argv[1:]
window = Gtk.Window(title=title, default_width=160, default_height=80)
box = Gtk.EventBox()
box.add(Gtk.Label(label=title))
box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
box.drag_source_add_uri_targets()
box.connect("drag-data-get", lambda _, context, data, *rest: data.set_uris([Gio.File.new_for_path(path).get_uri()]))
window.add(box)
window.connect("destroy", Gtk.main_quit)
window.move(0, 700)
window.show_all()
Gtk.main()
