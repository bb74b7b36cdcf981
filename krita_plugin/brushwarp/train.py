"""Train style from layer…: the active layer's brushwork learnt as a style, by a process that outlives Krita."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import List, Optional

from krita import Krita

from .bridge.detached import find_engine
from .bridge.language import _
from .bridge.paths import path_from_text
from .bridge.trainings import TrainingRequest, start_training
from .command import SETTINGS_GROUP
from .messages import guarded, main_window
from .qt import QTimer
from .settings import TrainSettings
from .train_dialog import NAME, TrainDialog
from .train_form import TrainForm
from .train_source import SourceLayer

POLL_MS = 30


class TrainCommand:
    """An entry of the menu, beside those that paint: it needs no worker, and goes on while one paints."""

    name = "train"
    text = _("&Train style from layer…")
    tip = _("Learn a style from the active layer, and look after the trainings")
    explanation = _("Learns the brushwork of the active layer as a style for the gallery, in the background, and shows how all such trainings stand.")

    def __init__(self) -> None:
        self._writer = ThreadPoolExecutor(1, "brushwarp-train")  # pixels take a moment to write: Krita doesn't wait for it
        self._begun: List[Future] = []
        self._timer = QTimer()
        self._timer.timeout.connect(guarded(self._look))

    def ask(self) -> None:
        """Show the dialog: what can't be learnt from is said in it, for it shows the trainings as well. Raises WorkerError."""
        find_engine()
        dialog = self._dialog()
        if dialog is None:
            settings = TrainSettings.from_text(Krita.instance().readSetting(SETTINGS_GROUP, self.name, ""))
            source = SourceLayer()
            dialog = TrainDialog(main_window(), settings, source, lambda form: self._begin(source, form))
            dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def finish(self) -> None:
        """Krita is closing: what is being written comes to its end."""
        wait(self._begun)

    def _begin(self, source: SourceLayer, form: TrainForm) -> None:
        settings = form.settings
        Krita.instance().writeSetting(SETTINGS_GROUP, self.name, settings.to_text())
        cutout = source.cutout()
        photos = path_from_text(settings.photos.strip())
        request = TrainingRequest(name=form.name, artist=settings.artist, photos=photos, quality=settings.quality, **cutout.layout)
        self._begun.append(self._writer.submit(start_training, request, cutout.pixels()))
        self._timer.start(POLL_MS)
        form.pause(True)

    def _look(self) -> None:
        """Hand on what became of those that were begun."""
        if not self._begun[0].done():
            return
        begun = self._begun.pop(0)
        if not self._begun:
            self._timer.stop()
        dialog = self._dialog()
        if dialog is not None:
            dialog.form.pause(False)
        id = begun.result()  # or its WorkerError, which is shown even if the dialog was closed meanwhile
        if dialog is not None:
            dialog.show_begun(id)

    def _dialog(self) -> Optional[TrainDialog]:
        """The one that is open."""
        windows = (window.qwindow() for window in Krita.instance().windows())
        found = (dialog for window in windows for dialog in window.findChildren(TrainDialog, NAME))
        return next((dialog for dialog in found if dialog.isVisible()), None)
