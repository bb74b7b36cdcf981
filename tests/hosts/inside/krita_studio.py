"""What a painter does with Brushwarp in Krita's window, as steps for tests: `import krita_studio as studio`.

Functions that wait are generators: `layer = yield from studio.stylize(style="…")`. Python 3.8, standard library, Krita and Qt.
"""

import hashlib
import json
import sys
import threading
import time
import traceback

from krita import Krita, Selection

try:
    from PyQt5.QtCore import QByteArray, Qt, QTimer
    from PyQt5.QtWidgets import (
        QApplication,
        QCheckBox,
        QComboBox,
        QDialogButtonBox,
        QDoubleSpinBox,
        QLabel,
        QLineEdit,
        QListWidget,
        QMdiArea,
        QMessageBox,
        QPushButton,
        QSpinBox,
    )
except ImportError:
    from PyQt6.QtCore import QByteArray, Qt, QTimer
    from PyQt6.QtWidgets import (
        QApplication,
        QCheckBox,
        QComboBox,
        QDialogButtonBox,
        QDoubleSpinBox,
        QLabel,
        QLineEdit,
        QListWidget,
        QMdiArea,
        QMessageBox,
        QPushButton,
        QSpinBox,
    )

STEP = 50  # ms
BYTES = {("RGBA", "U8"): 4, ("RGBA", "U16"): 8, ("RGBA", "F16"): 8, ("RGBA", "F32"): 16,
         ("GRAYA", "U8"): 2, ("GRAYA", "U16"): 4, ("GRAYA", "F16"): 4, ("GRAYA", "F32"): 8}


def wait_for(condition, what, seconds=60):
    """The first true value of `condition()`."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            there = [(w.objectName(), w.windowTitle()) for w in QApplication.topLevelWidgets() if w.isVisible()]
            progress = shown("brushwarp_progress")
            said = [label.text() for label in progress.findChildren(QLabel)] if progress else message_shown()
            frames = [traceback.format_stack(f)[-3:] for thread, f in sys._current_frames().items() if thread != threading.get_ident()]
            raise TimeoutError("no %s; Krita shows %r; Brushwarp says %r; other threads: %s" % (what, there, said, frames))
        yield STEP


# Documents and layers.

def raw_files(folder):
    """Two functions, of a name: what a test has left in the folder for its story, and what the story leaves there for it."""

    def read(name):
        with open("%s/%s.raw" % (folder, name), "rb") as file:
            return file.read()

    def keep(name, data):
        with open("%s/%s.raw" % (folder, name), "wb") as file:
            file.write(data)

    return read, keep


def new_document(width, height, model="RGBA", depth="U8", profile="", ppi=72.0, name="test"):
    """A document in a view of its own, active, with one empty canvas layer; its active node is None for a moment."""
    krita = Krita.instance()
    document = krita.createDocument(width, height, name, model, depth, profile, ppi)
    document.setBatchmode(True)
    krita.activeWindow().addView(document)
    krita.setActiveDocument(document)
    yield from wait_for(lambda: krita.activeDocument() == document and document.activeNode(), "active document")
    return document


def go_to(document):
    """The window of another open document."""
    krita = Krita.instance()
    area = krita.activeWindow().qwindow().findChild(QMdiArea)
    for _ in area.subWindowList():
        if krita.activeDocument() != document:
            area.activateNextSubWindow()
            yield 200
    yield from wait_for(lambda: krita.activeDocument() == document and document.activeNode(), "active document")


def add_layer(document, name, pixels, x, y, width, height, parent=None):
    """A paint layer with these bytes on top of its parent, active."""
    layer = document.createNode(name, "paintlayer")
    layer.setPixelData(QByteArray(pixels), x, y, width, height)
    (parent or document.rootNode()).addChildNode(layer, None)
    yield from activate(document, layer)
    return layer


def activate(document, node):
    """Make a layer the active one. Krita makes new layers active by itself, a moment after they were added."""
    document.waitForDone()
    wanted, steady = node.uniqueId(), 0
    while steady < 4:
        if document.activeNode() is not None and document.activeNode().uniqueId() == wanted:
            steady += 1
        else:
            steady = 0
            document.setActiveNode(node)
        yield STEP


def select(document, mask=None, rectangle=None, feather=0):
    """Select by a mask of the canvas' size, or a rectangle, feathered by so many pixels."""
    selection = Selection()
    if mask is not None:
        selection.setPixelData(QByteArray(mask), 0, 0, document.width(), document.height())
    else:
        selection.select(*rectangle, 255)
    if feather:
        selection.feather(feather)
    document.setSelection(selection)
    document.waitForDone()
    return bytes(document.selection().pixelData(0, 0, document.width(), document.height()))


def svg(document, inner):
    """`inner`, drawn in pixels of the document, as Krita wants to be given shapes."""
    width, height = document.width(), document.height()
    return '<svg xmlns="http://www.w3.org/2000/svg" width="%.9gpt" height="%.9gpt" viewBox="0 0 %d %d">%s</svg>' % (
        width * 72 / document.xRes(), height * 72 / document.yRes(), width, height, inner)


HEAD = '<defs><marker id="head" orient="auto" markerWidth="4" markerHeight="4" refX="2" refY="2"><path d="M0 0L4 2L0 4z"/></marker></defs>'


def arrow(x1, y1, x2, y2):
    line = '<path d="M %r %r L %r %r" stroke="#d02020" stroke-width="2" fill="none" marker-end="url(#head)"/>'
    return line % (x1, y1, x2, y2)


def draw(document, inner, name="Brushwarp keypoints"):
    """A vector layer on top with these shapes, in pixels; the active layer stays."""
    was_active = document.activeNode()
    layer = document.createVectorLayer(name)
    layer.addShapesFromSvg(svg(document, HEAD + inner))
    document.rootNode().addChildNode(layer, None)
    yield from activate(document, was_active)
    return layer


def own_pixels(node):
    """A layer's own bytes at its bounds."""
    box = node.bounds()
    return bytes(node.pixelData(box.x(), box.y(), box.width(), box.height()))


def fingerprint(node):
    """All that must not change of a layer."""
    box = node.bounds()
    digest = hashlib.sha256(own_pixels(node)).hexdigest()
    return [digest, node.name(), [box.x(), box.y(), box.width(), box.height()], node.opacity(), node.visible(),
            node.colorModel(), node.colorDepth(), node.colorProfile()]


def tree(node):
    """Names from the bottom to the top, groups with their contents, without the mask that holds the document's selection."""
    children = [child for child in node.childNodes() if child.type() != "selectionmask"]
    return [[child.name(), tree(child)] if child.childNodes() else child.name() for child in children]


def projection(document):
    document.waitForDone()
    return bytes(document.pixelData(0, 0, document.width(), document.height()))


def dump(node, path, x=None, y=None, width=None, height=None):
    """Write a layer's bytes to a file: at its bounds, or at a rectangle."""
    box = node.bounds()
    place = (box.x(), box.y(), box.width(), box.height()) if x is None else (x, y, width, height)
    data = bytes(node.pixelData(*place))
    assert len(data) == place[2] * place[3] * BYTES[node.colorModel(), node.colorDepth()]
    with open(path, "wb") as file:
        file.write(data)
    return list(place)


def recipe(document, node):
    """The recipe stored with a layer, or None."""
    data = bytes(document.annotation("brushwarp/recipe/" + node.uniqueId().toString()))
    return json.loads(data.decode("utf-8")) if data else None


def press(action):
    """An action of Krita's own menus, as undo, and wait for what it does. While Krita is at work it takes no undo."""
    document = Krita.instance().activeDocument()
    document.waitForDone()
    Krita.instance().action(action).trigger()
    yield 100
    document.waitForDone()
    yield 50


# Brushwarp's windows.

def shown(name):
    """The visible window of this object name, or None."""
    found = [w for w in QApplication.topLevelWidgets() if w.objectName() == name and w.isVisible()]
    return found[0] if found else None


def message_shown():
    box = shown("brushwarp_message")
    return (box.text() + " " + box.informativeText()).strip() if box else None


def dismiss():
    """Close the message that is shown; what it said."""
    text = message_shown()
    box = shown("brushwarp_message")
    box.button(QMessageBox.StandardButton.Ok).click()
    yield from wait_for(lambda: not shown("brushwarp_message"), "end of the message")
    return text


def answer(word):
    """Press a button of the message that is shown; what it said."""
    text, box = message_shown(), shown("brushwarp_message")
    [button for button in box.buttons() if button.text().replace("&", "") == word][0].click()
    yield from wait_for(lambda: not shown("brushwarp_message"), "end of the question")
    return text


def open_dialog(verb="stylize"):
    """Choose Stylize… or Deform… from the menu: the dialog, or the text of a refusal (which is dismissed)."""
    name = "brushwarp_%s_dialog" % verb
    Krita.instance().action("brushwarp_" + verb).trigger()
    yield from wait_for(lambda: shown(name) or message_shown(), "dialog or message")
    dialog = shown(name)
    if dialog is None:
        return (yield from dismiss())
    return dialog


def led_to_engine(action="stylize"):
    """Choose an entry of the menu where no engine is: what the window says to which it leads, which is closed."""
    Krita.instance().action("brushwarp_" + action).trigger()
    window = yield from wait_for(lambda: shown("brushwarp_engine"), "window of the engine")
    headline, command = window.findChild(QLabel, "headline"), window.findChild(QLineEdit, "command")
    yield from wait_for(lambda: headline.text() and command.text(), "words about the engine")
    window.reject()
    yield from wait_for(lambda: not shown("brushwarp_engine"), "end of the window")
    return headline.text() + " " + command.text()


def open_dialog_of(action, verb, with_message=False):
    """As `open_dialog`, by another entry of the menu. with_message: the dialog comes with one, which stays."""
    name = "brushwarp_%s_dialog" % verb
    Krita.instance().action("brushwarp_" + action).trigger()
    yield from wait_for(lambda: message_shown() and shown(name) if with_message else shown(name) or message_shown(), "dialog or message")
    if with_message or shown(name):
        return shown(name)
    return (yield from dismiss())


def accept_edit(document, dialog, seconds=60):
    """OK in the dialog of Edit this result…, and wait: the node that is in the place of the edited one."""
    before = document.activeNode()
    parent = before.parentNode()
    place = [node.uniqueId() for node in parent.childNodes()].index(before.uniqueId())
    button(dialog, "Ok").click()

    def ended():
        there = parent.childNodes()[place]
        return message_shown() or not shown("brushwarp_progress") and there.uniqueId() != before.uniqueId() and there

    found = yield from wait_for(ended, "end of the job", seconds)
    yield 300
    document.waitForDone()
    return found


def repeat(document, seconds=60):
    """Repeat last, and wait: the new layer's name, or the text of a message."""
    before = document.activeNode().uniqueId()
    Krita.instance().action("brushwarp_repeat").trigger()
    made = yield from made_after(document, before, seconds)
    return made if isinstance(made, str) else made.name()


def made_after(document, before, seconds):
    """Wait for a job's end: the node that is active then and was not `before`, an id; or the text of a message."""

    def ended():
        return message_shown() or not shown("brushwarp_progress") and document.activeNode().uniqueId() != before

    yield from wait_for(ended, "end of the job", seconds)
    if message_shown():
        return (yield from dismiss())
    document.waitForDone()
    return document.activeNode()


def chosen_for_stylize(document, layer):
    """The style that Stylize… opens with for a layer."""
    yield from activate(document, layer)
    dialog = yield from open_dialog()
    style = chosen_in_gallery(dialog)
    button(dialog, "Cancel").click()
    yield from wait_for(lambda: not shown("brushwarp_stylize_dialog"), "end of the dialog")
    return style


def choose(dialog, style=None, strength=None, brush_scale=None, keep_colors=None, arrows=None, mix=None, **boxes):
    """Set the dialog's fields. arrows: the beginning of the entry's text; mix: the ids of the medium and the fine style; boxes: by name, whether
    they are checked."""
    if mix is not None:
        dialog.findChild(QCheckBox, "mix").setChecked(True)
    if style is not None:
        choose_in_gallery(dialog, style)
    for name, wanted in zip(("medium", "fine"), mix or ()):
        if wanted is not None:
            box = dialog.findChild(QComboBox, name)
            index = box.findData(wanted)
            assert index >= 0, [box.itemText(i) for i in range(box.count())]
            box.setCurrentIndex(index)
    if strength is not None:
        dialog.findChild(QSpinBox, "strength").setValue(round(strength * 100))
    if brush_scale is not None:
        dialog.findChild(QDoubleSpinBox, "brush_scale").setValue(brush_scale)
    if keep_colors is not None:
        boxes["keep_colors"] = keep_colors
    for name, is_checked in boxes.items():
        dialog.findChild(QCheckBox, name).setChecked(is_checked)
    if arrows is not None:
        pick(dialog, "arrows", arrows)


def gallery(window):
    """What the grid of a window shows: the ids of its styles."""
    grid = window.findChild(QListWidget, "styles")
    return [grid.item(row).data(Qt.ItemDataRole.UserRole).id for row in range(grid.count())]


def choose_in_gallery(window, style):
    window.findChild(QListWidget, "styles").setCurrentRow(gallery(window).index(style))


def chosen_in_gallery(window):
    item = window.findChild(QListWidget, "styles").currentItem()
    return None if item is None else item.data(Qt.ItemDataRole.UserRole).id


def entries(dialog, name):
    box = dialog.findChild(QComboBox, name)
    return [box.itemText(i) for i in range(box.count())]


def pick(dialog, name, beginning):
    """Choose the first entry of a list whose text begins so."""
    dialog.findChild(QComboBox, name).setCurrentIndex([text.startswith(beginning) for text in entries(dialog, name)].index(True))


def remember(verb, **settings):
    """As if these had been chosen the last time."""
    Krita.instance().writeSetting("brushwarp", verb, json.dumps(settings))


def pick_file(dialog, path):
    """Press Picture file… and choose a file."""
    dialog.findChild(QPushButton, "picture_file").click()
    files = yield from wait_for(lambda: shown("brushwarp_style_file"), "file dialog")
    files.selectFile(path)
    yield 200
    files.accept()
    yield from wait_for(lambda: not shown("brushwarp_style_file"), "end of the file dialog")


def button(dialog, standard):
    return dialog.findChild(QDialogButtonBox).button(getattr(QDialogButtonBox.StandardButton, standard))


def press_button(dialog, name):
    """Click a button that can be clicked."""
    found = dialog.findChild(QPushButton, name)
    assert found.isEnabled(), name
    found.click()


def cancel_button(window):
    return window.findChild(QPushButton)


def begin_painting(style):
    """Stylize the active layer: the progress window, once the worker paints."""
    dialog = yield from open_dialog()
    choose(dialog, style=style, arrows="None")
    button(dialog, "Ok").click()

    return (yield from progress_says("Painting"))


def progress_says(words, seconds=60):
    """The progress window, once it says so."""
    def says():
        window = shown("brushwarp_progress")
        return window and any(words in label.text() for label in window.findChildren(QLabel)) and window

    return (yield from wait_for(says, "progress window that says %r" % words, seconds))


def close_while_it_paints():
    """Close the active document: whether the job ends soon, and without a word."""
    krita = Krita.instance()
    krita.activeDocument().setModified(False)
    krita.activeWindow().qwindow().findChild(QMdiArea).activeSubWindow().close()
    yield from wait_for(lambda: not shown("brushwarp_progress"), "end of the job", 10)
    yield 2000
    return not message_shown()


class Pulse:
    """`stood`: for how long Krita's loop did not turn, in seconds of its own thread's work: a busy machine does not count."""

    def __init__(self):
        self.stood = []
        self._last = time.thread_time()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(2)

    def stop(self):
        self._timer.stop()

    def _beat(self):
        now = time.thread_time()
        self.stood.append(now - self._last)
        self._last = now


def stylize(seconds=60, **choices):
    """Menu, dialog, OK, and wait: the new layer's node, or the text of a message."""
    document = Krita.instance().activeDocument()
    before = document.activeNode().uniqueId()
    dialog = yield from open_dialog()
    if isinstance(dialog, str):
        return dialog
    choose(dialog, **choices)
    button(dialog, "Ok").click()
    return (yield from made_after(document, before, seconds))


def deform(seconds=90, file=None, during=None, **picks):
    """Deform… from the menu, with the entries picked that begin so: [the new layer's node, what was told], or [None, refusal].

    during: a generator function that gets the progress window while the worker paints.
    """
    document = Krita.instance().activeDocument()
    before = document.activeNode().uniqueId()
    dialog = yield from open_dialog("deform")
    if isinstance(dialog, str):
        return [None, dialog]
    if file is not None:
        yield from pick_file(dialog, file)
    for name, beginning in picks.items():
        pick(dialog, name, beginning)
    button(dialog, "Ok").click()
    if during is not None:
        yield from during((yield from wait_for(lambda: shown("brushwarp_progress"), "progress")))

    def painted():
        active = document.activeNode()
        return not shown("brushwarp_progress") and active.uniqueId() != before and active.type() == "paintlayer" and active

    yield from wait_for(lambda: painted() or message_shown(), "end of the job", seconds)
    told = None
    if message_shown():
        told = yield from dismiss()
    if told is not None and document.activeNode().uniqueId() == before:
        yield 300
        if document.activeNode().uniqueId() == before:
            return [None, told]
    layer = yield from wait_for(painted, "new layer")
    document.waitForDone()
    return [layer, told]
