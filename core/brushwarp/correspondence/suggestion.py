"""Keypoints for deformable transfer, proposed: best buddies that agree with how the two pictures lie on each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..bridge.language import _
from ..features import Encoder
from ..geometry import KeypointPairs, PointPairs, Similarity, align
from ..geometry.cleaning import clean_matches
from ..image import Picture, apply_region, as_seen, resize, with_paper
from ..progress import OnProgress, Progress, ignore_progress
from .agreement import REACH, Agreement, Grid, agree, bend
from .buddies import DEEPEST, DST_FINEST, BuddySettings, find_buddies
from .views import View, is_flat, view_of, working_size

WORKING_SIZE = 256
"""Pixels of the long side, as DST's code."""

BORDER = 7
"""Pixels at the working size that points keep from the edge. Source: NBB's code."""

# Times chance, of Agreement.sureness. Photographs and paintings of other things reach the lower one rarely (measured:
# tests/benchmarks/keypoints.py, --unrelated); between the two only a few arrows are proposed.
LEAST_SURE = 4.5
SURE = 5.5
_FEW = 5

_DEEP_REACH = 1.25 * REACH  # places of level 5 are as wide as that themselves

_LEVELS = tuple(range(DST_FINEST, DEEPEST + 1))

_STILL = 0.5  # pixels

_STAGES = 5


@dataclass(frozen=True, eq=False)
class Suggestion:
    """pairs: arrows in the content's frame, the strongest first. matches: the points of both pictures that they come of.

    response: (k,), what best buddies answered at their levels. transform: content to style (to the style seen mirrored, if
    `mirrored`). sureness: how many times as alike as by chance the pictures are, laid upon each other. notes: sentences for the
    user. encoder: its name. few: only a few arrows, or none, were sure enough.
    """

    pairs: KeypointPairs
    matches: PointPairs
    response: np.ndarray
    transform: Similarity
    sureness: float
    mirrored: bool = False
    few: bool = False
    notes: tuple[str, ...] = ()
    encoder: str = ""

    def __len__(self) -> int:
        return len(self.pairs)


def suggest(
    content: Picture,
    style: Picture,
    encoder: Encoder,
    *,
    count: int,
    mirror: bool = False,
    seed: int = 0,
    size: int = WORKING_SIZE,
    region: Tensor | None = None,
    canvas_short_side: int | None = None,
    device: torch.device = torch.device("cpu"),
    on_progress: OnProgress = ignore_progress,
) -> Suggestion:
    """At most `count` arrows from points of the content to where they lie in the style picture, in pixels of the content.

    Best buddies (Aberman et al. 2018) as DST takes them: from level 5 to level 2, by accumulated response, spaced, not crossing.
    Departures: level 5 is searched near where the pictures agree as a whole (`agreement`), pairs that contradict it are left
    out, and the others are drawn halfway to it. mirror: the style picture may be taken mirrored, where that agrees better. region: (1, H, W)
    in 0..1, within which arrows begin. canvas_short_side: see `image.paper.with_paper`, by which drawings of lines are looked at.
    """
    sizes = [working_size(picture.size, size) for picture in (content, style)]
    seen = [_seen(content, sizes[0], canvas_short_side, region), _seen(style, sizes[1])]
    if any(is_flat(*each) for each in seen):
        return none_found(0.0, encoder.name, _("There is nothing to match: one of the pictures is of one colour."))
    on_progress(Progress("keypoints", 1, _STAGES))
    views = [view_of(encoder, *each, picture.size, device, _LEVELS) for each, picture in zip(seen, (content, style), strict=True)]
    on_progress(Progress("keypoints", 2, _STAGES))
    with torch.inference_mode():
        agreement, mirrored = agree(*views, seed), False
        if mirror:
            rgb, alpha = seen[1]
            flipped = view_of(encoder, rgb.flip(2), None if alpha is None else alpha.flip(2), style.size, device, _LEVELS)
            other = agree(views[0], flipped, seed)
            if other.sureness > agreement.sureness:
                views[1], agreement, mirrored = flipped, other, True
        on_progress(Progress("keypoints", 3, _STAGES))
        if agreement.sureness < LEAST_SURE:
            return none_found(
                agreement.sureness, encoder.name, _("The two pictures have too little in common: no arrows are proposed.") + _better_eyes(encoder)
            )
        matches, response = _agreeing_buddies(*views, agreement)
    on_progress(Progress("keypoints", 4, _STAGES))
    notes = [_("The style picture is taken mirrored.")] if mirrored else []
    few = agreement.sureness < SURE
    if few:
        notes.append(_("The two pictures have little in common: only a few arrows are proposed. Look at each.") + _better_eyes(encoder))
    cleaned = clean_matches(matches, content.size, style.size, response)
    chosen = cleaned.kept[_clusters(matches[cleaned.kept], response[cleaned.kept], min(count, _FEW) if few else count, content, style, seed)]
    if not len(chosen):
        return none_found(agreement.sureness, encoder.name, _("No points of the two pictures match well enough: no arrows are proposed."))
    found = align(matches[chosen], content.size, style.size)
    if np.abs(found.arrows.target - found.arrows.source).max() < _STILL:
        notes.append(_("The shapes are the same in both pictures: the arrows move nothing."))
    kept = matches[chosen]
    if mirrored:
        kept = PointPairs(kept.content, np.stack([style.width - kept.style[:, 0], kept.style[:, 1]], 1))
    on_progress(Progress("keypoints", _STAGES, _STAGES))
    return Suggestion(
        found.arrows, kept, response[chosen], found.transform, agreement.sureness, mirrored, few, tuple(notes), encoder.name
    )


def _seen(
    picture: Picture, size: tuple[int, int], canvas_short_side: int | None = None, region: Tensor | None = None
) -> tuple[Tensor, Tensor | None]:
    """`as_seen`; of a drawing of lines all of its paper, for lines themselves cover half of hardly any place."""
    sheet = with_paper(picture, size, canvas_short_side)
    if sheet is picture:
        return as_seen(picture if region is None else apply_region(picture, region), size)
    return as_seen(sheet, size)[0], None if region is None else resize(region, size)


def _agreeing_buddies(first: View, second: View, agreement: Agreement) -> tuple[PointPairs, np.ndarray]:
    """Best buddies near where the pictures agree, drawn halfway to there, in pixels of both; and their responses."""
    expected = bend(agreement)[0]
    grids = [Grid(tuple(view.maps[DEEPEST].shape[1:]), view.size, expected.device) for view in (first, second)]
    at = _expected_at(grids[0].nodes(), expected, agreement)
    near = (at[:, None] - grids[1].nodes()[None]).abs() < _DEEP_REACH
    found = find_buddies(first, second, BuddySettings(), near=near)
    content, style = first.points(found.first, found.level), second.points(found.second, found.level)
    goal = _expected_at(_complex(content, first.size).to(expected.device), expected, agreement).cpu()
    goal = torch.stack([goal.real, goal.imag], 1).double().numpy() * max(second.size) + np.array(second.size[::-1]) / 2
    keep = np.linalg.norm(style - goal, axis=1) < REACH * max(second.size)
    style = (style + goal) / 2
    for points, view in ((content, first), (style, second)):
        sides = np.array(view.size[::-1])
        border = np.minimum(BORDER / WORKING_SIZE * max(view.size), sides / 8)
        keep &= ((points >= border) & (points <= sides - border)).all(1)
    return PointPairs(content[keep], style[keep]), found.response.double().cpu().numpy()[keep]


def _expected_at(points: Tensor, expected: Tensor, agreement: Agreement) -> Tensor:
    """Where complex points (k,) of the first picture are expected on the second: as the nearest node, and by the similarity from there."""
    nearest = agreement.first.cells(points)[0]
    return expected[nearest] + (points - agreement.first.nodes()[nearest]) * agreement.factor


def _complex(points: np.ndarray, size: tuple[int, int]) -> Tensor:
    """Points (k, 2) in pixels as `agreement` has them."""
    x, y = torch.from_numpy((points - np.array(size[::-1]) / 2) / max(size)).float().unbind(1)
    return torch.complex(x, y)


def _clusters(matches: PointPairs, response: np.ndarray, count: int, content: Picture, style: Picture, seed: int) -> np.ndarray:
    """Indices of at most `count` matches, the strongest of each cluster of them, the strongest first. Source: NBB's code."""
    if len(matches) <= count:
        return np.arange(len(matches))
    from scipy.cluster.vq import kmeans2  # a fifth of a second to load

    where = np.concatenate([matches.content / max(content.size), matches.style / max(style.size)], 1)
    cluster = kmeans2(where, count, minit="++", seed=seed)[1]
    best = [np.flatnonzero(cluster == each)[response[cluster == each].argmax()] for each in np.unique(cluster)]
    return np.array(best, np.intp)[np.argsort(-response[best], kind="stable")]


def _better_eyes(encoder: Encoder) -> str:
    """What would help: the encoder that comes along was made for brushwork (measured: tests/benchmarks/keypoints.py)."""
    return " " + _("VGG-19 recognises more: `brushwarp weights get vgg19` fetches it.") if encoder.name == "compact" else ""


def none_found(sureness: float, encoder: str, note: str) -> Suggestion:
    """No arrows, and why."""
    no_points = np.empty((0, 2))
    return Suggestion(
        KeypointPairs.none(), PointPairs(no_points, no_points), np.empty(0), Similarity(np.eye(2), np.zeros(2)), sureness,
        few=True, notes=(note,), encoder=encoder,
    )
