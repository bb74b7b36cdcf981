"""The window about trainings in Krita, for tests: `import krita_trainings as trainings`. Beside krita_studio."""

from krita_studio import wait_for

try:
    from PyQt5.QtWidgets import QLabel, QListWidget
except ImportError:
    from PyQt6.QtWidgets import QLabel, QListWidget


def rows(dialog):
    view = dialog.findChild(QListWidget, "trainings")
    widgets = [view.itemWidget(view.item(index)) for index in range(view.count())]
    return [row for row in widgets if row is not None]


def listed(dialog):
    """What the list says: name, how it stands, message of each."""
    return [[row.findChild(QLabel, name).text() for name in ("name", "standing", "message")] for row in rows(dialog)]


def row_heights(dialog):
    """What each row of the list has, and needs."""
    return [[row.height(), row.layout().totalHeightForWidth(row.width())] for row in rows(dialog)]


def wait_until(dialog, name, beginning, seconds=180):
    """Until a training stands so; its row's texts."""
    def found():
        those = [row for row in listed(dialog) if row[0] == name]
        return those and those[0][1].startswith(beginning) and those[0]

    return (yield from wait_for(found, "%s: %s instead of %r" % (name, beginning, listed(dialog)), seconds))


def choose(dialog, name):
    dialog.findChild(QListWidget, "trainings").setCurrentRow([row[0] for row in listed(dialog)].index(name))
