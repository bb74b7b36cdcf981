"""A warp as a transform mask in the real Krita: it bends as our pixels do, is one step of undo, and can be edited."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from harness import KritaHost
from krita_fixtures import photo, save_png, settle_painter

SIZE = (400, 300)
OFFSET = (13, -5)  # of the layer: nodes lie on multiples of the document's pixels
ARROWS = [[100, 100, 130, 110], [250, 150, 230, 180], [200, 60, 200, 45], [320, 230, 300, 240], [60, 220, 60, 220]]
CROSSING = [[100, 100, 200, 100], [200, 110, 100, 110]]
BORDER = 16
SELECTION = (60, 50, 200, 150)


@pytest.fixture(scope="module")
def painter(settled_user) -> KritaHost:
    settle_painter(settled_user)
    return settled_user.krita


@functools.lru_cache
def waves() -> np.ndarray:
    """(H, W, 3) in 0..1, smooth."""
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    return 0.5 + 0.4 * np.stack([np.sin(x / 31) * np.cos(y / 37), np.cos((x + y) / 45), np.sin((x - 2 * y) / 60)], 2)


def story(folder, canvas, offset, arrows, crossing, selection):
    import krita_docker as docker
    import krita_studio as studio
    import screen
    from krita import Krita
    from PyQt5.QtWidgets import QCheckBox

    krita = Krita.instance()
    krita.activeWindow().qwindow().showMaximized()
    document = krita.activeDocument()
    document.setBatchmode(True)
    source = document.activeNode()
    source.move(*offset)
    document.waitForDone()
    told = {}
    dx, dy = offset
    drawn = yield from studio.draw(document, "".join(studio.arrow(a + dx, b + dy, c + dx, d + dy) for a, b, c, d in arrows))
    drawn.setVisible(False)
    yield from studio.activate(document, source)
    yield from docker.show()
    box = docker.find().findChild(QCheckBox, "as_mask")
    yield from studio.wait_for(box.isVisible, "the choice in the docker")
    told["offered"] = [box.isVisible(), box.isChecked(), bool(box.toolTip()), len(krita.documents())]
    box.setChecked(True)

    def apply():
        """Press Apply warp: the new layer, or what was told instead."""
        ids = [node.uniqueId() for node in document.rootNode().childNodes()]
        docker.press("apply")

        def new():
            nodes = [node for node in document.rootNode().childNodes() if node.uniqueId() not in ids]
            return nodes and nodes[0] or studio.message_shown()

        node = yield from studio.wait_for(new, "warped layer")
        return (yield from studio.dismiss()) if studio.message_shown() else node

    def settled(node):
        """What a layer looks like under its masks, once Krita has come to rest: it renders masks by and by, and shows nothing before."""
        before, still = None, 0
        for _ in range(200):
            document.waitForDone()
            now = bytes(node.projectionPixelData(dx, dy, *canvas))
            still = still + 1 if now == before and bytes(node.projectionPixelData(*middle))[3] == 255 else 0
            if still == 16:  # a busy machine lets half a picture stand for seconds
                break
            before = now
            yield 250
        return before

    middle = (canvas[0] // 2, canvas[1] // 2, 1, 1)
    read, keep = studio.raw_files(folder)
    before = [studio.tree(document.rootNode()), krita.action("edit_undo").text(), studio.fingerprint(source)]
    warped = yield from apply()
    assert not isinstance(warped, str), warped
    keep("bent", (yield from settled(warped)))
    told["tree"] = studio.tree(document.rootNode())
    told["masks"] = [[mask.type(), mask.name(), mask.toXML().count("<item_")] for mask in warped.childNodes()]
    told["recipe"] = studio.recipe(document, warped)["verb"]
    told["source unchanged"] = [studio.fingerprint(source) == before[2], studio.own_pixels(warped) == studio.own_pixels(source)]
    screen.screenshot("krita_transform_mask")
    assert document.saveAs(folder + "/Maske.kra")
    reopened = krita.openDocument(folder + "/Maske.kra")
    (again,) = [node for node in reopened.rootNode().childNodes() if node.name() == warped.name()]
    told["reopened"] = again.childNodes()[0].toXML() == warped.childNodes()[0].toXML()
    reopened.close()
    yield from studio.press("edit_undo")
    told["undone"] = [studio.tree(document.rootNode()), krita.action("edit_undo").text()] == before[:2]
    yield from studio.press("edit_redo")
    (redone,) = [node for node in document.rootNode().childNodes() if node.name() == warped.name()]
    keep("redone", (yield from settled(redone)))
    yield from studio.press("edit_undo")

    # Through a selection.
    yield from studio.activate(document, source)
    keep("mask", studio.select(document, rectangle=selection, feather=5))
    clean = [studio.tree(document.rootNode()), krita.action("edit_undo").text()]
    clipped = yield from apply()
    assert not isinstance(clipped, str), clipped
    keep("clipped", (yield from settled(clipped)))
    told["clipped masks"] = [mask.type() for mask in clipped.childNodes()]
    yield from studio.press("edit_undo")
    told["clipped undone"] = [studio.tree(document.rootNode()), krita.action("edit_undo").text()] == clean

    # Fine detail.
    document.setSelection(None)
    yield from studio.add_layer(document, "Foto", read("photo"), dx, dy, *canvas)
    yield from docker.settle()
    fine = yield from apply()
    assert not isinstance(fine, str), fine
    keep("fine", (yield from settled(fine)))

    # Folds.
    yield from studio.activate(document, source)
    yield from studio.draw(document, "".join(studio.arrow(a + dx, b + dy, c + dx, d + dy) for a, b, c, d in crossing), "Brushwarp keypoints, gekreuzt")
    yield from docker.settle()
    tree = studio.tree(document.rootNode())
    said = yield from apply()
    told["folded"] = [said if isinstance(said, str) else said.name(), studio.tree(document.rootNode()) == tree]
    return told


@pytest.fixture(scope="module")
def seen(painter, tmp_path_factory):
    from krita_fixtures import to_layer_bytes

    folder = tmp_path_factory.mktemp("Masken")
    save_png(waves(), folder / "Wellen.png")
    (folder / "photo.raw").write_bytes(to_layer_bytes(photo(*SIZE), "U8", False))
    told = painter.run_in_window(
        story, opens=[folder / "Wellen.png"], size="1400x1250", timeout=200,
        folder=folder, canvas=SIZE, offset=OFFSET, arrows=ARROWS, crossing=CROSSING, selection=SELECTION,
    )
    return told, folder


def layer(seen, name) -> np.ndarray:
    """(H, W, 4) int, R, G, B, A."""
    return np.frombuffer((seen[1] / f"{name}.raw").read_bytes(), np.uint8).reshape(SIZE[1], SIZE[0], 4)[..., [2, 1, 0, 3]].astype(int)


def picture(pixels: np.ndarray):
    import torch

    from brushwarp.image import Picture

    return Picture(torch.from_numpy(np.rint(pixels * 255) / 255).permute(2, 0, 1).float())


def inside(pixels: np.ndarray) -> np.ndarray:
    return pixels[BORDER:-BORDER, BORDER:-BORDER]


def test_a_warp_comes_as_a_transform_mask_on_a_copy_of_the_layer(seen):
    told, _ = seen
    assert told["offered"] == [True, False, True, 1]  # and what Krita was tried with is closed again
    assert told["tree"] == ["Background", ["Warp · Brushwarp", ["Warp"]], "Brushwarp keypoints"]
    ((kind, name, points),) = told["masks"]
    assert kind == "transformmask" and name == "Warp" and points > 2 * SIZE[0] * SIZE[1] / 8**2
    assert told["recipe"] == "warp" and told["source unchanged"] == [True, True]
    assert told["reopened"]


def test_it_is_one_step_of_undo_and_redo(seen):
    assert seen[0]["undone"]
    assert (inside(layer(seen, "redone")) == inside(layer(seen, "bent"))).all()


def test_it_bends_as_our_pixels_do(seen):
    from brushwarp import api
    from brushwarp.geometry import KeypointPairs

    wanted = api.warp(picture(waves()), KeypointPairs.from_rows(ARROWS)).pixels.permute(1, 2, 0).numpy() * 255
    found = layer(seen, "bent")
    assert np.abs(inside(wanted - 255 * waves())).mean() > 5  # it does bend
    assert (inside(found)[..., 3] == 255).all() and found[..., 3].min() > 0
    assert np.abs(inside(found[..., :3] - np.rint(wanted))).max() <= 1


def test_fine_detail_is_as_soft_as_kritas_sampling_and_lies_where_ours_does(seen):
    import torch

    from brushwarp import api
    from brushwarp.geometry import KeypointPairs, thin_plate_flow, warp_tensor

    fine, arrows = picture(photo(*SIZE)), np.array(ARROWS, float)
    bicubic = api.warp(fine, KeypointPairs.from_rows(ARROWS)).pixels
    flow = thin_plate_flow(torch.tensor(arrows[:, :2]), torch.tensor(arrows[:, 2:]), SIZE[::-1], dtype=torch.float32)
    found = layer(seen, "fine")[..., :3]
    off = {name: inside(np.abs(found - 255 * each.permute(1, 2, 0).numpy())) for name, each in (("bicubic", bicubic), ("bilinear", warp_tensor(fine.pixels, flow)))}
    for name, each in off.items():
        print(f"a photograph with grain, of 255: {each.mean():.2f} in the mean, {each.max():.1f} at most from {name} sampling")
    assert off["bilinear"].mean() < 0.5 and off["bilinear"].mean() < off["bicubic"].mean() / 3


def test_the_selection_clips_it(seen):
    told, folder = seen
    assert told["clipped masks"] == ["transformmask", "transparencymask"]
    assert told["clipped undone"]
    found, bent = layer(seen, "clipped"), layer(seen, "bent")
    canvas = np.frombuffer((folder / "mask.raw").read_bytes(), np.uint8).reshape(SIZE[1], SIZE[0])
    mask = np.zeros_like(canvas)
    x, y = OFFSET
    mask[-y:, : SIZE[0] - x] = canvas[: SIZE[1] + y, x:]  # the layer lies elsewhere than the canvas
    assert np.abs(inside(found[..., 3] - mask)).max() <= 1
    assert np.abs(inside(found[..., :3] - bent[..., :3]))[inside(mask) == 255].max() == 0


def test_what_folds_is_refused_in_words(seen):
    said, is_unchanged = seen[0]["folded"]
    assert "turns a part of the picture over itself" in said and "as pixels" in said and is_unchanged
