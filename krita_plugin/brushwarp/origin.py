"""What is kept of a result beside its recipe: what it was made of, and what was selected then. Neither Krita nor Qt."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Dict, Optional, Tuple

from .bridge.recipes import Recipe
from .bridge.request import Arrow
from .rectangle import Rectangle
from .settings import DeformSettings, Reading, Remembered, StylizeSettings, flag, number, text
from .style_choice import FILE, GALLERY, key_of

Point = Tuple[int, int]


def _four_whole(value: Any) -> Optional[Tuple[int, ...]]:
    is_place = isinstance(value, list) and len(value) == 4 and all(type(side) is int for side in value)
    return tuple(value) if is_place else None


def _texts(value: Any) -> Optional[Tuple[str, ...]]:
    are_texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return tuple(value) if are_texts else None


def _two_whole(value: Any) -> Optional[Tuple[int, ...]]:
    are_whole = isinstance(value, list) and len(value) == 2 and all(type(each) is int for each in value)
    return tuple(value) if are_whole else None


@dataclass(frozen=True)
class Origin(Remembered):
    """source: the id of the layer that it was made of. box: x, y, width and height of what of it was worked on, in the document's pixels.

    style: the key of a StyleChoice, or nothing. name: of the style or styles, as the new layer is named for it. made: seconds since
    the epoch. as_mask: what was selected became a transparency mask. frames: the first and the last time of the range whose frames were
    painted; nothing of a single picture. offsets: x and y of how far the source had been moved in all its life, and of the same of the
    result, less how far it lay from its source; nothing where either is animated, for each keyframe moves by itself. versions: the ids of
    the layers whose place the result took, one after the other. rebase: what its layer's offset lacks of that of the first of them.
    """

    readings: ClassVar[Dict[str, Reading]] = {
        "source": text, "box": _four_whole, "style": text, "name": text, "made": number(0.0, 1e12), "as_mask": flag,
        "frames": _two_whole, "offsets": _four_whole, "versions": _texts, "rebase": _two_whole,
    }

    source: str = ""
    box: Tuple[int, ...] = (0, 0, 0, 0)
    style: str = ""
    name: str = ""
    made: float = field(default_factory=time.time)
    as_mask: bool = False
    frames: Tuple[int, ...] = ()
    offsets: Tuple[int, ...] = ()
    versions: Tuple[str, ...] = ()
    rebase: Tuple[int, ...] = ()

    @property
    def place(self) -> Rectangle:
        return Rectangle(*self.box)

    def where_source_is(self, source: Point) -> "Origin":
        """As if it had been made after its source was moved, or the picture cropped. source: its offset now."""
        if not self.offsets:
            return self
        moved = self.place.moved(source[0] - self.offsets[0], source[1] - self.offsets[1])
        return replace(self, box=(moved.x, moved.y, moved.width, moved.height))

    def apart(self, source: Point, result: Point) -> Point:
        """How far the result lies from its source, of both of which the offsets now are given."""
        x, y, result_x, result_y = self.offsets or (*source, 0, 0)
        return result[0] - result_x - (source[0] - x), result[1] - result_y - (source[1] - y)


@dataclass(frozen=True)
class Made:
    """A result: recipe: its JSON."""

    recipe: str
    origin: Origin


def settings_of(recipe: Recipe, origin: Origin) -> Remembered:
    """What the dialog that a result was made with shows for it."""
    told = recipe.settings
    if recipe.verb == "stylize":
        told = {name: told[name] for name in StylizeSettings.readings if name in told}
        return StylizeSettings(**told, steady=recipe.is_steady, as_mask=origin.as_mask)
    names = ("content_weight", "warp_weight", "tv_weight", "unfold", "size")
    settings = DeformSettings(style=style_of(recipe, origin), as_mask=origin.as_mask, **{name: told[name] for name in names})
    if not recipe.is_like_picture:
        return settings
    file = recipe.style if settings.style.startswith(FILE) else ""
    return replace(settings, method=told["base"], picture=file)


def style_of(recipe: Recipe, origin: Origin) -> str:
    """The key of a StyleChoice; the recipe itself knows styles and files."""
    return origin.style or key_of(FILE if recipe.is_like_picture else GALLERY, recipe.style)


def arrows_of(recipe: Recipe, origin: Origin, place: Rectangle) -> Tuple[Arrow, ...]:
    """A recipe's arrows in pixels of a rectangle of the same layer, which may have been painted on, or moved, since then."""
    was = origin.place
    if was.is_empty or (was.width, was.height) == (place.width, place.height):
        return recipe.arrows(place.width, place.height)
    x, y = was.x - place.x, was.y - place.y
    return tuple((a + x, b + y, c + x, d + y) for a, b, c, d in recipe.arrows(was.width, was.height))


def mask_at(mask: bytes, of: Rectangle, place: Rectangle) -> bytes:
    """The mask of one rectangle as that of another: nothing is selected outside of the first."""
    both = of.clipped(place)
    left, right = bytes(max(0, both.x - place.x)), bytes(max(0, place.x + place.width - both.x - both.width))
    rows = []
    for y in range(place.y, place.y + place.height):
        if both.is_empty or not both.y <= y < both.y + both.height:
            rows.append(bytes(place.width))
        else:
            begin = (y - of.y) * of.width + both.x - of.x
            rows.append(left + mask[begin : begin + both.width] + right)
    return b"".join(rows)
