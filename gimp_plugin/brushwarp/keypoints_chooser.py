"""The list from which a dialog's path of arrows is chosen."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from keypoints import AUTOMATIC, NAME, NONE, Stroke, arrows_from_strokes, choose_path, describe, offered
from toolkit import GLib, Gtk, Pango

from bridge.language import _


class KeypointsChooser:
    """`combo` is what to show. The choice lives in the config's argument "keypoints".

    may_be_none: no path can be chosen as well. The list is as it was last told to be.
    """

    def __init__(self, config: Any, drawn: Dict[str, List[Stroke]], may_be_none: bool) -> None:
        self._config, self._may_be_none = config, may_be_none
        self._filling = False
        self._shown: List[Tuple[str, str]] = []
        self._store = Gtk.ListStore(str, str)
        self.combo = Gtk.ComboBox(model=self._store, id_column=0, valign=Gtk.Align.CENTER)
        text = Gtk.CellRendererText(ellipsize=Pango.EllipsizeMode.MIDDLE, width_chars=24)  # a long name shall not widen the dialog
        self.combo.pack_start(text, True)
        self.combo.add_attribute(text, "text", 1)
        self.refresh(drawn)
        self.combo.connect("changed", lambda *_: self._chosen())
        config.connect("notify::keypoints", lambda *_: GLib.idle_add(self._follow))

    @property
    def path(self) -> Optional[str]:
        """The name of the path that is chosen, among those that were there; None for none."""
        try:
            return choose_path(self._names, self._config.get_property("keypoints") or AUTOMATIC)
        except KeyError:
            return None

    def refresh(self, drawn: Dict[str, List[Stroke]]) -> None:
        """List what there is now. drawn: as `arrow_paths.read_drawn` has it."""
        self._names = list(drawn)
        newest = choose_path(self._names, AUTOMATIC)
        rows = [] if newest else [(AUTOMATIC, _("No path named “{}”").format(NAME))]
        for name in offered(self._names):
            arrows, _left = arrows_from_strokes(drawn[name], 0, 0)
            rows.append((AUTOMATIC if name == newest else name, describe(name, len(arrows))))
        if newest and self._may_be_none:
            rows.append((NONE, _("None: do not bend")))
        if rows != self._shown:
            self._fill(rows)
        self._follow()

    def _fill(self, rows: List[Tuple[str, str]]) -> None:
        self._filling = True  # and not choosing
        if [key for key, _words in rows] == [key for key, _words in self._shown]:
            for row, (_key, label) in zip(self._store, rows):
                row[1] = label
        else:
            self._store.clear()
            for row in rows:
                self._store.append(list(row))
        self._shown = rows
        self.combo.set_sensitive(len(rows) > 1)
        self._filling = False

    def _follow(self) -> bool:
        """Show what the config says; where that is not to be had, the first that is. For GLib.idle_add."""
        chosen = self._config.get_property("keypoints") or AUTOMATIC
        if chosen not in [key for key, _words in self._shown]:
            chosen = self._shown[0][0]
            self._config.set_property("keypoints", chosen)
        self._filling = True
        self.combo.set_active_id(chosen)
        self._filling = False
        return False

    def _chosen(self) -> None:
        if not self._filling and self.combo.get_active_id() is not None:
            self._config.set_property("keypoints", self.combo.get_active_id())
