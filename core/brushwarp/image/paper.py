"""Lines on nothing, as a layer of ink or of letters is: seen as on paper.

Colours extended under transparency make one even colour of such a layer, with hardly a line in it: painted so, lines come in any
colour, and some hardly show (seen). On paper they stay lines, dark ones dark. What has an inside, a figure cut out, is better
extended: paper would paint an edge along its rim.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import max_pool2d

from .colour import luminance

BREADTH = 7  # pixels: what is as broad all over has an inside. Of a network's first step, where a canvas is some 256 high: a broad brush
MOST_INSIDE = 0.1  # of what is visible, that lines may have: knots and blots


def on_paper(rgb: Tensor, alpha: Tensor | None) -> Tensor:
    """(3, H, W) sRGB in 0..1, colours extended under transparency, and (1, H, W) alpha or None: lines laid on white, bright ones on black.

    What is no drawing of lines comes back as it is.
    """
    if alpha is None or not _is_lines(alpha):
        return rgb
    brightness = (luminance(rgb) * alpha).sum() / alpha.sum()
    return torch.lerp((brightness < 0.5).to(rgb), rgb, alpha)


def _is_lines(alpha: Tensor) -> bool:
    inside = -max_pool2d(-alpha[None], BREADTH, 1, BREADTH // 2)
    return bool(inside.sum() < MOST_INSIDE * alpha.sum())
