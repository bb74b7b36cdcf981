"""What tests do in GIMP: pictures, selections, arrows, and our procedure called as a script calls it.

For test functions that run in GIMP: `import gimp_studio as studio`. Pixels are (width, height, bytes as hex of SHA-256)
or are left in a file for the test to read: a host has no numpy.
"""

import hashlib
import json
import time

import gi

gi.require_version("Gimp", "3.0")
gi.require_version("Gegl", "0.4")
gi.require_version("Babl", "0.1")
from gi.repository import Babl, Gegl, Gimp, Gio  # noqa: E402

Gegl.init(None)
STYLIZE, DEFORM, TRAIN, SUGGEST, WARP, REPEAT, EDIT, RECIPE, ENGINE = (
    "plug-in-brushwarp-" + name for name in ("stylize", "deform", "train", "suggest", "warp", "repeat", "edit", "recipe", "engine")
)


class Refused(Exception):
    """The procedure did not succeed. status: "EXECUTION_ERROR", "CANCEL", …"""

    def __init__(self, status, message):
        super().__init__("%s: %s" % (status, message))
        self.status, self.message = status, message


def load(path):
    """An image as a painter has it after File > Open: with undo."""
    image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(path))
    while not image.undo_is_enabled():  # GIMP's JPEG loader leaves it off, and only File > Open itself turns it on
        image.undo_thaw()
    return image


def save(image, path):
    assert Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, Gio.File.new_for_path(path), None)


def read(drawable, babl, place=None):
    x, y, width, height = place or (0, 0, drawable.get_width(), drawable.get_height())
    return drawable.get_buffer().get(Gegl.Rectangle.new(x, y, width, height), 1.0, babl, Gegl.AbyssPolicy.NONE)


def dump(drawable, babl, path, place=None):
    """Leave the pixels in a file."""
    with open(path, "wb") as file:
        file.write(read(drawable, babl, place))


def flat(image, babl):
    """The pixels that the canvas shows."""
    copy = image.duplicate()
    layer = copy.flatten()
    pixels = read(layer, babl)
    copy.delete()
    return pixels


def new_layer(image, width, height, name="photo", at=(0, 0), pixels=None, babl="R'G'B'A u8", parent=None, alpha=True):
    grey = image.get_base_type() == Gimp.ImageBaseType.GRAY
    kinds = (Gimp.ImageType.GRAY_IMAGE, Gimp.ImageType.GRAYA_IMAGE) if grey else (Gimp.ImageType.RGB_IMAGE, Gimp.ImageType.RGBA_IMAGE)
    layer = Gimp.Layer.new(image, name, width, height, kinds[alpha], 100.0, Gimp.LayerMode.NORMAL)
    image.insert_layer(layer, parent, 0)
    layer.set_offsets(*at)
    if pixels is not None:
        buffer = layer.get_buffer()
        buffer.set(Gegl.Rectangle.new(0, 0, width, height), babl, bytes(pixels))
        buffer.flush()
    return layer


def draw_arrows(image, strokes, name="Brushwarp keypoints"):
    """A path on top of the others; a stroke is a list of (x, y) anchors."""
    path = Gimp.Path.new(image, name)
    image.insert_path(path, None, 0)
    for anchors in strokes:
        points = [coordinate for anchor in anchors for coordinate in tuple(anchor) * 3]
        path.stroke_new_from_points(Gimp.PathStrokeType.BEZIER, points, False)
    return path


def deform(image, layers, **settings):
    """As `stylize`, but small and quick unless the settings say otherwise."""
    return stylize(image, layers, procedure=DEFORM, **{"method": "gatys", "working_size": 64, **settings})


def train(image, layers, **settings):
    """The training's id."""
    return stylize(image, layers, procedure=TRAIN, **settings)


def suggest(image, layers, **settings):
    """The new path, or None."""
    return stylize(image, layers, procedure=SUGGEST, **settings)


def warp(image, layers, **settings):
    return stylize(image, layers, procedure=WARP, **settings)


def repeat(image, layers, **settings):
    return stylize(image, layers, procedure=REPEAT, **settings)


def edit(image, layers, **settings):
    """layers: the result."""
    return stylize(image, layers, procedure=EDIT, **settings)


def recipe_text(image, layers):
    """Of the result, as a script gets it."""
    return stylize(image, layers, procedure=RECIPE)


def stylize(image, layers, run_mode=Gimp.RunMode.NONINTERACTIVE, procedure=STYLIZE, **settings):
    """What the procedure returns, which is mostly the new layer. Raises Refused."""
    procedure = Gimp.get_pdb().lookup_procedure(procedure)
    config = procedure.create_config()
    config.set_property("run-mode", run_mode)
    config.set_property("image", image)
    config.set_core_object_array("drawables", layers)
    for name, value in settings.items():
        config.set_property(name.replace("_", "-"), value)
    values = procedure.run(config)
    status = values.index(0)
    if status != Gimp.PDBStatusType.SUCCESS:
        raise Refused(status.value_nick.upper().replace("-", "_"), Gimp.get_pdb().get_last_error())
    return values.index(1)


def arrows_of(image, name):
    """[[x, y, to_x, to_y], …] of a path's strokes, in the image's pixels; None without such a path."""
    for path in image.get_paths():
        if path.get_name() == name:
            strokes = [list(path.stroke_get_points(stroke)[1]) for stroke in path.get_strokes()]
            assert all(len(points) == 12 for points in strokes), "a stroke that is no arrow"
            return [[*points[2:4], *points[8:10]] for points in strokes]
    return None


def fingerprint(layer):
    """All that must not change of a source layer: bytes in its own format, place, name, mode, opacity, visibility."""
    native = Babl.get_name(layer.get_format())
    _, x, y = layer.get_offsets()
    pixels = hashlib.sha256(layer.get_buffer().get(
        Gegl.Rectangle.new(0, 0, layer.get_width(), layer.get_height()), 1.0, None, Gegl.AbyssPolicy.NONE
    )).hexdigest()
    return [layer.get_name(), native, x, y, layer.get_width(), layer.get_height(), layer.get_opacity(), layer.get_visible(), pixels]


def look(image, source):
    """What a painter sees in the dialogs of layers and paths; "top" and "recipe" are the topmost layer's."""
    top = image.get_layers()[0]
    return {
        "layers": tree(image.get_layers()),
        "source": fingerprint(source),
        "selected": [layer.get_name() for layer in image.get_selected_layers()],
        "top": [top.get_width(), top.get_height(), *top.get_offsets()[1:]],
        "paths": [path.get_name() for path in image.get_paths()],
        "recipe": recipe(top),
    }


def wait_for_layers(image, count, seconds):
    """Until the image has so many layers; where it never does, that shows in what is seen."""
    end = time.monotonic() + seconds
    while len(image.get_layers()) != count and time.monotonic() < end:
        time.sleep(0.2)


def tree(item_list):
    """Names of layers, topmost first, groups with what is in them."""
    return [[layer.get_name(), tree(layer.get_children())] if layer.is_group() else layer.get_name() for layer in item_list]


def recipe(layer):
    parasite = layer.get_parasite("brushwarp-recipe")
    return json.loads(bytes(parasite.get_data()).decode("utf-8")) if parasite else None
