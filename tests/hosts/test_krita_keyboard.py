"""The dialogs in the real Krita by the Tab key alone: where it begins, that it leads to all that can be used, and from left to right to the buttons."""

from __future__ import annotations

import pytest
from krita_fixtures import photo, save_png, settle_painter

BEGINS = {"stylize": "styles", "deform": "style", "suggest": "style", "recipe": "recipe", "train": "name", "engine": None}


def goes_through(dialogs):
    import krita_studio as studio
    import screen
    from krita import Krita
    from PyQt5.QtCore import Qt
    from PyQt5.QtWidgets import QApplication, QDialogButtonBox, QSlider, QWidget

    def name(widget):
        words = widget.text().replace("&", "") if isinstance(widget.parentWidget(), QDialogButtonBox) else ""
        return widget.objectName() or words or "%s beside %s" % (type(widget).__name__, widget.parentWidget().findChild(QWidget, "").objectName())

    def can_be_used(widget):
        takes_keys = widget.isEnabled() and widget.isVisible() and widget.focusPolicy() & Qt.TabFocus and widget.focusProxy() is None
        return takes_keys and not isinstance(widget, QSlider) and not name(widget).startswith("qt_")  # beside each slider lies its number

    told = {}
    document = Krita.instance().activeDocument()
    source = document.activeNode()
    yield from studio.add_layer(document, "other", bytes(source.pixelData(0, 0, 60, 40)), 0, 0, 60, 40)
    yield from studio.activate(document, source)
    yield from studio.stylize(arrows="None")
    for dialog in dialogs:
        window_name = "brushwarp_engine" if dialog == "engine" else "brushwarp_%s_dialog" % dialog
        Krita.instance().action("brushwarp_" + dialog).trigger()
        window = yield from studio.wait_for(lambda: studio.shown(window_name), window_name)  # noqa: B023 - waited for here
        yield 1500
        begins = focus = QApplication.focusWidget()
        order = []
        while focus is not None and focus not in order and len(order) < 60:
            order.append(focus)
            screen.key("Tab")
            yield 40
            focus = QApplication.focusWidget()
        missed = [name(each) for each in window.findChildren(QWidget) if can_be_used(each) and each not in order]
        buttons = [each for each in order if isinstance(each.parentWidget(), QDialogButtonBox)]
        told[dialog] = {
            "begins": begins and name(begins), "order": [name(each) for each in order], "missed": missed, "goes round": focus is order[0],
            "buttons": [[name(each), each.x()] for each in buttons],
        }
        window.reject()
        yield 300
    return told


@pytest.fixture(scope="module")
def told(settled_user, tmp_path_factory) -> dict:
    settle_painter(settled_user)
    picture = save_png(photo(320, 240), tmp_path_factory.mktemp("photo") / "photo.png")
    return settled_user.krita.run_in_window(goes_through, opens=[picture], dialogs=list(BEGINS), timeout=300)


@pytest.mark.parametrize("dialog", BEGINS)
def test_tab_leads_to_all_that_can_be_used_and_round(told, dialog):
    assert told[dialog]["missed"] == [] and told[dialog]["goes round"]
    assert BEGINS[dialog] in (None, told[dialog]["begins"])


@pytest.mark.parametrize("dialog", ["stylize", "deform", "suggest", "recipe"])
def test_the_buttons_come_last_and_from_left_to_right(told, dialog):
    names, places = zip(*told[dialog]["buttons"])
    assert list(places) == sorted(places) and len(names) >= 3
    after = told[dialog]["order"].index(names[0])
    assert told[dialog]["order"][after : after + len(names)] == list(names)
