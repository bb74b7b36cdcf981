"""What the dialogs of all verbs share: GIMP's own dialog, which stays while the job runs and shows how it goes."""

from __future__ import annotations

from typing import Any, Callable, Optional

from arrow_paths import read_drawn
from bridge.language import _
from bridge.request import LayerRequest
from bridge.series import title_of_many
from bridge.styles import Thumbnail
from form import Form
from job import warm_up
from keypoints import HOW_TO_DRAW
from keypoints_chooser import KeypointsChooser
from layers import Source, is_clipped
from style_chooser import StyleChooser
from thumbnails import fitted, pixbuf_of, scaled
from toolkit import GdkPixbuf, GimpUi, Gtk

THUMBNAIL = (96, 72)  # pixels at most, of the style's picture
PREVIEW = (192, 192)  # of the picture as it is being painted
NARROWEST = 420  # pixels


class JobDialog(Form):
    """Asks for the settings, and stays while the job runs: its Cancel then ends the job."""

    _style: StyleChooser
    _keypoints: KeypointsChooser

    def __init__(self, procedure: Any, config: Any, title: str, source: Source) -> None:
        GimpUi.init("brushwarp")
        super().__init__(config)
        self._source = source
        self._cancel: Optional[Callable[[], None]] = None
        self._fixed = False  # settings, while the job runs
        self._as_mask: Optional[Gtk.Widget] = None
        self._dialog = GimpUi.ProcedureDialog.new(procedure, config, title)
        self._dialog.set_size_request(NARROWEST, -1)
        self._content = self._dialog.get_content_area()
        self._numbers = Gtk.SizeGroup(mode=Gtk.SizeGroupMode.HORIZONTAL)
        self._thumbnail = Gtk.Image(width_request=THUMBNAIL[0], height_request=THUMBNAIL[1])
        self._completed: Callable[[LayerRequest], LayerRequest] = lambda request: request
        self._preview = Gtk.Image(margin_top=6, no_show_all=True)
        self._progress = Gtk.ProgressBar(show_text=True, margin_top=6, no_show_all=True)
        self._content.pack_end(self._progress, False, False, 0)
        self._content.pack_end(self._preview, False, False, 0)
        warm_up()

    def tell_count(self, layers: int) -> None:
        """How many layers are painted; the first is the one that is shown."""
        if layers > 1:
            self._dialog.set_title(title_of_many(self._dialog.get_title(), layers))

    def tell_edited(self, layer_name: str, has_mask: bool, completed: Callable[[LayerRequest], LayerRequest]) -> None:
        """Which result is painted anew. has_mask: one that was no selection, and stays. completed: a request with what no dialog asks for."""
        self._completed = completed
        if has_mask and self._as_mask is not None:
            self._as_mask.set_no_show_all(True)
            self._as_mask.hide()
        self._dialog.set_title(_("{}, edit “{}”").format(self._dialog.get_title(), layer_name))

    def ask(self) -> bool:
        """True if the user wants the picture painted. Then settings are fixed, and Cancel is there for the job."""
        if not self._dialog.run():
            return False
        self._fix_settings()
        self._dialog.connect("response", self._on_response)
        self._dialog.connect("delete-event", self._on_response)
        self._progress.show()
        return True

    def on_cancel(self, cancel: Callable[[], None]) -> None:
        self._cancel = cancel

    def show_progress(self, sentence: str, share: float, preview: Optional[Thumbnail]) -> None:
        self._progress.set_text(sentence)
        self._progress.set_fraction(share)
        if preview is not None:
            self._show_draft(preview)

    def close(self) -> None:
        self._dialog.destroy()

    def _on_response(self, *_response: Any) -> bool:
        """Cancel, Escape, or the window's own button to close it: all of them end the job, and then the dialog."""
        if self._cancel is not None:
            self.show_progress(_("Cancelling…"), self._progress.get_fraction(), None)
            self._cancel()
        return True

    def _fix_settings(self) -> None:
        """Grey out all but the progress and Cancel."""
        self._fixed = True
        kept = (self._dialog.get_widget_for_response(Gtk.ResponseType.CANCEL), self._progress, self._picture)

        def fix(widget: Gtk.Widget) -> None:
            if any(each.is_ancestor(widget) for each in kept):  # a box around it, which would grey it out as well
                widget.forall(fix)
            elif widget not in kept:
                widget.set_sensitive(False)

        self._content.forall(fix)

    # Pictures.

    def _show_thumbnail(self, picture: Optional[GdkPixbuf.Pixbuf]) -> None:
        """Of the style."""
        small = picture and scaled(picture, fitted(picture.get_width(), picture.get_height(), THUMBNAIL))
        self._thumbnail.set_from_pixbuf(small)
        self._thumbnail.show()

    @property
    def _picture(self) -> Gtk.Widget:
        """Where the job is seen."""
        return self._preview

    def _show_draft(self, picture: Thumbnail) -> None:
        """Of the layer, on its way."""
        self._show_preview(pixbuf_of(picture))

    def _show_preview(self, picture: GdkPixbuf.Pixbuf) -> None:
        """Always of one size, that of the layer made small: pictures come coarse at first, and the dialog shall not jump."""
        self._preview.set_from_pixbuf(scaled(picture, fitted(self._source.width, self._source.height, PREVIEW)))
        self._preview.show()

    # Rows that are a verb's own.

    def _slider(self, argument: str) -> Any:
        entry = self._dialog.get_scale_entry(argument, 1.0)
        self._labels.add_widget(entry.get_label())
        self._numbers.add_widget(entry.get_spin_button())
        return entry

    def _keypoints_row(self) -> Gtk.Widget:
        self._keypoints = KeypointsChooser(self._config, read_drawn(self._source.image), may_be_none=True)
        return self._row(_("_Keypoints"), self._keypoints.combo, _("Bends the painting along the arrows of a path. ") + HOW_TO_DRAW)

    def _mask_option(self) -> Gtk.Widget:
        """In which way a selection clips, if there is one."""
        self._as_mask = self._dialog.get_widget("selection-as-mask", Gtk.CheckButton.__gtype__)
        self._look_at_selection()
        self._dialog.connect("notify::is-active", lambda *_: self._look_at_selection())  # something may be selected meanwhile
        return self._as_mask

    def _look_at_selection(self) -> None:
        if not self._fixed and self._source.image.is_valid():
            self._as_mask.set_sensitive(is_clipped(self._source))

    def _style_row(self, title: str, tooltip: str) -> Gtk.Widget:
        """For a verb that has a `_style`: what it is to be like, with a small picture of it."""
        row = self._row(title, self._style.box, tooltip)
        row.get_children()[0].set_mnemonic_widget(self._style.combo)
        row.pack_end(self._thumbnail, False, False, 0)
        return row
