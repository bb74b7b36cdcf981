"""The gallery as the docker and Stylize… show it: a field to search in, the grid, and what can be done with a style."""

from __future__ import annotations

from typing import Any, List, Optional, Tuple

from .bridge.detached import find_engine
from .bridge.errors import WorkerError
from .bridge.gallery import Gallery, check_marks, search
from .bridge.language import _
from .bridge.styles import InstalledStyle
from .gallery_deeds import GalleryDeeds
from .messages import guarded, show_note, show_problem
from .qt import QDialog, QHBoxLayout, QLineEdit, QMenu, Qt, QTimer, QToolButton, QVBoxLayout, QWidget, pyqtSignal
from .star import StarButton
from .style_grid import StyleGrid

POLL_MS = 1000
NO_STYLES = _("There are no styles yet. Drop .safetensors files here, press Add…, or choose Tools > Brushwarp > Train style from layer…")
NO_FAVOURITES = _("There are no favourites yet. Choose a style, and press F.")
NONE_FOUND = _("No style has that in its name, artist or year.")


class GalleryView(QWidget):
    """`style` is the chosen one. It follows what others do with the gallery while it is seen: a training that ends, another window.

    picked: the painter chose another style. wanted: a double-click or Enter. changed: styles came, went, or were marked.
    """

    picked, wanted, changed = pyqtSignal(), pyqtSignal(), pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._styles: List[InstalledStyle] = []
        self._gallery: Optional[Gallery] = None
        self._stamp: Tuple = ()
        self._search = SearchField()
        self._starred = StarButton("favourites_only", _("Show favourites alone"))
        self._grid = StyleGrid()
        self.buttons = QHBoxLayout()
        self._deeds = GalleryDeeds(self)
        self._favourite = StarButton("favourite", _("Make the chosen style a favourite, or no longer one (F)"))
        self._add = _button("add", _("&Add…"), _("Take style packs (.safetensors) into the gallery; they can be dropped here, too"))
        self._more = _button("more", _("Mo&re"), _("Card, name, file and removal of the chosen style"))
        self._menu = QMenu(self)
        self._more.setMenu(self._menu)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._lay_out()
        self._connect()
        self._timer = QTimer(self)
        self._timer.timeout.connect(guarded(self._follow))

    # What is chosen.

    @property
    def style(self) -> Optional[InstalledStyle]:
        return next((style for style in self._styles if style.id == self._grid.chosen), None)

    @property
    def styles(self) -> List[InstalledStyle]:
        return list(self._styles)

    @property
    def gallery(self) -> Gallery:
        """Raises WorkerError if no engine is installed."""
        return Gallery.of(find_engine())

    def choose(self, id: str) -> None:
        """The style of an id, or the first."""
        known = [style.id for style in self._styles]
        self._grid.choose(id if id in known else next(iter(known), ""))
        self._enable()

    def focus_grid(self) -> None:
        """So that the arrow keys choose a style."""
        self._grid.setFocus()

    # What is shown.

    def refresh(self) -> None:
        """Read the styles anew, whether anything changed or not."""
        self._stamp = ()
        self._follow()

    def show_style(self, id: str) -> None:
        """Choose a style that has just come: whatever hid it is taken away."""
        self.refresh()
        if id not in [style.id for style in self._grid.shown]:
            self._starred.setChecked(False)
            self._search.clear()
        self.choose(id)
        self.picked.emit()

    def _follow(self) -> None:
        try:
            gallery = self.gallery
        except WorkerError as error:
            self._styles, self._stamp = [], ()
            self._grid.show_styles([], str(error))
            self._enable()
            return
        stamp = gallery.stamp()
        if (gallery, stamp) == (self._gallery, self._stamp):
            return
        before = self.style if self._stamp else None  # without a stamp it is the painter who has just done something
        self._gallery, self._stamp = gallery, stamp
        self._styles = gallery.styles()
        self._grid.remember_pictures(self._styles)
        self._show()
        self.choose(self._grid.chosen)
        self.changed.emit()
        if before is not None and self._is_asked_for_one and before.id not in [style.id for style in self._styles]:
            show_note(_("The style “{}” is not in the gallery any more.").format(before.name), _("Another one is chosen."))
        try:
            check_marks()
        except WorkerError as error:
            show_problem(error)

    @property
    def _is_asked_for_one(self) -> bool:
        """In a dialog whoever presses OK shall know in which style."""
        return isinstance(self.window(), QDialog)

    def _show(self) -> None:
        found = search(self._styles, self._search.text(), self._starred.isChecked())
        words = NO_STYLES if not self._styles else NO_FAVOURITES if not self._search.text().strip() else NONE_FOUND
        self._grid.show_styles(found, words)
        self._enable()

    def _enable(self) -> None:
        style = self.style
        self._favourite.setEnabled(style is not None)
        self._favourite.setChecked(style is not None and style.is_favourite)
        self._more.setEnabled(style is not None)

    def showEvent(self, event) -> None:  # noqa: N802 - Qt's name, as those that follow
        super().showEvent(event)
        guarded(self._follow)()
        self._timer.start(POLL_MS)

    def hideEvent(self, event) -> None:  # noqa: N802
        super().hideEvent(event)
        self._timer.stop()

    def dragEnterEvent(self, event) -> None:  # noqa: N802
        if event.mimeData().hasUrls() and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event) -> None:  # noqa: N802
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        guarded(lambda: self._deeds.add(files))()

    # How it is built.

    def _lay_out(self) -> None:
        upper = QHBoxLayout()
        upper.addWidget(self._search, 1)
        upper.addWidget(self._starred)
        for button in (self._favourite, self._add, self._more):
            self.buttons.addWidget(button)
        self.buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(upper)
        layout.addWidget(self._grid, 1)
        layout.addLayout(self.buttons)
        self.setAcceptDrops(True)
        self._grid.setAcceptDrops(False)  # so that the whole view takes them

    def _connect(self) -> None:
        deeds, grid = self._deeds, self._grid
        for text, act in (
            (_("&Card…"), deeds.show_card), (_("&Favourite"), self._turn_favourite), (_("&Rename…"), deeds.ask_name),
            (_("Re&move…"), deeds.ask_to_remove),
            (_("&Show in folder"), deeds.show_in_folder),
        ):
            self._menu.addAction(text).triggered.connect(guarded(lambda *_, act=act: act()))
        self._search.textChanged.connect(guarded(lambda *_: self._show()))
        self._search.left.connect(grid.setFocus)
        self._starred.toggled.connect(guarded(lambda *_: self._show()))
        self._favourite.clicked.connect(guarded(lambda *_: self._turn_favourite()))
        self._add.clicked.connect(guarded(lambda *_: deeds.ask_files()))
        grid.picked.connect(guarded(self._picked))
        grid.wanted.connect(self.wanted.emit)
        grid.favoured.connect(guarded(self._turn_favourite))
        grid.doomed.connect(guarded(deeds.ask_to_remove))
        grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        grid.customContextMenuRequested.connect(guarded(self._open_menu))

    def _picked(self) -> None:
        self._enable()
        self.picked.emit()

    def _turn_favourite(self) -> None:
        try:
            self._deeds.turn_favourite()
        finally:
            self._enable()  # the button has turned by itself

    def _open_menu(self, place: Any) -> None:
        if self._grid.itemAt(place) is not None:
            self._menu.popup(self._grid.viewport().mapToGlobal(place))


class SearchField(QLineEdit):
    """left: the arrow down leads on to what was found."""

    left = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("search")
        self.setPlaceholderText(_("Search"))
        self.setToolTip(_("Words of a style's name, its artist or its year"))
        self.setClearButtonEnabled(True)

    def keyPressEvent(self, event) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Down:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def _button(name: str, text: str, tip: str) -> QToolButton:
    """One that takes no more room than its words: docks are narrow."""
    button = QToolButton()
    button.setObjectName(name)
    button.setText(text)
    button.setToolTip(tip)
    return button
