"""The trainings that run or are kept, each with the newest picture that it painted on the way."""

from __future__ import annotations

from typing import Collection, Dict, Optional, Sequence

from .bridge.language import _
from .bridge.paths import path_to_text
from .bridge.training import TrainingStatus
from .bridge.training_words import standing
from .fields import PictureLabel, small_picture
from .messages import guarded
from .qt import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QProgressBar, QSize, Qt, QTimer, QVBoxLayout, QWidget

SAMPLE = QSize(108, 72)
BAR_HEIGHT = 8
NOTHING = _("No training runs, and none is kept.")


class TrainingRow(QWidget):
    """One of them."""

    def __init__(self) -> None:
        super().__init__()
        self._sample = ""
        self._picture = PictureLabel(SAMPLE, _("No picture yet"))
        self._picture.setObjectName("sample")
        self._picture.show_picture(None)
        self._name, self._standing, self._message = (_text(name) for name in ("name", "standing", "message"))
        font = self._name.font()
        font.setBold(True)
        self._name.setFont(font)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(BAR_HEIGHT)
        words = QVBoxLayout()
        words.setSpacing(4)
        for widget in (self._name, self._standing, self._bar, self._message):
            words.addWidget(widget)
        words.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addSpacing(6)
        layout.addLayout(words, 1)

    def show_status(self, status: TrainingStatus, is_stopping: bool) -> None:
        self._name.setText(status.name)
        self._standing.setText(standing(status, is_stopping))
        self._message.setText(status.message)
        self._message.setVisible(bool(status.message))
        self._bar.setVisible(status.state != "finished")
        is_unknown = status.state in ("starting", "running") and status.iteration == 0  # how long it takes to begin
        self._bar.setRange(0, 0 if is_unknown else max(1, status.total))
        self._bar.setValue(status.iteration)
        if status.sample != self._sample:
            self._sample = status.sample
            picture = small_picture(path_to_text(status.sample), SAMPLE)
            self._picture.setToolTip("" if picture is None else _("The newest picture that it painted"))
            self._picture.show_picture(picture)


class TrainingList(QListWidget):
    """`chosen` is the one that the buttons are about."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("trainings")
        self.setToolTip(_("Every style that is being learnt, whoever began it; choose one for the buttons below"))
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._shown: Dict[str, TrainingStatus] = {}
        self._fitting = QTimer(self)  # once Qt knows how large new words are
        self._fitting.setSingleShot(True)
        self._fitting.timeout.connect(guarded(self._fit))

    @property
    def chosen(self) -> Optional[TrainingStatus]:
        item = self.currentItem()
        return None if item is None else self._shown.get(item.data(Qt.ItemDataRole.UserRole))

    def show_all(self, statuses: Sequence[TrainingStatus], stopping: Collection[str]) -> None:
        """These, in their order. stopping: ids of those that were asked to."""
        chosen, before = self.chosen, list(self._shown)
        self._shown = {status.id: status for status in statuses}
        if before != list(self._shown) or not self.count():
            self._make_rows()
            self.choose(chosen.id if chosen is not None else "")
        for index, status in enumerate(statuses):
            self._row(index).show_status(status, status.id in stopping)
        self._fitting.start()

    def choose(self, id: str) -> None:
        """The training of an id, or the newest."""
        ids = list(self._shown)
        self.setCurrentRow(ids.index(id) if id in ids else 0)

    def resizeEvent(self, event) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fitting.start()

    def _make_rows(self) -> None:
        self.clear()
        for id in self._shown:
            item = QListWidgetItem(self)
            item.setData(Qt.ItemDataRole.UserRole, id)
            self.setItemWidget(item, TrainingRow())
        if not self._shown:
            QListWidgetItem(NOTHING, self).setFlags(Qt.ItemFlag.NoItemFlags)

    def _row(self, index: int) -> TrainingRow:
        return self.itemWidget(self.item(index))

    def _fit(self) -> None:
        """Each row as high as its words are at this width."""
        width = self.viewport().width()
        for index in range(len(self._shown)):
            self.item(index).setSizeHint(QSize(1, self._row(index).layout().totalHeightForWidth(width)))


def _text(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
