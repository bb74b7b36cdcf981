"""Edit this result… and Repeat last, of the frames of an animation in the real Krita."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import KritaHost
from krita_fixtures import LAYER_NAME, STYLE_ID, engine_paints, from_layer_bytes, photo, settle_painter, to_layer_bytes

CANVAS = (150, 110)
BIG = (1100, 800)
FRAMES = {0: 0, 4: 1, 9: None, 12: 2}  # by time, which photograph
OTHERS = {0: 2, 6: 0, 30: 1}


@pytest.fixture(scope="module")
def painter(settled_user) -> KritaHost:
    settle_painter(settled_user)
    return settled_user.krita


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("Nochmal")
    for number in range(3):
        (folder / f"{number}.raw").write_bytes(to_layer_bytes(photo(*CANVAS, seed=number), "U8", False))
    (folder / "big.raw").write_bytes(to_layer_bytes(photo(*BIG), "U8", False))
    return folder


def paints_again(folder, canvas, frames, others, big, style):
    import krita_animation as animation
    import krita_layers as layers
    import krita_studio as studio
    import screen
    from krita import Krita
    from PyQt5.QtWidgets import QCheckBox, QLabel, QSpinBox

    krita = Krita.instance()
    read, keep = studio.raw_files(folder)
    whole = (0, 0, *canvas)
    told = {}

    def film_of(document, name, drawn, place):
        layer = yield from studio.add_layer(document, name, read(str(drawn["0"])), *place)
        pictures = {int(time): None if number is None else read(str(number)) for time, number in drawn.items()}
        yield from animation.animate(document, layer, pictures, place)
        return layer

    def fields(dialog):
        return [dialog.findChild(kind, name) for kind, name in ((QCheckBox, "frames"), (QSpinBox, "first_frame"), (QSpinBox, "last_frame"))]

    def paint(first, last, strength=0.9, **boxes):
        dialog = yield from studio.open_dialog()
        studio.choose(dialog, style=style, strength=strength, arrows="None", **boxes)
        for field, value in zip(fields(dialog)[1:], (first, last)):
            field.setValue(value)
        fields(dialog)[0].setChecked(True)
        dialog.findChild(QCheckBox, "steady").setChecked(True)
        before = krita.activeDocument().activeNode().uniqueId()
        studio.button(dialog, "Ok").click()
        return (yield from studio.made_after(krita.activeDocument(), before, 120))

    def edit(layer, strength, first=None):
        yield from studio.activate(document, layer)
        dialog = yield from studio.open_dialog_of("edit", "stylize")
        assert not isinstance(dialog, str), dialog
        box, start, _ = fields(dialog)
        said = [box.isChecked(), box.isEnabled(), *(field.value() for field in fields(dialog)[1:]), dialog.findChild(QCheckBox, "steady").isChecked()]
        studio.choose(dialog, strength=strength)
        if first is not None:
            start.setValue(first)
        yield 1000
        screen.screenshot("krita_frames_edit")
        return (yield from studio.accept_edit(document, dialog, 120)), said

    document = yield from studio.new_document(*canvas)
    film = yield from film_of(document, "Film", frames, whole)
    yield from animation.go_to(document, 5)
    yield from studio.activate(document, film)
    studio.select(document, rectangle=(30, 20, 80, 60))
    first = yield from paint(4, 12)
    assert not isinstance(first, str), first
    first.setOpacity(150)
    first.setBlendingMode("multiply")
    clip = document.createTransparencyMask("clip")
    first.addChildNode(clip, None)
    document.waitForDone()
    document.setSelection(None)
    before = animation.state(document, first, film)

    again, told["dialog"] = yield from edit(first, 0.4)
    told["edited"] = [
        studio.tree(document.rootNode()) == before[0], animation.keyframes(again), [animation.is_blank(again, time, whole) for time in (0, 4, 9, 12)],
        again.opacity(), again.blendingMode(), [mask.name() for mask in again.childNodes()], document.currentTime(), len(krita.documents()),
    ]
    told["recipe"] = studio.recipe(document, again)["parameters"]
    keep("edited12", animation.frame(again, 12, whole))
    after = animation.state(document, again, film)
    yield from studio.press("edit_undo")
    yield from studio.press("edit_undo")
    told["undone"] = animation.state(document, first, film)[::3] == before[::3]
    yield from studio.press("edit_redo")
    yield from studio.press("edit_redo")
    again = next(node for node in layers.nodes(document) if node.name() == first.name())
    told["redone"] = animation.state(document, again, film)[::3] == after[::3]

    # A longer range, and the range is the next time's.
    again, _ = yield from edit(again, 0.4, first=0)
    told["longer"] = [animation.is_blank(again, time, whole) for time in (0, 4, 9, 12)]
    again, said = yield from edit(again, 1.0)
    told["range"] = said[2:4]

    # Repeat last.
    other = yield from film_of(document, "Anderer", others, whole)
    yield from animation.go_to(document, 3)
    yield from studio.activate(document, other)
    told["repeated"] = yield from studio.repeat(document, 120)
    repeated = document.activeNode()
    told["repeated frames"] = [[animation.is_blank(repeated, time, whole) for time in (0, 6, 30)], document.currentTime()]
    parameters = studio.recipe(document, repeated)["parameters"]
    told["repeated recipe"] = [parameters["strength"], parameters["steady"]]
    yield from studio.press("edit_undo")
    told["repetition undone"] = [node.name() for node in document.rootNode().childNodes()][-1]
    yield from layers.select(document, ["Film", "Anderer"])
    told["repeated of several"] = yield from studio.repeat(document, 60)
    still = yield from studio.add_layer(document, "Bild", read("0"), *whole)
    yield from studio.activate(document, still)
    told["repeated of a still"] = [(yield from studio.repeat(document, 60)), document.activeNode().animated()]
    yield from studio.activate(document, film)
    later = yield from paint(12, 12)
    assert not isinstance(later, str), later
    yield from studio.activate(document, other)
    told["no keyframe"] = yield from studio.repeat(document, 60)

    # Strength as opacity, and the selection as a mask or not.
    document.setSelection(None)
    yield from studio.activate(document, film)
    dimmed = yield from paint(4, 12, strength=0.6, as_opacity=True)
    assert not isinstance(dimmed, str), dimmed
    told["dimmed"] = [dimmed.opacity(), studio.recipe(document, dimmed)["parameters"]["as_opacity"]]
    dimmed.setOpacity(80)
    yield from studio.activate(document, dimmed)
    dialog = yield from studio.open_dialog_of("edit", "stylize")
    told["dimmed dialog"] = dialog.findChild(QSpinBox, "strength").value()
    dimmed = yield from studio.accept_edit(document, dialog, 120)
    told["dimmed again"] = dimmed.opacity()
    dimmed.remove()
    document.waitForDone()

    studio.select(document, rectangle=(30, 20, 80, 60))
    yield from studio.activate(document, film)
    masked = yield from paint(4, 12, as_opacity=False, as_mask=True)
    assert not isinstance(masked, str), masked
    document.setSelection(None)
    own = document.createTransparencyMask("own")
    masked.addChildNode(own, masked.childNodes()[0])
    document.waitForDone()
    told["masks"] = []
    outside = (0, 0, 20, 15)
    for as_mask in (True, False, True):
        yield from studio.activate(document, masked)
        dialog = yield from studio.open_dialog_of("edit", "stylize")
        studio.choose(dialog, as_mask=as_mask)
        masked = yield from studio.accept_edit(document, dialog, 120)
        told["masks"].append([len(masked.childNodes()), max(animation.frame(masked, 4, outside)[3::4])])
    filters = document.createFilterMask("filter", krita.filter("invert"), studio.Selection())
    masked.addChildNode(filters, None)
    document.waitForDone()
    yield from studio.activate(document, masked)
    told["filter mask"] = yield from studio.open_dialog_of("edit", "stylize")
    masked.remove()

    # A single picture that was animated afterwards.
    yield from studio.activate(document, still)
    single = yield from studio.stylize(style=style, arrows="None", as_opacity=False, as_mask=False)
    single.enableAnimation()
    yield 200
    yield from studio.activate(document, single)
    told["animated since"] = yield from studio.open_dialog_of("edit", "stylize")
    single.remove()
    document.waitForDone()

    # Its source holds still now.
    film.remove()
    document.waitForDone()
    yield from studio.activate(document, again)
    told["source gone"] = yield from studio.open_dialog_of("edit", "stylize")

    # Another picture is in front meanwhile, and a film fades.
    document = yield from studio.new_document(*canvas)
    film = yield from film_of(document, "Film", frames, whole)
    yield from animation.fade(document, film, {0: 40, 12: 200})
    yield from studio.activate(document, film)
    old = yield from paint(0, 12, strength=0.6, as_opacity=True)
    assert not isinstance(old, str), old
    told["fading"] = [studio.recipe(document, old)["parameters"][name] for name in ("strength", "as_opacity")]
    yield from studio.activate(document, old)
    dialog = yield from studio.open_dialog_of("edit", "stylize")
    told["fading dialog"] = dialog.findChild(QSpinBox, "strength").value()
    studio.button(dialog, "Ok").click()
    other = yield from studio.new_document(*canvas)
    progress = yield from studio.progress_says("It is painted", 120)
    told["behind"] = [label.text() for label in progress.findChildren(QLabel)]
    yield from studio.go_to(document)
    yield from studio.wait_for(lambda: not studio.shown("brushwarp_progress"), "end of the job", 60)
    yield 500
    told["in front again"] = [node.name() for node in document.rootNode().childNodes()][1:]
    other.close()

    # Cancelled on the way.
    document = yield from studio.new_document(*big)
    place = (0, 0, *big)
    film = yield from film_of(document, "Film", {"0": "big", "3": "big", "7": "big"}, place)
    yield from studio.activate(document, film)
    old = yield from paint(0, 7)
    assert not isinstance(old, str), old
    kept = studio.fingerprint(old)
    yield from studio.activate(document, old)
    dialog = yield from studio.open_dialog_of("edit", "stylize")
    studio.choose(dialog, strength=0.5)
    studio.button(dialog, "Ok").click()
    progress = yield from studio.progress_says("Frame 2 of 3: Painting")
    studio.cancel_button(progress).click()
    yield 1500
    part = document.activeNode()
    told["cancelled"] = [
        [node.name() for node in document.rootNode().childNodes()][1:], studio.fingerprint(old) == kept,
        [animation.is_blank(part, time, place) for time in (0, 3, 7)],
    ]
    return told


@pytest.fixture(scope="module")
def seen(painter, folder):
    told = painter.run_in_window(
        paints_again, folder=folder, canvas=CANVAS, frames=FRAMES, others=OTHERS, big=BIG, style=STYLE_ID, timeout=400
    )
    return told, folder


def test_the_dialog_shows_the_range_and_that_frames_stay_frames(seen):
    assert seen[0]["dialog"] == [True, False, 4, 12, True]


def test_the_new_frames_take_the_place_and_the_looks_of_the_old_ones(seen):
    told, _ = seen
    assert told["edited"] == [True, list(FRAMES), [True, False, True, False], 150, "multiply", ["clip"], 5, 1]
    assert told["recipe"]["strength"] == 0.4 and told["recipe"]["steady"]


def test_they_are_painted_as_the_dialog_says_where_was_selected_then(seen, settled_user):
    told, folder = seen
    colour, alpha = from_layer_bytes((folder / "edited12.raw").read_bytes(), *CANVAS, "U8", False)
    assert (alpha[30:70, 40:100] == 1).all() and alpha[:10].max() == 0
    source = from_layer_bytes((folder / "2.raw").read_bytes(), *CANVAS, "U8", False)[0]
    full = engine_paints(settled_user, source, canvas_short_side=min(CANVAS))
    inside = (slice(30, 70), slice(40, 100))
    towards = ((colour - source)[inside] * (full - source)[inside]).sum() / ((full - source)[inside] ** 2).sum()
    assert 0.2 < towards < 0.6  # by the first frame's statistics, so not the engine's pixels of it alone


def test_two_steps_of_undo_bring_the_old_ones_back_and_redo_the_new_ones(seen):
    assert seen[0]["undone"] and seen[0]["redone"]


def test_the_range_can_be_changed_and_is_kept(seen):
    assert seen[0]["longer"] == [False, False, True, False] and seen[0]["range"] == [0, 12]


def test_repeat_last_paints_the_frames_of_another_layer_in_the_same_range(seen):
    told, _ = seen
    assert told["repeated"] == LAYER_NAME and told["repeated frames"] == [[False, False, True], 3]
    strength, steady = told["repeated recipe"]
    assert strength == 1.0 and steady and steady != told["recipe"]["steady"]
    assert told["repetition undone"] == "Anderer"


def test_repeat_last_paints_a_still_layer_as_one_picture(seen):
    assert seen[0]["repeated of a still"] == [LAYER_NAME, False]


REFUSALS = {
    "repeated of several": "Frames were painted last, and those are painted of one layer at a time.",
    "no keyframe": "“Anderer” has no keyframe from time 12 to 12.",
    "source gone": "made of is gone",
    "filter mask": "has masks, which would be lost",
    "animated since": "has several frames",
}


def test_strength_as_opacity_is_that_of_the_layer_of_frames_and_stays_as_the_painter_sets_it(seen):
    told, _ = seen
    assert told["dimmed"] == [153, True] and told["dimmed dialog"] == 31 and told["dimmed again"] == 80


def test_of_a_layer_that_fades_the_strength_is_painted(seen):
    told, _ = seen
    assert told["fading"] == [0.6, False] and told["fading dialog"] == 60


def test_masks_are_taken_over_and_the_selection_is_one_of_them_only_where_it_is_to_be(seen):
    told, _ = seen
    assert told["masks"] == [[2, 255], [1, 0], [2, 255]]  # how many, and how opaque the pixels are beside the selection


def test_frames_are_painted_while_another_picture_is_in_front_and_then_wait_for_the_painter(seen):
    told, _ = seen
    assert any(text.startswith("It is painted") for text in told["behind"])
    assert told["in front again"] == ["Film", LAYER_NAME]


@pytest.mark.parametrize("what", REFUSALS)
def test_what_can_not_be_done_is_refused_in_words(seen, what):
    assert REFUSALS[what] in seen[0][what]


def test_a_cancelled_edit_leaves_the_old_painting_and_what_is_new_above_it(seen):
    names, is_kept, blank = seen[0]["cancelled"]
    assert names == ["Film", LAYER_NAME, LAYER_NAME] and is_kept and blank == [False, True, True]
