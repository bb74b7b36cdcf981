"""The arrows of a layer in words, one a line: checked where it bends, unchecked where it is muted."""

from __future__ import annotations

from typing import Callable, List, Optional

from .arrow_layer import ArrowEntry, ArrowSheet
from .bridge.bend import arrow_in_words
from .bridge.language import _
from .messages import guarded
from .qt import QAbstractItemView, QListWidget, QListWidgetItem, QSize, Qt

TIP = _(
    "Each arrow of the chosen layer: its number, its direction and length, and where it begins.\n"
    "Take a check mark away to mute the arrow: it stays in the document, and bends nothing."
)


class ArrowList(QListWidget):
    """`chosen` are the arrows that buttons are about, the first of them `marked`. on_mute: called with an arrow and whether it is to be muted."""

    def __init__(self, on_mute: Callable[[ArrowEntry, bool], None]) -> None:
        super().__init__()
        self.setObjectName("arrow_list")
        self.setToolTip(TIP)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setUniformItemSizes(True)
        self._sheet = ArrowSheet()
        self._on_mute = on_mute
        self.itemChanged.connect(guarded(self._toggled))

    @property
    def chosen(self) -> List[ArrowEntry]:
        rows = sorted(index.row() for index in self.selectedIndexes())
        return [self._sheet.entries[row] for row in rows if row < len(self._sheet.entries)]

    @property
    def marked(self) -> Optional[int]:
        """The place of the first chosen arrow among those that bend."""
        bending = [entry for entry in self._sheet.entries if not entry.is_muted]
        return next((bending.index(entry) for entry in self.chosen if not entry.is_muted), None)

    def show_sheet(self, sheet: ArrowSheet) -> None:
        if sheet == self._sheet:
            return
        is_as_long = len(sheet.entries) == len(self._sheet.entries)
        self._sheet = sheet
        self.blockSignals(True)  # this is not the painter's doing
        if not is_as_long:
            self.clear()
            for _entry in sheet.entries:
                QListWidgetItem(self).setFlags(
                    Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
                )
        for row, entry in enumerate(sheet.entries):
            self._show_entry(row, entry)
        self.blockSignals(False)

    def _show_entry(self, row: int, entry: ArrowEntry) -> None:
        item = self.item(row)
        item.setText(arrow_in_words(row + 1, entry.arrow))
        item.setCheckState(Qt.CheckState.Unchecked if entry.is_muted else Qt.CheckState.Checked)

    def _toggled(self, item: QListWidgetItem) -> None:
        row = self.row(item)
        entry = self._sheet.entries[row]
        is_muted = item.checkState() == Qt.CheckState.Unchecked
        if is_muted == entry.is_muted:
            return
        self.blockSignals(True)
        self._show_entry(row, entry)  # as it is, until it has been done
        self.blockSignals(False)
        self._on_mute(entry, is_muted)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(120, 60)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(200, 120)
