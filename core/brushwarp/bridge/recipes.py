"""A recipe, the JSON record of how a result was made, taken up again: on another layer, in another host, or as a dialog's settings.

    recipe = read_recipe(text)                              # a WorkerError says what is wrong with it
    recipe.request(width, height, layout, canvas_short_side)   # the same again, of a layer of any size
    recipe.settings                                         # what a dialog shows
    recipe.arrows(width, height)                            # in that layer's pixels

A layer of the recipe's own size gives the same picture; on another one the arrows are scaled with it, and the brush is as broad on the
canvas as it was on the recipe's.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any, Callable, Dict, Iterable, Optional, Sequence, Tuple

from .bend import count_in_words
from .errors import ProtocolError, WorkerError
from .language import _
from .methods import smoothing_of
from .request import (
    BASES,
    Arrow,
    DeformRequest,
    LayerRequest,
    PixelFormat,
    StylePicture,
    StylizeRequest,
    WarpRequest,
    arrows_from_json,
)
from .styles import InstalledStyle, id_of

FORMAT = "brushwarp-recipe"
FORMAT_VERSION = 1
VERBS = ("stylize", "deform", "warp")
NUMBERS = re.compile(r"\[([-+0-9.eE,\s]+)\]")  # a list of nothing else
SAME = 0.01  # pixels: of arrows that went into a path and came back
LARGEST = 1e15  # of a number: none that means anything comes near, and with larger ones no reckoning is possible
PASTE = _("Paste a recipe: the text that Brushwarp keeps with every result, in Krita, in GIMP, or next to the command line's pictures.")
AS_WRITTEN = _("Take the recipe as it was written: the whole text, from its first brace to its last.")


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and abs(value) <= LARGEST  # type: ignore[arg-type]


def _is_length(value: object) -> bool:
    return value is None or (type(value) is int and 0 < value <= LARGEST)


Kind = Tuple[str, Callable[[object], bool]]
_NUMBER: Kind = (_("a number"), _is_number)
_WHOLE: Kind = (_("a whole number"), lambda value: type(value) is int)
_TEXT: Kind = (_("text"), lambda value: isinstance(value, str))
_FLAG: Kind = (_("true or false"), lambda value: isinstance(value, bool))
_LENGTH: Kind = (_("a number of pixels"), _is_length)  # or null where there is none
_OBJECT: Kind = (_("an object"), lambda value: isinstance(value, dict))

# Every parameter, and what it is. width and height are those of what was painted, in whose pixels the keypoints are; size is the
# long side that the picture was scaled to before, or at which a deformation was solved; canvas_short_side is that of the canvas
# that it was cut from. as_opacity: a host's layer has the style in full, and the strength as its opacity. steady names the sequence of
# frames that it is of; steadied: painted under another frame's statistics; photo: SHA-256 of the file that was painted.
PARAMETERS: Dict[str, Kind] = {
    "strength": _NUMBER,
    "as_opacity": _FLAG,
    "brush_scale": _NUMBER,
    "smoothness": _NUMBER,
    "exaggeration": _NUMBER,
    "medium": _TEXT,
    "fine": _TEXT,
    "steady": _TEXT,
    "steadied": _FLAG,
    "photo": _TEXT,
    "keep_colors": _FLAG,
    "base": (_("one of {}").format(", ".join(BASES)), lambda value: value in BASES),
    "content_weight": _NUMBER,
    "warp_weight": _NUMBER,
    "tv_weight": _NUMBER,
    "unfold": _FLAG,
    "encoder": _TEXT,
    "size": _LENGTH,
    "canvas_short_side": _LENGTH,
    "width": _LENGTH,
    "height": _LENGTH,
}
_STYLIZING = ("medium", "fine", "strength", "as_opacity", "brush_scale", "keep_colors")
_DEFORMING = ("base", "content_weight", "warp_weight", "tv_weight", "unfold", "size")


@dataclass(frozen=True)
class Recipe:
    """style: the id or path of a trained style; for a deformation by a picture its path, or the name of a layer; of a warp nothing.
    style_hash: SHA-256 of what that was. keypoints: in pixels of what was painted. text: the JSON as it was read."""

    verb: str
    style: str
    style_hash: str
    parameters: Dict[str, Any]
    seed: int
    keypoints: Tuple[Arrow, ...]
    text: str

    @property
    def is_like_picture(self) -> bool:
        """Painted like a picture, which `style` names, and not in a trained style."""
        return self.verb == "deform" and self.parameters.get("base", BASES[0]) != "multimodal"

    @property
    def opacity(self) -> Optional[float]:
        """The strength, where a result's layer has it as its opacity, 0 to 1; None where the strength is painted."""
        settings = self.settings
        return settings["strength"] if settings.get("as_opacity") else None

    @property
    def is_steady(self) -> bool:
        """Of a sequence of frames that are painted alike."""
        return bool(self.parameters.get("steady"))

    @property
    def settings(self) -> Dict[str, Any]:
        """By the names of the request's fields, the default for each that the recipe does not tell. Of a warp: its exaggeration, and as
        `smoothing` the share of a slider (see methods.smoothness_of)."""
        if self.verb == "warp":
            size = self._size or (1, 1)
            smoothing = smoothing_of(self.parameters.get("smoothness", 0.0), *size)
            return {"exaggeration": self.parameters.get("exaggeration", WarpRequest.exaggeration), "smoothing": smoothing}
        kind, names = (StylizeRequest, _STYLIZING) if self.verb == "stylize" else (DeformRequest, _DEFORMING)
        told = {name: self.parameters.get(name) for name in names}
        return {"style": self.style, "seed": self.seed, **{name: getattr(kind, name) if value is None else value for name, value in told.items()}}

    def arrows(self, width: int, height: int) -> Tuple[Arrow, ...]:
        """In the pixels of a layer of that size, at the same places of what it shows."""
        if self._size in (None, (width, height)):
            return self.keypoints
        x, y = width / self._size[0], height / self._size[1]
        return tuple((a * x, b * y, c * x, d * y) for a, b, c, d in self.keypoints)

    def smoothness(self, width: int, height: int) -> float:
        """In pixels squared of a layer of that size: as calm as it was."""
        return self.parameters.get("smoothness", 0.0) * self._enlarged(width, height) ** 2

    def canvas_short_side(self, width: int, height: int) -> Optional[int]:
        """For a picture that is the same cut of a canvas as the recipe's was; None where that was the whole."""
        side = self.parameters.get("canvas_short_side")
        return None if side is None else max(1, round(side * self._enlarged(width, height)))

    def request(
        self, width: int, height: int, layout: PixelFormat, canvas_short_side: Optional[int], style_picture: Optional[StylePicture] = None
    ) -> LayerRequest:
        """The same of a layer. style_picture: where the pixels of the picture to paint like travel with the request.

        Raises WorkerError "recipe" for a number that no request takes, and as requests do for what is too large.
        """
        settings = {name: value for name, value in self.settings.items() if name not in ("style", "smoothing")}
        common = {"format": layout, "keypoints": self.arrows(width, height), "canvas_short_side": canvas_short_side}
        try:
            if self.verb == "warp":
                return WarpRequest(width, height, smoothness=self.smoothness(width, height), **common, **settings)
            if self.verb == "stylize":
                return StylizeRequest(width, height, self.style, smoothness=self.smoothness(width, height), **common, **settings)
            return DeformRequest(width, height, self.style, style_picture=style_picture, encoder=self._encoder, **common, **settings)
        except ProtocolError as error:
            raise WorkerError("recipe", _("This recipe can't be followed: {}").format(error.message), AS_WRITTEN) from error

    def completed(self, request: LayerRequest) -> LayerRequest:
        """A request of the same kind, as a dialog that edits the result has it, with what no dialog asks for as it was: seed and encoder,
        and how calmly a painting bends along arrows that are still the recipe's."""
        told: Dict[str, Any] = {"seed": self.seed} if self.verb != "warp" else {}
        if isinstance(request, DeformRequest):
            told["encoder"] = self._encoder
        elif isinstance(request, StylizeRequest) and are_same(request.keypoints, self.arrows(request.width, request.height)):
            told["smoothness"] = self.smoothness(request.width, request.height)
        return replace(request, **told)

    @property
    def _encoder(self) -> str:
        return self.parameters.get("encoder") or DeformRequest.encoder

    @property
    def _size(self) -> Optional[Tuple[int, int]]:
        width, height = self.parameters.get("width"), self.parameters.get("height")
        return (width, height) if width and height else None

    def _enlarged(self, width: int, height: int) -> float:
        """How many times as long as the recipe's the long side of a layer is."""
        return max(width, height) / max(self._size) if self._size else 1.0


def are_same(arrows: Sequence[Arrow], others: Sequence[Arrow]) -> bool:
    """But for what a path of the host's rounds."""
    return len(arrows) == len(others) and all(abs(a - b) < SAME for one, other in zip(arrows, others) for a, b in zip(one, other))


def read_recipe(text: str) -> Recipe:
    """Raises WorkerError "recipe" for what is none, is damaged, or asks for what this version can't do."""
    record = read_record(text)
    if record["verb"] not in VERBS:
        hint = _("Recipes of {} can be followed.").format(", ".join(VERBS))
        raise WorkerError("recipe", _("This recipe is of the kind “{:.40}”.").format(record["verb"]), hint)
    style, keypoints = record["style"], arrows_from_json(record["keypoints"])
    return Recipe(record["verb"], style["id"], style["sha256"], record["parameters"], record["seed"], keypoints, text)


def read_record(text: str) -> Dict[str, Any]:
    """All that the JSON holds, every field of it checked that making the result again takes. Errors as for `read_recipe`."""
    try:
        record = json.loads(text)
        if record["format"] != FORMAT:
            raise ValueError(record["format"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise WorkerError("recipe", _("This is no Brushwarp recipe."), _("Recipes are written next to every result. ") + AS_WRITTEN) from error
    if record.get("format_version") != FORMAT_VERSION:
        raise WorkerError("recipe", _("This recipe is of a kind that this Brushwarp can't read."), _("Update Brushwarp, then try again."))
    for name, kind in {"verb": _TEXT, "style": _OBJECT, "parameters": _OBJECT, "seed": _WHOLE}.items():
        _check(record, name, kind)
    for name in ("id", "sha256"):
        _check(record["style"], name, _TEXT)
    for name in record["parameters"]:
        if name in PARAMETERS:  # a newer version's others do not matter
            _check(record["parameters"], name, PARAMETERS[name])
    try:
        arrows_from_json(record.get("keypoints"))
    except ProtocolError as error:
        raise WorkerError("recipe", _("In this recipe the keypoints are not four numbers each."), AS_WRITTEN) from error
    return record


def _check(fields: Dict[str, Any], name: str, kind: Kind) -> None:
    what, fits = kind
    if not fits(fields.get(name)):
        raise WorkerError("recipe", _("In this recipe “{}” is not {}.").format(name, what), AS_WRITTEN)


def readable(text: str) -> str:
    """The JSON of a recipe with letters as they are, a field on a line, and a list of numbers on one. Raises ValueError for no JSON."""
    lines = json.dumps(json.loads(text), ensure_ascii=False, indent=1, sort_keys=True)
    return NUMBERS.sub(lambda found: "[{}]".format(" ".join(found[1].split())), lines)


def judged(text: str) -> Tuple[str, bool]:
    """Of what a painter has typed or pasted: what it asks for, or what is wrong with it; and whether it can be followed."""
    if not text.strip():
        return PASTE, False
    try:
        return in_words(read_recipe(text)), True
    except WorkerError as error:
        return str(error), False


def in_words(recipe: Recipe) -> str:
    """What it does, in a line."""
    parts = (recipe.verb.capitalize(), recipe.style, count_in_words(len(recipe.keypoints)))
    return " · ".join(filter(None, parts))


def style_here(named: str, styles: Iterable[InstalledStyle]) -> str:
    """The id of the gallery's style that a recipe names, by its id or by its pack's path; nothing where it is not there."""
    return id_of(named) if any(style.id == id_of(named) for style in styles) else ""


def like_missing(recipe: Recipe) -> WorkerError:
    """What to raise where a recipe was painted like a picture of which there is neither a file nor a layer of that name."""
    message = _("What it was painted like, “{}”, is neither a layer here nor a picture file.").format(recipe.style)
    return WorkerError("style-picture", message, _("Bring it back, or choose Deform… and something else."))


def difference(recipe: Recipe, result: str) -> Tuple[str, ...]:
    """Why the result, whose recipe is given as text, need not look as `recipe` says: in sentences for the painter."""
    record = read_record(result)
    said = () if record["parameters"].get("steady") == recipe.parameters.get("steady") else beyond(recipe)
    return (*said, *other_style(recipe, result))


def other_style(recipe: Recipe, result: str) -> Tuple[str, ...]:
    """Of `difference` what is about the style."""
    found = read_record(result)["style"]["sha256"]
    if not recipe.style_hash or not found or recipe.style_hash == found:
        return ()
    return (_("The style “{}” is not the one that the recipe was made with: the picture may differ.").format(recipe.style),)


def beyond(recipe: Recipe) -> Tuple[str, ...]:
    """What of the recipe's picture another one that follows the recipe can't have, in sentences for the painter."""
    if not recipe.parameters.get("steadied"):
        return ()
    return (_("The recipe is of a frame of an animation, painted to match the first frame: a picture by itself can't be, and will differ."),)
