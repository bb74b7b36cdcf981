"""What the painter does in Krita while a layer is painted: moves it, scales it, goes to another picture, removes the style, quits."""

from __future__ import annotations

import time

import pytest
from gimp_fixtures import make_slow_pack
from krita_fixtures import LAYER_NAME, STYLE_ID, photo, save_random_style, settle_painter, to_layer_bytes

BIG = (1800, 1400)  # takes some seconds, however fast the machine
MOVE = (40, -25)
GOING, GOING_NAME = "auf_abruf", "Auf Abruf"


def goes_on(folder, canvas, style, move, going, pack):
    import os

    import krita_studio as studio
    import screen
    from krita import Krita
    from PyQt5.QtCore import QPointF
    from PyQt5.QtWidgets import QWidget

    krita = Krita.instance()

    def done(document, count):
        yield from studio.wait_for(lambda: len(document.rootNode().childNodes()) == count and not studio.shown("brushwarp_progress"), "painting", 120)
        yield 300
        document.waitForDone()
        return document.rootNode().childNodes()[-1]

    def extent(node):
        box = node.bounds()
        return [box.x(), box.y(), box.width(), box.height()]

    told = {}
    read, _ = studio.raw_files(folder)
    document = yield from studio.new_document(*canvas)
    source = yield from studio.add_layer(document, "photo", read("big"), 0, 0, *canvas)
    yield from studio.begin_painting(style)
    plain = yield from done(document, 3)
    pixels = studio.own_pixels(plain)
    plain.remove()
    yield from studio.activate(document, source)

    yield from studio.begin_painting(style)
    background = document.rootNode().childNodes()[0]
    blank = studio.fingerprint(background)
    yield from studio.activate(document, background)
    studio.shown("brushwarp_progress").move(0, 0)
    canvas_names = ("KisOpenGLCanvas2", "KisQPainterCanvas")
    widgets = krita.activeWindow().qwindow().findChildren(QWidget)
    view = next(w for w in widgets if w.metaObject().className() in canvas_names and w.isVisible())
    middle = view.mapToGlobal(view.rect().center())
    yield 300
    screen.drag(middle.x() - 60, middle.y() - 40, middle.x() + 60, middle.y() + 40)  # with the brush, that a new Krita has in hand
    yield 500
    still = studio.shown("brushwarp_progress") is not None
    document.waitForDone()
    told["painted on"] = [studio.fingerprint(background) != blank, still]
    source.move(*move)
    document.waitForDone()
    layer = yield from done(document, 3)
    told["moved"] = [layer.name(), extent(layer), studio.own_pixels(layer) == pixels]
    yield from studio.activate(document, layer)
    dialog = yield from studio.open_dialog_of("edit", "stylize")
    told["edit"] = dialog.windowTitle()
    studio.button(dialog, "Cancel").click()
    yield 300
    layer.remove()
    source.move(0, 0)
    document.waitForDone()

    # Another picture is before the painter when it is done.
    yield from studio.activate(document, source)
    yield from studio.begin_painting(style)
    other = yield from studio.new_document(64, 48)
    before = studio.tree(other.rootNode())
    layer = yield from done(document, 3)
    told["behind"] = [layer.name(), extent(layer), studio.own_pixels(layer) == pixels, studio.tree(other.rootNode()) == before]
    told["in front"] = krita.activeDocument() == other
    other.setModified(False)
    other.close()
    yield 300
    layer.remove()

    # The layer is half as large when it is done.
    yield from studio.activate(document, source)
    yield from studio.begin_painting(style)
    source.scaleNode(QPointF(0, 0), canvas[0] // 2, canvas[1] // 2, "Bilinear")
    document.waitForDone()
    layer = yield from done(document, 3)
    told["scaled"] = [layer.name(), extent(layer), extent(source)[2:]]
    layer.remove()

    # The style that is chosen is removed: the dialog says so once it has seen it. Then OK is pressed before that.
    yield from studio.activate(document, source)
    dialog = yield from studio.open_dialog()
    studio.choose(dialog, style=going, arrows="None")
    os.rename(pack, pack + ".away")
    yield from studio.wait_for(studio.message_shown, "message about the style", 20)
    told["style gone while shown"] = [(yield from studio.dismiss()), studio.chosen_in_gallery(dialog)]
    os.rename(pack + ".away", pack)
    yield from studio.wait_for(lambda: going in studio.gallery(dialog), "the style again", 20)
    studio.choose(dialog, style=going)
    os.remove(pack)
    before = studio.tree(document.rootNode())
    studio.button(dialog, "Ok").click()
    yield from studio.wait_for(studio.message_shown, "message about the style", 60)
    told["style gone"] = [(yield from studio.dismiss()), studio.tree(document.rootNode()) == before]
    return told


def quits(folder, canvas, style):
    import krita_studio as studio

    read, _ = studio.raw_files(folder)
    document = yield from studio.new_document(*canvas)
    yield from studio.add_layer(document, "photo", read("big"), 0, 0, *canvas)
    yield from studio.begin_painting(style)
    document.setModified(False)  # else Krita asks whether to save
    return True


@pytest.fixture(scope="module")
def painter(settled_user):
    settle_painter(settled_user)
    return settled_user.krita


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("Inzwischen")
    (folder / "big.raw").write_bytes(to_layer_bytes(photo(*BIG), "U8", False))
    return folder


@pytest.fixture(scope="module")
def told(painter, folder):
    styles = painter.user.brushwarp_home / "styles"
    save_random_style(styles, GOING, GOING_NAME, seed=8)
    pack = styles / f"{GOING}.safetensors"
    return painter.run_in_window(goes_on, folder=folder, canvas=BIG, style=STYLE_ID, move=MOVE, going=GOING, pack=pack, timeout=500)


def test_the_painter_paints_on(told):
    assert told["painted on"] == [True, True]


def test_the_painting_follows_a_layer_that_was_moved_meanwhile(told):
    assert told["moved"] == [LAYER_NAME, [*MOVE, *BIG], True]
    assert told["edit"] == f"Brushwarp – Edit “{LAYER_NAME}”"


def test_it_comes_into_its_own_picture_while_another_is_in_front(told):
    assert told["behind"] == [LAYER_NAME, [0, 0, *BIG], True, True] and told["in front"]


def test_of_a_layer_that_was_scaled_meanwhile_it_comes_all_the_same(told):
    assert told["scaled"] == [LAYER_NAME, [0, 0, *BIG], [BIG[0] // 2, BIG[1] // 2]]


def test_a_style_that_was_removed_while_it_was_chosen_is_missed_in_words(told):
    said, is_unchanged = told["style gone"]
    assert GOING in said and is_unchanged


def test_a_style_that_goes_while_it_is_chosen_is_told_of_and_another_one_is_chosen(told):
    said, chosen = told["style gone while shown"]
    assert said == f"The style “{GOING_NAME}” is not in the gallery any more. Another one is chosen." and chosen != GOING


def test_krita_quits_in_the_middle_without_a_word_and_the_worker_is_free(painter, folder):
    slow = make_slow_pack(painter.user.brushwarp_home / "styles" / "slow.safetensors")  # for Krita to be gone before it is painted
    assert painter.run_in_window(quits, folder=folder, canvas=BIG, style=slow.stem, timeout=120)
    assert "Brushwarp failed" not in painter.said()  # in a box, it kept Krita from ending one time in two
    payloads = painter.user.brushwarp_home / "cache" / "payloads"
    end = time.monotonic() + 10
    while list(payloads.glob("*/*")):
        assert time.monotonic() < end, "what was sent still lies there"
        time.sleep(0.1)
