"""Best buddies as DST's published code takes them, to compare with: squares, a search of two places, no agreement asked for."""

from __future__ import annotations

import numpy as np
import torch

from ..features import Encoder
from ..geometry import PointPairs, align
from ..geometry.cleaning import MOST_ARROWS, clean_matches
from ..image import Picture
from ..progress import OnProgress, Progress, ignore_progress
from .buddies import DST_FINEST, BuddySettings, blocks_of, find_buddies
from .suggestion import BORDER, WORKING_SIZE, Suggestion, none_found
from .views import look


def suggest_as_published(
    content: Picture,
    style: Picture,
    encoder: Encoder,
    *,
    count: int = MOST_ARROWS,
    inversion: bool = False,
    device: torch.device = torch.device("cpu"),
    on_progress: OnProgress = ignore_progress,
) -> Suggestion:
    """As `suggest` otherwise; coordinates are exact here. sureness is 1: nobody asked whether the pictures agree.

    inversion: common appearance by optimisation, as published; minutes, and only with encoders of one stack (ValueError for
    others). The closed form stands in without it. Source: NBB's and DST's code.
    """
    on_progress(Progress("keypoints", 0, 1))
    square = (WORKING_SIZE, WORKING_SIZE)
    first, second = (look(encoder, picture, square, device, (2, 3, 4, 5)) for picture in (content, style))
    settings = BuddySettings(whole=False, blocks=blocks_of(encoder) if inversion else None)
    with torch.inference_mode():
        found = find_buddies(first, second, settings)
    keep = np.ones(found.response.shape[0], bool)
    for places in (found.first, found.second):
        pixels = (places.T.cpu().numpy() + 0.5) * 2 ** (DST_FINEST - 1)
        keep &= ((pixels >= BORDER) & (pixels <= WORKING_SIZE - BORDER)).all(1)
    points = (view.points(places, found.level)[keep] for view, places in ((first, found.first), (second, found.second)))
    matches = PointPairs(*points)
    response = found.response.double().cpu().numpy()[keep]
    kept = clean_matches(matches, content.size, style.size, response, count=count).kept
    if not len(kept):
        return none_found(1.0, encoder.name, "No points of the two pictures match: no arrows are proposed.")
    aligned = align(matches[kept], content.size, style.size)
    return Suggestion(aligned.arrows, matches[kept], response[kept], aligned.transform, 1.0, encoder=encoder.name)
