"""The upper part of the dialog of Train style from layer…: what shall be learnt, and how."""

from __future__ import annotations

from typing import Callable

from .bridge.errors import WorkerError
from .bridge.language import _
from .bridge.training import NAME_LIMIT
from .bridge.training_words import QUALITIES
from .fields import PREVIEW, PictureLabel, combo
from .messages import guarded
from .qt import QFileDialog, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, Qt, QWidget
from .settings import TrainSettings
from .train_source import Source

PHOTOS_TIP = _(
    "A folder of photographs that it practises on, best a thousand like those that you will paint over;\n"
    "empty for pictures that Brushwarp renders: photographs of your own teach better"
)
SOURCE_LINES = 2  # of the words that name the layer, or say why it can't be taken


class TrainForm(QWidget):
    """`name` and `settings` are what was chosen. begin: called with this form when Train is pressed."""

    def __init__(self, settings: TrainSettings, begin: Callable[[TrainForm], None]) -> None:
        super().__init__()
        self._has_source = self._is_paused = False
        self._picture = PictureLabel(PREVIEW, "")
        self._source = QLabel()
        self._source.setObjectName("source")
        self._source.setTextFormat(Qt.TextFormat.PlainText)
        self._source.setWordWrap(True)
        self._source.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._source.setMinimumHeight(SOURCE_LINES * self._source.fontMetrics().lineSpacing())
        self._name = _line("name", _("What the gallery calls the style"))
        self._artist = _line("artist", _("Whose painting it is, for the gallery; may stay empty"), settings.artist)
        self._photos = _line("photos", PHOTOS_TIP, settings.photos)
        self._photos.setMaxLength(4096)
        self._photos.setPlaceholderText(_("Pictures that Brushwarp renders (own photographs teach better)"))
        self._photos.setClearButtonEnabled(True)
        self._quality = combo("quality", _("How long it learns"), [(label, quality) for quality, (label, _) in QUALITIES.items()])
        self._quality.setCurrentIndex(self._quality.findData(settings.quality))
        self._train = QPushButton(_("&Train"))
        self._train.setObjectName("train")
        self._train.setToolTip(_("Begin to learn the style of this layer, in the background"))
        self._train.setDefault(True)
        self._train.clicked.connect(guarded(lambda *_: begin(self)))
        self._lay_out()

    @property
    def name(self) -> str:
        return self._name.text()

    @property
    def settings(self) -> TrainSettings:
        return TrainSettings(self._artist.text(), self._photos.text(), self._quality.currentData())

    def show_source(self, source: Source) -> None:
        self._picture.show_picture(source.picture)
        self._picture.setToolTip(_("The layer to learn from"))
        self._source.setText(_("“{}”, {} × {} pixels").format(source.layer, source.width, source.height))
        if not self._name.isModified():
            self._name.setText(source.title)
        self._enable(has_source=True)

    def show_refusal(self, why: WorkerError) -> None:
        self._picture.show_picture(None)
        self._picture.setToolTip("")
        self._source.setText("{} {}".format(why.message, why.hint))
        if not self._name.isModified():
            self._name.clear()
        self._enable(has_source=False)

    def pause(self, is_paused: bool) -> None:
        """Nothing can be begun while something is being begun."""
        self._is_paused = is_paused
        self._enable(self._has_source)

    def begin_anew(self) -> None:
        """The name belonged to what has been begun: the next source shown brings one of its own."""
        self._name.setModified(False)

    def _enable(self, has_source: bool) -> None:
        self._has_source = has_source
        self._train.setEnabled(has_source and not self._is_paused)

    def _how_long(self) -> str:
        return _("{} Krita may be closed meanwhile.").format(QUALITIES[self._quality.currentData()][1])

    def _lay_out(self) -> None:
        note = QLabel()
        note.setWordWrap(True)
        self._quality.currentIndexChanged.connect(lambda *_: note.setText(self._how_long()))
        note.setText(self._how_long())
        last = QHBoxLayout()
        last.addStretch(1)
        last.addWidget(self._train)
        form = QFormLayout()
        form.addRow(self._source)
        form.addRow(_("&Name:"), self._name)
        form.addRow(_("&Artist:"), self._artist)
        form.addRow(_("&Photographs:"), self._folder_row())
        form.addRow(_("&Quality:"), self._quality)
        form.addRow("", note)
        form.addRow("", last)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addSpacing(12)
        layout.addLayout(form, 1)

    def _folder_row(self) -> QWidget:
        """The field and its button; a widget, for the label's mnemonic leads to it."""
        button = QPushButton(_("C&hoose…"))
        button.setObjectName("choose_photos")
        button.setToolTip(_("Choose the folder of photographs"))
        button.setAutoDefault(False)
        button.clicked.connect(guarded(lambda *_: self._ask_folder()))
        row = QWidget()
        row.setFocusProxy(self._photos)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._photos, 1)
        layout.addWidget(button)
        return row

    def _ask_folder(self) -> None:
        folders = QFileDialog(self, _("Photographs to practise on"), self._photos.text())
        folders.setObjectName("brushwarp_photos")
        folders.setFileMode(QFileDialog.FileMode.Directory)
        folders.setOption(QFileDialog.Option.ShowDirsOnly)
        folders.fileSelected.connect(guarded(self._photos.setText))
        folders.finished.connect(lambda *_: folders.deleteLater())
        folders.open()


def _line(name: str, tip: str, text: str = "") -> QLineEdit:
    line = QLineEdit(text)
    line.setObjectName(name)
    line.setToolTip(tip)
    line.setMaxLength(NAME_LIMIT)
    return line
