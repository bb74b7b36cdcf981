"""The dialog of Deform…: what to paint like, by which method, and how freely."""

from __future__ import annotations

from typing import Any, List

from bridge.language import _
from bridge.methods import METHODS, PRESET_LABELS, preset_of
from bridge.presets import PRESETS
from bridge.styles import InstalledStyle
from deform_settings import GALLERY, LIMITS, WEIGHTS, fitting_bases, weights_of
from job_dialog import PREVIEW, JobDialog
from layers import Source
from style_chooser import StyleChooser
from thumbnails import layer_picture
from toolkit import GLib, Gtk

CUSTOM = "custom"  # weights of no preset


class DeformDialog(JobDialog):
    def __init__(self, procedure: Any, config: Any, styles: List[InstalledStyle], source: Source) -> None:
        super().__init__(procedure, config, _("Brushwarp: Deform"), source)
        self._wanted = config.get_property("method")  # the method chosen last for a picture
        self._style = StyleChooser(config, styles, source, self._style_changed)
        self._methods = Gtk.ListStore(str, str, bool)
        self._preset = Gtk.ComboBoxText()
        self._widgets = {name: self._slider(name) for name in (*WEIGHTS, "working-size")}
        for name, limits in LIMITS.items():
            self._widgets[name].set_digits(2)
            self._widgets[name].set_bounds(*limits, True)
            self._widgets[name].set_logarithmic(True)
        self._widgets["unfold"] = self._dialog.get_widget("unfold", Gtk.CheckButton.__gtype__)
        style_row = self._style_row(_("St_yle"), _("What to paint like: a trained style, another layer of this image, or a picture file"))
        for row in (style_row, self._method_row(), self._preset_row()):
            self._content.pack_start(row, False, False, 0)
        self._dialog.fill([*WEIGHTS, "working-size", "unfold"])
        self._content.pack_start(self._keypoints_row(), False, False, 0)
        self._content.pack_start(self._mask_option(), False, False, 0)
        for argument in ("method", "keypoints", *WEIGHTS):
            config.connect("notify::" + argument, lambda *_: GLib.idle_add(self._settle))
        self._style_changed()

    def ask(self) -> bool:
        going = super().ask()
        if going and self._style.kind != GALLERY:  # the layer as it is, until there is more to be seen
            self._show_preview(layer_picture(self._source.layer, PREVIEW))
        return going

    def _method_row(self) -> Gtk.Widget:
        for method in METHODS:
            self._methods.append([method.base, method.label, True])
        combo = self._combo("method", self._methods)
        combo.add_attribute(combo.get_cells()[0], "sensitive", 2)
        return self._row(_("_Method"), combo, "\n".join("{}: {}".format(method.label.partition(" (")[0], method.tip) for method in METHODS))

    def _preset_row(self) -> Gtk.Widget:
        for name, label in (*PRESET_LABELS.items(), (CUSTOM, _("Custom"))):
            self._preset.append(name, label)
        self._preset.connect("changed", lambda *_: self._preset_chosen())
        return self._row(_("Pr_eset"), self._preset, _("Sets the three sliders below"))

    def _preset_chosen(self) -> None:
        name = self._preset.get_active_id()
        if name in PRESETS and name != self._preset_shown():
            for argument, weight in zip(WEIGHTS, weights_of(PRESETS[name]), strict=True):
                self._config.set_property(argument, weight)

    def _preset_shown(self) -> str:
        """What the sliders say."""
        return preset_of(*(self._config.get_property(name) for name in WEIGHTS)) or CUSTOM

    def _style_changed(self) -> None:
        self._show_thumbnail(self._style.picture())
        self._settle()

    def _settle(self) -> bool:
        """Let all follow from what is chosen: a method that fits the style, the preset's name, what is greyed out for deciding
        nothing. For GLib.idle_add."""
        if self._fixed:
            return False
        kind, method = self._style.kind, self._config.get_property("method")
        fit = fitting_bases(kind)
        if method in fit and kind != GALLERY:
            self._wanted = method
        if method not in fit:
            self._config.set_property("method", self._wanted if self._wanted in fit else fit[0])
        for row in self._methods:
            row[2] = row[0] in fit
        self._preset.set_active_id(self._preset_shown())
        bends = self._keypoints.path is not None
        for name, matters in (
            ("content-weight", kind != GALLERY), ("working-size", kind != GALLERY),
            ("warp-weight", bends), ("smoothness", bends), ("unfold", bends),
        ):
            self._widgets[name].set_sensitive(matters)
        ok = self._dialog.get_widget_for_response(Gtk.ResponseType.OK)
        ok.set_sensitive(bool(kind))
        return False
