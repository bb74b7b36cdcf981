"""The arrows of an image as the dialog of Warp… edits them, by the installed plug-in's own modules: `import gimp_arrows as arrows`."""

import os
import sys

sys.path.insert(0, os.path.join(os.environ["XDG_CONFIG_HOME"], "GIMP", "3.0", "plug-ins", "brushwarp"))
from arrow_paths import read_drawn, write_rows  # noqa: E402
from arrow_rows import followed, with_muted, with_reversed, without  # noqa: E402
from bridge.errors import WorkerError  # noqa: E402
from keypoints import muted_name  # noqa: E402

EDITS = {"reverse": with_reversed, "delete": without, "mute": with_muted}


class Rows:
    """The list of one path."""

    def __init__(self, image, name):
        self._image, self._name, self.rows = image, name, []
        self.look()

    def look(self):
        drawn = read_drawn(self._image)
        self.rows = followed(self.rows, drawn[self._name], drawn.get(muted_name(self._name), []))

    def edit(self, kind, *chosen, **how):
        """What it then refuses, or None."""
        rows = EDITS[kind](self.rows, chosen, **how)
        try:
            write_rows(self._image, self._name, rows)
        except WorkerError as error:
            return "%s\n%s" % (error.message, error.hint)
        self.rows = rows
        self.look()

    def told(self):
        """[points, closed, muted] of each, in the list's order."""
        return [[list(row.stroke.points), row.stroke.closed, row.muted] for row in self.rows]
