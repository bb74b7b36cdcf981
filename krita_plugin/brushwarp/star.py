"""The star of a favourite: drawn, since not every font has one, in the colours of whatever theme there is."""

from __future__ import annotations

import math

from .qt import QPainter, QPointF, QPolygonF, QSize, QToolButton

POINTS = 5
INNER = 0.45  # radius of the inner corners, as a share of the outer ones'


def star(centre: QPointF, radius: float) -> QPolygonF:
    """One point upwards."""
    corners = []
    for corner in range(2 * POINTS):
        reach = radius * (INNER if corner % 2 else 1.0)
        angle = math.pi * corner / POINTS
        corners.append(QPointF(centre.x() + reach * math.sin(angle), centre.y() - reach * math.cos(angle)))
    return QPolygonF(corners)


class StarButton(QToolButton):
    """Stays pressed; the star is filled then."""

    def __init__(self, name: str, tip: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setToolTip(tip)
        self.setCheckable(True)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name, as the next
        side = self.fontMetrics().height() + 10
        return QSize(side, side)

    def paintEvent(self, event) -> None:  # noqa: N802
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self.palette().buttonText().color()
        painter.setPen(colour)
        if self.isChecked():
            painter.setBrush(colour)
        painter.drawPolygon(star(QPointF(self.width() / 2, self.height() / 2 + 0.5), self.fontMetrics().height() * 0.5))
        painter.end()
