"""What each procedure takes, and what it returns, as GIMP wants to be told."""

from __future__ import annotations

from gi.repository import Gimp, GObject

FLAGS = GObject.ParamFlags.READWRITE
LARGEST_WEIGHT = 1000.0  # of a script's; the sliders end before
LARGEST_SEED = 2**31 - 1


def _style(procedure):
    # Text and no Gimp.Choice: GIMP remembers a choice's entries from the day the plug-in was put in, and would
    # turn down every style that was added since.
    procedure.add_string_argument(
        "style", "St_yle", "A style's id, or the path of a style pack; by default the first style there is", "", FLAGS
    )


def _style_or_picture(procedure):
    _style(procedure)
    procedure.add_file_argument(
        "style-file", "Style _picture", "A picture file to paint like; it comes before a style", Gimp.FileChooserAction.OPEN, True, None, FLAGS
    )
    procedure.add_layer_argument("style-layer", "Style _layer", "A layer to paint like; it comes before a file or a style", True, FLAGS)
    # GIMP does not remember layers from one time to the next.
    procedure.add_string_aux_argument("style-layer-name", "Style layer's name", "The layer that was painted like the last time", "", FLAGS)


def _keypoints(procedure):
    procedure.add_string_argument(
        "keypoints",
        "_Keypoints",
        "The path with the arrows to bend along: its name, or “none”; by default the topmost named “Brushwarp keypoints…”",
        "",
        FLAGS,
    )


def for_stylize(procedure):
    _style(procedure)
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
    _keypoints(procedure)


def for_deform(procedure):
    from bridge.methods import METHODS
    from bridge.presets import BALANCED
    from bridge.request import WORKING_SIZES
    from deform_settings import WEIGHTS, weights_of

    _style_or_picture(procedure)
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
    _keypoints(procedure)
    _seed(procedure, "Another number is another painting of the same kind")


def for_suggest(procedure):
    from bridge.request import MOST_SUGGESTED, SuggestRequest

    _style_or_picture(procedure)
    procedure.add_int_argument(
        "count", "_Arrows", "How many arrows at most; where the pictures have little in common there are fewer", 1, MOST_SUGGESTED,
        SuggestRequest.count, FLAGS,
    )
    procedure.add_boolean_argument("mirror", "_Mirrored too", "The picture may be taken mirrored, as for a face that looks the other way", False, FLAGS)
    _seed(procedure, "Another number looks in another order, and may find other arrows")


def for_warp(procedure):
    from bridge.request import EXAGGERATIONS

    _keypoints(procedure)
    procedure.add_double_argument(
        "exaggeration", "E_xaggerate", "How far all arrows pull: 0 not at all, 1 as they are drawn, 2 twice as far", *EXAGGERATIONS, 1.0, FLAGS
    )
    procedure.add_double_argument(
        "smoothness", "Smoo_th", "How calmly it bends: 0 meets every arrow's end, 1 gives way to all of them together", 0.0, 1.0, 0.0, FLAGS
    )


def for_train(procedure):
    from bridge.training_words import QUALITIES, STANDARD

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


def for_repeat(procedure):
    _recipe(procedure, "the last one followed in this session, else that of the image's newest result")


def for_edit(procedure):
    _recipe(procedure, "the result's own")


def none(procedure):
    """What it works on is all that it has to be told."""


def _recipe(procedure, default):
    procedure.add_string_argument("recipe", "_Recipe", "The JSON text of a recipe to follow; by default " + default, "", FLAGS)


def returns(procedure, result):
    if result == "training":
        procedure.add_string_return_value("training", "Training", "The id of the training, and of the style that it makes", "", FLAGS)
    elif result == "recipe":
        procedure.add_string_return_value("recipe", "Recipe", "The JSON text of the result's recipe", "", FLAGS)
    elif result == "report":
        procedure.add_string_return_value("report", "Report", "How the engine stands, and the last lines of its log", "", FLAGS)
    elif result == "path":
        procedure.add_path_return_value("path", "Path", "The new path with the arrows, or none where nothing matches", True, FLAGS)
    else:
        procedure.add_layer_return_value("layer", "Layer", "The new layer", True, FLAGS)


def _seed(procedure, blurb):
    procedure.add_int_argument("seed", "Seed", blurb, 0, LARGEST_SEED, 0, FLAGS)
