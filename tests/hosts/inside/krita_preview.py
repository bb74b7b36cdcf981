"""What a painter does with the preview in Stylize's dialog, as steps for tests: `import krita_preview as preview`."""

import krita_studio as studio

try:
    from PyQt5.QtCore import QPoint, Qt
    from PyQt5.QtGui import QImage
    from PyQt5.QtTest import QTest
    from PyQt5.QtWidgets import QLabel, QPushButton, QWidget
except ImportError:
    from PyQt6.QtCore import QPoint, Qt
    from PyQt6.QtGui import QImage
    from PyQt6.QtTest import QTest
    from PyQt6.QtWidgets import QLabel, QPushButton, QWidget

ON_THE_WAY = ("Painting", "Waiting")  # how the words begin while something is


def view(dialog):
    return dialog.findChild(QWidget, "preview")


def words(dialog):
    return dialog.findChild(QLabel, "preview_words").text()


def button(dialog, name):
    return dialog.findChild(QPushButton, name)


def wait_until_painted(dialog, seconds=90):
    """Until all strokes of what is asked for are there; the words then."""
    yield 150  # what has just changed is not asked for yet
    yield from studio.wait_for(lambda: not words(dialog).startswith(ON_THE_WAY), "painted preview", seconds)
    return words(dialog)


def seen(dialog, width, height):
    """What is shown in the middle of the preview, of this size: rows of R, G, B."""
    place = view(dialog)
    image = place.grab().toImage().convertToFormat(QImage.Format.Format_RGBX8888)
    left, top = (place.width() - width) // 2, (place.height() - height) // 2
    image = image.copy(left, top, width, height)
    data = image.constBits()
    data.setsize(4 * width * height)
    pixels = bytearray(bytes(data))
    del pixels[3::4]
    return bytes(pixels)


def click(dialog, x, y):
    """At a spot, in pixels from the middle of the preview."""
    centre = view(dialog).rect().center()
    QTest.mouseClick(view(dialog), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, centre + QPoint(x, y))


def while_held(dialog, look):
    """What `look` sees while Show original is held down with the space bar."""
    held = button(dialog, "original")
    held.setFocus()
    QTest.keyPress(held, Qt.Key.Key_Space)
    found = look()
    QTest.keyRelease(held, Qt.Key.Key_Space)
    return found


def choose_theme(name):
    """One of Krita's own, by its entry in the menu."""
    from krita import Krita

    bar = Krita.instance().activeWindow().qwindow().menuBar()
    pending, found = list(bar.actions()), None
    while pending and found is None:
        action = pending.pop()
        found = action if action.text().replace("&", "") == name else None
        pending += action.menu().actions() if action.menu() is not None else []
    found.trigger()
