"""Krita's Layers docker, as a painter selects several layers in it: `import krita_layers as layers`. Python 3.8, Krita and Qt."""

import krita_studio as studio
from krita import Krita

try:
    from PyQt5.QtCore import QItemSelectionModel, Qt
    from PyQt5.QtWidgets import QTreeView
except ImportError:
    from PyQt6.QtCore import QItemSelectionModel, Qt
    from PyQt6.QtWidgets import QTreeView


def select(document, names):
    """As clicks on these layers with Ctrl held down do; the first becomes the active one."""
    first = next(node for node in nodes(document) if node.name() == names[0])
    yield from studio.activate(document, first)
    tree = Krita.instance().activeWindow().qwindow().findChild(QTreeView, "listLayers")
    flags = QItemSelectionModel.SelectionFlag
    for index in _indexes(tree.model()):
        wanted = index.data(Qt.ItemDataRole.DisplayRole) in names
        tree.selectionModel().select(index, (flags.Select if wanted else flags.Deselect) | flags.Rows)
    yield from studio.wait_for(lambda: sorted(selected()) == sorted(names), "selected layers")


def selected():
    """The names of those that are."""
    return [node.name() for node in Krita.instance().activeWindow().activeView().selectedNodes()]


def nodes(document):
    """All of them, the topmost first."""
    waiting = list(document.rootNode().childNodes())
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.childNodes())


def _indexes(model, parent=None):
    rows = model.rowCount() if parent is None else model.rowCount(parent)
    for row in range(rows):
        index = model.index(row, 0) if parent is None else model.index(row, 0, parent)
        yield index
        yield from _indexes(model, index)
