"""Texture and geometry of a style picture for a layer of any size."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from ..bridge.language import _
from ..errors import BrushwarpError, is_out_of_memory
from ..geometry import KeypointPairs, warp
from ..geometry.cleaning import clean
from ..geometry.folds import calmest, folded_share
from ..image import Picture, as_seen, from_srgb, with_paper
from ..image.fetching import fetch
from ..optimization import Course, Method, at_long_side
from ..progress import OnProgress, ignore_progress
from .full_size import carry_up
from .settings import DeformSettings
from .solve import solve, solve_shape

SMALLEST_SIZE = 64  # pixels, of the working size's long side
LARGEST_SIZE = 2048
SMALLEST_STYLE = 16  # pixels, of the style picture's short side: less has no brushwork


@dataclass(frozen=True, eq=False)
class Deformation:
    """What came of it. picture: of the content's size. pairs: the arrows as solved, in its pixels. losses: of each iteration, by
    name. folds: share of the picture, 0..1, that the warp turns over. notes: what was done differently, and what to know. encoder:
    the name of the one that looked at the pictures, where one did."""

    picture: Picture
    pairs: KeypointPairs
    losses: list[dict[str, float]] = field(default_factory=list)
    folds: float = 0.0
    notes: tuple[str, ...] = ()
    encoder: str = ""


def deform_by_optimisation(
    content: Picture, style: Picture, pairs: KeypointPairs, method: Method, settings: DeformSettings, device: torch.device,
    on_progress: OnProgress = ignore_progress, *, canvas_short_side: int | None = None,
) -> Deformation:
    """DST over a base method: solved at settings.size, carried up, then warped along the solved arrows at full size.

    pairs: arrows in the content's pixels; without any, the base method alone. canvas_short_side: see `image.paper.with_paper`. Raises
    BrushwarpError "setting", "style-picture" and as `KeypointPairs.validated` does.
    """
    if not SMALLEST_SIZE <= settings.size <= LARGEST_SIZE:
        raise BrushwarpError(
            "setting", _("The working size is {} pixels.").format(settings.size), _("Choose one from {} to {}.").format(SMALLEST_SIZE, LARGEST_SIZE)
        )
    if min(style.size) < SMALLEST_STYLE:
        raise BrushwarpError(
            "style-picture",
            _("The style picture is {} × {} pixels.").format(style.width, style.height),
            _("Use one of at least {} × {}.").format(SMALLEST_STYLE, SMALLEST_STYLE),
        )
    notes: list[str] = []
    pairs = _usable(pairs, content, notes)
    shown, painting = _seen(content, canvas_short_side).to(device), _seen(style).to(device)
    small, solved, course = _solve_in_memory(shown, painting, pairs, method, settings, on_progress, notes)
    if course.diverged:
        notes.append(_("The loss stopped being a number: this is the last good picture. A smaller step or another seed may go farther."))
    solved = solved.scaled(content.width / small.shape[2], content.height / small.shape[1])
    painted = fetch(carry_up(small, shown, painting, on_progress))
    return _bent(content.with_pixels(from_srgb(painted, content)), solved, course.losses, notes, settings.unfold)


def deform_painted(
    content: Picture, painted: Picture, pairs: KeypointPairs, settings: DeformSettings, on_progress: OnProgress = ignore_progress
) -> Deformation:
    """Multimodal Transfer's texture, DST's geometry: `painted` is the content as a style's network paints it."""
    notes: list[str] = []
    pairs = _usable(pairs, content, notes)
    share = min(1.0, settings.size / max(content.size))
    small = tuple(max(2, round(side * share)) for side in content.size)
    x_scale, y_scale = small[1] / content.width, small[0] / content.height
    solved, losses = pairs, []
    if len(pairs):
        solved, course = solve_shape(pairs.scaled(x_scale, y_scale), small, settings, on_progress)
        solved, losses = solved.scaled(1 / x_scale, 1 / y_scale), course.losses
    return _bent(painted, solved, losses, notes, settings.unfold)


def _usable(pairs: KeypointPairs, content: Picture, notes: list[str]) -> KeypointPairs:
    """The arrows that a flow can follow."""
    cleaned = clean(pairs.validated(content.size), content.size)
    notes += cleaned.notes
    if not len(cleaned.pairs):
        notes.append(_("There are no arrows: the shape stays as it is."))
    return cleaned.pairs


def _seen(picture: Picture, canvas_short_side: int | None = None) -> Tensor:
    """sRGB in 0..1, lines on paper, and of anything else colours extended under transparent pixels."""
    return as_seen(with_paper(picture, picture.size, canvas_short_side), picture.size)[0]


def _solve_in_memory(
    shown: Tensor, painting: Tensor, pairs: KeypointPairs, method: Method, settings: DeformSettings, on_progress: OnProgress, notes: list[str]
) -> tuple[Tensor, KeypointPairs, Course]:
    """`solve` at the working size, at half of it where memory runs out."""
    try:
        here, there = at_long_side(shown, settings.size), at_long_side(painting, settings.size)
        arrows = pairs.scaled(here.shape[2] / shown.shape[2], here.shape[1] / shown.shape[1])
        return solve(here, there, arrows, method, settings, on_progress=on_progress)
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error) or settings.size // 2 < SMALLEST_SIZE:
            raise
    # Out of the handler, whose traceback would keep all that was computed alive.
    notes.append(_("There was not enough memory to solve it at {} pixels: solved at {}.").format(settings.size, settings.size // 2))
    return _solve_in_memory(shown, painting, pairs, method, replace(settings, size=settings.size // 2), on_progress, notes)


def _bent(picture: Picture, solved: KeypointPairs, losses: list[dict[str, float]], notes: list[str], unfold: bool) -> Deformation:
    """The picture along the solved arrows, and a word about where it folds."""
    solved = solved.within(picture.size)  # scaling rounds
    if not len(solved):
        return Deformation(picture, solved, losses, 0.0, tuple(notes))
    folds = folded_share(solved, picture.size)
    smoothness = calmest(solved, picture.size) if folds and unfold else 0.0
    if smoothness:
        notes.append(_("The warp would fold over in {:.1%} of the picture: it bends less sharply than the arrows say.").format(folds))
        folds = 0.0
    elif folds:
        notes.append(_("The warp folds over in {:.1%} of the picture. Move the arrows there, or choose to smooth folds away.").format(folds))
    return Deformation(warp(picture, solved, smoothness=smoothness), solved, losses, folds, tuple(notes))
