"""The dialog of Warp…: the bent layer, live, and its arrows, while they are edited here or with GIMP's own path tool."""

from __future__ import annotations

from typing import Any, List, Optional

from arrow_list import ArrowList
from arrow_paths import read_drawn, shape_of_all, write_rows
from arrow_rows import Row, arrows_of, followed, in_words
from bridge.bend import Bend
from bridge.errors import WorkerError
from bridge.language import _
from job_dialog import JobDialog
from keypoints import HOW_TO_DRAW, NAME, muted_name
from keypoints_chooser import KeypointsChooser
from layers import Source
from toolkit import GLib, Gtk, Pango
from warp_preview import WarpPreview

CALM, EAGER = 40, 15  # milliseconds from one look at paths and worker to the next: eager where an answer is on its way
LINES = 2  # of words, kept free so that the dialog does not jump
NO_PATH = _(
    "No arrows yet. Draw them as strokes of two points in a path named “{}” (Shift+click begins the next), or have them suggested."
).format(NAME)
GONE = _("The image was closed, or the layer deleted.")


class WarpDialog(JobDialog):
    def __init__(self, procedure: Any, config: Any, source: Source) -> None:
        super().__init__(procedure, config, _("Brushwarp: Warp"), source)
        self._dialog.set_ok_label(_("_Apply warp"))
        self._name: Optional[str] = None  # of the path that is shown
        self._rows: List[Row] = []
        self._seen: Optional[str] = None  # of all paths, at the last look
        self._refusal = ""
        self._timer = 0
        self._warped = WarpPreview(source)
        self._arrows = ArrowList(self._edit, self._ask_for_preview)
        self._keypoints = KeypointsChooser(config, read_drawn(source.image), may_be_none=False)
        self._grid = Gtk.CheckButton(label=_("Show the _grid"), use_underline=True, active=True)
        self._grid.set_tooltip_text(_("A grid over the preview shows how the picture is bent"))
        self._words = Gtk.Label(xalign=0.0, yalign=0.0, wrap=True, lines=LINES, ellipsize=Pango.EllipsizeMode.END, max_width_chars=40)
        self._words.set_size_request(-1, self._words.create_pango_layout("\n".join("x" * LINES)).get_pixel_size()[1])
        row = self._row(_("_Keypoints"), self._keypoints.combo, _("The path along whose arrows the layer is bent. ") + HOW_TO_DRAW)
        self._content.pack_start(row, False, False, 0)
        self._content.pack_start(self._picture_and_list(), True, True, 0)
        for argument in ("exaggeration", "smoothness"):
            self._percent_slider(argument)
        self._dialog.fill(["exaggeration", "smoothness"])
        self._content.pack_start(self._words, False, False, 0)
        self._content.show_all()
        for argument in ("keypoints", "exaggeration", "smoothness"):
            config.connect("notify::" + argument, lambda *_: self._look(anew=True))
        self._grid.connect("toggled", lambda *_: self._ask_for_preview())

    def ask(self) -> bool:
        self._look(anew=True)
        self._schedule()
        self._arrows.focus()
        GLib.idle_add(self._dialog.set_modal, False)  # else some window managers keep the image's window from being used meanwhile
        try:
            return super().ask()
        finally:
            GLib.source_remove(self._timer)
            self._warped.close()

    def _picture_and_list(self) -> Gtk.Widget:
        left = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        left.pack_start(self._warped.widget, True, True, 0)
        left.pack_start(self._grid, False, False, 0)
        both = Gtk.Box(spacing=12)
        both.pack_start(left, False, False, 0)
        both.pack_start(self._arrows.box, True, True, 0)
        return both

    def _percent_slider(self, argument: str) -> None:
        entry = self._dialog.get_scale_entry(argument, 100.0)
        entry.set_digits(0)
        entry.get_label().set_label(entry.get_label().get_label() + " (%)")
        self._labels.add_widget(entry.get_label())
        self._numbers.add_widget(entry.get_spin_button())

    # Following what is drawn.

    def _schedule(self) -> None:
        self._timer = GLib.timeout_add(EAGER if self._warped.is_waiting else CALM, self._tick)

    def _tick(self) -> bool:
        self._look()
        if self._warped.follow():
            self._tell()
        self._schedule()
        return False

    def _look(self, anew: bool = False) -> None:
        """See whether a path has changed. anew: or anything else that the preview shows."""
        if self._fixed:
            return
        seen = shape_of_all(self._source.image) if self._source.layer.is_valid() else None
        if seen == self._seen and not anew:
            return
        if seen is None:
            self._name, self._rows = None, []
        elif seen != self._seen or self._keypoints.path != self._name:
            self._read()
        self._seen = seen
        self._arrows.show(self._rows, self._source.left, self._source.top)
        self._tell()
        self._ask_for_preview()

    def _read(self) -> None:
        drawn = read_drawn(self._source.image)
        self._keypoints.refresh(drawn)
        name = self._keypoints.path
        before = self._rows if name == self._name else []
        self._name, self._refusal = name, ""
        self._rows = followed(before, drawn[name], drawn.get(muted_name(name), [])) if name else []

    def _ask_for_preview(self) -> None:
        if self._fixed:
            return
        settings = self._config.get_property("exaggeration"), self._config.get_property("smoothness")
        self._warped.ask(Bend(*settings, grid=self._grid.get_active()), self._bending(), self._arrows.marked)

    def _bending(self) -> list:
        return arrows_of(self._rows, self._source.left, self._source.top)

    # Editing.

    def _edit(self, rows: List[Row]) -> None:
        """Into the image, one step of undo."""
        try:
            write_rows(self._source.image, self._name, rows)
            self._rows = rows
        except WorkerError as error:
            self._refusal = "{} {}".format(error.message, error.hint)
        self._look(anew=True)

    def _tell(self) -> None:
        """How many arrows there are, and what the painter should know of them."""
        if self._seen is None:
            words = [GONE]
        elif self._name is None:
            words = [NO_PATH]
        else:
            words = [*in_words(self._rows), self._refusal or " ".join(self._warped.notes)]
        self._words.set_text(" ".join(filter(None, words)))
        self._words.set_tooltip_text(self._words.get_text())
        self._dialog.get_widget_for_response(Gtk.ResponseType.OK).set_sensitive(bool(self._bending()))
