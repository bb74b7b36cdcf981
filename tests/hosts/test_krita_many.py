"""Several selected layers in one go, in the real Krita: each result above its own source, one window, one Cancel, an undo step each."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import KritaHost
from krita_fixtures import LAYER_NAME, STYLE_ID, photo, settle_painter, to_layer_bytes

SIZE = (700, 500)  # each takes long enough to be seen in the progress window
BIG = (1500, 1100)


@pytest.fixture(scope="module")
def painter(settled_user) -> KritaHost:
    settle_painter(settled_user)
    return settled_user.krita


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("Viele")
    for number in range(3):
        (folder / f"{number}.raw").write_bytes(to_layer_bytes(photo(*SIZE, seed=number), "U8", False))
    (folder / "big.raw").write_bytes(to_layer_bytes(photo(*BIG), "U8", False))
    return folder


def paints_several(folder, canvas, style):
    import krita_layers as layers
    import krita_studio as studio
    import screen
    from krita import Krita
    from PyQt5.QtWidgets import QLabel, QProgressBar

    krita = Krita.instance()
    read, _ = studio.raw_files(folder)
    document = yield from studio.new_document(*canvas)
    group = document.createGroupLayer("Gruppe")
    document.rootNode().addChildNode(group, None)
    yield 100
    sources = {}
    for number, (name, parent) in enumerate((("eins", None), ("zwei", group), ("drei", None))):
        sources[name] = yield from studio.add_layer(document, name, read(str(number)), 10 * number, 0, *canvas, parent)
    undo = krita.action("edit_undo")
    told = {}

    def state():
        return [studio.tree(document.rootNode()), undo.text(), [studio.fingerprint(node) for node in sources.values()]]

    # One alone, to compare with.
    yield from studio.activate(document, sources["zwei"])
    alone = yield from studio.stylize(style=style, strength=0.7, arrows="None")
    alone_pixels = studio.own_pixels(alone)
    yield from studio.press("edit_undo")

    yield from layers.select(document, ["zwei", "eins", "drei"])
    before = state()
    dialog = yield from studio.open_dialog()
    yield 1500  # for the preview
    screen.screenshot("krita_several_dialog")
    told["title"] = dialog.windowTitle()
    studio.choose(dialog, style=style, strength=0.7, arrows="None")
    studio.button(dialog, "Ok").click()
    said, titles, shares = [], [], []
    while True:
        progress = studio.shown("brushwarp_progress")
        if progress is None:
            break
        labels = [label.text() for label in progress.findChildren(QLabel)]
        titles += [labels[0]] if labels[0] not in titles else []
        said.append(labels)
        bar = progress.findChild(QProgressBar)
        if bar.maximum():
            shares.append(bar.value())
        yield 10
    yield 500
    document.waitForDone()
    told["titles"], told["said"] = titles, [text for labels in said for text in labels if text.startswith("Layer ")]
    told["shares rise"] = shares == sorted(shares)
    told["tree"] = studio.tree(document.rootNode())
    recipes = {}
    for name, source in sources.items():
        siblings = source.parentNode().childNodes()
        above = siblings[[node.uniqueId() for node in siblings].index(source.uniqueId()) + 1]
        recipe = studio.recipe(document, above)
        recipes[name] = [recipe["seed"], recipe["style"]["id"], recipe["parameters"]["strength"]]
        box, own = above.bounds(), source.bounds()
        told["place of " + name] = [box.x(), box.y(), box.width(), box.height()] == [own.x(), own.y(), own.width(), own.height()]
        if name == "zwei":
            told["as alone"] = studio.own_pixels(above) == alone_pixels
    told["recipes"] = recipes
    told["unchanged"] = state()[2] == before[2]
    steps = []
    for _ in range(3):
        yield from studio.press("edit_undo")
        steps.append(len(list(layers.nodes(document))))
    told["undone"] = [steps, state() == before]
    for _ in range(3):
        yield from studio.press("edit_redo")
    told["redone"] = studio.tree(document.rootNode()) == told["tree"]
    for _ in range(3):
        yield from studio.press("edit_undo")

    # Once more, of two of them.
    yield from layers.select(document, ["eins", "drei"])
    krita.action("brushwarp_repeat").trigger()
    yield from studio.wait_for(lambda: len(list(layers.nodes(document))) == 7 and not studio.shown("brushwarp_progress"), "both")
    yield 300
    told["repeated"] = studio.tree(document.rootNode())
    for _ in range(2):
        yield from studio.press("edit_undo")

    # What can't be painted is refused before any work.
    told["refused"] = {}

    def refused(what, *names, verb="stylize"):
        yield from layers.select(document, list(names))
        before = state()
        dialog = yield from studio.open_dialog(verb)
        if not isinstance(dialog, str):
            if verb == "deform":
                studio.pick(dialog, "style", "Layer “drei”")
            studio.button(dialog, "Ok").click()
            yield from studio.wait_for(studio.message_shown, "refusal")
            dialog = yield from studio.dismiss()
        told["refused"][what] = [dialog, state() == before, studio.shown("brushwarp_progress") is None]

    sources["drei"].setLocked(True)
    yield from refused("locked", "eins", "drei")
    sources["drei"].setLocked(False)
    yield from refused("group", "eins", "Gruppe")
    yield from refused("painted like itself", "eins", "drei", verb="deform")
    studio.select(document, rectangle=(0, 0, 5, 5))
    yield from refused("not selected", "eins", "drei")
    return told


@pytest.fixture(scope="module")
def several(painter, folder):
    return painter.run_in_window(paints_several, folder=folder, canvas=SIZE, style=STYLE_ID, timeout=200)


def test_every_selected_layer_has_its_painting_directly_above_it(several):
    assert several["tree"] == ["Background", ["Gruppe", ["zwei", LAYER_NAME]], "eins", LAYER_NAME, "drei", LAYER_NAME]
    assert all(several["place of " + name] for name in ("eins", "zwei", "drei"))
    assert several["unchanged"]


def test_all_have_the_same_settings_and_seed_and_each_is_what_it_is_alone(several):
    assert several["recipes"]["eins"] == several["recipes"]["zwei"] == several["recipes"]["drei"]
    assert several["recipes"]["eins"][1:] == [STYLE_ID, 0.7]
    assert several["as alone"]


def test_the_windows_say_how_many_there_are(several):
    assert several["title"] == "Brushwarp – Stylize “zwei” (3 layers)"
    assert [title.split("”")[0] for title in several["titles"]] == ["“drei", "“eins", "“zwei"]  # from the top of the docker
    numbers = list(dict.fromkeys(text.split(":")[0] for text in several["said"]))
    assert numbers == ["Layer 1 of 3", "Layer 2 of 3", "Layer 3 of 3"]
    assert several["shares rise"]


def test_each_result_is_one_step_of_undo(several):
    steps, is_clean = several["undone"]
    assert steps == [7, 6, 5] and is_clean
    assert several["redone"]


def test_repeat_last_takes_all_that_is_selected(several):
    assert several["repeated"] == ["Background", ["Gruppe", ["zwei"]], "eins", LAYER_NAME, "drei", LAYER_NAME]


REFUSED = {
    "locked": "“drei” is locked. Unlock it",
    "group": "“Gruppe” is a group",
    "painted like itself": "“drei” can't be painted like itself.",
    "not selected": "The selection does not touch “drei”. Move the selection",
}


@pytest.mark.parametrize("what", REFUSED)
def test_one_that_can_not_be_painted_is_refused_by_name_before_any_work(several, what):
    said, is_unchanged, is_idle = several["refused"][what]
    assert said.startswith(REFUSED[what]) and is_unchanged and is_idle


def ends_early(folder, canvas, style):
    import krita_layers as layers
    import krita_studio as studio
    import screen
    from krita import Krita

    krita = Krita.instance()
    krita.writeSetting("brushwarp", "stylize", '{"style": "%s"}' % style)
    read, _ = studio.raw_files(folder)
    document = yield from studio.new_document(*canvas)
    nodes = []
    for name in ("eins", "zwei", "drei"):
        nodes.append((yield from studio.add_layer(document, name, read("big"), 0, 0, *canvas)))
    told = {}

    def begin():
        """All three under way, the second being painted."""
        yield from layers.select(document, ["eins", "zwei", "drei"])
        dialog = yield from studio.open_dialog()
        studio.button(dialog, "Ok").click()
        return (yield from studio.progress_says("Layer 2 of 3: Painting"))

    progress = yield from begin()
    yield 300
    screen.screenshot("krita_several_progress")
    studio.cancel_button(progress).click()
    told["gone at once"] = studio.shown("brushwarp_progress") is None
    yield 2500
    told["cancelled"] = [studio.tree(document.rootNode()), studio.message_shown()]
    yield from studio.press("edit_undo")
    told["undone"] = studio.tree(document.rootNode())

    yield from begin()
    nodes[0].remove()  # the last in turn
    yield from studio.wait_for(studio.message_shown, "message after the removal")
    yield 300
    screen.screenshot("krita_several_removed")
    told["removed"] = [(yield from studio.dismiss()), studio.tree(document.rootNode())]
    for _ in range(3):
        yield from studio.press("edit_undo")
    told["back"] = studio.tree(document.rootNode())

    yield from begin()
    nodes[0].move(30, -20)  # before its turn
    yield from studio.wait_for(lambda: not studio.shown("brushwarp_progress"), "end of the jobs", 90)
    yield 300
    document.waitForDone()
    painted = [node for node in document.rootNode().childNodes() if node.name() not in ("Background", "eins", "zwei", "drei")]
    told["moved"] = [[node.bounds().x(), node.bounds().y(), studio.own_pixels(node) == studio.own_pixels(painted[1])] for node in painted]

    document.setModified(False)
    yield from begin()
    told["closed quietly"] = yield from studio.close_while_it_paints()
    return told


@pytest.fixture(scope="module")
def ended(painter, folder):
    return painter.run_in_window(ends_early, folder=folder, canvas=BIG, style=STYLE_ID, timeout=300)


def test_one_cancel_ends_all_and_what_is_done_stays(ended):
    assert ended["gone at once"]
    assert ended["cancelled"] == [["Background", "eins", "zwei", "drei", LAYER_NAME], None]
    assert ended["undone"] == ["Background", "eins", "zwei", "drei"]


def test_a_layer_removed_meanwhile_is_told_of_and_the_others_are_painted(ended):
    said, tree = ended["removed"]
    assert said == "Removed meanwhile, and left out: “eins”. The others are done."
    assert tree == ["Background", "zwei", LAYER_NAME, "drei", LAYER_NAME]


def test_one_that_is_moved_before_its_turn_is_painted_where_it_lies(ended):
    assert ended["moved"] == [[30, -20, True], [0, 0, True], [0, 0, True]]


def test_a_document_closed_meanwhile_ends_all_quietly(ended):
    assert ended["closed quietly"]
