"""Animated layers, as a painter makes them in Krita's Animation Timeline: `import krita_animation as animation`. Python 3.8, Krita and Qt."""

import krita_studio as studio
from krita import Krita

RED = (
    '<asl><node classId="null" name="" type="Descriptor"><node unit="#Prc" key="Scl " value="100" type="UnitFloat"/>'
    '<node key="masterFXSwitch" value="1" type="Boolean"/><node key="SoFi" classId="SoFi" type="Descriptor" name="">'
    '<node key="enab" type="Boolean" value="1"/><node key="Md  " typeId="BlnM" type="Enum" value="Nrml"/>'
    '<node key="Opct" type="UnitFloat" value="100" unit="#Prc"/><node key="Clr " classId="RGBC" type="Descriptor" name="">'
    '<node key="Rd  " type="Double" value="255"/><node key="Grn " type="Double" value="0"/><node key="Bl  " type="Double" value="0"/></node>'
    '</node></node><node classId="Styl" name="" type="Descriptor"><node classId="documentMode" name="" key="documentMode" type="Descriptor"/>'
    "</node></asl>"
)  # a layer style that covers all with red


def animate(document, layer, frames, place):
    """Give a layer a keyframe at each time, with these bytes at a place (x, y, width, height), or blank for None. The first is at 0."""
    yield from studio.activate(document, layer)
    layer.enableAnimation()
    yield 200
    for time, pixels in sorted(frames.items()):
        yield from go_to(document, time)
        if not layer.hasKeyframeAtTime(time):
            yield from studio.press("add_blank_frame")
        assert layer.hasKeyframeAtTime(time), time
        if pixels is not None:
            layer.setPixelData(pixels, *place)
    document.refreshProjection()
    document.waitForDone()


def go_to(document, time):
    document.setCurrentTime(time)
    document.waitForDone()
    yield from studio.wait_for(lambda: document.currentTime() == time, "time %d" % time)
    yield 50


def fade(document, layer, opacities):
    """Give a layer keyframes of its opacity, by time."""
    yield from studio.activate(document, layer)
    for time, opacity in sorted(opacities.items()):
        yield from go_to(document, time)
        yield from studio.press("add_scalar_keyframes")
        layer.setOpacity(opacity)
        yield 200


def keyframes(layer, last=60):
    return [time for time in range(last) if layer.hasKeyframeAtTime(time)]


def frame(layer, time, place):
    """The bytes of a keyframe."""
    return bytes(layer.pixelDataAtTime(*place, time))


def is_blank(layer, time, place):
    return not frame(layer, time, place).strip(b"\0")


def state(document, *layers):
    """What must not change by what is taken back: tree, step of undo, time, and all frames of layers."""
    whole = (0, 0, document.width(), document.height())
    frames = [[hash(frame(layer, time, whole)) for time in keyframes(layer)] for layer in layers]
    return [studio.tree(document.rootNode()), Krita.instance().action("edit_undo").text(), document.currentTime(), frames]
