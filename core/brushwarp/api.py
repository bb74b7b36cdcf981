"""What Brushwarp does, as functions. The command line, the worker and programs of your own call these and nothing deeper."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from .bridge.language import _
from .bridge.request import BASES, MOST_SUGGESTED
from .correspondence import Suggestion, suggest, suggest_as_published
from .deformable import Deformation, DeformSettings, deform_by_optimisation, deform_painted
from .devices import choose_device
from .errors import BrushwarpError, is_out_of_memory
from .features import load_encoder
from .geometry import KeypointPairs, preview_warp, warp
from .image import Box, Picture, Sheet, apply_region, as_seen, bare, from_srgb, keep_chroma, on_paper, resize
from .image.picture import SMALLEST_SIDE
from .image.resample import part_of
from .multimodal.mixing import mix_packs
from .multimodal.part import paint_part
from .multimodal.steady import Steady
from .multimodal.transfer import Painter
from .optimization import Gatys, Strotss
from .plan import Plan
from .progress import OnProgress, Progress, ignore_progress
from .styles import StylePack, load_style

__all__ = ["Steady", "deform", "load_painter", "preview_warp", "stylize", "stylize_part", "suggest_keypoints", "warp"]

AnyStyle = str | os.PathLike[str] | StylePack  # an id, a file, or a pack in memory
STRENGTHS = (0.0, 1.0)
LARGEST_PART = 4_000_000  # pixels: half a gigabyte of maps, 132 bytes a pixel; a painting of any size goes through strips
BRUSH_SCALES = (0.25, 4.0)
BALANCED = DeformSettings()
KEYPOINTS = 12  # arrows that a person can look through and drag
MOST_KEYPOINTS = MOST_SUGGESTED
DEFORM_SAMPLES = 1024  # positions an iteration, as STROTSS has; DST's code takes twice as many


def load_painter(
    style: AnyStyle, device: str | None = None, *, mix: Sequence[AnyStyle] = (), kind: type[Painter] = Painter
) -> Painter:
    """A style ready to paint: by id, by path, or a pack in memory. Worth keeping between calls of `stylize`.

    mix: the styles of the medium and of the fine strokes, `style` being that of the coarse ones; one that is not named is `style`.
    kind: of Painter.
    Raises BrushwarpError as `styles.load_style`, `mix_packs` and `devices.choose_device` do.
    """
    named = (style, *(other or style for other in mix)) if any(mix) else (style,)
    packs = [known if isinstance(known, StylePack) else load_style(known) for known in named]
    return kind(mix_packs(packs) if len(packs) > 1 else packs[0], choose_device(device))


def stylize(
    picture: Picture,
    style: AnyStyle | Painter,
    *,
    strength: float = 1.0,
    brush_scale: float = 1.0,
    keep_colors: bool = False,
    mix: Sequence[AnyStyle] = (),
    region: Tensor | None = None,
    canvas_short_side: int | None = None,
    steady: Steady | None = None,
    device: str | None = None,
    on_progress: OnProgress = ignore_progress,
    on_note: Callable[[str], None] = lambda note: None,
) -> Picture:
    """The picture repainted in a style, at its own size.

    strength: 0 the photograph … 1 the painting. brush_scale: the stroke's size on the canvas, 2 being twice as broad.
    keep_colors: the photograph's chroma under the painting's luminance. mix: see `load_painter`; not with a Painter, which has its
    own. region: (1, H, W) selection in 0..1 that multiplies
    into the result's alpha, so that the result is a layer to lay above the source; the painter still sees what is around it.
    canvas_short_side: of the canvas that the picture is a crop of, whose brush size it then gets.
    steady: the sequence of which the picture is the next frame: a `Steady` that the caller keeps from call to call. Lines on nothing are
    seen as on paper (`image.paper`), but for frames of a sequence.
    on_note is told, in a sentence, what had to be done differently (a smaller working size, another device).
    Raises BrushwarpError for settings out of range, and "steady" for a style whose frames can't be steadied; `Cancelled` as on_progress
    does. Source: Wang et al. 2017.
    """
    _check_range("strength", strength, STRENGTHS)
    _check_range("brush scale", brush_scale, BRUSH_SCALES)
    painter = style if isinstance(style, Painter) else load_painter(style, device, mix=mix)
    if steady is not None:
        steady = _steadying(painter, steady)
    painted = _paint(painter, picture, brush_scale, canvas_short_side, on_progress, on_note, steady)
    if steady is not None and steady.note:
        on_note(steady.note)
    result = _mixed_with(picture, painted, strength, keep_colors)
    return result if region is None else apply_region(result, region)


def stylize_part(
    picture: Picture,
    style: AnyStyle | Painter,
    box: Box,
    size: tuple[int, int] | None = None,
    *,
    strength: float = 1.0,
    brush_scale: float = 1.0,
    keep_colors: bool = False,
    canvas_short_side: int | None = None,
    device: str | None = None,
    on_progress: OnProgress = ignore_progress,
) -> Picture:
    """About what lies under `box` of what `stylize` makes of the picture at `size` (H, W), by default its own: to look at the strokes
    of a large one in seconds. What is approximate: see `multimodal.part`.

    picture: the whole; a small copy will do for the strokes, what is left of the photograph is as sharp as it is. canvas_short_side: in
    pixels of `size`. Raises BrushwarpError as `stylize` does, and "part" for a box that lies outside or is too large, or a style that paints
    as a whole only.
    """
    _check_range("strength", strength, STRENGTHS)
    _check_range("brush scale", brush_scale, BRUSH_SCALES)
    size = size or picture.size
    if not (0 <= box.left and box.left + SMALLEST_SIDE <= box.right <= size[1] and 0 <= box.top and box.top + SMALLEST_SIDE <= box.bottom <= size[0]):
        within = _("Choose one within {} × {} pixels, of at least {} × {}.").format(size[1], size[0], SMALLEST_SIDE, SMALLEST_SIDE)
        raise BrushwarpError("part", _("The part to look at does not lie within the picture."), within)
    if box.width * box.height > LARGEST_PART:
        smaller = _("Choose one of at most {:.0f} megapixels, or paint the whole picture.").format(LARGEST_PART / 1e6)
        raise BrushwarpError("part", _("The part to look at is too large."), smaller)
    painter = style if isinstance(style, Painter) else load_painter(style, device)
    if not painter.architecture.streams:
        raise BrushwarpError("part", _("The style {} paints pictures as a whole only.").format(painter.pack.card.name), _("Paint the whole picture."))
    short_side = canvas_short_side or min(size)
    plan_for = partial(painter.plan_freely, brush_scale=brush_scale, canvas_short_side=short_side)
    sheet = _sheet(painter, picture, size, plan_for(size), short_side)
    plan = plan_for(sheet.size)
    shown = as_seen(sheet.picture, tuple(map(min, sheet.picture.size, plan.sizes[0])))[0]
    painted = paint_part(painter, shown, plan, sheet.place(box), sheet.size, on_progress)
    seen, of = Box(0, 0, picture.width, picture.height), (picture.size, box, size)
    pixels, alpha = (None if whole is None else part_of(whole[None], seen, *of)[0] for whole in (picture.pixels, picture.alpha))
    photograph = picture.with_pixels(pixels, alpha=alpha)
    return _mixed_with(photograph, painted, strength, keep_colors)


def deform(
    content: Picture,
    style: Picture | AnyStyle | Painter,
    pairs: KeypointPairs,
    *,
    base: str = "strotss",
    settings: DeformSettings = BALANCED,
    encoder: str = "auto",
    canvas_short_side: int | None = None,
    device: str | None = None,
    on_progress: OnProgress = ignore_progress,
) -> Deformation:
    """The picture with a style picture's brushwork, bent towards its shapes along the arrows `pairs`, at its own size.

    base: "strotss" or "gatys", texture and shape solved together from a style Picture in minutes; "multimodal", in seconds, which
    takes a trained style instead, as `stylize` does. canvas_short_side: likewise. Lines on nothing are seen as on paper by all.
    Presets: `DeformSettings.preset`. encoder: see `features.load_encoder`. A seed gives the same bits again on a CPU with as many threads.
    Raises BrushwarpError as `deformable` does; `Cancelled` as on_progress does. Source: Kim et al. 2020.
    """
    if base not in BASES:
        raise BrushwarpError("setting", _("There is no base method {!r}.").format(base), _("Choose one of {}.").format(", ".join(BASES)))
    if base == "multimodal":
        if isinstance(style, Picture):
            raise BrushwarpError(
                "style-picture",
                _("The multimodal base paints in a trained style, not like a picture."),
                _("Name a style, or choose the base strotss."),
            )
        notes: list[str] = []
        painted = stylize(content, style, canvas_short_side=canvas_short_side, device=device, on_progress=on_progress, on_note=notes.append)
        found = deform_painted(content, painted, pairs, settings, on_progress)
        return replace(found, notes=(*notes, *found.notes))
    if not isinstance(style, Picture):
        raise BrushwarpError("style-picture", _("The base {} needs a style picture.").format(base), _("Give it one, or choose the base multimodal."))
    where = choose_device(device)
    network = load_encoder(encoder).to(where)
    method = Gatys(network) if base == "gatys" else Strotss(network, samples=DEFORM_SAMPLES, redraw=0)
    found = deform_by_optimisation(content, style, pairs, method, settings, where, on_progress, canvas_short_side=canvas_short_side)
    return replace(found, encoder=network.name)


def suggest_keypoints(
    content: Picture,
    style_picture: Picture,
    *,
    count: int = KEYPOINTS,
    encoder: str = "auto",
    mirror: bool = False,
    published: bool = False,
    seed: int = 0,
    region: Tensor | None = None,
    canvas_short_side: int | None = None,
    device: str | None = None,
    on_progress: OnProgress = ignore_progress,
) -> Suggestion:
    """At most `count` arrows on the content, `.pairs`, towards the shapes of a style picture, and the points that they come of.

    Where the pictures have little in common there are fewer, or none, and `.notes` say so. Transparent parts are never matched, but for
    those around lines, which are seen as on paper. mirror: the style picture may be taken mirrored. published: as DST's published code finds
    them, whether or not the pictures have anything in common (seed, mirror, region and canvas do nothing then, and there is no paper).
    encoder: see `features.load_encoder`. region: (1, H, W) selection in 0..1, within which arrows begin. canvas_short_side: of the canvas
    that the content is a crop of, which says how broad lines may be. The same seed gives the same arrows.
    Raises BrushwarpError "setting", and as `load_encoder` and `choose_device` do; `Cancelled` as on_progress does.
    Source: Aberman et al. 2018; Kim et al. 2020, section 3.1.
    """
    if not 1 <= count <= MOST_KEYPOINTS:
        raise BrushwarpError("setting", _("The number of arrows is {}.").format(count), _("Choose one from 1 to {}.").format(MOST_KEYPOINTS))
    where = choose_device(device)
    network = load_encoder(encoder).to(where)
    if published:
        return suggest_as_published(content, style_picture, network, count=count, device=where, on_progress=on_progress)
    return suggest(
        content, style_picture, network, count=count, mirror=mirror, seed=seed, region=region, canvas_short_side=canvas_short_side, device=where,
        on_progress=on_progress,
    )


def _mixed_with(picture: Picture, painted: Tensor, strength: float, keep_colors: bool) -> Picture:
    """The picture as it was `painted`, (3, H, W) in sRGB, with as much of its own as is to stay."""
    if keep_colors:
        painted = keep_chroma(painted, as_seen(picture, picture.size)[0])
    pixels = from_srgb(painted, picture)
    if strength < 1:
        pixels = torch.lerp(picture.pixels, pixels, strength)  # in its own primaries: colours beyond sRGB stay
    return picture.with_pixels(pixels)


def _paint(
    painter: Painter,
    picture: Picture,
    brush_scale: float,
    canvas_short_side: int | None,
    on_progress: OnProgress,
    on_note: Callable[[str], None],
    steady: Steady | None,
) -> Tensor:
    """Paints at the size that memory allows, and on the CPU where the device's memory runs out all the same."""
    size = picture.size
    short_side = canvas_short_side or min(size)
    plan_for = partial(painter.plan, brush_scale=brush_scale, canvas_short_side=short_side)
    plan = plan_for(size)
    sheet = _sheet(painter, picture, size, plan, short_side, steady)
    if not sheet.is_bare:
        plan = plan_for(sheet.size)
    if plan.capped:
        height, width = (round(at * own / of) for at, own, of in zip(plan.sizes[-1], size, sheet.size, strict=True))
        on_note(
            _("Free memory allows {} × {} pixels at once: painted at that size, then brought to {} × {}.").format(width, height, size[1], size[0])
        )
    try:
        painted = painter.paint(as_seen(sheet.picture, plan.sizes[0])[0], plan, _of_the_picture(sheet, on_progress), steady)
        return sheet.without_room(resize(painted, sheet.size))
    except RuntimeError as error:
        if painter.device.type == "cpu" or not is_out_of_memory(error):
            raise
    # Out of the handler, whose traceback would keep the device's tensors alive.
    on_note(_("{} ran out of memory: painted on the CPU.").format(painter.device))
    torch.cuda.empty_cache()
    return _paint(painter.on(torch.device("cpu")), picture, brush_scale, canvas_short_side, on_progress, on_note, steady)


def _sheet(
    painter: Painter, picture: Picture, size: tuple[int, int], plan: Plan, canvas_short_side: int, steady: Steady | None = None
) -> Sheet:
    """What the painter is to see of a picture of `size`, or of a copy of it. plan: of the picture itself."""
    # Frames are never on paper: one with a blot among lines would be of another size than the others, and begin a sequence of its own.
    if steady is not None or not painter.architecture.drawings:
        return bare(picture, size)
    return on_paper(picture, size, plan.sizes[0], canvas_short_side)


def _of_the_picture(sheet: Sheet, on_progress: OnProgress) -> OnProgress:
    """Shown on the way is what is painted of the picture, without the room around it."""
    if sheet.is_bare:
        return on_progress

    def tell(progress: Progress) -> None:
        if progress.preview is not None:
            progress = replace(progress, preview=sheet.without_room(progress.preview))
        on_progress(progress)

    return tell


def _steadying(painter: Painter, steady: Steady) -> Steady | None:
    """The sequence, where it has to do anything. Raises BrushwarpError("steady")."""
    if painter.architecture.fixed:
        return None
    if not painter.architecture.streams:
        raise BrushwarpError(
            "steady", _("The style {} takes its statistics anew of each frame, and can't be made to keep them.").format(painter.pack.card.name),
            _("Choose another style, or paint each frame by itself."),
        )
    return steady


def _check_range(name: str, value: float, limits: tuple[float, float]) -> None:
    low, high = limits
    if not low <= value <= high:  # also refuses NaN
        raise BrushwarpError("setting", _("The {} is {:g}.").format(name, value), _("Choose one from {:g} to {:g}.").format(low, high))
