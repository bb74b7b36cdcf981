"""GTK and GIMP's own widgets, in the versions that GIMP 3 is made of. Import them from here, and only where there is a screen."""

from __future__ import annotations

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
gi.require_version("GimpUi", "3.0")
from gi.repository import Gdk, GdkPixbuf, Gimp, GimpUi, Gio, GLib, Gtk, Pango  # noqa: E402 - the versions come first

__all__ = ["GLib", "Gdk", "GdkPixbuf", "Gimp", "GimpUi", "Gio", "Gtk", "Pango"]
