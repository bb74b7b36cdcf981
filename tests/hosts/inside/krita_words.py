"""All that a painter can read in a window of Krita: `import krita_words`."""

try:
    from PyQt5.QtWidgets import QAbstractButton, QComboBox, QGroupBox, QLabel, QLineEdit, QMenu, QWidget
except ImportError:
    from PyQt6.QtWidgets import QAbstractButton, QComboBox, QGroupBox, QLabel, QLineEdit, QMenu, QWidget


def words(window):
    """Texts and tooltips of a window and of all that is in it, each once, in the order in which they are met."""
    found = [window.windowTitle()]
    for widget in [window, *window.findChildren(QWidget)]:
        found.append(widget.toolTip())
        if isinstance(widget, QComboBox):
            found += [widget.itemText(at) for at in range(widget.count())]
        elif isinstance(widget, QLineEdit):
            found.append(widget.placeholderText())
        elif isinstance(widget, QGroupBox):
            found.append(widget.title())
        elif isinstance(widget, (QAbstractButton, QLabel)):
            found.append(widget.text())
        elif isinstance(widget, QMenu):
            found += [action.text() for action in widget.actions()]
    return list(dict.fromkeys(text for text in found if text))
