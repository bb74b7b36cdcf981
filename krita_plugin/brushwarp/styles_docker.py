"""The docker Brushwarp styles: the gallery, always at hand. The style that is chosen in it is the one that Stylize… opens with."""

from __future__ import annotations

from krita import Krita

from .bridge.language import _
from .docker import Docker
from .gallery_view import GalleryView
from .messages import guarded
from .qt import QPushButton, QSize, QTimer, QVBoxLayout, QWidget
from .stylize import choose_style, chosen_style

DOCKER = "brushwarp_styles_docker"
POLL_MS = 500
SIZE = QSize(280, 480)


class StylesDocker(Docker):
    """Krita makes one for every window; all of them show one choice."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(_("Brushwarp styles"))
        self._followed = ""  # what was chosen when it was asked last
        self._view = GalleryView()
        self._stylize = QPushButton(_("Stylize…"))
        self._stylize.setObjectName("stylize")
        self._stylize.setToolTip(_("Repaint the active layer in the chosen style (Enter, or a double-click on a style)"))
        self._view.buttons.addWidget(self._stylize)
        self.setWidget(Panel(self._view))
        self._view.picked.connect(guarded(self._remember))
        self._view.wanted.connect(guarded(_stylize))
        self._view.changed.connect(guarded(self._follow))
        self._stylize.clicked.connect(guarded(lambda *_: _stylize()))
        self._timer = QTimer(self)
        self._timer.timeout.connect(guarded(self._follow))
        self.visibilityChanged.connect(guarded(self._seen))

    def _seen(self, is_seen: bool) -> None:
        if is_seen:
            self._follow()
            self._timer.start(POLL_MS)
        else:
            self._timer.stop()

    def _follow(self) -> None:
        """What was chosen elsewhere: in Stylize…, or in another window."""
        chosen = chosen_style()
        if chosen != self._followed or self._view.style is None:
            self._followed = chosen
            self._view.choose(chosen)
        self._stylize.setEnabled(self._view.style is not None)

    def _remember(self) -> None:
        style = self._view.style
        if style is not None:
            self._followed = style.id
            choose_style(style.id)


class Panel(QWidget):
    """The gallery with the room that it would like."""

    def __init__(self, view: GalleryView) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(view)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return SIZE


def _stylize() -> None:
    Krita.instance().action("brushwarp_stylize").trigger()
