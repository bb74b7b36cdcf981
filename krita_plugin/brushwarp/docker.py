"""What the dockers of Brushwarp share."""

from __future__ import annotations

from krita import DockWidget

from .qt import Qt


class Docker(DockWidget):
    """Krita makes one for every window."""

    def canvasChanged(self, canvas) -> None:  # noqa: N802 - Krita's name; which document is before the painter is asked for
        pass

    def come_forward(self) -> None:
        """Be seen, and where it is docked as high as the others leave room for: Krita gives a new docker no more than it must."""
        is_new = not self.isVisible()
        self.show()
        self.raise_()
        if is_new and not self.isFloating():
            self.parentWidget().resizeDocks([self], [self.sizeHint().height()], Qt.Orientation.Vertical)
