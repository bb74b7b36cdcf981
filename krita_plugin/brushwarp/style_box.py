"""The list of what to paint like: trained styles, layers, and one picture file, which a button asks for."""

from __future__ import annotations

from typing import Dict, Optional, Sequence

from .bridge.language import _
from .fields import ICON, push_button, small_picture
from .messages import guarded
from .qt import QComboBox, QFileDialog, QIcon, QPixmap, QPushButton, QSizePolicy
from .style_choice import FILE, StyleChoice, file_choice
from .style_sources import Offer

FILES = _("Pictures (*.png *.jpg *.jpeg *.tif *.tiff *.webp);;All files (*)")


class StyleBox(QComboBox):
    """`choice` is what was chosen, `picture` a small picture of it, `file` the picture file that was named last.

    folder: where files are looked for first. file: one of the last time.
    """

    def __init__(self, offers: Sequence[Offer], tip: str, folder: str, file: str) -> None:
        super().__init__()
        self.setObjectName("style")
        self.setToolTip(tip)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setIconSize(ICON)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(38)  # a long name of a layer shall not widen the dialog
        self._folder = folder
        self.file = ""
        self._choices: Dict[str, StyleChoice] = {}
        self._pictures: Dict[str, Optional[QPixmap]] = {}
        for offer in offers:
            self.add(offer)
        if file:
            self._add_file(file)

    @property
    def choice(self) -> Optional[StyleChoice]:
        return self._choices.get(self.currentData())

    @property
    def picture(self) -> Optional[QPixmap]:
        return self._pictures.get(self.currentData())

    @property
    def key(self) -> str:
        """Of the choice; nothing for none."""
        return self.currentData() or ""

    def choose(self, key: str) -> None:
        """The choice of a key, or the first."""
        self.setCurrentIndex(max(0, self.findData(key)))

    def add(self, offer: Offer) -> None:
        choice = offer.choice
        self._choices[choice.key], self._pictures[choice.key] = choice, offer.picture
        self.addItem(QIcon() if offer.picture is None else QIcon(offer.picture), choice.label, choice.key)

    def file_button(self) -> QPushButton:
        return push_button("picture_file", _("&Picture file…"), _("Choose a picture file instead"), self._ask_file)

    def _add_file(self, path: str) -> None:
        """The file chosen last takes the place of the one before."""
        for index in reversed(range(self.count())):
            if self._choices[self.itemData(index)].kind == FILE:
                self.removeItem(index)
        self.file = path
        self.add(Offer(file_choice(path), small_picture(path)))

    def _ask_file(self) -> None:
        files = QFileDialog(self.window(), _("Choose a picture file"), self.file or self._folder, FILES)
        files.setObjectName("brushwarp_style_file")
        files.setFileMode(QFileDialog.FileMode.ExistingFile)
        files.fileSelected.connect(guarded(self._take_file))
        files.finished.connect(lambda *_: files.deleteLater())
        files.open()

    def _take_file(self, path: str) -> None:
        self._add_file(path)
        self.setCurrentIndex(self.count() - 1)
