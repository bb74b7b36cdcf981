"""The dialog of Stylize…: the gallery on the left, the layer as it will be painted on the right, and below it how."""

from __future__ import annotations

from typing import Any, Callable, List

from bridge.client import StylizeRequest
from bridge.gallery import Gallery
from bridge.language import _
from bridge.paths import Install
from bridge.styles import InstalledStyle, Thumbnail
from job_dialog import JobDialog
from layers import Source
from painted_preview import PaintedPreview
from style_gallery import StyleGallery
from toolkit import GLib, Gtk

MIXED = (
    ("medium", _("Me_dium strokes"), _("Whose medium strokes lie over the coarse ones")),
    ("fine", _("_Fine strokes"), _("Whose fine strokes lie over the coarse ones")),
)
SHOWN = ("style", "medium", "fine", "strength", "brush-scale", "keep-colors", "keypoints")  # arguments that the preview shows
AS_THE_STYLE = ("", _("As the style"))


class StylizeDialog(JobDialog):
    """request: what would be asked of the worker now; raises WorkerError."""

    def __init__(
        self, procedure: Any, config: Any, install: Install, styles: List[InstalledStyle], source: Source, request: Callable[[], StylizeRequest]
    ) -> None:
        super().__init__(procedure, config, _("Brushwarp: Stylize"), source)
        self._styles = styles
        self._stores = {argument: Gtk.ListStore(str, str) for argument, *_words in MIXED}
        self._fill_mix()
        self._gallery = StyleGallery(config, Gallery.of(install), styles, self._fill_mix)
        self._painted = PaintedPreview(source, lambda: self._completed(request()))
        settings = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        settings.pack_start(self._painted.box, True, True, 0)
        for argument, option in (("strength", "strength-as-opacity"), ("brush-scale", "keep-colors")):
            slider = self._slider(argument)
            slider.set_digits(2)
            settings.pack_start(slider, False, False, 0)
            settings.pack_start(self._dialog.get_widget(option, Gtk.CheckButton.__gtype__), False, False, 0)
        settings.pack_start(self._keypoints_row(), False, False, 0)
        settings.pack_start(self._mask_option(), False, False, 0)
        settings.pack_start(self._mix_rows(), False, False, 0)
        both = Gtk.Box(spacing=12)
        both.pack_start(self._gallery.box, True, True, 0)
        both.pack_start(settings, False, False, 0)
        both.show_all()
        self._content.pack_start(both, True, True, 0)
        for argument in SHOWN:
            config.connect("notify::" + argument, lambda *_: GLib.idle_add(self._ask_for_preview))

    def ask(self) -> bool:
        self._gallery.view.grab_focus()
        try:
            return super().ask()
        finally:
            self._gallery.stop()
            self._painted.stop()

    @property
    def _picture(self) -> Gtk.Widget:
        return self._painted.picture

    def _show_draft(self, picture: Thumbnail) -> None:
        self._painted.show_progress(picture)

    def _ask_for_preview(self) -> bool:
        """False, for GLib.idle_add."""
        if not self._fixed:
            self._painted.ask()
        return False

    def _mix_rows(self) -> Gtk.Widget:
        """Folded away until wanted, or used the last time."""
        rows = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6, margin_top=6)
        for argument, title, tip in MIXED:
            rows.pack_start(self._row(title, self._combo(argument, self._stores[argument]), tip), False, False, 0)
        used = any(self._config.get_property(argument) for argument, *_words in MIXED)
        expander = Gtk.Expander(label=_("_Mix with other styles"), use_underline=True, expanded=used)
        expander.set_tooltip_text(_("Take the medium and the fine strokes from other styles; the coarse ones stay this style's"))
        expander.add(rows)
        return expander

    def _fill_mix(self) -> None:
        """The lists of styles anew. One that is gone is the style's own again."""
        choices = [AS_THE_STYLE, *((style.id, style.label) for style in self._styles)]
        for argument, store in self._stores.items():
            chosen = self._config.get_property(argument) or ""
            store.clear()
            for choice in choices:
                store.append(list(choice))
            self._config.set_property(argument, chosen if chosen in dict(choices) else "")
            self._config.notify(argument)  # the list shows it again
