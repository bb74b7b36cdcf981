"""Text for other programs."""

from __future__ import annotations

from toolkit import Gdk, Gtk


def copy_text(text: str) -> None:
    """To the clipboard, so that it outlives this process, where the desktop keeps clipboards."""
    clipboard = Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD)
    clipboard.set_text(text, -1)
    clipboard.set_can_store(None)
    clipboard.store()
