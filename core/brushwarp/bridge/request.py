"""What a host asks for: a layer's pixels in the host's own layout, painted in a style, bent along arrows, or given arrows."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import fields as fields_of
from typing import Any, Dict, Optional, Tuple, Type, TypeVar

from . import checks
from .errors import ProtocolError, WorkerError
from .language import _
from .presets import BALANCED

MAX_PIXELS = 400 * 1000 * 1000  # as the engine's own limit for a picture
MAX_SIDE = 1000 * 1000
MAX_ARROWS = 4096  # a hundred are many; this many rows still fit the header
MAX_COORDINATE = 1e7
MAX_SEED = 2**63 - 1
STYLE_LIMIT = 4096  # characters: an id, or a path
SEQUENCE_LIMIT = 64  # characters
MAX_WEIGHT = 1e6
WORKING_SIZES = (64, 2048)  # pixels of the long side at which a deformation is solved
EXAGGERATIONS = (0.0, 2.0)  # of all arrows: 0 moves nothing, 2 goes twice as far
MOST_SUGGESTED = 80  # arrows
MOST_LINES = 20 * 1000  # of a lattice, across or down: as many numbers still fit the header
SHOWN = ("grid", "folds", "arrows")  # what can be drawn over a preview
BASES = ("strotss", "gatys", "multimodal")  # of a deformation; the last takes a trained style, the others a picture

ORDERS = {"RGBA": 4, "BGRA": 4, "GRAYA": 2}  # channels a pixel; alpha is straight
DEPTHS = {"u8": 1, "u16": 2, "f16": 2, "f32": 4}  # bytes a channel, in the machine's own byte order
TRANSFERS = ("srgb", "linear")

Arrow = Tuple[float, float, float, float]


@dataclass(frozen=True)
class PixelFormat:
    """How the bytes of a payload are to be read. Rows run from the top, without padding; the primaries are sRGB's.

    Krita: "BGRA" for u8 and u16, "RGBA" for f16 and f32; GIMP: "RGBA". `transfer` is the curve of the numbers.
    """

    order: str = "RGBA"
    depth: str = "u8"
    transfer: str = "srgb"

    def __post_init__(self) -> None:
        checks.choice(self.order, "order", tuple(ORDERS))
        checks.choice(self.depth, "depth", tuple(DEPTHS))
        checks.choice(self.transfer, "transfer", TRANSFERS)

    @property
    def channels(self) -> int:
        return ORDERS[self.order]

    @property
    def bytes_per_pixel(self) -> int:
        return ORDERS[self.order] * DEPTHS[self.depth]


R = TypeVar("R", bound="LayerRequest")
P = TypeVar("P", bound="PictureRequest")


@dataclass(frozen=True)
class LayerRequest:
    """A layer (or a crop of one), and what every job on it needs to know.

    width, height: of the payload, in pixels. style: what it is painted in; see the requests themselves.
    keypoints: one arrow (source x, source y, target x, target y) each, in the payload's pixels, the origin at the
    top-left *corner*. canvas_short_side: the shorter side of the whole canvas in pixels, so that a crop is painted with
    the canvas' brush; None if the payload is the whole canvas.

    Raises WorkerError "picture-too-large" or "keypoints-too-many" for what a painter can have drawn, else ProtocolError.
    """

    width: int
    height: int
    style: str
    format: PixelFormat = PixelFormat()
    keypoints: Tuple[Arrow, ...] = ()
    seed: int = 0
    canvas_short_side: Optional[int] = None

    def __post_init__(self) -> None:
        check_size(self.width, self.height)
        checks.text(self.style, "style", STYLE_LIMIT)
        if not isinstance(self.format, PixelFormat):
            raise ProtocolError("format must be a PixelFormat, not {}.".format(type(self.format).__name__))
        self._keep("keypoints", arrows_from_json(self.keypoints))
        checks.whole(self.seed, "seed", 0, MAX_SEED)
        if self.canvas_short_side is not None:
            checks.whole(self.canvas_short_side, "canvas short side", 1, MAX_SIDE)

    def _keep(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)  # a frozen dataclass, while it is being made

    @property
    def payload_size(self) -> int:
        """Bytes of the pixels, on the way there, and commonly on the way back."""
        return self.width * self.height * self.format.bytes_per_pixel

    @property
    def result_size(self) -> int:
        """Bytes of what comes back: pixels, unless a request says otherwise."""
        return self.payload_size

    @property
    def selection_size(self) -> int:
        """Bytes of the selection: one a pixel, 255 is selected in full."""
        return self.width * self.height

    def to_json(self) -> Dict[str, Any]:
        fields = dict(self.__dict__)
        fields["format"] = dict(self.format.__dict__)
        fields["keypoints"] = [list(arrow) for arrow in self.keypoints]
        return fields

    @classmethod
    def from_json(cls: Type[R], fields: Any) -> R:
        if not _has_fields_of(cls, fields):
            raise ProtocolError("A request must have the fields {}.".format(", ".join(sorted(field.name for field in fields_of(cls)))))
        return cls(**dict(fields, format=format_from_json(fields["format"])))


@dataclass(frozen=True)
class Part:
    """A part of a layer: the layer's width and height in pixels, and the part's left, top, width and height in them."""

    layer_width: int
    layer_height: int
    left: int
    top: int
    width: int
    height: int

    def __post_init__(self) -> None:
        check_size(self.layer_width, self.layer_height)
        check_size(self.width, self.height)
        checks.whole(self.left, "left", 0, self.layer_width - self.width)
        checks.whole(self.top, "top", 0, self.layer_height - self.height)


@dataclass(frozen=True)
class StylizeRequest(LayerRequest):
    """A layer to paint in a trained style. style: its id, or the path of a pack. medium, fine: those of the medium and of the fine
    strokes, where they are to be another style's than the coarse ones.

    strength: 0 leaves the picture, 1 is the style in full. as_opacity: what comes back is the style in full, for whoever asked will have its
    strength as a layer's opacity. brush_scale: 2 is a brush twice as broad on the canvas.
    keep_colors: keep the photo's colours and take the painting's light and dark alone.
    smoothness (pixels squared): 0 hits the arrows' targets exactly.
    part: of the layer of which the payload is a small copy; what comes back is about what lies there in the painted layer, as large as it is
    there, soon. canvas_short_side is then in the small copy's pixels, as all else.
    steady: the name of a sequence of frames that the layer is one of. The first frame of a name is painted as ever, the others under its
    statistics, so that what does not move does not flicker; not of a part. The recipe's parameter `steadied` says whether it was.
    """

    strength: float = 1.0
    brush_scale: float = 1.0
    keep_colors: bool = False
    smoothness: float = 0.0
    medium: str = ""
    fine: str = ""
    part: Optional[Part] = None
    steady: str = ""
    as_opacity: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.text(self.style, "style", STYLE_LIMIT, empty=False)
        checks.text(self.steady, "steady", SEQUENCE_LIMIT)
        if self.part is not None and not isinstance(self.part, Part):
            raise ProtocolError("part must be a Part.")
        if self.part is not None and self.steady:
            raise ProtocolError("steady is not for a part.")
        for name in ("medium", "fine"):
            checks.text(getattr(self, name), name, STYLE_LIMIT)
        self._keep("strength", checks.number(self.strength, "strength", 0.0, 1.0))
        self._keep("brush_scale", checks.number(self.brush_scale, "brush scale", 0.1, 10.0))
        checks.flag(self.keep_colors, "keep colors")
        checks.flag(self.as_opacity, "as opacity")
        self._keep("smoothness", checks.number(self.smoothness, "smoothness", 0.0, 1e12))

    @property
    def painted_strength(self) -> float:
        """What of `strength` the worker paints."""
        return 1.0 if self.as_opacity else self.strength

    @property
    def result_size(self) -> int:
        return self.payload_size if self.part is None else self.part.width * self.part.height * self.format.bytes_per_pixel

    def to_json(self) -> Dict[str, Any]:
        return dict(super().to_json(), part=None if self.part is None else dict(self.part.__dict__))

    @classmethod
    def from_json(cls: Type[R], fields: Any) -> R:
        if isinstance(fields, dict) and fields.get("part") is not None:
            part = fields["part"]
            if not _has_fields_of(Part, part):
                raise ProtocolError("A part must have the fields {}.".format(", ".join(field.name for field in fields_of(Part))))
            fields = dict(fields, part=Part(**part))
        return super().from_json(fields)


@dataclass(frozen=True)
class StylePicture:
    """The picture to paint like, where it travels as a payload of its own. width, height: in pixels."""

    width: int
    height: int
    format: PixelFormat = PixelFormat()

    def __post_init__(self) -> None:
        check_size(self.width, self.height)
        if not isinstance(self.format, PixelFormat):
            raise ProtocolError("format must be a PixelFormat, not {}.".format(type(self.format).__name__))

    @property
    def payload_size(self) -> int:
        return self.width * self.height * self.format.bytes_per_pixel

    def to_json(self) -> Dict[str, Any]:
        return dict(self.__dict__, format=dict(self.format.__dict__))

    @classmethod
    def from_json(cls, fields: Any) -> "StylePicture":
        if not _has_fields_of(cls, fields):
            raise ProtocolError("A style picture must have width, height and format.")
        return cls(fields["width"], fields["height"], format_from_json(fields["format"]))


@dataclass(frozen=True)
class PictureRequest(LayerRequest):
    """A request that has a picture beside the layer: one whose pixels travel as `style_picture` (style is then its name, for the
    recipe), or one that the worker finds by `style`."""

    style_picture: Optional[StylePicture] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.style_picture is None:
            checks.text(self.style, "style", STYLE_LIMIT, empty=False)
        elif not isinstance(self.style_picture, StylePicture):
            raise ProtocolError("style picture must be a StylePicture.")

    def to_json(self) -> Dict[str, Any]:
        picture = self.style_picture
        return dict(super().to_json(), style_picture=None if picture is None else picture.to_json())

    @classmethod
    def from_json(cls: Type[P], fields: Any) -> P:
        if isinstance(fields, dict) and fields.get("style_picture") is not None:
            fields = dict(fields, style_picture=StylePicture.from_json(fields["style_picture"]))
        return super().from_json(fields)


@dataclass(frozen=True)
class DeformRequest(PictureRequest):
    """A layer to paint like a picture and to bend towards its shapes, along its keypoints.

    base: see BASES. style: with "multimodal" a trained style's id or pack; else the path of the picture to paint like, where
    that does not travel. content_weight, warp_weight, tv_weight: as in `presets`. unfold: bend less sharply where the warp
    would fold over. size: long side in pixels at which it is solved. encoder: what looks at the pictures; "auto" is the best at hand.
    """

    base: str = "strotss"
    content_weight: float = BALANCED.content_weight
    warp_weight: float = BALANCED.warp_weight
    tv_weight: float = BALANCED.tv_weight
    unfold: bool = False
    size: int = 256
    encoder: str = "auto"

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.choice(self.base, "base", BASES)
        if self.style_picture is not None and self.base == "multimodal":
            raise ProtocolError("style picture is not for a trained style.")
        for name in ("content_weight", "warp_weight", "tv_weight"):
            self._keep(name, checks.number(getattr(self, name), name.replace("_", " "), 0.0, MAX_WEIGHT))
        checks.flag(self.unfold, "unfold")
        checks.whole(self.size, "size", *WORKING_SIZES)
        checks.text(self.encoder, "encoder", 100, empty=False)


@dataclass(frozen=True)
class SuggestRequest(PictureRequest):
    """Arrows for a layer, from its points to where a picture has them; its own keypoints are not looked at.

    style: the path of the picture, where that does not travel; with `trained` the id or pack of a trained style that keeps a
    picture of its painting. count: arrows at most. mirror: the picture may be taken mirrored. A selection limits where arrows begin.
    """

    trained: bool = False
    count: int = 12
    mirror: bool = False
    encoder: str = "auto"

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.flag(self.trained, "trained")
        if self.style_picture is not None and self.trained:
            raise ProtocolError("style picture is not for a trained style.")
        checks.whole(self.count, "count", 1, MOST_SUGGESTED)
        checks.flag(self.mirror, "mirror")
        checks.text(self.encoder, "encoder", 100, empty=False)


@dataclass(frozen=True)
class WarpRequest(LayerRequest):
    """A layer to bend along its keypoints, and nothing else.

    exaggeration: of all arrows, 1 as they are drawn (see EXAGGERATIONS). smoothness (pixels squared): 0 hits their ends exactly;
    `methods.smoothness_of` knows what a slider means. show: what is drawn over the picture (of SHOWN), which makes it a preview,
    bent quickly and not to the last tenth of a pixel. marked: the place among the keypoints of one to be told apart.
    lattice: columns and rows, in the payload's pixels, of a lattice whose nodes are carried in the place of the pixels; the result is
    then x and y of each as float32 in the machine's own byte order, row by row.
    """

    style: str = ""
    exaggeration: float = 1.0
    smoothness: float = 0.0
    show: Tuple[str, ...] = ()
    marked: Optional[int] = None
    lattice: Optional[Tuple[Tuple[float, ...], Tuple[float, ...]]] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._keep("exaggeration", checks.number(self.exaggeration, "exaggeration", *EXAGGERATIONS))
        self._keep("smoothness", checks.number(self.smoothness, "smoothness", 0.0, 1e12))
        self._keep("show", tuple(checks.choice(name, "show", SHOWN) for name in checks.items(self.show, "show", len(SHOWN))))
        if self.marked is not None:
            checks.whole(self.marked, "marked", 0, MAX_ARROWS)
        if self.lattice is not None:
            self._keep("lattice", tuple(_lines(side) for side in checks.items(self.lattice, "lattice", 2, 2)))

    @property
    def result_size(self) -> int:
        if self.lattice is None:
            return self.payload_size
        return len(self.lattice[0]) * len(self.lattice[1]) * 2 * DEPTHS["f32"]

    def to_json(self) -> Dict[str, Any]:
        return dict(super().to_json(), show=list(self.show))


def check_size(width: Any, height: Any) -> None:
    """Of a payload, in pixels. Raises ProtocolError, or WorkerError "picture-too-large"."""
    checks.whole(width, "width", 1, MAX_SIDE)
    checks.whole(height, "height", 1, MAX_SIDE)
    if width * height > MAX_PIXELS:
        raise WorkerError(
            "picture-too-large",
            _("{} × {} pixels are too many: at most {} million can be painted at once.").format(
                width, height, MAX_PIXELS // 1000000
            ),
            _("Scale the layer down, or crop it."),
        )


def _lines(side: Any) -> Tuple[float, ...]:
    """A lattice's columns or rows: two at least, each further on than the last. Raises ProtocolError."""
    lines = tuple(checks.number(line, "a line of the lattice", -MAX_COORDINATE, MAX_COORDINATE) for line in checks.items(side, "lattice", MOST_LINES))
    if len(lines) < 2 or any(one >= other for one, other in zip(lines, lines[1:])):
        raise ProtocolError("The lines of a lattice must be two at least, and ascend.")
    return lines


def _has_fields_of(kind: Any, found: Any) -> bool:
    """Whether it is a JSON object with the fields of a dataclass, and no others."""
    return isinstance(found, dict) and set(found) == {field.name for field in fields_of(kind)}


def format_from_json(layout: Any) -> PixelFormat:
    """Raises ProtocolError."""
    if not _has_fields_of(PixelFormat, layout):
        raise ProtocolError("A pixel format must have order, depth and transfer.")
    return PixelFormat(**layout)


def arrows_from_json(rows: Any) -> Tuple[Arrow, ...]:
    """Raises ProtocolError, or WorkerError "keypoints-too-many"."""
    if isinstance(rows, (list, tuple)) and len(rows) > MAX_ARROWS:
        raise WorkerError(
            "keypoints-too-many",
            _("{} arrows are too many: the painting is bent along {} at most.").format(len(rows), MAX_ARROWS),
            _("Delete some of them."),
        )
    return tuple(_arrow(row) for row in checks.items(rows, "keypoints", MAX_ARROWS))


def _arrow(row: Any) -> Arrow:
    a, b, c, d = (
        checks.number(value, "a keypoint's coordinate", -MAX_COORDINATE, MAX_COORDINATE)
        for value in checks.items(row, "a keypoint", 4, 4)
    )
    return a, b, c, d
