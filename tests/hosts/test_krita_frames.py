"""Frames of an animation in the real Krita: keyframes of one new layer, the painter's time, undo, saving, blank and held frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from harness import KritaHost
from krita_fixtures import LAYER_NAME, STYLE_ID, engine_paints, from_layer_bytes, photo, settle_painter, to_layer_bytes

CANVAS = (150, 110)
WIDE = (700, 300)  # of which a small part moves
FRAMES = {0: 0, 4: 1, 9: None, 12: 2, 20: 3}  # by time, which photograph
MASK = (30, 20, 80, 60)


@pytest.fixture(scope="module")
def painter(settled_user) -> KritaHost:
    settle_painter(settled_user)
    return settled_user.krita


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("Trickfilm")
    for number in range(4):
        (folder / f"{number}.raw").write_bytes(to_layer_bytes(photo(*CANVAS, seed=number), "U8", False))
        (folder / f"wide{number}.raw").write_bytes(to_layer_bytes(moved(number), "U8", False))
    (folder / "clay.raw").write_bytes(to_layer_bytes(0.5 + 0.2 * (photo(*CANVAS) - 0.5), "U16", False))
    return folder


def moved(number: int) -> np.ndarray:
    """A scene in which one bright thing moves at the left edge."""
    scene = photo(*WIDE, seed=9)
    scene[40 + 50 * number : 90 + 50 * number, 10:60] = (0.95, 0.9, 0.1)
    return scene


def paints_frames(folder, canvas, wide, frames, mask, style):
    import krita_animation as animation
    import krita_layers as layers
    import krita_studio as studio
    import screen
    from krita import Krita
    from PyQt5.QtWidgets import QCheckBox, QLabel, QSpinBox

    krita = Krita.instance()
    read, keep = studio.raw_files(folder)
    whole = (0, 0, *canvas)
    frames = {int(time): number for time, number in frames.items()}
    told = {}

    def fields(dialog):
        return [dialog.findChild(QSpinBox, name) for name in ("first_frame", "last_frame")]

    def paint(first=None, last=None, steady=False, **choices):
        """The frames of the active layer: the new layer, or a refusal."""
        document = krita.activeDocument()
        before = document.activeNode().uniqueId()
        dialog = yield from studio.open_dialog()
        studio.choose(dialog, style=style, arrows="None", **choices)
        dialog.findChild(QCheckBox, "frames").setChecked(True)
        for field, time in zip(fields(dialog), (first, last)):
            if time is not None:
                field.setValue(time)
        dialog.findChild(QCheckBox, "steady").setChecked(steady)
        studio.button(dialog, "Ok").click()

        def ended():
            is_idle = not studio.shown("brushwarp_progress")
            return studio.message_shown() or is_idle and document.activeNode().uniqueId() != before

        yield from studio.wait_for(ended, "end of the job", 120)
        if studio.message_shown():
            return (yield from studio.dismiss())
        document.waitForDone()
        return document.activeNode()

    document = yield from studio.new_document(*canvas)
    still = yield from studio.add_layer(document, "Bild", read("0"), *whole)
    dialog = yield from studio.open_dialog()
    yield 300
    told["hidden"] = [dialog.findChild(QCheckBox, "frames").isVisible(), dialog.findChild(QCheckBox, "steady").isVisible()]
    studio.button(dialog, "Cancel").click()
    yield 200

    film = yield from studio.add_layer(document, "Film", read("0"), *whole)
    yield from animation.animate(document, film, {time: None if number is None else read(str(number)) for time, number in frames.items()}, whole)
    film.setOpacity(200)
    film.setLayerStyleFromAsl(animation.RED)
    yield 300
    yield from animation.go_to(document, 6)
    yield from studio.activate(document, film)
    dialog = yield from studio.open_dialog()
    box, steady = (dialog.findChild(QCheckBox, name) for name in ("frames", "steady"))
    count = dialog.findChild(QLabel, "keyframes")
    first, last = fields(dialog)
    told["offered"] = [box.isVisible(), box.isChecked(), first.value(), last.value(), first.isEnabled(), steady.isEnabled(), count.text()]
    box.setChecked(True)
    first.setValue(30)
    told["pushed"] = [first.value(), last.value(), count.text()]
    last.setValue(12)
    first.setValue(4)
    told["chosen"] = [first.value(), last.value(), count.text(), steady.isEnabled(), bool(steady.toolTip())]
    yield 1500
    screen.screenshot("krita_frames_dialog")
    studio.button(dialog, "Cancel").click()
    yield 200
    yield from layers.select(document, ["Film", "Bild"])
    dialog = yield from studio.open_dialog()
    yield 200
    told["hidden for several"] = dialog.findChild(QCheckBox, "frames").isVisible()
    studio.button(dialog, "Cancel").click()
    yield 200

    yield from layers.select(document, ["Film"])
    before, shown = animation.state(document, film, still), studio.projection(document)
    layer = yield from paint(4, 12)
    assert not isinstance(layer, str), layer
    told["tree"], told["time"] = studio.tree(document.rootNode()), document.currentTime()
    told["keyframes"] = animation.keyframes(layer)
    told["blank"] = [animation.is_blank(layer, time, whole) for time in frames]
    told["looks"] = [layer.opacity(), layer.blendingMode(), layer.visible(), layer.animated(), len(krita.documents())]
    told["shown at once"] = studio.projection(document) != shown
    told["recipe"] = studio.recipe(document, layer)
    for time in (4, 12):
        keep("painted%d" % time, animation.frame(layer, time, whole))
    after = animation.state(document, layer, film, still)
    told["unchanged"] = after[3][1:] == before[3]
    assert document.saveAs(folder + "/Film.kra")
    reopened = krita.openDocument(folder + "/Film.kra")
    (again,) = [node for node in reopened.rootNode().childNodes() if node.name() == layer.name()]
    told["reopened"] = [animation.keyframes(again), [animation.frame(again, time, whole) == animation.frame(layer, time, whole) for time in frames]]
    reopened.close()
    yield from studio.press("edit_undo")
    told["undone"] = [animation.state(document, film, still) == before, studio.projection(document) == shown]
    yield from studio.press("edit_redo")
    yield 300
    layer = next(node for node in layers.nodes(document) if node.name() == layer.name())
    told["redone"] = animation.state(document, layer, film, still)[3] == after[3]

    # Play and look at it at other times.
    yield from studio.activate(document, layer)
    krita.action("toggle_playback").trigger()
    yield 2500
    screen.screenshot("krita_frames_playing")
    krita.action("toggle_playback").trigger()
    yield 500
    seen = {}
    for time in (2, 5, 10, 14):
        yield from animation.go_to(document, time)
        yield 200
        seen[time] = bytes(document.pixelData(75, 55, 1, 1)) == animation.frame(layer, {5: 4, 14: 12}.get(time, 0), (75, 55, 1, 1))
    told["seen"] = seen
    layer.remove()
    document.waitForDone()

    # Through a selection.
    yield from animation.go_to(document, 6)
    yield from studio.activate(document, film)
    keep("mask", studio.select(document, rectangle=mask, feather=5))
    layer = yield from paint()
    assert not isinstance(layer, str), layer
    told["clipped keyframes"] = animation.keyframes(layer)
    for time in (0, 12):
        keep("clipped%d" % time, animation.frame(layer, time, whole))
    layer.remove()
    document.waitForDone()

    # What can't be done.
    told["refused"] = {}
    yield from studio.activate(document, film)
    for what, first, last in (("no keyframe", 5, 8), ("blank", 9, 11), ("not selected", 4, 12)):
        studio.select(document, rectangle=(0, 0, 150, 110) if what != "not selected" else (400, 400, 5, 5))
        before = animation.state(document, film)
        layer = yield from paint(first, last)
        is_idle = studio.shown("brushwarp_progress") is None
        told["refused"][what] = [layer, animation.state(document, film) == before, is_idle, len(krita.documents())]
    document.setSelection(None)
    yield from animation.go_to(document, 10)
    told["refused"]["now"] = [(yield from studio.open_dialog()), True, True, len(krita.documents())]

    # Colours that are converted on their way.
    clay = yield from studio.new_document(canvas[0], canvas[1], "RGBA", "U16", "ClayRGB-elle-V2-g22.icc")
    film = yield from studio.add_layer(clay, "Film", read("clay"), *whole)
    yield from animation.animate(clay, film, {0: read("clay"), 3: None, 5: read("clay")}, whole)
    before = animation.state(clay, film)
    layer = yield from paint(strength=0.0)
    assert not isinstance(layer, str), layer
    told["clay"] = [layer.colorProfile(), layer.colorDepth(), animation.keyframes(layer), [animation.is_blank(layer, time, whole) for time in (0, 3, 5)]]
    keep("clay5", animation.frame(layer, 5, whole))
    yield from studio.press("edit_undo")
    told["clay undone"] = animation.state(clay, film) == before

    # One that fades.
    yield from animation.fade(clay, film, {0: 40, 6: 200})
    layer = yield from paint(strength=0.0)
    assert not isinstance(layer, str), layer
    fading = []
    for time in (0, 3, 6, 8):
        yield from animation.go_to(clay, time)
        fading.append([film.opacity(), layer.opacity()])
    told["fading"] = fading

    # What stands still stays still.
    scene = yield from studio.new_document(*wide)
    film = yield from studio.add_layer(scene, "Film", read("wide0"), 0, 0, *wide)
    yield from animation.animate(scene, film, {time: read("wide%d" % time) for time in range(3)}, (0, 0, *wide))
    right = (400, 0, 300, 300)
    told["steady"] = {}
    for steady in (False, True):
        yield from studio.activate(scene, film)
        layer = yield from paint(steady=steady, strength=1.0)
        assert not isinstance(layer, str), layer
        for time in range(3):
            keep("%s%d" % ("steady" if steady else "single", time), animation.frame(layer, time, right))
        told["steady"][str(steady)] = studio.recipe(scene, layer)["parameters"].get("steady", "")
        layer.remove()
        scene.waitForDone()
    return told


@pytest.fixture(scope="module")
def seen(painter, folder):
    told = painter.run_in_window(
        paints_frames, folder=folder, canvas=CANVAS, wide=WIDE, frames=FRAMES, mask=MASK, style=STYLE_ID, timeout=300
    )
    return told, folder


def colours(folder: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    return from_layer_bytes((folder / f"{name}.raw").read_bytes(), *CANVAS, "U8", False)


def test_frames_are_offered_for_animated_layers_alone(seen):
    told, _ = seen
    assert told["hidden"] == [False, False] and told["hidden for several"] is False
    assert told["offered"] == [True, False, 0, 20, False, False, "5 keyframes"]
    assert told["chosen"] == [4, 12, "3 keyframes", True, True]


def test_the_first_time_is_never_after_the_last(seen):
    assert seen[0]["pushed"] == [30, 30, "0 keyframes"]


def test_the_keyframes_of_the_range_are_painted_on_one_new_layer_and_the_others_are_blank(seen):
    told, _ = seen
    assert told["tree"] == ["Background", "Bild", "Film", LAYER_NAME]
    assert told["keyframes"] == list(FRAMES)
    assert told["blank"] == [True, False, True, False, True]
    assert told["looks"] == [255, "normal", True, True, 1]
    assert told["unchanged"] and told["shown at once"]


@pytest.mark.parametrize("time", [4, 12])
def test_each_frame_is_painted_as_the_engine_paints_it(seen, settled_user, time):
    colour, alpha = colours(seen[1], f"painted{time}")
    source, _ = colours(seen[1], str(FRAMES[time]))
    expected = engine_paints(settled_user, source, canvas_short_side=min(CANVAS))
    assert np.abs(colour - expected).max() <= 1 / 255 and (alpha == 1).all()


def test_the_painters_time_stays_and_all_of_it_is_one_step_of_undo(seen):
    told, _ = seen
    assert told["time"] == 6
    assert told["undone"] == [True, True] and told["redone"]


def test_it_is_saved_and_opened_again(seen):
    assert seen[0]["reopened"] == [list(FRAMES), [True] * 5]


def test_frames_are_held_until_the_next_keyframe(seen):
    assert seen[0]["seen"]["5"] and seen[0]["seen"]["14"] and not seen[0]["seen"]["2"] and not seen[0]["seen"]["10"]


@pytest.mark.parametrize("time", [0, 12])
def test_a_feathered_selection_clips_every_frame(seen, time):
    told, folder = seen
    assert told["clipped keyframes"] == list(FRAMES)
    mask = np.frombuffer((folder / "mask.raw").read_bytes(), np.uint8).reshape(CANVAS[1], CANVAS[0])
    _, alpha = colours(folder, f"clipped{time}")
    assert np.abs(np.rint(alpha * 255) - mask).max() <= 1


REFUSED = {
    "no keyframe": "“Film” has no keyframe from time 5 to 8. Choose other times",
    "blank": "Nothing is drawn on these frames of “Film”.",
    "not selected": "The selection does not touch “Film”.",
    "now": "Nothing is drawn on “Film” at this time. Go to a frame",
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_can_not_be_painted_is_refused_in_words_and_leaves_nothing(seen, what):
    said, is_unchanged, is_idle, documents = seen[0]["refused"][what]
    assert said.startswith(REFUSED[what]) and is_unchanged and is_idle and documents == 1


def test_colours_that_are_converted_come_back_and_leave_no_step_behind(seen):
    told, folder = seen
    assert told["clay"] == ["ClayRGB-elle-V2-g22.icc", "U16", [0, 3, 5], [False, True, False]]
    before, after = ((folder / f"{name}.raw").read_bytes() for name in ("clay", "clay5"))
    difference = np.frombuffer(before, np.uint16).astype(int) - np.frombuffer(after, np.uint16)
    assert np.abs(difference).max() <= 65535 / 255
    assert told["clay undone"]


def test_a_layer_that_fades_has_a_painting_that_fades_with_it(seen):
    assert all(own == painted for own, painted in seen[0]["fading"]) and len({own for own, _ in seen[0]["fading"]}) == 3


def test_steady_frames_hardly_change_what_stands_still(seen):
    told, folder = seen
    assert told["steady"]["False"] == "" and told["steady"]["True"]
    changes = {}
    for name in ("single", "steady"):
        first, *others = (np.frombuffer((folder / f"{name}{time}.raw").read_bytes(), np.uint8).astype(float) for time in range(3))
        changes[name] = [np.abs(other - first).mean() for other in others]
        print(f"right of what moves, {name}: {changes[name][0]:.2f} and {changes[name][1]:.2f} of 255 from the first frame in the mean")
    assert max(changes["steady"]) < min(changes["single"]) / 4
