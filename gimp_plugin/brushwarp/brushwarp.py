#!/usr/bin/env python3
"""Brushwarp in GIMP 3: tells GIMP what there is. The work is in stylize.py, imported when it is asked for."""

from __future__ import annotations

import sys

import gi

gi.require_version("Gimp", "3.0")
gi.require_version("Gegl", "0.4")
gi.require_version("Babl", "0.1")
from gi.repository import Gimp, GObject  # noqa: E402

STYLIZE = "plug-in-brushwarp-stylize"
BLURB = "Repaint the layer with the brushwork of a painting, on a new layer above it"
HELP = (
    "Paints the selected layer in a style and puts the result on a new layer directly above; the layer itself is never "
    "touched. Only what is selected shows, with its feathering. If the image has a path whose name begins “Brushwarp "
    "keypoints”, the painting is bent along it: each of its strokes of two points is an arrow, from where something is "
    "to where it goes."
)


def stylize(procedure, run_mode, image, drawables, config, data):
    import stylize as verb

    status, error, layer = verb.run(run_mode, image, drawables, procedure, config)
    values = procedure.new_return_values(status, error)
    if layer is not None:
        values.remove(1)
        values.insert(1, GObject.Value(Gimp.Layer, layer))
    return values


class Brushwarp(Gimp.PlugIn):
    def do_set_i18n(self, name):
        return False

    def do_query_procedures(self):
        return [STYLIZE]

    def do_create_procedure(self, name):
        procedure = Gimp.ImageProcedure.new(self, name, Gimp.PDBProcType.PLUGIN, stylize, None)
        procedure.set_image_types("RGB*, GRAY*")
        procedure.set_sensitivity_mask(Gimp.ProcedureSensitivityMask.DRAWABLE)
        procedure.set_menu_label("_Stylize…")
        procedure.add_menu_path("<Image>/Filters/Brushwarp")
        procedure.set_documentation(BLURB, HELP, None)  # no help id: GIMP has no page of ours to open
        procedure.set_attribution("The Brushwarp authors", "The Brushwarp authors, GPL-3.0-or-later", "2026")
        flags = GObject.ParamFlags.READWRITE
        # Text and no Gimp.Choice: GIMP remembers a choice's entries from the day the plug-in was put in, and would
        # turn down every style that was added since.
        procedure.add_string_argument(
            "style", "St_yle", "A style's id, or the path of a style pack; by default the first style there is", "", flags
        )
        procedure.add_double_argument(
            "strength", "Stren_gth", "How much of the painting shows: 0 is the layer as it is, 1 the painting", 0.0, 1.0, 1.0, flags
        )
        procedure.add_double_argument(
            "brush-scale", "_Brush scale", "The size of the brush on the canvas: 2 is a brush twice as broad", 0.25, 4.0, 1.0, flags
        )
        procedure.add_boolean_argument(
            "keep-colors", "K_eep colors", "Keep the layer's own colors, and take only light and dark from the painting", False, flags
        )
        procedure.add_string_argument(
            "keypoints",
            "_Keypoints",
            "The path with the arrows to bend along: its name, or “none”; by default the topmost named “Brushwarp keypoints…”",
            "",
            flags,
        )
        procedure.add_layer_return_value("layer", "Layer", "The new layer", True, flags)
        return procedure


Gimp.main(Brushwarp.__gtype__, sys.argv)
