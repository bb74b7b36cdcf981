"""The layer in a dialog as Stylize will paint it: small and whole, forms first, or a spot of it as large as it will be; and as it is, while
one looks back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Optional, Tuple

from bridge.client import StylizeRequest, WorkerError
from bridge.language import _
from bridge.previews import CLICK, Picture, StylizePreview, part_around, small_size
from bridge.request import Part
from bridge.styles import Thumbnail
from layers import Source, read_small_selection
from thumbnails import fitted, layer_pixels, over_checks, part_pixels, pixbuf_of, scaled, with_alpha
from toolkit import Gdk, GdkPixbuf, GLib, Gtk, Pango

BOX = (440, 290)  # pixels at most. GTK enlarges pictures on a dense screen: to hand it finer ones takes pycairo, which GIMP lacks
LOOK = 40  # milliseconds from one look at what came to the next
LINES = 2  # of words have their place: the dialog shall not jump
LAID_OUT = 30  # milliseconds in which the window comes up, before the layer is read: a large one of fine depth takes a second


@dataclass
class Look:
    """part: what it shows, at its own size; None for the whole layer, small. shown: at what size, (width, height). small: the layer as it is."""

    part: Optional[Part]
    size: Tuple[int, int]
    shown: Tuple[int, int]
    small: GdkPixbuf.Pixbuf
    painted: Optional[GdkPixbuf.Pixbuf] = None  # as far as it is known, as it is shown

    @property
    def before(self) -> GdkPixbuf.Pixbuf:
        """The layer as it is shown."""
        return scaled(self.small, self.shown)


class PaintedPreview:
    """`box` is what to show. request: what would be asked of the worker now; its WorkerErrors are shown in the place of a picture."""

    def __init__(self, source: Source, request: Callable[[], StylizeRequest]) -> None:
        self._source, self._request = source, request
        self._size = small_size(source.width, source.height)
        self._shown = tuple(min(pair) for pair in zip(self._size, fitted(*self._size, BOX), strict=True))
        self._room = (BOX[0], min(BOX[1], max(self._shown[1], BOX[1] // 2)))
        self._preview: Optional[StylizePreview] = None
        self._whole: Optional[Look] = None
        self._spot: Optional[Look] = None
        self._opaque = b""  # of each pixel of the small copy, how much of a painting on it shows
        self._is_clipped = False
        self._held = False
        self._refusal = ""  # why nothing can be painted as the settings are
        self._image = Gtk.Image(width_request=self._room[0], height_request=self._room[1])
        self._toggle = Gtk.ToggleButton(label=_("Show or_iginal"), use_underline=True)
        self._toggle.set_tooltip_text(_("The layer as it is; or hold the right mouse button down on the picture"))
        self._back = Gtk.Button(label=_("_Whole layer"), use_underline=True, sensitive=False)
        self._back.set_tooltip_text(_("Go back from the spot to the whole layer; or click on the picture"))
        self._words = Gtk.Label(xalign=0.0, yalign=0.0, wrap=True, lines=LINES, ellipsize=Pango.EllipsizeMode.END)
        self._words.set_size_request(-1, self._words.create_pango_layout("\n" * (LINES - 1)).get_pixel_size()[1])
        self.box = self._arrange()
        self._timer = GLib.timeout_add(LAID_OUT, self._begin)

    def _arrange(self) -> Gtk.Box:
        frame = Gtk.EventBox()
        frame.add(self._image)
        frame.connect("button-press-event", lambda _, event: self._click(event) if event.button == 1 else self._hold(True))
        frame.connect("button-release-event", lambda *_: self._hold(False))
        frame.add_events(Gdk.EventMask.BUTTON_PRESS_MASK | Gdk.EventMask.BUTTON_RELEASE_MASK)
        self._toggle.connect("toggled", lambda *_: self._show())
        self._back.connect("clicked", lambda *_: self._leave_spot())
        line = Gtk.Box(spacing=6)
        for button in (self._toggle, self._back):
            line.pack_start(button, False, False, 0)
        box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        box.pack_start(frame, True, True, 0)
        box.pack_start(line, False, False, 0)
        box.pack_start(self._words, False, False, 0)
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
            self._preview.ask(self._request(), None if self._spot is None else self._spot.part)
            self._refusal = ""
        except WorkerError as error:
            self._refusal = str(error)
        self._tell(self._said())

    def show_progress(self, picture: Thumbnail) -> None:
        """Of the layer itself, on its way."""
        if self._whole is None:  # who was quicker than the preview
            self._read()
        self._show_draft(pixbuf_of(picture))

    def stop(self) -> None:
        """No more previews: the worker is free. What is shown of the whole stays."""
        GLib.source_remove(self._timer)
        if self._preview is not None:
            self._preview.close()
            self._preview = None
        self._spot = None
        self._toggle.set_active(False)
        self._show()
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
        self._whole = Look(None, self._size, self._shown, over_checks(pixels, self._size))
        return pixels, selection

    def _look(self) -> bool:
        """True, for GLib.timeout_add."""
        news = self._preview.news()
        if news is not None:
            self._take(news)
        self._tell(self._said())
        return True

    def _said(self) -> str:
        more_to_see = self._spot is None and (self._source.width > self._room[0] or self._source.height > self._room[1])
        return self._refusal or self._preview.words or (CLICK if more_to_see else "")

    def _tell(self, words: str) -> None:
        if words != self._words.get_text():
            self._words.set_text(words)
            self._words.set_tooltip_text(words)

    def _take(self, news: Picture) -> None:
        look = self._whole if news.part is None else self._spot
        if look is None or look.part != news.part:  # left meanwhile
            return
        if news.is_final:
            look.painted = self._laid(news.pixels, look)
            self._show()
        else:  # of the whole: there are no drafts of a spot
            self._show_draft(pixbuf_of(Thumbnail(news.width, news.height, news.pixels)))

    def _show_draft(self, picture: GdkPixbuf.Pixbuf) -> None:
        """An opaque picture of any size, where a painting will show."""
        pixels = bytearray(scaled(picture, self._size).add_alpha(False, 0, 0, 0).read_pixel_bytes().get_data())
        pixels[3::4] = self._opaque
        self._whole.painted = self._laid(bytes(pixels), self._whole)
        self._show()

    def _laid(self, pixels: bytes, look: Look) -> GdkPixbuf.Pixbuf:
        """Over the layer where a selection clips it, else over the checks of an empty canvas."""
        if not self._is_clipped:
            return scaled(over_checks(pixels, look.size), look.shown)
        below = look.small.copy()
        place = (0, 0, *look.size, 0, 0, 1, 1)
        with_alpha(pixels, *look.size).composite(below, *place, GdkPixbuf.InterpType.NEAREST, 255)
        return scaled(below, look.shown)

    # A spot of it.

    def _click(self, event: Gdk.EventButton) -> bool:
        if self._spot is not None:
            self._leave_spot()
        elif self._preview is not None:
            room = self._image.get_allocation()
            x, y = event.x - (room.width - self._shown[0]) // 2, event.y - (room.height - self._shown[1]) // 2
            if 0 <= x < self._shown[0] and 0 <= y < self._shown[1]:
                self._look_at(x / self._shown[0], y / self._shown[1])
        return False

    def _look_at(self, x: float, y: float) -> None:
        """A spot, in shares of the layer. Of a layer that is seen whole at its own size there is nothing more to see."""
        source, whole = self._source, self._whole
        part = part_around((source.width, source.height), (x * source.width, y * source.height), self._room)
        size = (part.width, part.height)
        if size == (source.width, source.height):
            return
        across, down = self._shown[0] / source.width, self._shown[1] / source.height
        left, top = int(part.left * across), int(part.top * down)
        sides = (min(round(part.width * across) or 1, self._shown[0] - left), min(round(part.height * down) or 1, self._shown[1] - top))
        coarse = (whole.painted or whole.before).new_subpixbuf(left, top, *sides)
        self._spot = Look(part, size, size, over_checks(part_pixels(source.layer, part), size), scaled(coarse, size))
        self._show()
        self.ask()

    def _leave_spot(self) -> None:
        self._spot = None
        self._show()
        self.ask()

    def _hold(self, held: bool) -> bool:
        self._held = held
        self._show()
        return False

    def _show(self, *_: Any) -> None:
        look = self._spot or self._whole
        self._back.set_sensitive(self._spot is not None)
        if look is not None:
            looks_back = self._held or self._toggle.get_active()
            self._image.set_from_pixbuf(look.before if looks_back else look.painted or look.before)
