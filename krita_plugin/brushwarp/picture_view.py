"""A picture as wide as its place, over a chequered ground where it is transparent; and one whose spots can be clicked at."""

from __future__ import annotations

from typing import Optional, Tuple

from .qt import QColor, QImage, QPainter, QPixmap, QRect, QSize, QSizePolicy, Qt, QWidget, pyqtSignal

SQUARE = 8  # pixels
GROUND = (QColor(153, 153, 153), QColor(119, 119, 119))
LEAST = 0.6  # of the size that a SpotView asks for
TALLEST = 1.5  # times its width: a tall picture shall leave room below


class PictureView(QWidget):
    """`show_picture` with None leaves the place empty."""

    def __init__(self) -> None:
        super().__init__()
        self._image: Optional[QImage] = None
        self._shape = (3, 2)
        self._ground = _chequers()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumSize(120, 80)

    def show_picture(self, image: Optional[QImage]) -> None:
        self._image = image
        self.update()

    def set_shape(self, width: int, height: int) -> None:
        """Of the pictures to come."""
        if (width, height) != self._shape:
            self._shape = (width, height)
            self.updateGeometry()

    def fitting(self) -> Tuple[int, int]:
        """The size at which a picture of that shape fits its place, in the screen's own pixels."""
        width, height = self._shape
        share = min(self.width() / width, self.height() / height) * self.devicePixelRatioF()
        return max(2, round(width * share)), max(2, round(height * share))

    def _place(self) -> QRect:
        """Of the picture."""
        width, height = (round(side / self.devicePixelRatioF()) for side in self.fitting())
        return QRect((self.width() - width) // 2, (self.height() - height) // 2, width, height)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name, as those that follow
        return QSize(240, self.heightForWidth(240))

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        return round(width * min(TALLEST, self._shape[1] / self._shape[0]))

    def paintEvent(self, event) -> None:  # noqa: N802
        if self._image is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = self._place()
        painter.drawTiledPixmap(place, self._ground)
        painter.drawImage(place, self._image)
        painter.end()


class SpotView(PictureView):
    """It takes the room that there is, and enlarges no picture. size: that it asks for.

    clicked: at a spot of the picture, as shares of its width and height. resized: there is another room for it.
    """

    clicked, resized = pyqtSignal(float, float), pyqtSignal()

    def __init__(self, size: QSize) -> None:
        super().__init__()
        self._hint = size
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(size * LEAST)
        self.setCursor(Qt.CursorShape.CrossCursor)

    @property
    def room(self) -> Tuple[int, int]:
        """Width and height in the screen's own pixels."""
        ratio = self.devicePixelRatioF()
        return int(self.width() * ratio), int(self.height() * ratio)

    def fitting(self) -> Tuple[int, int]:
        width, height = super().fitting()
        return min(width, self._shape[0]), min(height, self._shape[1])

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name, as those that follow
        return self._hint

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return False

    def mousePressEvent(self, event) -> None:  # noqa: N802
        place = self._place()
        if event.button() == Qt.MouseButton.LeftButton and place.contains(event.pos()):
            spot = event.pos() - place.topLeft()
            self.clicked.emit((spot.x() + 0.5) / place.width(), (spot.y() + 0.5) / place.height())

    def resizeEvent(self, event) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.resized.emit()


def _chequers() -> QPixmap:
    ground = QPixmap(2 * SQUARE, 2 * SQUARE)
    ground.fill(GROUND[0])
    painter = QPainter(ground)
    for x, y in ((0, SQUARE), (SQUARE, 0)):
        painter.fillRect(x, y, SQUARE, SQUARE, GROUND[1])
    painter.end()
    return ground
