"""What a painter does with the docker Brushwarp styles, as steps for tests: `import krita_gallery as gallery`."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import krita_studio as studio
import screen
from krita import Krita

try:
    from PyQt5.QtCore import QMimeData, QPoint, Qt, QUrl
    from PyQt5.QtGui import QDragEnterEvent, QDropEvent
    from PyQt5.QtTest import QTest
    from PyQt5.QtWidgets import QApplication, QDockWidget, QLineEdit, QListWidget, QPushButton, QToolButton
except ImportError:
    from PyQt6.QtCore import QMimeData, QPoint, Qt, QUrl
    from PyQt6.QtGui import QDragEnterEvent, QDropEvent
    from PyQt6.QtTest import QTest
    from PyQt6.QtWidgets import QApplication, QDockWidget, QLineEdit, QListWidget, QPushButton, QToolButton


def find():
    """Krita's own widget."""
    return Krita.instance().activeWindow().qwindow().findChild(QDockWidget, "brushwarp_styles_docker")


def show():
    """Choose Styles… from the menu."""
    Krita.instance().action("brushwarp_styles").trigger()
    yield from studio.wait_for(lambda: find() is not None and find().isVisible() and grid().count(), "styles in the docker")


def grid():
    return find().findChild(QListWidget, "styles")


def shown():
    return studio.gallery(find())


def chosen():
    return studio.chosen_in_gallery(find())


def search(text):
    find().findChild(QLineEdit, "search").setText(text)
    return shown()


def press(name):
    """A button by its name; what the gallery shows then."""
    (find().findChild(QToolButton, name) or find().findChild(QPushButton, name)).click()
    return shown()


def click(style, twice=False):
    """With the mouse, on its picture."""
    item = grid().item(shown().index(style))
    grid().scrollToItem(item)
    place = grid().visualItemRect(item).center()
    QTest.mouseClick(grid().viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    if twice:
        QTest.mouseDClick(grid().viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def key(name):
    """Of the keyboard, with the grid in focus."""
    grid().setFocus()
    QTest.keyClick(grid(), getattr(Qt.Key, "Key_" + name))


def choose_from_menu(beginning):
    """An entry of the button More, which is the right click's menu too."""
    actions = find().findChild(QToolButton, "more").menu().actions()
    [action for action in actions if action.text().replace("&", "").startswith(beginning)][0].trigger()


def drop(*files):
    """Files let go over the grid; whether they were welcome."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(file) for file in files])
    place = grid().viewport()
    hand = (QPoint(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    event = QDragEnterEvent(*hand)
    QApplication.sendEvent(place, event)
    if event.isAccepted():
        QApplication.sendEvent(place, QDropEvent(*hand))
    return event.isAccepted()


def drag_from_outside(file):
    """With the mouse, from a window of another program onto the grid, as long as it takes until the style is there."""
    source = os.path.join(os.environ["BRUSHWARP_TEST_INSIDE"], "drag_source.py")
    window = subprocess.Popen([sys.executable, source, "Files", file])
    try:
        with ThreadPoolExecutor(1) as pool:  # Krita's own loop goes on meanwhile
            found = pool.submit(lambda: screen.place_of(screen.wait_for_window("^Files$")))
            yield from studio.wait_for(found.done, "window to drag from")
            left, top, _, _ = found.result()
            yield 500
            target = grid().viewport().mapToGlobal(QPoint(40, grid().viewport().height() - 20))
            before = shown()
            dragged = pool.submit(screen.drag, left + 60, top + 40, target.x(), target.y())
            yield from studio.wait_for(dragged.done, "end of the drag")
            dragged.result()
            yield from studio.wait_for(lambda: shown() != before, "style that was dragged", 20)
    finally:
        window.terminate()
        window.wait()


def stylize_dialog():
    return (yield from studio.wait_for(lambda: studio.shown("brushwarp_stylize_dialog"), "Stylize…"))
