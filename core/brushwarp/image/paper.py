"""Lines on nothing, as a layer of ink or of letters is: seen as on paper.

Colours extended under transparency make one even colour of such a layer, with hardly a line in it: painted so, lines come in any
colour, and some hardly show (seen). On paper they stay lines, dark ones dark; and there has to be some around them, for a host hands
over what is drawn on and no more, and along a picture's rim lines were broken up (seen). What has an inside, a figure cut out, is better
extended: paper would paint an edge along its rim.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import max_pool2d, pad

from .box import Box
from .colour import luminance
from .picture import Picture
from .resample import resize

# In pixels of a network's first step, where a canvas is some 256 high:
BREADTH = 7  # what is as broad all over has an inside. A broad brush
ROOM = 16  # on each side
MOST_INSIDE = 0.1  # of what is visible, that lines may have: knots and blots


def on_paper(picture: Picture, size: tuple[int, int], step: tuple[int, int]) -> tuple[Picture, Box]:
    """What a network is to see of a picture of `size` (H, W), and where in that, at the same scale, the picture lies.

    A drawing of lines becomes small and opaque, on white, or on black where the lines are bright, with room on each side. What is none
    comes back as it is. picture: it, or a copy of another size. step: (H, W) at which the network sees it first.
    """
    height, width = size
    if picture.alpha is None or not _is_lines(alpha := resize(picture.alpha, step)):
        return picture, Box(0, 0, width, height)
    ink = resize(picture.pixels * picture.alpha, step)
    paper = float(luminance(ink).sum() < alpha.sum() / 2)
    sheet = pad(ink + paper * (1 - alpha), (ROOM,) * 4, value=paper)
    down, across = (round(ROOM * side / at) for side, at in zip(size, step, strict=True))
    return picture.with_pixels(sheet, alpha=None), Box(across, down, across + width, down + height)


def _is_lines(alpha: Tensor) -> bool:
    inside = -max_pool2d(-alpha[None], BREADTH, 1, BREADTH // 2)
    return bool(inside.sum() < MOST_INSIDE * alpha.sum())
