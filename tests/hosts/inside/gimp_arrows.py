"""What the dialog of Warp… does without being seen, by the installed plug-in's own modules: `import gimp_arrows as arrows`."""

import os
import sys

import gimp_studio as studio
from gi.repository import Gegl, Gimp

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


def small_layers():
    """{precision: bytes} of layers filled with a middle grey, made small as for a preview."""
    from thumbnails import layer_pixels

    found = {}
    Gimp.context_set_foreground(Gegl.Color.new("rgb(0.5,0.5,0.5)"))
    for base in (Gimp.ImageBaseType.RGB, Gimp.ImageBaseType.GRAY):
        for precision in (Gimp.Precision.U8_NON_LINEAR, Gimp.Precision.U16_LINEAR, Gimp.Precision.FLOAT_LINEAR):
            image = Gimp.Image.new_with_precision(90, 61, base, precision)
            layer = studio.new_layer(image, 90, 61, alpha=base == Gimp.ImageBaseType.RGB)
            layer.fill(Gimp.FillType.FOREGROUND)
            pixels = layer_pixels(layer, (45, 30))
            assert len(pixels) == 45 * 30 * 4
            found["%s %s" % (base.value_nick, precision.value_nick)] = pixels
            image.delete()
    return found
