"""The manual where Krita shows it: Settings > Configure Krita > Python Plugin Manager, with its pictures.

By hand:  BRUSHWARP_SCREENSHOTS=folder pytest tests/hosts/test_krita_manual.py
"""

from __future__ import annotations

import re

from PIL import Image
from places import CHECKOUT

MANUAL = CHECKOUT / "krita_plugin" / "brushwarp" / "manual.html"


def reads_the_manual():
    import krita_studio as studio
    import screen
    from krita import Krita
    from PyQt5.QtCore import QTimer
    from PyQt5.QtWidgets import QAbstractItemView, QApplication, QDialog, QTextBrowser

    def row(view, text):
        """Where a list has it; None while it has not."""
        model = view.model()
        return next((model.index(at, 0) for at in range(model.rowCount()) if model.index(at, 0).data() == text), None)

    def view_with(text):
        return next((view for view in dialog.findChildren(QAbstractItemView) if view.model() and row(view, text)), None)

    def settings():
        return next((each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()), None)

    def pictures(browser):
        """Of each picture: its block's height, and where that begins."""
        block, found = browser.document().begin(), []
        while block.isValid():
            if "\N{OBJECT REPLACEMENT CHARACTER}" in block.text():
                place = browser.document().documentLayout().blockBoundingRect(block)
                found.append([place.height(), place.top(), place.width()])
            block = block.next()
        return found

    QTimer.singleShot(0, Krita.instance().action("options_configure").trigger)
    dialog = yield from studio.wait_for(settings, "Configure Krita")
    pages = yield from studio.wait_for(lambda: view_with("Python Plugin Manager"), "its pages")
    pages.setCurrentIndex(row(pages, "Python Plugin Manager"))
    plugins = yield from studio.wait_for(lambda: view_with("Brushwarp"), "the list of plugins")
    plugins.clicked.emit(row(plugins, "Brushwarp"))
    browser = dialog.findChild(QTextBrowser, "textBrowser")
    yield from studio.wait_for(lambda: "Paint a layer" in browser.toPlainText(), "the manual")
    yield 500
    shown = pictures(browser)
    for number, (_, top, _) in enumerate(shown):
        browser.verticalScrollBar().setValue(int(top))
        yield 300
        screen.screenshot("krita_manual_%d" % number)
    told = [[height for height, _, _ in shown], browser.horizontalScrollBar().maximum()]
    dialog.reject()
    return told


def test_the_plugin_manager_shows_the_manual_with_its_pictures(krita):
    heights, beyond = krita.run_in_window(reads_the_manual)
    pictures = [Image.open(MANUAL.parent / name).height for name in re.findall(r'<img src="([^"]+)"', MANUAL.read_text(encoding="utf-8"))]
    assert len(heights) == len(pictures) == len(list((MANUAL.parents[1] / "manual" / "dark").iterdir()))
    assert all(shown >= height for shown, height in zip(heights, pictures)), "a picture that is not found is a small sheet of paper"
    assert beyond == 0, "the pictures are as narrow as the page"
