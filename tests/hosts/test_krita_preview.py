"""The preview in Stylize's dialog, in the real Krita: it shows what will be painted, whole or a spot of it, and touches nothing."""

from __future__ import annotations

import numpy as np
import pytest
from harness import KritaHost
from krita_fixtures import STYLE_ID, from_layer_bytes, photo, settle_painter, to_layer_bytes

SMALL = (360, 240)  # is seen at its own size, so that each pixel can be compared
LARGE = (1800, 1400)
ROUNDED = 9  # pixels of the large layer that lie between two of its preview, doubled
SHIPPED = "vangogh_starry_night"


@pytest.fixture(scope="module")
def painter(settled_user) -> KritaHost:
    settle_painter(settled_user)
    return settled_user.krita


def previews(folder, style, canvas):
    import threading

    import krita_preview as preview
    import krita_studio as studio
    import screen
    from krita import Krita
    from PyQt5.QtWidgets import QSpinBox

    width, height = canvas
    read, keep = studio.raw_files(folder)
    told = {}

    def standing():
        return [studio.tree(document.rootNode()), studio.projection(document), studio.fingerprint(source),
                Krita.instance().action("edit_undo").text(), document.modified()]

    document = yield from studio.new_document(width, height)
    source = yield from studio.add_layer(document, "photo", read("small"), 0, 0, width, height)
    document.setModified(False)
    before = standing()

    def look(name, dialog):
        told["words of " + name] = yield from preview.wait_until_painted(dialog)
        keep(name + ".preview", preview.seen(dialog, width, height))

    def paint(name, dialog):
        """As it is shown; undone again."""
        yield from look(name, dialog)
        studio.button(dialog, "Ok").click()
        yield from studio.wait_for(lambda: not studio.shown("brushwarp_progress") and document.activeNode().name() != "photo", "new layer")
        yield 300
        keep(name + ".painted", studio.projection(document))
        yield from studio.press("edit_undo")
        yield from studio.activate(document, source)

    dialog = yield from studio.open_dialog()
    told["words at first"] = preview.words(dialog)
    studio.choose(dialog, style=style, strength=1.0, brush_scale=1.0, keep_colors=False)
    yield from look("plain", dialog)
    screen.screenshot("krita_preview_dark")
    keep("original.preview", preview.while_held(dialog, lambda: preview.seen(dialog, width, height)))
    keep("released.preview", preview.seen(dialog, width, height))
    preview.click(dialog, 0, 0)  # all of it is seen as large as it is
    told["back"] = preview.button(dialog, "whole_layer").isEnabled()
    strength = dialog.findChild(QSpinBox, "strength")
    for percent in range(100, 39, -4):
        strength.setValue(percent)
        yield 20
    yield from look("dragged", dialog)
    studio.button(dialog, "Cancel").click()
    yield 500
    told["threads"] = [thread.name for thread in threading.enumerate() if thread.name == "brushwarp-live"]
    told["untouched"] = [one == other for one, other in zip(before, standing(), strict=True)]

    dialog = yield from studio.open_dialog()
    studio.choose(dialog, style=style, strength=0.4, brush_scale=1.0, keep_colors=False)
    yield from paint("strength", dialog)
    studio.select(document, rectangle=(60, 40, 200, 150), feather=12)
    lines = yield from studio.draw(document, studio.arrow(120, 100, 150, 120) + studio.arrow(220, 140, 210, 120))
    lines.setVisible(False)
    document.refreshProjection()
    dialog = yield from studio.open_dialog()
    studio.choose(dialog, style=style, strength=1.0, brush_scale=2.0, keep_colors=True)
    yield from paint("everything", dialog)
    dialog = yield from studio.open_dialog()
    studio.choose(dialog, keep_colors=False, arrows="None")
    yield from look("no arrows", dialog)
    studio.button(dialog, "Cancel").click()
    yield 200

    studio.select(document, rectangle=(0, 0, 10, 10))
    yield from studio.add_layer(document, "elsewhere", b"\x10\x20\x30\xff" * 400, 100, 80, 20, 20)
    dialog = yield from studio.open_dialog()
    told["words beside the selection"] = yield from preview.wait_until_painted(dialog)
    studio.button(dialog, "Cancel").click()
    yield 200
    return told


@pytest.fixture(scope="module")
def previewed(painter, tmp_path_factory):
    folder = tmp_path_factory.mktemp("Vorschau")
    (folder / "small.raw").write_bytes(to_layer_bytes(photo(*SMALL), "U8", False))
    told = painter.run_in_window(previews, folder=folder, style=STYLE_ID, canvas=SMALL)

    def picture(name: str) -> np.ndarray:
        data = (folder / f"{name}.raw").read_bytes()
        if name.endswith(".preview"):
            return np.frombuffer(data, np.uint8).reshape(SMALL[1], SMALL[0], 3).astype(int)
        return np.rint(from_layer_bytes(data, *SMALL, "U8", False)[0] * 255).astype(int)

    return told, picture


def test_what_is_shown_is_what_will_be_painted(previewed):
    _, picture = previewed
    assert np.abs(picture("strength.preview") - picture("strength.painted")).max() <= 1
    assert np.abs(picture("plain.preview") - np.rint(photo(*SMALL) * 255)).mean() >= 15  # it was painted at all


def test_selection_arrows_brush_and_colours_show_as_they_will_be(previewed):
    _, picture = previewed
    shown, painted, plain = picture("everything.preview"), picture("everything.painted"), np.rint(photo(*SMALL) * 255)
    assert np.abs(shown - painted).max() <= 2  # one level of the painting, and one of laying it over the layer
    assert np.array_equal(shown[:25], plain[:25]) and np.abs(shown[60:150, 80:220] - plain[60:150, 80:220]).mean() >= 5
    assert np.abs(picture("no arrows.preview") - shown).mean() >= 2


def test_a_slider_that_is_dragged_ends_at_its_last_step(previewed):
    _, picture = previewed
    assert np.abs(picture("dragged.preview") - picture("strength.preview")).max() <= 1


def test_the_layer_shows_while_its_button_is_held(previewed):
    _, picture = previewed
    assert np.array_equal(picture("original.preview"), np.rint(photo(*SMALL) * 255))
    assert np.array_equal(picture("released.preview"), picture("plain.preview"))


def test_it_says_what_it_does_and_what_is_in_the_way(previewed):
    told, _ = previewed
    assert told["words at first"] == "Painting the preview…"
    assert told["words of plain"] == ""
    assert "The selection does not touch “" in told["words beside the selection"]


def test_it_touches_no_document_and_ends_with_the_dialog(previewed):
    told, _ = previewed
    assert told["untouched"] == [True] * 5 and told["threads"] == []


def test_of_a_layer_that_is_seen_at_its_own_size_there_is_no_spot(previewed):
    assert previewed[0]["back"] is False


def looks_closely(folder, style, shipped, canvas, theme):
    import time

    import krita_preview as preview
    import krita_studio as studio
    import screen
    from krita import Krita

    width, height = canvas
    read, keep = studio.raw_files(folder)
    told = {"seconds": {}}
    document = yield from studio.new_document(width, height)
    source = yield from studio.add_layer(document, "photo", read("large"), 0, 0, width, height)

    def opened():
        begin = time.monotonic()
        Krita.instance().action("brushwarp_stylize").trigger()
        shown = time.monotonic() - begin
        dialog = yield from studio.wait_for(lambda: studio.shown("brushwarp_stylize_dialog"), "dialog")
        return dialog, begin, shown

    def pictures(dialog, begin):
        """Seconds until something else is shown than now, and until it has all its strokes."""
        view = preview.view(dialog)
        shown = view.grab().toImage()
        yield from studio.wait_for(lambda: view.grab().toImage() != shown, "first picture")
        first = time.monotonic() - begin
        yield from preview.wait_until_painted(dialog)
        return [first, time.monotonic() - begin]

    dialog, begin, shown = yield from opened()
    told["seconds"]["dialog"] = shown
    studio.choose(dialog, style=shipped)
    yield from studio.wait_for(lambda: preview.button(dialog, "original").isEnabled(), "small copy")
    told["seconds"]["small copy"] = time.monotonic() - begin
    told["seconds"]["style"] = yield from pictures(dialog, begin)
    for strokes, wider in enumerate((1.3, 1.7)):
        begin = time.monotonic()
        studio.choose(dialog, brush_scale=wider)
        told["seconds"]["brush %d" % strokes] = yield from pictures(dialog, begin)
    begin = time.monotonic()
    studio.choose(dialog, strength=0.9)
    told["seconds"]["strength"] = yield from pictures(dialog, begin)
    begin = time.monotonic()
    preview.click(dialog, 60, -40)
    yield 200
    told["words while it is painted"] = preview.words(dialog)
    screen.screenshot("krita_spot_waiting")
    told["words of a real style"] = yield from preview.wait_until_painted(dialog)
    told["seconds"]["spot"] = time.monotonic() - begin
    screen.screenshot("krita_spot_dark")
    studio.choose(dialog, mix=[None, None])
    yield 300
    screen.screenshot("krita_spot_mixed")
    studio.button(dialog, "Cancel").click()
    yield 200

    dialog = yield from studio.open_dialog()
    studio.choose(dialog, style=style, strength=1.0, brush_scale=1.0, keep_colors=False)
    room = [preview.view(dialog).width(), preview.view(dialog).height()]
    yield from preview.wait_until_painted(dialog)
    keep("whole", preview.seen(dialog, *room))
    preview.click(dialog, 60, -40)
    told["words of the spot"] = yield from preview.wait_until_painted(dialog)
    keep("spot", preview.seen(dialog, *room))
    keep("spot of the layer", preview.while_held(dialog, lambda: preview.seen(dialog, *room)))
    preview.click(dialog, 0, 0)
    told["words of the whole"] = yield from preview.wait_until_painted(dialog)
    keep("whole again", preview.seen(dialog, *room))
    preview.click(dialog, 60, -40)
    yield from preview.wait_until_painted(dialog)
    keep("spot again", preview.seen(dialog, *room))
    studio.button(dialog, "Cancel").click()
    yield 200
    studio.select(document, rectangle=(0, 0, width, height // 2 - 180))  # its edge crosses the spot
    dialog = yield from studio.open_dialog()
    yield 200
    dialog.resize(dialog.width(), dialog.height() + room[1] - preview.view(dialog).height())  # a selection has a row of its own
    studio.choose(dialog, strength=1.0, brush_scale=1.0, keep_colors=False)
    yield from preview.wait_until_painted(dialog)
    preview.click(dialog, 60, -40)
    yield from preview.wait_until_painted(dialog)
    keep("selected spot", preview.seen(dialog, *room))
    screen.screenshot("krita_spot_selected")
    studio.button(dialog, "Cancel").click()
    yield from studio.press("deselect")
    dialog = yield from studio.open_dialog()
    studio.choose(dialog, style=style, strength=1.0, brush_scale=1.0, keep_colors=False)
    yield from preview.wait_until_painted(dialog)
    preview.click(dialog, 60, -40)
    yield from preview.wait_until_painted(dialog)
    dialog.resize(dialog.width() + 150, dialog.height() + 60)
    yield from preview.wait_until_painted(dialog)
    screen.screenshot("krita_spot_larger")
    preview.button(dialog, "whole_layer").click()
    yield from preview.wait_until_painted(dialog)
    told["room"] = room
    before = document.activeNode().uniqueId()
    studio.button(dialog, "Ok").click()
    yield from studio.wait_for(lambda: not studio.shown("brushwarp_progress") and document.activeNode().uniqueId() != before, "new layer", 120)
    yield 300
    studio.dump(document.activeNode(), folder + "/painted.raw", 0, 0, width, height)
    yield from studio.activate(document, source)
    preview.choose_theme(theme)
    yield 500
    dialog = yield from studio.open_dialog()
    studio.choose(dialog, style=shipped)
    yield from preview.wait_until_painted(dialog)
    screen.screenshot("krita_preview_bright")
    studio.button(dialog, "Cancel").click()
    yield 200
    return told


@pytest.fixture(scope="module")
def close(painter, tmp_path_factory):
    folder = tmp_path_factory.mktemp("Lupe")
    (folder / "large.raw").write_bytes(to_layer_bytes(photo(*LARGE), "U8", False))
    told = painter.run_in_window(
        looks_closely, folder=folder, style=STYLE_ID, shipped=SHIPPED, canvas=LARGE, theme="Krita bright", timeout=400
    )
    width, height = told["room"]
    shown = {name: np.frombuffer((folder / f"{name}.raw").read_bytes(), np.uint8).reshape(height, width, 3).astype(int)
             for name in ("whole", "spot", "spot of the layer", "whole again", "spot again", "selected spot")}
    shown["painted"] = np.rint(from_layer_bytes((folder / "painted.raw").read_bytes(), *LARGE, "U8", False)[0] * 255)
    for name, seconds in told["seconds"].items():
        print(f"{name}: {seconds}")
    return told, shown


@pytest.fixture(scope="module")
def found(close) -> tuple[slice, slice] | None:
    """Rows and columns of the layer that are shown of it after a click 60 pixels right of the middle and 40 above."""
    told, shown = close
    layer, (width, height) = np.rint(photo(*LARGE) * 255), told["room"]
    share = max(LARGE[0] / width, LARGE[1] / height)  # of the layer's pixels to the preview's
    left, top = round(LARGE[0] / 2 + 60 * share - width / 2), round(LARGE[1] / 2 - 40 * share - height / 2)
    for down in range(-ROUNDED, ROUNDED + 1):
        for right in range(-ROUNDED, ROUNDED + 1):
            place = slice(top + down, top + down + height), slice(left + right, left + right + width)
            if np.array_equal(shown["spot of the layer"], layer[place]):
                return place
    return None


def test_a_click_shows_that_spot_of_the_layer_at_its_own_size(found):
    assert found is not None


def test_the_strokes_there_are_about_those_of_the_painting(close, found):
    _, shown = close
    spot, painted = shown["spot"], shown["painted"][found]
    alike = np.corrcoef(spot.ravel(), painted.ravel())[0, 1]
    fineness = np.abs(np.diff(spot, axis=1)).mean() / np.abs(np.diff(painted, axis=1)).mean()
    print(f"the spot and the painting there: correlation {alike:.3f}, strokes {fineness:.2f} times as fine")
    assert alike >= 0.7 and 0.8 <= fineness <= 1.25  # measured 0.83 and 0.99; the small copy, enlarged: 0.76 and 0.26
    assert np.array_equal(shown["spot again"], shown["spot"])


def test_of_a_spot_what_is_not_selected_stays_the_layer(close, found):
    _, shown = close
    edge = LARGE[1] // 2 - 180 - found[0].start
    soft = 2 * ROUNDED  # the edge as the small copy of the layer has it
    assert soft < edge < len(shown["spot"]) - soft
    assert np.abs(shown["selected spot"] - shown["spot"])[: edge - soft].max() <= 1
    assert np.array_equal(shown["selected spot"][edge + soft :], shown["spot of the layer"][edge + soft :])


def test_another_click_goes_back_to_the_whole_layer(close):
    told, shown = close
    assert np.array_equal(shown["whole again"], shown["whole"])
    assert told["words of the whole"].startswith("Click on a spot")


def test_a_spot_is_said_to_take_a_while_and_to_be_approximate(close):
    told, _ = close
    assert "takes some seconds" in told["words while it is painted"]
    for name in ("words of a real style", "words of the spot"):
        assert told[name].startswith("About as it will be")
