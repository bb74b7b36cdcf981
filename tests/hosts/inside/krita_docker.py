"""What a painter does with the docker Brushwarp arrows, as steps for tests: `import krita_docker as docker`."""

import time

import krita_studio as studio
from krita import Krita

try:
    from PyQt5.QtCore import Qt
    from PyQt5.QtGui import QTransform
    from PyQt5.QtWidgets import QCheckBox, QComboBox, QDockWidget, QLabel, QListWidget, QPushButton, QSpinBox, QWidget
except ImportError:
    from PyQt6.QtCore import Qt
    from PyQt6.QtGui import QTransform
    from PyQt6.QtWidgets import QCheckBox, QComboBox, QDockWidget, QLabel, QListWidget, QPushButton, QSpinBox, QWidget

STEP = 5  # ms


def find():
    """Krita's own widget."""
    return Krita.instance().activeWindow().qwindow().findChild(QDockWidget, "brushwarp_arrows_docker")


def show():
    """Choose Arrows… from the menu."""
    Krita.instance().action("brushwarp_arrows").trigger()
    yield from studio.wait_for(lambda: find() is not None and find().isVisible(), "docker")


def status():
    return find().findChild(QLabel, "status").text()


def lines():
    """What the list says: each arrow in words, and whether it is checked."""
    listed = find().findChild(QListWidget, "arrow_list")
    return [[listed.item(i).text(), listed.item(i).checkState() == Qt.CheckState.Checked] for i in range(listed.count())]


def layers():
    box = find().findChild(QComboBox, "keypoint_layer")
    return [box.itemText(i) for i in range(box.count())], box.currentText()


def pick_layer(name):
    box = find().findChild(QComboBox, "keypoint_layer")
    yield from studio.wait_for(lambda: box.findText(name) >= 0, "the layer %s in the docker" % name)
    box.setCurrentIndex(box.findText(name))
    yield from settle()


def check(row, checked):
    find().findChild(QListWidget, "arrow_list").item(row).setCheckState(Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)


def choose(*rows):
    listed = find().findChild(QListWidget, "arrow_list")
    listed.clearSelection()
    for row in rows:
        listed.item(row).setSelected(True)


def press(name):
    button = find().findChild(QPushButton, name)
    assert button.isEnabled(), name
    button.click()


def can_press(name):
    return find().findChild(QPushButton, name).isEnabled()


def slide(name, percent):
    find().findChild(QSpinBox, name).setValue(percent)


def show_grid(shown):
    find().findChild(QCheckBox, "grid").setChecked(shown)


def picture():
    """What the docker shows of the layer, as its size and bytes; None for nothing."""
    image = find().findChild(QWidget, "view")._image
    if image is None:
        return None
    data = image.constBits()
    data.setsize(image.bytesPerLine() * image.height())
    return [image.width(), image.height()], bytes(data)


def settle(ms=600):
    """Until the docker has looked at everything, and the preview has come to rest."""
    yield ms
    before = picture()
    for _ in range(40):
        yield 120
        if picture() == before:
            return
        before = picture()


def move(shape, dx, dy):
    """Drag a shape so far, in points."""
    shape.setTransformation(shape.transformation() * QTransform.fromTranslate(dx, dy))


def seconds_to_follow(shape, dx, dy, limit=20.0):
    """How long after a shape was moved the docker shows another picture."""
    before = picture()
    begin = time.perf_counter()
    move(shape, dx, dy)
    while picture() == before:
        if time.perf_counter() - begin > limit:
            raise TimeoutError("the preview does not follow: %s" % status())
        yield STEP
    return time.perf_counter() - begin
