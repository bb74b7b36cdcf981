"""What each procedure takes, and what it returns, as GIMP wants to be told."""

from __future__ import annotations

from gi.repository import Gimp, GObject

from bridge.language import _

FLAGS = GObject.ParamFlags.READWRITE
LARGEST_WEIGHT = 1000.0  # of a script's; the sliders end before
LARGEST_SEED = 2**31 - 1


def _style(procedure):
    # Text and no Gimp.Choice: GIMP remembers a choice's entries from the day the plug-in was put in, and would
    # turn down every style that was added since.
    procedure.add_string_argument(
        "style", _("St_yle"), _("A style's id, or the path of a style pack; by default the first style there is"), "", FLAGS
    )


def _style_or_picture(procedure):
    _style(procedure)
    procedure.add_file_argument(
        "style-file", _("Style _picture"), _("A picture file to paint like; it comes before a style"), Gimp.FileChooserAction.OPEN, True, None, FLAGS
    )
    procedure.add_layer_argument("style-layer", _("Style _layer"), _("A layer to paint like; it comes before a file or a style"), True, FLAGS)
    # GIMP does not remember layers from one time to the next.
    procedure.add_string_aux_argument("style-layer-name", _("Style layer's name"), _("The layer that was painted like the last time"), "", FLAGS)


def _keypoints(procedure):
    procedure.add_string_argument(
        "keypoints",
        _("_Keypoints"),
        _("The path with the arrows to bend along: its name, or “none”; by default the topmost named “Brushwarp keypoints…”"),
        "",
        FLAGS,
    )


def _selection_as_mask(procedure):
    procedure.add_boolean_argument(
        "selection-as-mask",
        _("Layer mask instead of clipped pi_xels"),
        _("Paint the whole layer, and let a layer mask, which can be painted on, show what is selected; else the pixels are clipped by it"),
        False,
        FLAGS,
    )


def for_stylize(procedure):
    _style(procedure)
    for name, label in (("medium", _("Me_dium strokes")), ("fine", _("_Fine strokes"))):
        procedure.add_string_argument(name, label, _("The style of these strokes, by id or path; by default the style's own"), "", FLAGS)
    procedure.add_double_argument(
        "strength", _("Stren_gth"), _("How much of the painting shows: 0 is the layer as it is, 1 the painting"), 0.0, 1.0, 1.0, FLAGS
    )
    procedure.add_boolean_argument(
        "strength-as-opacity",
        _("Strength as the layer's o_pacity"),
        _(
            "Paint the style in full, and let the new layer's opacity be the strength, which can be changed at any time. Where arrows bend "
            "the painting, the layer as it was shows through"
        ),
        False,
        FLAGS,
    )
    procedure.add_double_argument(
        "brush-scale", _("_Brush scale"), _("The size of the brush on the canvas: 2 is a brush twice as broad"), 0.25, 4.0, 1.0, FLAGS
    )
    procedure.add_boolean_argument(
        "keep-colors", _("K_eep colours"), _("Keep the layer's own colours, and take only light and dark from the painting"), False, FLAGS
    )
    _keypoints(procedure)
    _selection_as_mask(procedure)


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
        "method", _("_Method"), _("strotss and gatys paint like a picture, multimodal in a trained style"), choice, METHODS[0].base, FLAGS
    )
    sliders = (
        (_("Con_tent"), _("How much of what the layer shows is kept: less is more of the style")),
        (_("_Warp"), _("How hard the arrows pull: more brings points nearer to where their arrows end")),
        (_("Smoot_hness"), _("How calmly it bends: less is each arrow for itself, more is softly and all together")),
    )
    for name, (label, blurb), default in zip(WEIGHTS, sliders, weights_of(BALANCED), strict=True):
        procedure.add_double_argument(name, label, blurb, 0.0, LARGEST_WEIGHT, default, FLAGS)
    procedure.add_boolean_argument(
        "unfold", _("Smooth _folds away"), _("Bend less sharply wherever the picture would be turned over itself"), False, FLAGS
    )
    procedure.add_int_argument(
        "working-size",
        _("_Detail"),
        _("Long side in pixels at which brushwork and shape are solved; the brushwork is then carried up to the layer's own size"),
        *WORKING_SIZES,
        256,
        FLAGS,
    )
    _keypoints(procedure)
    _selection_as_mask(procedure)
    _seed(procedure, _("Another number is another painting of the same kind"))


def for_suggest(procedure):
    from bridge.request import MOST_SUGGESTED, SuggestRequest

    _style_or_picture(procedure)
    procedure.add_int_argument(
        "count", _("_Arrows"), _("How many arrows at most; where the pictures have little in common there are fewer"), 1, MOST_SUGGESTED,
        SuggestRequest.count, FLAGS,
    )
    mirrored = _("The picture may be taken mirrored, as for a face that looks the other way")
    procedure.add_boolean_argument("mirror", _("_Mirrored too"), mirrored, False, FLAGS)
    _seed(procedure, _("Another number looks in another order, and may find other arrows"))


def for_warp(procedure):
    from bridge.request import EXAGGERATIONS

    _keypoints(procedure)
    procedure.add_double_argument(
        "exaggeration", _("E_xaggerate"), _("How far all arrows pull: 0 not at all, 1 as they are drawn, 2 twice as far"), *EXAGGERATIONS, 1.0, FLAGS
    )
    procedure.add_double_argument(
        "smoothness", _("Smoo_th"), _("How calmly it bends: 0 meets every arrow's end, 1 gives way to all of them together"), 0.0, 1.0, 0.0, FLAGS
    )


def for_train(procedure):
    from bridge.training_words import QUALITIES, STANDARD

    procedure.add_string_argument("name", _("_Name"), _("What the style is called in the gallery; by default as the layer or its image"), "", FLAGS)
    procedure.add_string_argument("artist", _("_Artist"), _("Who painted it, for the style's card; may be left out"), "", FLAGS)
    procedure.add_file_argument(  # of any kind: GIMP itself turns down a folder that is gone, without a word
        "photos",
        _("P_hotographs"),
        _("A folder of photographs to practise on; without one, Brushwarp renders pictures (own photographs teach better)"),
        Gimp.FileChooserAction.ANY,
        True,
        None,
        FLAGS,
    )
    choice = Gimp.Choice.new()
    for number, (quality, (label, tip)) in enumerate(QUALITIES.items()):
        choice.add(quality, number, label, tip)
    procedure.add_choice_argument("quality", _("_Quality"), _("How long it learns"), choice, STANDARD, FLAGS)


def for_repeat(procedure):
    _recipe(procedure, _("the last one followed in this session, else that of the image's newest result"))


def for_edit(procedure):
    _recipe(procedure, _("the result's own"))


def none(procedure):
    """What it works on is all that it has to be told."""


def _recipe(procedure, default):
    procedure.add_string_argument("recipe", _("_Recipe"), _("The JSON text of a recipe to follow; by default ") + default, "", FLAGS)


def returns(procedure, result):
    if result == "training":
        procedure.add_string_return_value("training", _("Training"), _("The id of the training, and of the style that it makes"), "", FLAGS)
    elif result == "recipe":
        procedure.add_string_return_value("recipe", _("Recipe"), _("The JSON text of the result's recipe"), "", FLAGS)
    elif result == "report":
        procedure.add_string_return_value("report", _("Report"), _("How the engine stands, and the last lines of its log"), "", FLAGS)
    elif result == "path":
        procedure.add_path_return_value("path", _("Path"), _("The new path with the arrows, or none where nothing matches"), True, FLAGS)
    else:
        procedure.add_layer_return_value("layer", _("Layer"), _("The new layer"), True, FLAGS)


def _seed(procedure, blurb):
    procedure.add_int_argument("seed", _("Seed"), blurb, 0, LARGEST_SEED, 0, FLAGS)
