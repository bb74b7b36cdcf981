#!/usr/bin/env python3
"""Brushwarp in GIMP 3: tells GIMP what there is. The work is in the modules that PROCEDURES names, in training.py, again.py and engine.py,
imported when they are asked for."""

from __future__ import annotations

import importlib
import os
import sys
from dataclasses import dataclass
from typing import Any, Callable, Tuple

import gi

gi.require_version("Gimp", "3.0")
gi.require_version("Gegl", "0.4")
gi.require_version("Babl", "0.1")
from bridge.language import _, speak, wanted_by  # noqa: E402 - the versions come first

speak(wanted_by(os.environ))  # before all that has words: GIMP sets LANGUAGE for its plug-ins
import arguments  # noqa: E402
from gi.repository import Gimp, Gio, GObject  # noqa: E402


STYLIZE, DEFORM, SUGGEST, WARP, TRAIN, REPEAT, EDIT, RECIPE, ENGINE = (
    "plug-in-brushwarp-" + name for name in ("stylize", "deform", "suggest", "warp", "train", "repeat", "edit", "recipe", "engine")
)
ABOVE = _(
    "The result is a new layer directly above; the layer itself is never touched. Only what is selected shows, with its feathering. "
    "Of several selected layers each is done, in a step of undo of its own."
)
ARROWS = _("Each stroke of two points in such a path is an arrow, from where something is to where it goes.")


@dataclass(frozen=True)
class Procedure:
    """help: in sentences. module: has the VERB that paints. takes: declares its arguments. result: what the new thing in the image is."""

    label: str
    blurb: str
    help: Tuple[str, ...]
    takes: Callable[[Any], None]
    module: str = ""
    result: str = "layer"


PROCEDURES = {
    STYLIZE: Procedure(
        _("_Stylize…"),
        _("Repaint the layer with the brushwork of a painting, on a new layer above it"),
        (
            _("Paints the selected layer in a style."),
            ABOVE,
            _("If the image has a path whose name begins “Brushwarp keypoints”, the painting is bent along it."),
            ARROWS,
        ),
        arguments.for_stylize,
        "stylize",
    ),
    DEFORM: Procedure(
        _("_Deform…"),
        _("Repaint the layer like a picture and bend it towards that picture's shapes, on a new layer above it"),
        (
            _("Paints the selected layer like a layer, a picture file or a trained style."),
            ABOVE,
            _("If the image has a path whose name begins “Brushwarp keypoints”, brushwork and shape are solved together along it."),
            ARROWS,
            _("The arrows as they were solved are left in a path “Brushwarp solved · …”."),
        ),
        arguments.for_deform,
        "deform",
    ),
    SUGGEST: Procedure(
        _("S_uggest keypoints…"),
        _("Find arrows from the layer's shapes to those of a picture, and add them as a path"),
        (
            _(
                "Looks for what the selected layer has in common with another layer, a picture file, or the painting of a trained style, "
                "and adds arrows from one to the other as a path “Brushwarp keypoints · …”, which Deform…, Warp… and Stylize… bend along."
            ),
            ARROWS,
            _(
                "They are moved with the path tool as any path. With a selection they begin within it. Where nothing matches, no path "
                "is added."
            ),
        ),
        arguments.for_suggest,
        "suggest",
        "path",
    ),
    WARP: Procedure(
        _("_Warp…"),
        _("Bend the layer along the arrows of a path, with a live preview, on a new layer above it"),
        (
            _("Bends the selected layer."),
            ABOVE,
            _("It follows the topmost path whose name begins “Brushwarp keypoints”, or the one named."),
            ARROWS,
            _(
                "The dialog shows the bent layer while the path is edited, and mutes, reverses and deletes arrows; those that are muted "
                "lie in a path “Brushwarp muted · …”."
            ),
        ),
        arguments.for_warp,
        "warp",
    ),
    TRAIN: Procedure(
        _("_Train style from layer…"),
        _("Learn the layer's brushwork as a style of your own, in the background, and look after such trainings"),
        (
            _(
                "Begins to learn the brushwork of the selected layer, which is only read. The training is a process of its own: it goes on "
                "when the dialog or GIMP is closed, and puts the finished style into the gallery that Stylize… offers. The dialog lists "
                "all trainings, and cancels, resumes and removes them. A script's call returns once the training is on its way."
            ),
        ),
        arguments.for_train,
        result="training",
    ),
    REPEAT: Procedure(
        _("_Repeat last"),
        _("Do to the layer what was done last with Stylize, Deform or Warp, on a new layer above it"),
        (
            _("Follows a recipe on the selected layer."),
            ABOVE,
            _(
                "It is the recipe of the last result of this session, else that of the image's newest result (also after the image was "
                "saved and opened again), or one that a script hands over as JSON text: every result carries its own as the parasite "
                "“brushwarp-recipe”, and the command line writes one next to every picture. Arrows of the recipe are scaled to the layer. "
                "There is no dialog: all run modes do the same."
            ),
        ),
        arguments.for_repeat,
    ),
    EDIT: Procedure(
        _("_Edit this result…"),
        _("Change how a result of Brushwarp was made, and have it painted anew in its place"),
        (
            _(
                "Opens the dialog in which the selected result was made (of Stylize, Deform or Warp), with the settings of its recipe, and "
                "replaces the result in one step of undo; the layer that it was made from is never touched. The result keeps its place, "
                "opacity, mode and layer mask, unless that is a selection and something else is selected now. Without a selection it shows "
                "where it did before. Without the dialog (from a script, or as the last filter) it is painted as its recipe says, or as one "
                "that is handed over as JSON text."
            ),
        ),
        arguments.for_edit,
    ),
    RECIPE: Procedure(
        _("Re_cipe…"),
        _("Show the recipe of a result as text, to be copied, or pasted from elsewhere and followed"),
        (
            _(
                "Shows the JSON text that says how the selected result was made. It can be copied to another GIMP, to Krita, or into a "
                "file for `brushwarp recipe`; and one that comes from there can be pasted, and followed on the selected layer. A script's "
                "call returns the text of the selected result's recipe, which Repeat last and Edit this result take."
            ),
        ),
        arguments.none,
        result="recipe",
    ),
    ENGINE: Procedure(
        _("En_gine…"),
        _("See how Brushwarp's engine stands, start and stop it, and read its log"),
        (
            _(
                "Shows what the program that paints is doing, on which device, what memory it takes, and its log; and starts, restarts and "
                "stops it. Looking never starts it. Where it is not installed, it says what to do. A script's call returns the same as one "
                "text."
            ),
        ),
        arguments.none,
        result="report",
    ),
}


def paint(procedure, run_mode, image, drawables, config, data):
    import painting

    told = PROCEDURES[procedure.get_name()]
    verb = importlib.import_module(told.module).VERB
    status, error, new = painting.run(verb, run_mode, image, drawables, procedure, config)
    return returned(procedure, status, error, {"layer": Gimp.Layer, "path": Gimp.Path}[told.result], new)


def train(procedure, run_mode, image, drawables, config, data):
    import training

    status, error, id = training.run(run_mode, image, drawables, config)
    return returned(procedure, status, error, str, id)


def again(procedure, run_mode, image, drawables, config, data):
    import again

    act = {REPEAT: again.repeat, EDIT: again.edit, RECIPE: again.show}[procedure.get_name()]
    status, error, new = act(procedure, run_mode, image, drawables, config)
    return returned(procedure, status, error, str if procedure.get_name() == RECIPE else Gimp.Layer, new)


def engine(procedure, run_mode, image, drawables, config, data):
    import engine
    from painting import outcome_of

    status, error, report = outcome_of(lambda: engine.show(run_mode))
    return returned(procedure, status, error, str, report)


def returned(procedure, status, error, kind, value):
    values = procedure.new_return_values(status, error)
    if value is not None:
        values.remove(1)
        values.insert(1, GObject.Value(kind, value))
    return values


ONE = Gimp.ProcedureSensitivityMask.DRAWABLE
MANY = ONE | Gimp.ProcedureSensitivityMask.DRAWABLES
WITHOUT_IMAGE = (TRAIN, ENGINE)  # trainings and the engine are looked after without one, too
RUN = {TRAIN: train, REPEAT: again, EDIT: again, RECIPE: again, ENGINE: engine}


class Brushwarp(Gimp.PlugIn):
    def do_set_i18n(self, name):
        return False

    def do_query_procedures(self):
        pages = os.path.join(os.path.dirname(os.path.abspath(__file__)), "help")
        self.set_help_domain("brushwarp", Gio.File.new_for_path(pages))
        return list(PROCEDURES)

    def do_create_procedure(self, name):
        told = PROCEDURES[name]
        procedure = Gimp.ImageProcedure.new(self, name, Gimp.PDBProcType.PLUGIN, RUN.get(name, paint), None)
        procedure.set_menu_label(told.label)
        procedure.add_menu_path("<Image>/Filters/Brushwarp")
        procedure.set_documentation(told.blurb, " ".join(told.help), name)  # help/en/gimp-help.xml knows its page
        procedure.set_attribution("The Brushwarp authors", _("The Brushwarp authors, GPL-3.0-or-later"), "2026")
        if name in WITHOUT_IMAGE:
            procedure.set_sensitivity_mask(Gimp.ProcedureSensitivityMask.ALWAYS)
        else:
            procedure.set_image_types("RGB*, GRAY*, INDEXED*")  # of indexed ones it says what to do
            procedure.set_sensitivity_mask(MANY if name in (STYLIZE, DEFORM, WARP, REPEAT) else ONE)
        told.takes(procedure)
        arguments.returns(procedure, told.result)
        return procedure


Gimp.main(Brushwarp.__gtype__, sys.argv)
