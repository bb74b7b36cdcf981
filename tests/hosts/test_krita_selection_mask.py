"""The selection as a transparency mask on the painting, in the real Krita: whole pixels, one step of undo, kept by Repeat and Edit."""

from __future__ import annotations

import numpy as np
import pytest
from krita_fixtures import LAYER_NAME, STYLE_ID, engine_paints, from_layer_bytes, photo, settle_painter, to_layer_bytes

SIZE = (150, 110)
RECTANGLE = (40, 30, 60, 50)


def masks(folder, canvas, rectangle, style):
    import krita_animation as animation
    import krita_layers as layers
    import krita_studio as studio
    import screen
    from krita import Krita
    from PyQt5.QtWidgets import QCheckBox

    krita = Krita.instance()
    read, keep = studio.raw_files(folder)
    whole = (0, 0, *canvas)
    undo = krita.action("edit_undo")
    told = {}
    document = yield from studio.new_document(*canvas)
    source = yield from studio.add_layer(document, "photo", read("photo"), *whole)

    def state():
        return [studio.tree(document.rootNode()), undo.text(), studio.fingerprint(source), studio.projection(document)]

    def choice(dialog):
        return dialog.findChild(QCheckBox, "as_mask")

    def open_and_close(verb):
        dialog = yield from studio.open_dialog(verb)
        yield 500
        found = [choice(dialog).isVisible(), choice(dialog).isChecked()]
        screen.screenshot("krita_as_mask_" + verb)
        studio.button(dialog, "Cancel").click()
        yield 200
        return found

    def settled(node):
        """What a layer looks like under its masks."""
        for _ in range(6):
            yield 250
            document.waitForDone()
        return bytes(node.projectionPixelData(*whole))

    told["without a selection"] = yield from open_and_close("stylize")
    keep("mask", studio.select(document, rectangle=rectangle, feather=6))
    told["with one"] = [(yield from open_and_close("stylize")), (yield from open_and_close("deform"))]
    before = state()
    dialog = yield from studio.open_dialog()
    studio.choose(dialog, style=style, strength=1.0, arrows="None")
    choice(dialog).setChecked(True)
    studio.button(dialog, "Ok").click()
    layer = yield from studio.wait_for(
        lambda: studio.message_shown() or document.activeNode().uniqueId() != source.uniqueId() and document.activeNode(), "painting"
    )
    assert not isinstance(layer, str), layer
    keep("shown", (yield from settled(layer)))
    keep("own", bytes(layer.pixelData(*whole)))
    told["tree"], told["kinds"] = studio.tree(document.rootNode()), [mask.type() for mask in layer.childNodes()]
    told["source unchanged"] = studio.fingerprint(source) == before[2]
    after = studio.projection(document)
    keep("before", before[3])
    keep("after", after)
    yield from studio.press("edit_undo")
    told["undone"] = state() == before
    yield from studio.press("edit_redo")
    (layer,) = [node for node in document.rootNode().childNodes() if node.childNodes()]
    keep("redone", (yield from settled(layer)))

    # Edited: the mask of the painting before stays, with what was painted on it.
    yield from studio.activate(document, layer)
    (mask,) = layer.childNodes()
    open_all = studio.Selection()
    open_all.select(10, 10, 20, 20, 255)
    mask.setSelection(open_all)
    document.setSelection(None)
    document.refreshProjection()
    yield 500
    earlier = [studio.tree(document.rootNode()), undo.text(), studio.own_pixels(layer)]
    dialog = yield from studio.open_dialog_of("edit", "stylize")
    yield 300
    screen.screenshot("krita_as_mask_edit")
    told["in edit"] = [choice(dialog).isVisible(), choice(dialog).isChecked()]
    studio.choose(dialog, strength=0.5)
    edited = yield from studio.accept_edit(document, dialog)
    assert not isinstance(edited, str), edited
    keep("edited", (yield from settled(edited)))
    keep("edited own", bytes(edited.pixelData(*whole)))
    told["edited"] = [studio.tree(document.rootNode()), [each.type() for each in edited.childNodes()]]
    for _ in range(2):
        yield from studio.press("edit_undo")
    yield 500
    (back,) = [node for node in document.rootNode().childNodes() if node.childNodes()]
    told["edit undone"] = [studio.tree(document.rootNode()), undo.text(), studio.own_pixels(back)] == earlier
    told["masks shown again"] = [each.visible() for each in back.childNodes()]

    # Repeated on another layer.
    yield from studio.add_layer(document, "other", read("photo"), *whole)
    studio.select(document, rectangle=rectangle)
    told["repeated"] = [(yield from studio.repeat(document)), [mask.type() for mask in document.activeNode().childNodes()]]
    for _ in range(2):
        yield from studio.press("edit_undo")
    document.setSelection(None)
    document.waitForDone()
    earlier[1] = undo.text()
    (back,) = [node for node in document.rootNode().childNodes() if node.childNodes()]

    # As pixels after all: one step.
    yield from studio.activate(document, back)
    dialog = yield from studio.open_dialog_of("edit", "stylize")
    choice(dialog).setChecked(False)
    pixels = yield from studio.accept_edit(document, dialog)
    keep("pixels", bytes(pixels.pixelData(*whole)))
    told["as pixels"] = [studio.tree(document.rootNode()), len(pixels.childNodes())]
    yield from studio.press("edit_undo")
    told["pixels undone"] = [studio.tree(document.rootNode()), undo.text()] == earlier[:2]

    # The frames of an animated layer.
    studio.select(document, rectangle=rectangle)
    film = yield from studio.add_layer(document, "film", read("photo"), *whole)
    yield from animation.animate(document, film, {0: read("photo"), 3: read("photo")}, whole)
    yield from layers.select(document, ["film"])
    was = undo.text()
    dialog = yield from studio.open_dialog()
    studio.choose(dialog, style=style, arrows="None")
    dialog.findChild(QCheckBox, "frames").setChecked(True)
    choice(dialog).setChecked(True)
    studio.button(dialog, "Ok").click()
    frames = yield from studio.wait_for(
        lambda: studio.message_shown() or document.activeNode().uniqueId() != film.uniqueId() and document.activeNode(), "frames"
    )
    assert not isinstance(frames, str), frames
    told["frames"] = [[mask.type() for mask in frames.childNodes()], animation.keyframes(frames), animation.is_blank(frames, 3, (2, 2, 5, 5))]
    yield from studio.press("edit_undo")
    told["frames undone"] = undo.text() == was

    # With arrows, in a group: still one step.
    again = yield from studio.add_layer(document, "third", read("photo"), *whole)
    yield from studio.draw(document, studio.arrow(60, 50, 70, 56))
    yield from studio.activate(document, again)
    was = [studio.tree(document.rootNode()), undo.text()]
    studio.remember("deform", as_mask=True)
    layer, said = yield from studio.deform(style="Wilde", arrows="Brushwarp keypoints")
    assert layer is not None, said
    told["deformed"] = [[mask.type() for mask in layer.childNodes()], layer.parentNode().type()]
    yield from studio.press("edit_undo")
    told["deformed undone"] = [studio.tree(document.rootNode()), undo.text()] == was

    # Colours that are converted leave no step behind.
    clay = yield from studio.new_document(canvas[0], canvas[1], "RGBA", "U16", "ClayRGB-elle-V2-g22.icc")
    source = yield from studio.add_layer(clay, "photo", read("clay"), *whole)
    was = [studio.tree(clay.rootNode()), undo.text()]
    layer = yield from studio.stylize(style=style, arrows="None")
    assert not isinstance(layer, str), layer
    yield from studio.press("edit_undo")
    told["clay undone"] = [studio.tree(clay.rootNode()), undo.text()] == was
    return told


@pytest.fixture(scope="module")
def seen(settled_user, tmp_path_factory):
    settle_painter(settled_user)
    folder = tmp_path_factory.mktemp("Masken")
    (folder / "photo.raw").write_bytes(to_layer_bytes(photo(*SIZE), "U8", False))
    (folder / "clay.raw").write_bytes(to_layer_bytes(photo(*SIZE), "U16", False))
    return settled_user.krita.run_in_window(masks, folder=folder, canvas=SIZE, rectangle=RECTANGLE, style=STYLE_ID, timeout=300), folder


def pixels(seen, name: str) -> np.ndarray:
    return np.frombuffer((seen[1] / f"{name}.raw").read_bytes(), np.uint8).reshape(SIZE[1], SIZE[0], -1).astype(int)


def test_it_is_offered_where_there_is_a_selection(seen):
    told, _ = seen
    assert told["without a selection"] == [False, False]
    assert told["with one"] == [[True, False], [True, False]]


def test_the_painting_is_whole_and_the_mask_shows_what_was_selected(seen, settled_user):
    told, folder = seen
    assert told["tree"] == ["Background", "photo", [LAYER_NAME, ["Selection"]]] and told["kinds"] == ["transparencymask"]
    source, _ = from_layer_bytes((folder / "photo.raw").read_bytes(), *SIZE, "U8", False)
    own, alpha = from_layer_bytes((folder / "own.raw").read_bytes(), *SIZE, "U8", False)
    assert (alpha == 1).all() and np.abs(own - engine_paints(settled_user, source)).max() <= 1 / 255
    mask = pixels(seen, "mask")[..., 0]
    assert ((0 < mask) & (mask < 255)).sum() > 200
    assert np.abs(pixels(seen, "shown")[..., 3] - mask).max() <= 1
    assert np.array_equal(pixels(seen, "before")[mask == 0], pixels(seen, "after")[mask == 0])


def test_it_is_one_step_of_undo_and_redo(seen):
    told, _ = seen
    assert told["undone"] and told["source unchanged"]
    assert np.array_equal(pixels(seen, "redone"), pixels(seen, "shown"))


def test_edited_it_keeps_the_mask_that_was_painted_on_and_undo_takes_two_steps(seen):
    told, _ = seen
    assert told["in edit"] == [True, True]
    assert told["edited"] == [["Background", "photo", [LAYER_NAME, ["Selection"]]], ["transparencymask"]]
    mask = np.zeros((SIZE[1], SIZE[0]), int)
    mask[10:30, 10:30] = 255
    assert np.abs(pixels(seen, "edited")[..., 3] - mask).max() <= 1
    assert (pixels(seen, "edited own")[..., 3] == 255).all()
    assert np.abs(pixels(seen, "edited own") - pixels(seen, "own")).mean() > 2
    assert told["edit undone"] and told["masks shown again"] == [True]


def test_it_may_become_pixels_again_in_one_step(seen):
    told, _ = seen
    assert told["as pixels"] == [["Background", "photo", LAYER_NAME], 0]
    assert np.abs(pixels(seen, "pixels")[..., 3] - pixels(seen, "mask")[..., 0]).max() <= 1
    assert told["pixels undone"]


def test_repeat_last_keeps_the_choice(seen):
    assert seen[0]["repeated"] == [LAYER_NAME, ["transparencymask"]]


def test_frames_have_one_mask_and_whole_pixels(seen):
    assert seen[0]["frames"] == [["transparencymask"], [0, 3], False] and seen[0]["frames undone"]


def test_a_deformation_in_its_group_has_one_too(seen):
    assert seen[0]["deformed"] == [["transparencymask"], "grouplayer"] and seen[0]["deformed undone"]


def test_colours_that_are_converted_leave_no_step_behind(seen):
    assert seen[0]["clay undone"]
