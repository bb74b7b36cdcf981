"""The layer in a dialog, small, as Stylize will paint it: forms first, then ever finer strokes; and as it is, while one looks back."""

from __future__ import annotations

from typing import Any, Callable, Optional, Tuple

from bridge.client import StylizeRequest, WorkerError
from bridge.previews import Picture, StylizePreview, small_size
from bridge.styles import Thumbnail
from layers import Source, read_small_selection
from thumbnails import fitted, layer_pixels, over_checks, pixbuf_of, scaled, with_alpha
from toolkit import Gdk, GdkPixbuf, GLib, Gtk, Pango

BOX = (440, 290)  # pixels at most. GTK enlarges pictures on a dense screen: to hand it finer ones takes pycairo, which GIMP lacks
LOOK = 40  # milliseconds from one look at what came to the next
PAINTING = "Painting the preview…"
LAID_OUT = 30  # milliseconds in which the window comes up, before the layer is read: a large one of fine depth takes a second


class PaintedPreview:
    """`box` is what to show. request: what would be asked of the worker now; its WorkerErrors are shown in the place of a picture."""

    def __init__(self, source: Source, request: Callable[[], StylizeRequest]) -> None:
        self._source, self._request = source, request
        self._size = small_size(source.width, source.height)
        self._shown = tuple(min(pair) for pair in zip(self._size, fitted(*self._size, BOX), strict=True))
        self._preview: Optional[StylizePreview] = None
        self._small: Optional[GdkPixbuf.Pixbuf] = None  # the layer as it is
        self._before: Optional[GdkPixbuf.Pixbuf] = None  # the same as it is shown
        self._painted: Optional[GdkPixbuf.Pixbuf] = None
        self._opaque = b""  # of each pixel of the small copy, how much of a painting on it shows
        self._is_clipped = False
        self._held = False
        self._refusal = ""  # why nothing can be painted as the settings are
        self._image = Gtk.Image(width_request=BOX[0], height_request=min(BOX[1], max(self._shown[1], BOX[1] // 2)))
        self._toggle = Gtk.ToggleButton(label="Show or_iginal", use_underline=True)
        self._toggle.set_tooltip_text("The layer as it is; or hold the mouse button down on the picture")
        self._words = Gtk.Label(xalign=0.0, ellipsize=Pango.EllipsizeMode.END)
        self.box = self._arrange()
        self._timer = GLib.timeout_add(LAID_OUT, self._begin)

    def _arrange(self) -> Gtk.Box:
        frame = Gtk.EventBox()
        frame.add(self._image)
        frame.connect("button-press-event", lambda *_: self._hold(True))
        frame.connect("button-release-event", lambda *_: self._hold(False))
        frame.add_events(Gdk.EventMask.BUTTON_PRESS_MASK | Gdk.EventMask.BUTTON_RELEASE_MASK)
        self._toggle.connect("toggled", lambda *_: self._show())
        line = Gtk.Box(spacing=6)
        line.pack_start(self._toggle, False, False, 0)
        line.pack_start(self._words, True, True, 0)
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        box.pack_start(frame, True, True, 0)
        box.pack_start(line, False, False, 0)
        box.show_all()
        return box

    @property
    def picture(self) -> Gtk.Widget:
        return self._image

    def ask(self) -> None:
        """Whenever a setting has changed."""
        if self._preview is None:
            return
        try:
            self._preview.ask(self._request())
            self._refusal = ""
        except WorkerError as error:
            self._refusal = str(error)
        self._tell(self._said())

    def show_progress(self, picture: Thumbnail) -> None:
        """Of the layer itself, on its way."""
        if self._small is None:  # who was quicker than the preview
            self._read()
        self._show_draft(pixbuf_of(picture))

    def stop(self) -> None:
        """No more previews: the worker is free. What is shown stays."""
        GLib.source_remove(self._timer)
        if self._preview is not None:
            self._preview.close()
        self._toggle.set_active(False)
        self._tell("")

    def _begin(self) -> bool:
        """False, for GLib.timeout_add."""
        pixels, selection = self._read()
        self._preview = StylizePreview(pixels, self._size, selection)
        self._show()
        self.ask()
        self._timer = GLib.timeout_add(LOOK, self._look)
        return False

    def _read(self) -> Tuple[bytes, Optional[bytes]]:
        """Layer and selection, small; and what is shown of them."""
        pixels = layer_pixels(self._source.layer, self._size)
        selection = read_small_selection(self._source, self._size)
        alpha = pixels[3::4]
        self._is_clipped = selection is not None
        self._opaque = alpha if selection is None else bytes(a * b // 255 for a, b in zip(alpha, selection, strict=True))
        self._small = over_checks(pixels, self._size)
        self._before = scaled(self._small, self._shown)
        return pixels, selection

    def _look(self) -> bool:
        """True, for GLib.timeout_add."""
        news = self._preview.news()
        if news is not None:
            self._take(news)
        self._tell(self._said())
        return True

    def _said(self) -> str:
        return self._refusal or self._preview.words or (PAINTING if self._preview.is_waiting else "")

    def _tell(self, words: str) -> None:
        if words != self._words.get_text():
            self._words.set_text(words)
            self._words.set_tooltip_text(words)

    def _take(self, news: Picture) -> None:
        if news.is_final:
            self._painted = self._laid(news.pixels)
            self._show()
        else:
            self._show_draft(pixbuf_of(Thumbnail(news.width, news.height, news.pixels)))

    def _show_draft(self, picture: GdkPixbuf.Pixbuf) -> None:
        """An opaque picture of any size, where a painting will show."""
        pixels = bytearray(scaled(picture, self._size).add_alpha(False, 0, 0, 0).read_pixel_bytes().get_data())
        pixels[3::4] = self._opaque
        self._painted = self._laid(bytes(pixels))
        self._show()

    def _laid(self, pixels: bytes) -> GdkPixbuf.Pixbuf:
        """Over the layer where a selection clips it, else over the checks of an empty canvas."""
        if not self._is_clipped:
            return scaled(over_checks(pixels, self._size), self._shown)
        below = self._small.copy()
        place = (0, 0, *self._size, 0, 0, 1, 1)
        with_alpha(pixels, *self._size).composite(below, *place, GdkPixbuf.InterpType.NEAREST, 255)
        return scaled(below, self._shown)

    def _hold(self, held: bool) -> bool:
        self._held = held
        self._show()
        return False

    def _show(self, *_: Any) -> None:
        looks_back = self._held or self._toggle.get_active()
        self._image.set_from_pixbuf(self._before if looks_back else self._painted or self._before)
