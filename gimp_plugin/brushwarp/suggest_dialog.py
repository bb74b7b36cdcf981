"""The dialog of Suggest keypoints…: where the arrows shall lead to, and how many there may be."""

from __future__ import annotations

from typing import Any, List

from bridge.language import _
from bridge.styles import InstalledStyle
from job_dialog import JobDialog
from layers import Source
from style_chooser import StyleChooser
from toolkit import Gtk


class SuggestDialog(JobDialog):
    def __init__(self, procedure: Any, config: Any, styles: List[InstalledStyle], source: Source) -> None:
        """styles: those that keep a picture of their painting."""
        super().__init__(procedure, config, _("Brushwarp: Suggest keypoints"), source)
        self._dialog.set_ok_label(_("S_uggest"))
        self._style = StyleChooser(config, styles, source, self._style_changed)
        tip = _("The arrows lead from this layer's shapes to those of another layer, a picture file, or a trained style's painting")
        self._content.pack_start(self._style_row(_("_Towards"), tip), False, False, 0)
        self._slider("count")
        self._dialog.fill(["count", "mirror"])
        self._style_changed()

    def _style_changed(self) -> None:
        self._show_thumbnail(self._style.picture())
        ok = self._dialog.get_widget_for_response(Gtk.ResponseType.OK)
        if not self._fixed:
            ok.set_sensitive(bool(self._style.kind))
