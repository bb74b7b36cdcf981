"""Frames of an animation whose painting ends early in the real Krita: what is painted stays, and nothing else."""

from __future__ import annotations

import pytest
from krita_fixtures import LAYER_NAME, STYLE_ID, photo, save_png, settle_painter, to_layer_bytes

BIG = (1100, 800)
TIMES = (0, 3, 7)


def ends_early(folder, canvas, times, style):
    import krita_animation as animation
    import krita_layers as layers
    import krita_studio as studio
    import screen
    from brushwarp.reel import Reel
    from krita import Krita
    from PyQt5.QtCore import QTimer
    from PyQt5.QtWidgets import QApplication, QCheckBox

    krita = Krita.instance()
    krita.writeSetting("brushwarp", "stylize", '{"style": "%s", "steady": true}' % style)
    read, _ = studio.raw_files(folder)
    whole = (0, 0, *canvas)
    document = krita.activeDocument()
    document.setBatchmode(True)
    film = yield from studio.add_layer(document, "Film", read("big"), *whole)
    yield from animation.animate(document, film, {time: read("big") for time in times}, whole)
    yield from animation.go_to(document, 5)
    document.saveAs(folder + "/Film.kra")
    told = {}

    def asked():
        yield from layers.select(document, ["Film"])
        dialog = yield from studio.open_dialog()
        dialog.findChild(QCheckBox, "frames").setChecked(True)
        return dialog

    def begin(until):
        """Under way: the progress window, once it says what begins so."""
        dialog = yield from asked()
        studio.button(dialog, "Ok").click()
        return (yield from studio.progress_says(until))

    clean = animation.state(document, film)
    progress = yield from begin("Frame 1 of 3: ")
    studio.cancel_button(progress).click()
    told["gone at once"] = studio.shown("brushwarp_progress") is None
    yield 1500
    told["cancelled in the first"] = [animation.state(document, film) == clean, len(krita.documents())]

    progress = yield from begin("Frame 2 of 3: Painting")
    yield 300
    screen.screenshot("krita_frames_progress")
    studio.cancel_button(progress).click()
    yield 600
    screen.screenshot("krita_frames_cancelled")
    told["shown on the canvas"] = [w.isVisible() for w in QApplication.allWidgets() if w.metaObject().className() == "KisFloatingMessage"]
    yield 900
    layer = document.activeNode()
    told["cancelled"] = [
        studio.tree(document.rootNode()), animation.keyframes(layer), [animation.is_blank(layer, time, whole) for time in times],
        document.currentTime(), len(krita.documents()),
    ]
    yield from studio.press("edit_undo")
    told["undone"] = animation.state(document, film) == clean

    go_to, told["cancelled in between"] = Reel._go_to, []
    for moves in (1, 6, 11):  # while frames are looked at; while their opacity is; while the second one is read
        calls = []

        def cancelled_in_between(reel, time, moves=moves, calls=calls):
            """Krita may go on while it moves to another time, and then does what the painter clicks."""
            calls.append(time)
            if len(calls) != moves:
                go_to(reel, time)
                return
            cancel = QTimer()
            cancel.setSingleShot(True)
            cancel.timeout.connect(studio.cancel_button(studio.shown("brushwarp_progress")).click)
            cancel.start(0)
            go_to(reel, time)
            if cancel.isActive():
                cancel.stop()
                studio.cancel_button(studio.shown("brushwarp_progress")).click()

        Reel._go_to = cancelled_in_between
        dialog = yield from asked()
        studio.button(dialog, "Ok").click()
        yield from studio.wait_for(lambda moves=moves, calls=calls: len(calls) >= moves, "Cancel")
        yield 1500
        told["cancelled in between"].append([studio.tree(document.rootNode()), studio.message_shown(), len(krita.documents())])
        if len(studio.tree(document.rootNode())) > 2:
            yield from studio.press("edit_undo")
    Reel._go_to = go_to

    yield from begin("Frame 2 of 3: Painting")
    film.remove()
    document.waitForDone()
    yield from studio.wait_for(studio.message_shown, "message after the removal")
    told["removed"] = [(yield from studio.dismiss()), studio.tree(document.rootNode()), len(krita.documents())]
    yield from studio.press("edit_undo")
    told["back"] = studio.tree(document.rootNode())

    yield from begin("Frame 2 of 3: Painting")
    told["closed quietly"] = [(yield from studio.close_while_it_paints()), len(krita.documents())]

    def opened():
        document = krita.openDocument(folder + "/Film.kra")
        krita.activeWindow().addView(document)
        krita.setActiveDocument(document)
        yield from studio.wait_for(lambda: krita.activeDocument() == document and document.activeNode(), "active document")
        return document

    document = yield from opened()
    dialog = yield from asked()
    studio.button(dialog, "Ok").click()
    told["closed at once"] = [(yield from studio.close_while_it_paints()), len(krita.documents())]

    document = yield from opened()
    yield from begin("Frame 1 of 3: Painting")
    return told  # whereupon Krita quits


@pytest.fixture(scope="module")
def ended(settled_user, tmp_path_factory):
    settle_painter(settled_user)
    folder = tmp_path_factory.mktemp("Trickfilm")
    (folder / "big.raw").write_bytes(to_layer_bytes(photo(*BIG), "U8", False))
    opens = [save_png(photo(*BIG), folder / "Bild.png")]
    told = settled_user.krita.run_in_window(
        ends_early, opens=opens, folder=folder, canvas=BIG, times=TIMES, style=STYLE_ID, timeout=300
    )
    return {**told, "said": settled_user.krita.said()}


def test_cancel_before_a_frame_is_painted_leaves_nothing(ended):
    assert ended["gone at once"] and ended["cancelled in the first"] == [True, 1]


def test_frames_that_are_painted_stay_after_cancel_and_one_undo_takes_them_away(ended):
    assert ended["cancelled"] == [["Background", "Film", LAYER_NAME], list(TIMES), [False, True, True], 5, 1]
    assert ended["undone"] and any(ended["shown on the canvas"])


def test_cancel_while_krita_reads_a_frame_harms_nothing(ended):
    *nothing, one = ended["cancelled in between"]
    assert nothing == [[["Background", "Film"], None, 1]] * 2 and one == [["Background", "Film", LAYER_NAME], None, 1]


def test_a_layer_removed_meanwhile_ends_it_and_is_told_of(ended):
    said, tree, documents = ended["removed"]
    assert "its layer had been removed" in said and tree == ["Background"] and documents == 1
    assert ended["back"] == ["Background", "Film"]


def test_a_document_closed_meanwhile_ends_it_quietly(ended):
    assert ended["closed quietly"] == ended["closed at once"] == [True, 0]


def test_krita_quits_in_the_middle_without_a_word(ended):
    assert "Brushwarp failed" not in ended["said"]
