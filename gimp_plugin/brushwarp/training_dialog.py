"""The dialog of Train style from layer…: above, what to learn and how; below, all trainings as they stand."""

from __future__ import annotations

import threading
from typing import Any, Optional, Union

from bridge.errors import WorkerError
from bridge.language import _
from bridge.training import NAME_LIMIT
from bridge.training_words import QUALITIES
from bridge.trainings import start_training
from form import Form
from layers import Source
from painting import explain
from photos_chooser import PhotosChooser
from thumbnails import layer_picture
from toolkit import GimpUi, GLib, Gtk, Pango
from training import default_name, order
from trainings_list import TrainingsList

THUMBNAIL = (96, 72)  # pixels at most, of the layer
NARROWEST = 560  # pixels


class TrainingDialog(Form):
    """source: the layer to learn from; or why there is none, which is told in its place."""

    def __init__(self, config: Any, source: Union[Source, WorkerError]) -> None:
        GimpUi.init("brushwarp")
        super().__init__(config)
        self._source = source
        self._begun: Optional[str] = None
        self._beginning = False
        self._dialog = GimpUi.Dialog(title=_("Brushwarp: Train style from layer"), role="brushwarp-train")
        self._dialog.set_size_request(NARROWEST, -1)
        self._close = self._dialog.add_button(_("_Close"), Gtk.ResponseType.CLOSE)
        self._close.set_tooltip_text(_("Trainings go on when this dialog or GIMP is closed"))
        self._above = self._frame(_("New style"), self._no_settings(source) if isinstance(source, WorkerError) else self._settings(source))
        self._trainings = TrainingsList(self._tell)
        both = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=12, border_width=12)
        both.pack_start(self._above, False, False, 0)
        both.pack_start(self._frame(_("Trainings"), self._trainings.box), True, True, 0)
        both.show_all()
        self._dialog.get_content_area().pack_start(both, True, True, 0)

    def run(self) -> Optional[str]:
        """Until it is closed. Returns the id of the training that was begun last, or None."""
        while self._dialog.run() and self._beginning:
            pass  # a training whose pixels are still being written would be lost
        return self._begun

    def close(self) -> None:
        self._trainings.stop()
        self._dialog.destroy()

    def _frame(self, title: str, content: Gtk.Widget) -> Gtk.Widget:
        frame = GimpUi.Frame.new(title)
        frame.add(content)
        return frame

    def _no_settings(self, refusal: WorkerError) -> Gtk.Widget:
        return Gtk.Label(label=explain(refusal), xalign=0.0, wrap=True, max_width_chars=60)

    def _settings(self, source: Source) -> Gtk.Widget:
        rows = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=6)
        name = self._entry("name", default_name(source))
        photos = PhotosChooser(self._config)
        photographs = self._row(_("P_hotographs"), photos.box, _("What is practised on: hundreds of photographs of all kinds are best"))
        photographs.get_children()[0].set_mnemonic_widget(photos.combo)
        for row in (
            self._layer_row(source),
            self._row(_("_Name"), name, _("What the style is called in the gallery")),
            self._row(_("_Artist"), self._entry("artist", _("Optional")), _("Who painted it, for the style's card")),
            photographs,
            self._quality_row(),
            self._quality_note(),
            self._train_row(),
        ):
            rows.pack_start(row, False, False, 0)
        return rows

    def _layer_row(self, source: Source) -> Gtk.Widget:
        text = _("“{}”, {} × {} pixels").format(source.layer.get_name(), source.width, source.height)
        row = self._row(_("Layer"), Gtk.Label(label=text, xalign=0.0, ellipsize=Pango.EllipsizeMode.MIDDLE), _("The layer whose brushwork is learnt"))
        thumbnail = layer_picture(source.layer, THUMBNAIL)
        row.pack_end(Gtk.Image.new_from_pixbuf(thumbnail), False, False, 0)
        return row

    def _entry(self, argument: str, placeholder: str) -> Gtk.Entry:
        entry = GimpUi.prop_entry_new(self._config, argument, NAME_LIMIT)
        entry.set_placeholder_text(placeholder)
        entry.set_activates_default(True)
        return entry

    def _quality_row(self) -> Gtk.Widget:
        store = Gtk.ListStore(str, str)
        for quality, (label, _worth) in QUALITIES.items():
            store.append([quality, label])
        return self._row(_("_Quality"), self._combo("quality", store), _("How long it learns"))

    def _quality_note(self) -> Gtk.Widget:
        """What the chosen quality takes, under it."""
        note = Gtk.Label(xalign=0.0, wrap=True, max_width_chars=50)
        note.get_style_context().add_class("dim-label")

        def say(*_: Any) -> None:
            note.set_text(QUALITIES[self._config.get_property("quality")][1])

        self._config.connect("notify::quality", say)
        say()
        return self._row("", note, "")

    def _train_row(self) -> Gtk.Widget:
        train = Gtk.Button(label=_("_Train"), use_underline=True, tooltip_text=_("Begin to learn the layer's brushwork, in the background"))
        train.connect("clicked", lambda *_: self._train())
        train.set_can_default(True)
        self._dialog.set_default(train)
        row = Gtk.ButtonBox(layout_style=Gtk.ButtonBoxStyle.END)
        row.add(train)
        return row

    def _train(self) -> None:
        """Reads the layer; all else is done beside GTK's loop, for a large layer takes a while to write."""
        try:
            request, pixels = order(self._source, self._config)
        except Exception as error:
            self._tell(error)
            return
        self._settle(beginning=True)

        def work() -> None:
            try:
                outcome = (start_training(request, pixels), None)
            except Exception as error:
                outcome = (None, error)
            GLib.idle_add(self._started, *outcome)

        threading.Thread(target=work, name="brushwarp-training", daemon=True).start()

    def _started(self, id: Optional[str], error: Optional[Exception]) -> bool:
        """For GLib.idle_add."""
        self._settle(beginning=False)
        if error is not None:
            self._tell(error)
        else:
            self._begun = id
            self._trainings.select(id)
        return False

    def _settle(self, beginning: bool) -> None:
        self._beginning = beginning
        self._above.set_sensitive(not beginning)
        self._close.set_sensitive(not beginning)

    def _tell(self, error: Exception) -> None:
        """What happened and what to do, in a message of its own: the dialog and all in it stay."""
        happened, _newline, hint = explain(error).partition("\n")
        message = Gtk.MessageDialog(
            transient_for=self._dialog,
            modal=True,
            title=_("Brushwarp: Message"),
            message_type=Gtk.MessageType.WARNING,
            buttons=Gtk.ButtonsType.OK,
            text=happened,
            secondary_text=hint or None,
        )
        message.run()
        message.destroy()
