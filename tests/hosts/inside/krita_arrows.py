"""The story of the arrows, from the first suggestion to the picture that is bent along them: what tests/hosts/test_krita_arrows.py looks at."""

import krita_docker as docker
import krita_studio as studio
import screen
from krita import Krita
from PyQt5.QtWidgets import QCheckBox, QComboBox, QLabel, QMdiArea, QSpinBox

from brushwarp.document import Document


def main(folder, canvas, count, selection, drawn, places, bend, large):
    krita = Krita.instance()
    krita.activeWindow().qwindow().showMaximized()
    width, height = canvas
    told = {}

    read, keep = studio.raw_files(folder)

    def arrows_on(node, of=None):
        shown = Document(of or document)
        return shown.arrows(shown.layer(node.uniqueId().toString()))

    document = krita.activeDocument()
    document.setBatchmode(True)
    source = document.activeNode()
    tree = studio.tree(document.rootNode())

    # Nothing to show yet.
    yield from docker.show()
    yield from docker.settle()
    told["no arrows"] = [docker.status(), docker.layers()[0], docker.can_press("apply"), docker.picture() is None]

    # The dialog.
    like = yield from studio.add_layer(document, "verschoben", read("moved"), 0, 0, *canvas)
    like.setVisible(False)
    yield from studio.activate(document, source)
    dialog = yield from studio.open_dialog("suggest")
    told["title"], told["styles"] = dialog.windowTitle(), studio.entries(dialog, "style")
    told["at first"] = [dialog.findChild(QSpinBox, "count").value(), dialog.findChild(QCheckBox, "mirror").isChecked()]
    told["tips"] = [bool(w.toolTip()) for kind in (QComboBox, QSpinBox, QCheckBox) for w in dialog.findChildren(kind)]
    told["mnemonics"] = [label.text() for label in dialog.findChildren(QLabel) if "&" in label.text()]
    told["mnemonics"] += [dialog.findChild(QCheckBox).text(), "&Picture file…", "&OK", "&Cancel"]
    studio.pick(dialog, "style", "Layer “verschoben”")
    yield 300
    screen.screenshot("krita_suggest_dialog")
    studio.button(dialog, "Cancel").click()
    yield 200

    def suggest(style, file=None, cancel=False):
        """The new layer's node, or what was told instead."""
        before = [node.uniqueId() for node in document.rootNode().childNodes()]
        dialog = yield from studio.open_dialog("suggest")
        if isinstance(dialog, str):
            return dialog
        if file is not None:
            yield from studio.pick_file(dialog, file)
        else:
            studio.pick(dialog, "style", style)
        dialog.findChild(QSpinBox, "count").setValue(count)
        studio.button(dialog, "Ok").click()
        progress = yield from studio.wait_for(lambda: studio.shown("brushwarp_progress"), "progress")
        if cancel:
            told["progress"] = progress.findChildren(QLabel)[0].text()
            studio.cancel_button(progress).click()
            yield 1000
            return [node.uniqueId() for node in document.rootNode().childNodes()] == before and not studio.message_shown()

        def new():
            nodes = [node for node in document.rootNode().childNodes() if node.uniqueId() not in before]
            return not studio.shown("brushwarp_progress") and (nodes and nodes[0] or studio.message_shown())

        node = yield from studio.wait_for(new, "arrows", 120)
        document.waitForDone()
        if studio.message_shown():
            said = yield from studio.dismiss()
            if isinstance(node, str):
                return said
        return node

    # Suggested: one layer, one step.
    told["cancelled"] = yield from suggest("Layer “verschoben”", cancel=True)
    tree = studio.tree(document.rootNode())
    before = [studio.fingerprint(source), krita.action("edit_undo").text()]
    layer = yield from suggest("Layer “verschoben”")
    assert not isinstance(layer, str), layer
    told["suggested"] = arrows_on(layer)
    told["tree"] = studio.tree(document.rootNode())
    told["heads"] = all("marker-end" in shape.toSvg() for shape in layer.shapes())
    told["visible"] = layer.visible()
    yield from studio.wait_for(lambda: document.activeNode().uniqueId() == layer.uniqueId(), "active arrows")
    told["source unchanged"] = studio.fingerprint(source) == before[0]
    yield from studio.wait_for(lambda: studio.projection(document) != read("scene"), "arrows on the canvas", 10)
    yield from studio.press("edit_undo")
    told["undone"] = [studio.tree(document.rootNode()) == tree, krita.action("edit_undo").text() == before[1]]
    yield from studio.press("edit_redo")
    layer = document.nodeByName("Brushwarp keypoints · verschoben")
    told["redone"] = arrows_on(layer)
    yield from studio.activate(document, source)
    told["from a file"] = arrows_on((yield from suggest(None, folder + "/verschoben.png")))
    yield from studio.press("edit_undo")
    yield from studio.activate(document, source)
    told["from a style"] = arrows_on((yield from suggest("Gemaltes")))
    yield from studio.press("edit_undo")
    yield from studio.activate(document, source)
    studio.select(document, rectangle=(0, 0, width // 2, height))
    told["selected"] = arrows_on((yield from suggest("Layer “verschoben”")))
    yield from studio.press("edit_undo")
    document.setSelection(None)
    yield from studio.activate(document, source)
    flat = yield from studio.add_layer(document, "flat", b"\x80\x80\x80\xff" * (width * height), 0, 0, *canvas)
    flat.setVisible(False)
    yield from studio.activate(document, source)
    told["flat"] = yield from suggest("Layer “flat”")
    flat.remove()
    told["flat adds nothing"] = "Brushwarp keypoints · flat" not in studio.tree(document.rootNode())

    # The docker shows them, with the vector layer active as painters have it; one is moved, and the preview follows.
    layer = document.nodeByName("Brushwarp keypoints · verschoben")
    yield from studio.activate(document, layer)
    yield from docker.settle()
    told["docker"] = [docker.status(), docker.layers(), len(docker.lines()), [checked for _, checked in docker.lines()]]
    told["preview"] = docker.picture()[0]
    shape = layer.shapes()[0]
    told["seconds"] = []
    for step in range(4):
        told["seconds"].append((yield from docker.seconds_to_follow(shape, 3 if step % 2 == 0 else -2, 1)))
        yield 250
    yield from docker.settle()
    told["moved"] = arrows_on(layer)
    shown = docker.picture()
    docker.show_grid(False)
    yield from docker.settle()
    told["without grid"] = docker.picture() != shown
    docker.choose(1)
    yield from docker.settle()
    told["marked is yellow"] = docker.picture() != shown
    screen.screenshot("krita_arrows_docker")

    # Muted, turned round, taken away.
    docker.check(2, False)
    yield from docker.settle()
    told["muted"] = [arrows_on(layer), docker.status(), [checked for _, checked in docker.lines()], document.modified()]
    yield from studio.activate(document, source)
    dialog = yield from studio.open_dialog("deform")
    told["muted elsewhere"] = studio.entries(dialog, "arrows")
    studio.button(dialog, "Cancel").click()
    yield 200
    assert document.saveAs(folder + "/stumm.kra")
    document.waitForDone()
    reopened = krita.openDocument(folder + "/stumm.kra")
    told["muted reopened"] = arrows_on(reopened.nodeByName(layer.name()), reopened)
    docker.check(2, True)
    yield from docker.settle()
    told["unmuted"] = arrows_on(layer)
    docker.choose(0, 2)
    docker.press("reverse")
    yield from docker.settle()
    told["reversed"] = arrows_on(layer)
    docker.press("reverse")
    docker.choose(1, 3)
    docker.press("delete")
    yield from docker.settle()
    told["deleted"] = arrows_on(layer)
    yield from studio.press("edit_undo")
    yield from studio.press("edit_undo")
    told["deletion undone"] = sorted(arrows_on(layer))

    # Grouped, turned and scaled, among other shapes; on a layer that is hidden, then locked.
    one, two, three = (studio.arrow(*arrow) for arrow in drawn)
    turned, straight = studio.arrow(5, -40, 20, -30), studio.arrow(40, 10, 45, 20)
    group = '<g transform="translate(10 5) scale(2)"><g transform="rotate(90)">%s</g>%s</g>' % (turned, straight)
    shapes = one + group + '<rect x="5" y="5" width="9" height="9"/><path d="M1 1L5 5L9 1" fill="none" stroke="#000"/>' + two
    mixed = yield from studio.draw(document, shapes, "Brushwarp keypoints, gemischt")
    yield from docker.settle()
    told["newest"] = docker.layers()[1]
    mixed.setVisible(False)
    document.waitForDone()
    yield from docker.settle()
    told["mixed"] = [arrows_on(mixed), docker.status()]
    docker.choose(1)
    docker.press("reverse")
    yield from docker.settle()
    told["mixed reversed"] = arrows_on(mixed)
    docker.check(2, False)
    yield from docker.settle()
    told["mixed muted"] = arrows_on(mixed)
    [shape for shape in mixed.shapes() if shape.type() == "groupshape"][0].setVisible(False)
    yield from docker.settle(2200)  # on a hidden layer the docker sees that at its next close look
    told["group muted"] = [checked for _, checked in docker.lines()]
    docker.check(1, True)
    yield from docker.settle()
    told["one of the group"] = [checked for _, checked in docker.lines()]
    mixed.setVisible(True)
    mixed.setLocked(True)
    docker.choose(0)
    docker.press("delete")
    yield from studio.wait_for(studio.message_shown, "refusal")
    told["locked"] = [(yield from studio.dismiss()), len(arrows_on(mixed))]
    docker.check(0, False)
    yield from studio.wait_for(studio.message_shown, "refusal")
    yield from studio.dismiss()
    told["locked"] += [len(arrows_on(mixed)), docker.lines()[0][1]]
    mixed.setLocked(False)

    # Folds are told; then the warp is applied, softened and exaggerated, through a feathered selection.
    crossing = yield from studio.draw(document, studio.arrow(60, 50, 110, 80) + studio.arrow(110, 50, 60, 80), "Brushwarp keypoints, gekreuzt")
    yield from docker.settle()
    told["folds"] = docker.status()
    docker.move(crossing.shapes()[0], 0, -80)
    yield from docker.settle()
    told["outside"] = [docker.status(), docker.picture() is None]
    crossing.remove()
    lines = yield from studio.draw(document, one + two + three, "Brushwarp keypoints, zuletzt")
    yield from docker.settle()
    told["folds no more"] = docker.status()
    keep("mask", studio.select(document, rectangle=selection, feather=5))
    docker.slide("exaggeration", bend[0])
    docker.slide("smoothing", bend[1])
    docker.check(1, False)
    yield from docker.settle()
    tree = studio.tree(document.rootNode())

    def apply():
        """Press Apply warp: the new layer."""
        ids = [node.uniqueId() for node in document.rootNode().childNodes()]
        docker.press("apply")
        new = yield from studio.wait_for(
            lambda: [node for node in document.rootNode().childNodes() if node.uniqueId() not in ids], "warped layer"
        )
        document.waitForDone()
        return new[0]

    warped = yield from apply()
    recipe = yield from studio.wait_for(lambda: studio.recipe(document, warped), "the warp's recipe")  # it follows the layer
    told["warp"] = {"tree": studio.tree(document.rootNode()), "before": tree, "recipe": recipe}
    studio.dump(warped, folder + "/warped.raw", 0, 0, width, height)
    yield from docker.settle()
    told["warp"]["still about"] = docker.status()
    yield from studio.press("edit_undo")
    told["warp"]["undone"] = studio.tree(document.rootNode()) == tree
    document.setSelection(None)
    docker.slide("exaggeration", 100)
    docker.slide("smoothing", 0)
    docker.check(1, True)
    yield from docker.settle()

    # All of it ends in a painting: the arrows that were suggested, and one of them moved.
    yield from studio.activate(document, source)
    studio.remember("deform", size=64, method="gatys")
    painted, said = yield from studio.deform(style=told["styles"][0], arrows="Brushwarp keypoints · verschoben")
    assert painted is not None, said
    told["painted"] = [painted.name(), studio.recipe(document, painted)["keypoints"], sorted(arrows_on(layer))]
    yield from studio.press("edit_undo")

    # Layers go, and the document, while the docker looks at them.
    yield from studio.activate(document, source)
    yield from docker.settle()
    lines.remove()
    document.waitForDone()
    yield from docker.settle()
    told["arrows gone"] = [docker.status(), docker.layers()[1]]
    other = yield from studio.add_layer(document, "kurz", read("moved"), 0, 0, *canvas)
    yield from docker.settle()
    told["other layer"] = docker.status()
    other.remove()
    document.waitForDone()
    yield from docker.settle()
    told["layer gone"] = docker.status()

    # Every resolution, with the layer moved: what is added reads back as the same.
    told["places"] = []
    for across, down, (dx, dy) in places:
        another = yield from studio.new_document(width, height, ppi=across)
        another.setXRes(across)
        another.setYRes(down)
        base = yield from studio.add_layer(another, "Bild", read("moved"), 0, 0, *canvas)
        added = Document(another).add_arrows_above(Document(another).layer(base.uniqueId().toString()), "Stil", [tuple(arrow) for arrow in drawn])
        another.waitForDone()
        added.node.move(added.node.position().x() + dx, added.node.position().y() + dy)
        another.waitForDone()
        yield from studio.wait_for(docker.lines, "arrows in the docker")
        told["places"].append([another.xRes(), another.yRes(), arrows_on(added.node, another), docker.lines()[0][0]])

    # How fast it follows on a large layer with many arrows, the docker as wide as the preview may be.
    big = yield from studio.new_document(*large)
    photo = yield from studio.add_layer(big, "Foto", read("large"), 0, 0, *large)
    many = "".join(studio.arrow(60 + 90 * (i % 10), 80 + 140 * (i // 10), 70 + 90 * (i % 10), 90 + 140 * (i // 10)) for i in range(50))
    fifty = yield from studio.draw(big, many)
    yield from studio.activate(big, photo)
    docker.find().setFloating(True)
    docker.find().resize(large[0] + 40, 1150)
    yield from docker.settle(1500)
    told["large"] = docker.picture()[0]
    told["large seconds"] = []
    for step in range(6):
        told["large seconds"].append((yield from docker.seconds_to_follow(fifty.shapes()[7], 5 if step % 2 == 0 else -4, 2)))
        yield 300
    screen.screenshot("krita_arrows_floating")
    docker.find().setFloating(False)

    # The last documents close.
    area = krita.activeWindow().qwindow().findChild(QMdiArea)
    for opened in krita.documents():
        opened.waitForDone()
        opened.setModified(False)
    for window in area.subWindowList():
        for opened in krita.documents():
            opened.setModified(False)
        window.close()
        yield 400
    told["hidden with the last"] = not docker.find().isVisible()  # by Krita, which shows its welcome instead
    yield from docker.show()
    yield from docker.settle()
    told["closed"] = [docker.status(), docker.picture() is None, studio.message_shown()]
    told["no picture"] = yield from studio.open_dialog("suggest")
    return told
