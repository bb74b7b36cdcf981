"""One training as the list shows it: the picture that it painted last, and how it stands."""

from __future__ import annotations

from bridge.training_words import share, standing
from bridge.trainings import TrainingStatus
from thumbnails import fitted, scaled
from toolkit import GdkPixbuf, GLib, Gtk, Pango

SAMPLE = (72, 72)  # pixels at most
LOOK = b"box { background-color: transparent; } trough, progress { min-height: 8px; }"
"""GIMP's theme paints boxes over a selected row, and bars without text as a hair."""


class TrainingRow:
    """`widget` is what to show."""

    def __init__(self, status: TrainingStatus) -> None:
        self._sample = ""
        self._picture = Gtk.Image(width_request=SAMPLE[0], height_request=SAMPLE[1], valign=Gtk.Align.START)
        self._picture.set_from_icon_name("gimp-tool-paintbrush", Gtk.IconSize.DND)  # until it has painted something
        self._name = Gtk.Label(xalign=0.0, ellipsize=Pango.EllipsizeMode.END)
        self._state = Gtk.Label(xalign=0.0, ellipsize=Pango.EllipsizeMode.END)
        self._bar = Gtk.ProgressBar(no_show_all=True)
        self._message = Gtk.Label(xalign=0.0, wrap=True, max_width_chars=50, no_show_all=True)
        self._message.get_style_context().add_class("dim-label")
        words = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=3, valign=Gtk.Align.CENTER)
        for part in (self._name, self._state, self._bar, self._message):
            words.pack_start(part, False, False, 0)
        both = Gtk.Box(spacing=12, border_width=6)
        both.pack_start(self._picture, False, False, 0)
        both.pack_start(words, True, True, 0)
        look = Gtk.CssProvider()
        look.load_from_data(LOOK)
        for part in (both, words, self._bar):
            part.get_style_context().add_provider(look, Gtk.STYLE_PROVIDER_PRIORITY_USER)
        self.widget = Gtk.ListBoxRow()
        self.widget.add(both)
        self.widget.show_all()
        self.show(status, False)

    def show(self, status: TrainingStatus, stopping: bool) -> None:
        """stopping: it was told to, and runs as yet."""
        self.status = status
        state = standing(status, stopping)
        self._name.set_markup("<b>{}</b>".format(GLib.markup_escape_text(status.name)))
        self._state.set_text(state)
        self._state.set_tooltip_text(state)
        self._bar.set_fraction(share(status))
        self._bar.set_visible(status.state != "finished")
        self._message.set_text(status.message)
        self._message.set_visible(bool(status.message))
        self._show_sample(status.sample)

    def _show_sample(self, path: str) -> None:
        if path == self._sample:
            return
        try:
            picture = GdkPixbuf.Pixbuf.new_from_file(path)
        except GLib.Error:  # gone meanwhile: the next status names a newer one
            return
        self._sample = path
        self._picture.set_from_pixbuf(scaled(picture, fitted(picture.get_width(), picture.get_height(), SAMPLE)))
