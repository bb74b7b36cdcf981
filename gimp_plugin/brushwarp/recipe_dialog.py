"""The dialog of Recipe…: the text of a recipe, to be copied, or pasted from elsewhere and followed."""

from __future__ import annotations

from typing import Optional

from bridge.language import _
from bridge.recipes import judged
from clipboard import copy_text
from toolkit import GimpUi, Gtk, Pango

SIZE = (520, 360)  # pixels of the text at least
LINES = 2  # of words, kept free so that the dialog does not jump


class RecipeDialog:
    """text: what it shows first, which may be nothing."""

    def __init__(self, text: str) -> None:
        GimpUi.init("brushwarp")
        self._dialog = GimpUi.Dialog(title=_("Brushwarp: Recipe"), role="brushwarp-recipe")
        copy = self._dialog.add_button(_("_Copy all"), Gtk.ResponseType.APPLY)
        copy.set_tooltip_text(_("Copy the text, to paste it in another GIMP, in Krita, or into a file for `brushwarp recipe`"))
        self._dialog.add_button(_("C_lose"), Gtk.ResponseType.CLOSE)
        self._follow = self._dialog.add_button(_("_Follow"), Gtk.ResponseType.OK)
        self._follow.set_tooltip_text(_("Do this to the selected layer, on a new layer above it"))
        self._text = Gtk.TextView(monospace=True, wrap_mode=Gtk.WrapMode.WORD_CHAR, left_margin=6, right_margin=6, accepts_tab=False)
        self._buffer = self._text.get_buffer()
        self._words = Gtk.Label(xalign=0.0, yalign=0.0, wrap=True, max_width_chars=60, lines=LINES, ellipsize=Pango.EllipsizeMode.END)
        self._words.set_size_request(-1, self._words.create_pango_layout("\n".join("x" * LINES)).get_pixel_size()[1])
        scrolled = Gtk.ScrolledWindow(shadow_type=Gtk.ShadowType.IN)
        scrolled.set_size_request(*SIZE)
        scrolled.add(self._text)
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6, border_width=12)
        box.pack_start(scrolled, True, True, 0)
        box.pack_start(self._words, False, False, 0)
        box.show_all()
        self._dialog.get_content_area().pack_start(box, True, True, 0)
        self._buffer.connect("changed", lambda *_: self._settle())
        self._buffer.set_text(text)
        self._buffer.place_cursor(self._buffer.get_start_iter())
        self._text.grab_focus()
        self._settle()

    def ask(self) -> Optional[str]:
        """The recipe to follow; None for none."""
        while True:
            answer = self._dialog.run()
            if answer != Gtk.ResponseType.APPLY:
                return self._written() if answer == Gtk.ResponseType.OK else None
            copy_text(self._written())
            self._words.set_text(_("Copied."))
            self._text.grab_focus()

    def close(self) -> None:
        self._dialog.destroy()

    def _written(self) -> str:
        return self._buffer.get_text(*self._buffer.get_bounds(), False)

    def _settle(self) -> None:
        """Say what it asks for, or what is wrong with it."""
        written = self._written()
        words, can_be_followed = judged(written)
        self._words.set_text(words)
        self._follow.set_sensitive(can_be_followed)
        self._dialog.get_widget_for_response(Gtk.ResponseType.APPLY).set_sensitive(bool(written.strip()))
