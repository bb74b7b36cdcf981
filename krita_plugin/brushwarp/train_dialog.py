"""The dialog of Train style from layer…: begin a training above, look after all of them below. Krita goes on beside it."""

from __future__ import annotations

from typing import Callable, Set

from .bridge.errors import WorkerError
from .bridge.language import _
from .bridge.training_words import can_resume
from .bridge.trainings import cancel_training, forget_training, list_trainings, resume_training
from .fields import push_button
from .messages import ask_first, guarded
from .qt import QDialog, QDialogButtonBox, QEvent, QHBoxLayout, QLabel, QTimer, QVBoxLayout
from .settings import TrainSettings
from .train_form import TrainForm
from .train_source import SourceLayer
from .training_list import TrainingList

NAME = "brushwarp_train_dialog"
POLL_MS = 1000
SIZE = (800, 640)


class TrainDialog(QDialog):
    """Show it by `show`. Closing it ends no training.

    source: what to learn from. begin: called with the form when Train is pressed.
    """

    def __init__(self, parent, settings: TrainSettings, source: SourceLayer, begin: Callable[[TrainForm], None]) -> None:
        super().__init__(parent)
        self.setObjectName(NAME)
        self.setWindowTitle(_("Brushwarp – Train style from layer"))
        self._source = source
        self._stopping: Set[str] = set()
        self.form = TrainForm(settings, begin)
        self._list = TrainingList()
        self._cancel = push_button("cancel", _("Canc&el"), _("Stop this training; what it has learnt is kept"), self._cancel_chosen)
        self._resume = push_button("resume", _("&Resume"), _("Let this training go on from where it was last saved"), self._resume_chosen)
        what_goes = _("Remove all that this training kept; a finished style stays in the gallery")
        self._remove = push_button("remove", _("Re&move…"), what_goes, self._ask_to_remove)
        self._lay_out()
        self._list.itemSelectionChanged.connect(guarded(self._enable))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)  # a look that fails is told once, and not once a second
        self._timer.timeout.connect(guarded(self.refresh))
        self.finished.connect(lambda *_: self._end())
        self._show_source()
        self.refresh()

    def refresh(self) -> None:
        """Show how it all stands, and look again in a second."""
        self._timer.stop()
        if self._source.has_changed:
            self._show_source()
        statuses = list_trainings()
        self._stopping &= {status.id for status in statuses if status.runs}
        self._list.show_all(statuses, self._stopping)
        self._enable()
        self._timer.start(POLL_MS)

    def show_begun(self, id: str) -> None:
        """A training has begun here: show it, and make room for the next."""
        self.form.begin_anew()
        self._show_source()
        self.refresh()
        self._list.choose(id)

    def changeEvent(self, event) -> None:  # noqa: N802 - Qt's name
        """Whoever comes back to this window may have painted meanwhile."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            guarded(self._show_source)()

    def _show_source(self) -> None:
        try:
            self.form.show_source(self._source.look())
        except WorkerError as why:
            self.form.show_refusal(why)

    def _end(self) -> None:
        self._timer.stop()
        self.deleteLater()

    def _lay_out(self) -> None:
        title = QLabel(_("Trainin&gs:"))
        title.setBuddy(self._list)
        actions = QHBoxLayout()
        for button in (self._cancel, self._resume, self._remove):
            actions.addWidget(button)
        actions.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setToolTip(_("Close this window; trainings go on"))
        close.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        actions.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.addWidget(self.form)
        layout.addSpacing(12)
        layout.addWidget(title)
        layout.addWidget(self._list, 1)
        layout.addLayout(actions)
        self.resize(*SIZE)

    # The buttons below the list.

    def _enable(self) -> None:
        chosen = self._list.chosen
        self._cancel.setEnabled(chosen is not None and chosen.runs and chosen.id not in self._stopping)
        self._resume.setEnabled(chosen is not None and can_resume(chosen))
        self._remove.setEnabled(chosen is not None and not chosen.runs)

    def _cancel_chosen(self) -> None:
        cancel_training(self._list.chosen.id)
        self._stopping.add(self._list.chosen.id)
        self.refresh()

    def _resume_chosen(self) -> None:
        resume_training(self._list.chosen.id)
        self.refresh()

    def _ask_to_remove(self) -> None:
        chosen = self._list.chosen
        loss = _("The style stays in the gallery.") if chosen.state == "finished" else _("What it has learnt is lost.")
        ask_first(_("Remove the training of “{}”?").format(chosen.name), loss, _("Remove"), lambda: self._forget(chosen.id))

    def _forget(self, id: str) -> None:
        forget_training(id)
        self.refresh()
