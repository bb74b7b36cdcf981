#!/usr/bin/env python3
"""Brushwarp in GIMP 3: tells GIMP what there is. The work is in stylize.py, deform.py and training.py, imported when they
are asked for."""

from __future__ import annotations

import sys

import gi

gi.require_version("Gimp", "3.0")
gi.require_version("Gegl", "0.4")
gi.require_version("Babl", "0.1")
from gi.repository import Gimp, GObject  # noqa: E402

STYLIZE, DEFORM, TRAIN = "plug-in-brushwarp-stylize", "plug-in-brushwarp-deform", "plug-in-brushwarp-train"
LABELS = {STYLIZE: "_Stylize…", DEFORM: "_Deform…", TRAIN: "_Train style from layer…"}
BLURBS = {
    STYLIZE: "Repaint the layer with the brushwork of a painting, on a new layer above it",
    DEFORM: "Repaint the layer like a picture and bend it towards that picture's shapes, on a new layer above it",
    TRAIN: "Learn the layer's brushwork as a style of your own, in the background, and look after such trainings",
}
ABOVE = (
    " and puts the result on a new layer directly above; the layer itself is never touched. Only what is selected shows, with its "
    "feathering. If the image has a path whose name begins “Brushwarp keypoints”, "
)
HELPS = {
    STYLIZE: "Paints the selected layer in a style" + ABOVE + "the painting is bent along it: each of its strokes of two points "
    "is an arrow, from where something is to where it goes.",
    DEFORM: "Paints the selected layer like a layer, a picture file or a trained style" + ABOVE + "brushwork and shape are solved "
    "together along it: each of its strokes of two points is an arrow, from where something is to where it goes. The arrows as they "
    "were solved are left in a path “Brushwarp solved · …”.",
    TRAIN: "Begins to learn the brushwork of the selected layer, which is only read. The training is a process of its own: it goes on "
    "when the dialog or GIMP is closed, and puts the finished style into the gallery that Stylize… offers. The dialog lists all "
    "trainings, and cancels, resumes and removes them. A script's call returns once the training is on its way.",
}
FLAGS = GObject.ParamFlags.READWRITE
LARGEST_WEIGHT = 1000.0  # of a script's; the sliders end before
LARGEST_SEED = 2**31 - 1


def paint(procedure, run_mode, image, drawables, config, data):
    import painting

    if procedure.get_name() == DEFORM:
        from deform import VERB
    else:
        from stylize import VERB
    status, error, layer = painting.run(VERB, run_mode, image, drawables, procedure, config)
    return returned(procedure, status, error, Gimp.Layer, layer)


def train(procedure, run_mode, image, drawables, config, data):
    import training

    status, error, id = training.run(run_mode, image, drawables, config)
    return returned(procedure, status, error, str, id)


def returned(procedure, status, error, kind, value):
    values = procedure.new_return_values(status, error)
    if value is not None:
        values.remove(1)
        values.insert(1, GObject.Value(kind, value))
    return values


class Brushwarp(Gimp.PlugIn):
    def do_set_i18n(self, name):
        return False

    def do_query_procedures(self):
        return [STYLIZE, DEFORM, TRAIN]

    def do_create_procedure(self, name):
        procedure = Gimp.ImageProcedure.new(self, name, Gimp.PDBProcType.PLUGIN, train if name == TRAIN else paint, None)
        procedure.set_menu_label(LABELS[name])
        procedure.add_menu_path("<Image>/Filters/Brushwarp")
        procedure.set_documentation(BLURBS[name], HELPS[name], None)  # no help id: GIMP has no page of ours to open
        procedure.set_attribution("The Brushwarp authors", "The Brushwarp authors, GPL-3.0-or-later", "2026")
        if name == TRAIN:
            procedure.set_sensitivity_mask(Gimp.ProcedureSensitivityMask.ALWAYS)  # trainings are looked after without an image too
            add_training_settings(procedure)
            procedure.add_string_return_value("training", "Training", "The id of the training, and of the style that it makes", "", FLAGS)
            return procedure
        procedure.set_image_types("RGB*, GRAY*")
        procedure.set_sensitivity_mask(Gimp.ProcedureSensitivityMask.DRAWABLE)
        add_style(procedure)
        {STYLIZE: add_stylize_settings, DEFORM: add_deform_settings}[name](procedure)
        procedure.add_layer_return_value("layer", "Layer", "The new layer", True, FLAGS)
        return procedure


def add_style(procedure):
    # Text and no Gimp.Choice: GIMP remembers a choice's entries from the day the plug-in was put in, and would
    # turn down every style that was added since.
    procedure.add_string_argument(
        "style", "St_yle", "A style's id, or the path of a style pack; by default the first style there is", "", FLAGS
    )


def add_keypoints(procedure):
    procedure.add_string_argument(
        "keypoints",
        "_Keypoints",
        "The path with the arrows to bend along: its name, or “none”; by default the topmost named “Brushwarp keypoints…”",
        "",
        FLAGS,
    )


def add_stylize_settings(procedure):
    for name, label in (("medium", "Me_dium strokes"), ("fine", "_Fine strokes")):
        procedure.add_string_argument(name, label, "The style of these strokes, by id or path; by default the style's own", "", FLAGS)
    procedure.add_double_argument(
        "strength", "Stren_gth", "How much of the painting shows: 0 is the layer as it is, 1 the painting", 0.0, 1.0, 1.0, FLAGS
    )
    procedure.add_double_argument(
        "brush-scale", "_Brush scale", "The size of the brush on the canvas: 2 is a brush twice as broad", 0.25, 4.0, 1.0, FLAGS
    )
    procedure.add_boolean_argument(
        "keep-colors", "K_eep colors", "Keep the layer's own colors, and take only light and dark from the painting", False, FLAGS
    )
    add_keypoints(procedure)


def add_deform_settings(procedure):
    from bridge.methods import METHODS
    from bridge.presets import BALANCED
    from bridge.request import WORKING_SIZES
    from deform_settings import WEIGHTS, weights_of

    procedure.add_file_argument(
        "style-file", "Style _picture", "A picture file to paint like; it comes before a style", Gimp.FileChooserAction.OPEN, True, None, FLAGS
    )
    procedure.add_layer_argument("style-layer", "Style _layer", "A layer to paint like; it comes before a file or a style", True, FLAGS)
    # GIMP does not remember layers from one time to the next.
    procedure.add_string_aux_argument("style-layer-name", "Style layer's name", "The layer that was painted like the last time", "", FLAGS)
    choice = Gimp.Choice.new()
    for number, method in enumerate(METHODS):
        choice.add(method.base, number, method.label, method.tip)
    procedure.add_choice_argument(
        "method", "_Method", "strotss and gatys paint like a picture, multimodal in a trained style", choice, METHODS[0].base, FLAGS
    )
    sliders = (
        ("Con_tent", "How much of what the layer shows is kept: less is more of the style"),
        ("_Warp", "How hard the arrows pull: more brings points nearer to where their arrows end"),
        ("Smoot_hness", "How calmly it bends: less is each arrow for itself, more is softly and all together"),
    )
    for name, (label, blurb), default in zip(WEIGHTS, sliders, weights_of(BALANCED), strict=True):
        procedure.add_double_argument(name, label, blurb, 0.0, LARGEST_WEIGHT, default, FLAGS)
    procedure.add_boolean_argument(
        "unfold", "Smooth _folds away", "Bend less sharply wherever the picture would be turned over itself", False, FLAGS
    )
    procedure.add_int_argument(
        "working-size",
        "_Detail",
        "Long side in pixels at which brushwork and shape are solved; the brushwork is then carried up to the layer's own size",
        *WORKING_SIZES,
        256,
        FLAGS,
    )
    add_keypoints(procedure)
    procedure.add_int_argument("seed", "Seed", "Another number is another painting of the same kind", 0, LARGEST_SEED, 0, FLAGS)


def add_training_settings(procedure):
    from training_words import QUALITIES, STANDARD

    procedure.add_string_argument("name", "_Name", "What the style is called in the gallery; by default as the layer or its image", "", FLAGS)
    procedure.add_string_argument("artist", "_Artist", "Who painted it, for the style's card; may be left out", "", FLAGS)
    procedure.add_file_argument(  # of any kind: GIMP itself turns down a folder that is gone, without a word
        "photos",
        "P_hotographs",
        "A folder of photographs to practise on; without one, Brushwarp renders pictures (own photographs teach better)",
        Gimp.FileChooserAction.ANY,
        True,
        None,
        FLAGS,
    )
    choice = Gimp.Choice.new()
    for number, (quality, (label, tip)) in enumerate(QUALITIES.items()):
        choice.add(quality, number, label, tip)
    procedure.add_choice_argument("quality", "_Quality", "How long it learns", choice, STANDARD, FLAGS)


Gimp.main(Brushwarp.__gtype__, sys.argv)
