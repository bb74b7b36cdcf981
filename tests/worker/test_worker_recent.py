"""Paintings that are kept at hand."""

from __future__ import annotations

import torch

from brushwarp.plan import Plan
from brushwarp.worker.recent import LARGEST, REMEMBERED, Recent

SMALL = Plan(((2, 3), (4, 6)))


def recent() -> tuple[Recent, list]:
    """One that paints negatives, and the plans after which it did."""
    painted = []

    def paint(rgb, plan, on_progress):
        painted.append(plan)
        return 1 - rgb

    return Recent(paint), painted


def test_the_same_picture_with_the_same_brush_is_painted_once():
    paint, painted = recent()
    picture = torch.rand(3, 2, 3)
    first = paint(picture, SMALL)
    first += 1  # as a caller may
    assert torch.equal(paint(picture.clone(), Plan(SMALL.sizes, capped=True)), 1 - picture) and len(painted) == 1


def test_another_picture_or_another_brush_is_painted_anew():
    paint, painted = recent()
    picture = torch.rand(3, 2, 3)
    paint(picture, SMALL)
    paint(picture + 0.001, SMALL)
    paint(picture, Plan(((2, 3), (3, 5), (4, 6))))
    assert len(painted) == 3


def test_a_layer_is_not_kept_and_of_previews_the_last_few():
    paint, painted = recent()
    large = Plan(((2, 3), (LARGEST, 2)))
    for _ in range(2):
        paint(torch.zeros(3, 2, 3), large)
    assert len(painted) == 2
    pictures = [torch.full((3, 2, 3), step / 10) for step in range(REMEMBERED + 1)]
    for picture in (*pictures, *pictures[1:]):
        paint(picture, SMALL)
    assert len(painted) == 2 + REMEMBERED + 1
    paint(pictures[0], SMALL)
    assert len(painted) == 2 + REMEMBERED + 2
