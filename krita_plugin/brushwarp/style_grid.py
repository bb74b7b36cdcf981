"""Thumbnails of styles in a grid that fills whatever width it has, with arrows, Enter, F and Delete."""

from __future__ import annotations

from typing import Dict, List, Optional, Sequence

from .bridge.language import _
from .bridge.styles import InstalledStyle
from .fields import pixmap_of
from .qt import (
    QAbstractItemView,
    QColor,
    QEvent,
    QListWidget,
    QListWidgetItem,
    QPainter,
    QPalette,
    QPixmap,
    QPointF,
    QRect,
    QRectF,
    QSize,
    QStyle,
    QStyledItemDelegate,
    Qt,
    QTextLayout,
    QTextOption,
    pyqtSignal,
)
from .star import star

COLUMN = 112  # pixels that a column has at the least
WIDEST = 200  # pixels of a picture: thumbnails have 192
MARGIN, GAP = 5, 4  # pixels around a cell's contents, and between picture and name
STAR, STAR_EDGE = QColor(255, 205, 60), QColor(40, 30, 0)
FAINT = 0.7  # opacity of words where there is no style
STYLE = Qt.ItemDataRole.UserRole  # where an item has its InstalledStyle
MOVES = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End)
CENTRED, NAMED = (QTextOption(where) for where in (Qt.AlignmentFlag.AlignCenter, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop))
NAMED.setWrapMode(QTextOption.WrapMode.NoWrap)
ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class StyleGrid(QListWidget):
    """`chosen` is the id of the chosen style, shown or not.

    picked: the painter chose another one. wanted: Enter or a double-click. favoured: F. doomed: Delete.
    """

    picked, wanted, favoured, doomed = pyqtSignal(), pyqtSignal(), pyqtSignal(), pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("styles")
        self.chosen = ""
        self._words = ""
        self._pictures: Dict[str, Optional[QPixmap]] = {}
        self.setViewMode(QListWidget.ViewMode.IconMode)
        self.setMovement(QListWidget.Movement.Static)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(COLUMN + 40)
        self.setItemDelegate(StyleCell(self))
        self.currentItemChanged.connect(lambda *_: self._pick())
        self.itemDoubleClicked.connect(lambda *_: self.wanted.emit())

    def remember_pictures(self, styles: Sequence[InstalledStyle]) -> None:
        """Of all that can be shown."""
        self._pictures = {style.id: pixmap_of(style.thumbnail) for style in styles}

    def show_styles(self, styles: Sequence[InstalledStyle], words: str) -> None:
        """These, or words in the place of none."""
        self._words = words
        before = self.blockSignals(True)
        self.clear()
        for style in styles:
            item = QListWidgetItem(style.name)
            item.setData(STYLE, style)
            item.setToolTip("\n".join(part for part in (style.name, style.credit, "" if style.is_own else _("Came with Brushwarp")) if part))
            self.addItem(item)
        self.blockSignals(before)
        self._fit()
        self.choose(self.chosen)

    def choose(self, id: str) -> None:
        """Without a word: the painter did not do it."""
        self.chosen = id
        before = self.blockSignals(True)
        row = next((row for row, style in enumerate(self.shown) if style.id == id), -1)
        self.setCurrentRow(row)
        self.blockSignals(before)
        if row >= 0:
            self.scrollToItem(self.item(row))

    @property
    def shown(self) -> List[InstalledStyle]:
        return [self.item(row).data(STYLE) for row in range(self.count())]

    def picture(self, id: str) -> Optional[QPixmap]:
        return self._pictures.get(id)

    def _pick(self) -> None:
        item = self.currentItem()
        if item is not None:
            self.chosen = item.data(STYLE).id
            self.picked.emit()

    # What Qt calls, by its own names.

    def event(self, event) -> bool:
        """Krita's shortcuts (F fills, Delete clears the layer) wait for keys that mean something here."""
        if event.type() == QEvent.Type.ShortcutOverride and event.key() in (*MOVES, *ENTERS, Qt.Key.Key_F, Qt.Key.Key_Delete):
            if event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event) -> None:  # noqa: N802
        meanings = {Qt.Key.Key_F: self.favoured, Qt.Key.Key_Delete: self.doomed, **dict.fromkeys(ENTERS, self.wanted)}
        signal = meanings.get(event.key())
        if signal is None or event.modifiers() not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            super().keyPressEvent(event)
        elif self.currentItem() is not None:
            signal.emit()

    def resizeEvent(self, event) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event) -> None:  # noqa: N802
        super().paintEvent(event)
        if not self.count():
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.Text))
            painter.setOpacity(FAINT)
            painter.drawText(QRectF(self.viewport().rect().adjusted(8, 8, -8, -8)), self._words, CENTRED)
            painter.end()

    def _fit(self) -> None:
        """As many columns as find room, as wide as they find it. Whether there is a scroll bar decides nothing: it would come and go."""
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        room = max(COLUMN, self.width() - 2 * self.frameWidth() - bar - 1)
        width = min(room // (room // COLUMN), WIDEST + 2 * MARGIN)
        metrics = self.fontMetrics()
        is_long = any(metrics.horizontalAdvance(style.name) > width - 2 * MARGIN for style in self.shown)
        self.itemDelegate().text_lines = 2 if is_long else 1
        self.setGridSize(QSize(width, self.itemDelegate().height_of(width, metrics)))


class StyleCell(QStyledItemDelegate):
    """A picture with the style's name below, and a star on it for a favourite. text_lines: 1 or 2, for all of them."""

    text_lines = 1

    def height_of(self, width: int, metrics) -> int:
        return 2 * MARGIN + _picture_height(width) + GAP + self.text_lines * metrics.lineSpacing()

    def sizeHint(self, option, index) -> QSize:  # noqa: N802 - Qt's name
        return self.parent().gridSize()

    def paint(self, painter, option, index) -> None:
        style = index.data(STYLE)
        cell = option.rect.adjusted(1, 1, -1, -1)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if is_chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setOpacity(1.0 if is_chosen else 0.25)
            painter.setBrush(option.palette.highlight())
            painter.drawRoundedRect(cell, 3, 3)
            painter.setOpacity(1.0)
        inner = option.rect.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        place = QRect(inner.left(), inner.top(), inner.width(), _picture_height(option.rect.width()))
        painter.setPen(option.palette.color(QPalette.ColorRole.HighlightedText if is_chosen else QPalette.ColorRole.Text))
        self._draw_picture(painter, place, self.parent().picture(style.id))
        below = QRect(inner.left(), place.bottom() + 1 + GAP, inner.width(), inner.height())
        _draw_name(painter, below, style.name, option.font, self.text_lines)
        if style.is_favourite:
            painter.setPen(STAR_EDGE)
            painter.setBrush(STAR)
            painter.drawPolygon(star(QPointF(place.right() - 9.5, place.top() + 10.5), 8.0))
        painter.restore()

    def _draw_picture(self, painter, place: QRect, picture: Optional[QPixmap]) -> None:
        if picture is None:
            painter.drawText(QRectF(place), _("No picture"), CENTRED)
            return
        size = picture.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = place.left() + (place.width() - size.width()) // 2, place.top() + (place.height() - size.height()) // 2
        painter.drawPixmap(QRect(left, top, size.width(), size.height()), picture)


def _picture_height(width: int) -> int:
    """Of a cell so wide: thumbnails are one and a half times as wide as high."""
    return (width - 2 * MARGIN) * 2 // 3


def _draw_name(painter, place: QRect, name: str, font, lines: int) -> None:
    """In the middle of as many lines as there are, the last one cut where it does not end."""
    layout = QTextLayout(name, font)
    layout.beginLayout()
    top, height = place.top(), painter.fontMetrics().lineSpacing()
    for number in range(lines):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(place.width())
        begin, end = line.textStart(), line.textStart() + line.textLength()
        words = name[begin:end] if number < lines - 1 else name[begin:]
        words = painter.fontMetrics().elidedText(words.strip(), Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(QRectF(place.left(), top, place.width(), 2 * height), words, NAMED)  # a line's own height cuts off what hangs below it
        top += height
    layout.endLayout()
