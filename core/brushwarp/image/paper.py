"""Lines on nothing, as a layer of ink or of letters is: seen as on paper.

Colours extended under transparency make one even colour of such a layer, with hardly a line in it: painted so, lines come in any
colour, and some hardly show (seen). On paper they stay lines, dark ones dark; and there has to be some around them, for a host hands
over what is drawn on and no more, and along a picture's rim lines were broken up (seen). What has an inside, a figure cut out, is better
extended: paper would paint an edge along its rim.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import max_pool2d, pad

from .box import Box
from .colour import luminance
from .picture import Picture
from .resample import resize
from .seen import below_white

# In pixels of a canvas whose short side is CANVAS, whatever the brush:
CANVAS = 256
BREADTH = 7  # what is as broad all over has an inside. A broad brush
ROOM = 16  # on each side
MOST_INSIDE = 0.1  # of what is visible, that lines may have: knots and blots


@dataclass(frozen=True)
class Sheet:
    """What a network is to see of a picture: at any size `picture`, which stands for one of `size` (H, W), and the box where in that the
    picture itself lies."""

    picture: Picture
    size: tuple[int, int]
    inner: Box

    @property
    def is_bare(self) -> bool:
        return self.size == (self.inner.height, self.inner.width)

    def place(self, box: Box) -> Box:
        """Where a box of the picture lies."""
        left, top = self.inner.left, self.inner.top
        return Box(box.left + left, box.top + top, box.right + left, box.bottom + top)

    def without_room(self, painted: Tensor) -> Tensor:
        """Of what was made of it, (…, h, w) at any scale, the view of what is the picture's."""
        y, x = (have / of for have, of in zip(painted.shape[-2:], self.size, strict=True))
        left, top, right, bottom = self.inner.left, self.inner.top, self.inner.right, self.inner.bottom
        return Box(round(left * x), round(top * y), round(right * x), round(bottom * y)).of(painted)


def bare(picture: Picture, size: tuple[int, int]) -> Sheet:
    """Of a picture of `size`, or a copy of it, nothing else."""
    return Sheet(picture, size, Box(0, 0, size[1], size[0]))


def on_paper(picture: Picture, size: tuple[int, int], step: tuple[int, int], canvas_short_side: int) -> Sheet:
    """A drawing of lines small and opaque, on white, or on black where the lines are bright, with room on each side; anything else bare.

    picture: it, of `size` (H, W), or a copy. step: (H, W) at which a network sees it first. canvas_short_side: in pixels of `size`.
    """
    if not _is_lines(picture.alpha, size, canvas_short_side):
        return bare(picture, size)
    drawn, paper = _drawn(picture, step)
    room = round(ROOM * canvas_short_side / CANVAS)
    down, across = (round(room * at / side) for at, side in zip(step, size, strict=True))
    sheet = pad(drawn, (across, across, down, down), value=paper)
    whole = (size[0] + 2 * room, size[1] + 2 * room)
    return Sheet(picture.with_pixels(sheet, alpha=None), whole, Box(room, room, room + size[1], room + size[0]))


def with_paper(picture: Picture, step: tuple[int, int], canvas_short_side: int | None = None) -> Picture:
    """A drawing of lines at the size `step` on white or black paper no larger than it is, for what keeps lines along a rim; anything else
    as it is. canvas_short_side: of the canvas that it is a crop of, in the picture's pixels; by default its own."""
    if not _is_lines(picture.alpha, picture.size, canvas_short_side or min(picture.size)):
        return picture
    return picture.with_pixels(_drawn(picture, step)[0], alpha=None)


def _drawn(picture: Picture, step: tuple[int, int]) -> tuple[Tensor, float]:
    """What is drawn, (3, *step), opaque on paper, and how bright that is."""
    alpha = resize(picture.alpha, step)
    ink = resize(below_white(picture) * picture.alpha, step)
    paper = float(luminance(ink).sum() < alpha.sum() / 2)
    return ink + paper * (1 - alpha), paper


def _is_lines(alpha: Tensor | None, size: tuple[int, int], canvas_short_side: int) -> bool:
    """What is opaque all over is none, however narrow."""
    if alpha is None or bool((alpha >= 1).all()):
        return False
    share = CANVAS / canvas_short_side
    height, width = (max(1, round(side * min(1.0, share))) for side in size)  # never enlarged, which a ruled line would be a thousandfold
    seen = resize(alpha, (height, width))
    around = round(BREADTH / max(1.0, share)) // 2
    inside = -max_pool2d(-pad(seen, (around,) * 4)[None], 2 * around + 1, 1)
    return bool(inside.sum() < MOST_INSIDE * seen.sum())
