"""What a painter does with the styles of the gallery, each with the questions that it takes. Nothing here stops Krita."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Dict, List, Optional, Sequence

from .bridge.errors import WorkerError
from .bridge.gallery import NameTaken, set_favourite
from .bridge.language import _
from .bridge.paths import path_from_text, path_to_text
from .bridge.styles import SUFFIX, InstalledStyle
from .messages import ask_first, guarded, offer, show_note, show_problem
from .qt import QDesktopServices, QFileDialog, QInputDialog, QUrl
from .style_card_window import StyleCardWindow

if TYPE_CHECKING:
    from .gallery_view import GalleryView

PACKS = _("Style packs (*{})").format(SUFFIX)


class GalleryDeeds:
    """On the style that is chosen in a view, or on none. All raise WorkerError for what can't be done."""

    def __init__(self, view: GalleryView) -> None:
        self._view = view

    def turn_favourite(self) -> None:
        style = self._view.style
        if style is not None:
            set_favourite(style.id, not style.is_favourite)
            self._view.refresh()

    def show_card(self) -> None:
        style = self._view.style
        if style is not None:
            StyleCardWindow(self._view.window(), style).open()

    def show_in_folder(self) -> None:
        style = self._view.style
        if style is not None and not QDesktopServices.openUrl(QUrl.fromLocalFile(path_to_text(os.path.dirname(style.path)))):
            show_note(_("Krita can't show folders here."), _("The style lies at {}.").format(path_to_text(style.path)))

    # Add.

    def ask_files(self) -> None:
        files = QFileDialog(self._view.window(), _("Styles to add"), "", PACKS)
        files.setObjectName("brushwarp_style_files")
        files.setFileMode(QFileDialog.FileMode.ExistingFiles)
        files.filesSelected.connect(guarded(self.add))
        files.finished.connect(lambda *_: files.deleteLater())
        files.open()

    def add(self, files: Sequence[str]) -> None:
        """Those that can be; what was wrong with the others is told at once. files: as Qt has their paths."""
        problems: Dict[str, WorkerError] = {}
        for file in files:
            try:
                self._view.show_style(self._view.gallery.add(path_from_text(file)).id)
            except NameTaken as error:
                self._offer_other_id(file, error)
            except WorkerError as error:
                problems[os.path.basename(file)] = error
        _tell(problems)

    def _offer_other_id(self, file: str, taken: NameTaken) -> None:
        def add() -> None:
            self._view.show_style(self._view.gallery.add(path_from_text(file), taken.free_id).id)

        offer(taken.message, taken.hint, _("&Add as “{}”").format(taken.free_id), add)

    # Rename and remove.

    def ask_name(self) -> None:
        style = self._own_style()
        if style is None:
            return
        box = QInputDialog(self._view.window())
        box.setObjectName("brushwarp_style_name")
        box.setWindowTitle(_("Brushwarp – Rename style"))
        box.setLabelText(_("What “{}” is called from now on. Paintings made with it find it all the same.").format(style.name))
        box.setTextValue(style.name)
        box.setMinimumWidth(420)
        box.textValueSelected.connect(guarded(lambda name: self._rename(style, name)))
        box.finished.connect(lambda *_: box.deleteLater())
        box.open()

    def _rename(self, style: InstalledStyle, name: str) -> None:
        self._view.gallery.rename(style.id, name)
        self._view.refresh()

    def ask_to_remove(self) -> None:
        style = self._own_style()
        if style is not None:
            loss = _("Its file is deleted. Paintings stay; they can't be repeated in it.")
            ask_first(_("Remove the style “{}”?").format(style.name), loss, _("Remove"), lambda: self._remove(style))

    def _remove(self, style: InstalledStyle) -> None:
        self._view.gallery.remove(style.id)
        self._view.refresh()

    def _own_style(self) -> Optional[InstalledStyle]:
        style = self._view.style
        return None if style is None else self._view.gallery.own_style(style.id)


def _tell(problems: Dict[str, WorkerError]) -> None:
    if len(problems) == 1:
        show_problem(*problems.values())
    elif problems:
        sentences: List[str] = ["{}: {}".format(file, error.message) for file, error in problems.items()]
        show_problem(WorkerError("styles", _("{} files were not added.").format(len(problems)), "\n".join(sentences)))
