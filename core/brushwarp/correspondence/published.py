"""Best buddies as DST's published code takes them, to compare with: squares, a search of two places, no agreement asked for."""

from __future__ import annotations

import numpy as np
import torch

from ..features import Encoder
from ..geometry import PointPairs
from ..geometry.cleaning import MOST_ARROWS, Cleaned, clean_matches
from ..image import Picture
from .buddies import DST_FINEST, BuddySettings, blocks_of, find_buddies
from .suggestion import BORDER, WORKING_SIZE
from .views import look


def published_matches(
    content: Picture,
    style: Picture,
    encoder: Encoder,
    *,
    count: int = MOST_ARROWS,
    inversion: bool = False,
    device: torch.device = torch.device("cpu"),
) -> tuple[PointPairs, Cleaned]:
    """Matches in pixels of both pictures, the strongest first, and the arrows that they mean; coordinates are exact here.

    inversion: common appearance by optimisation, as published; minutes, and only with encoders of one stack (ValueError for
    others). The closed form stands in without it. Source: NBB's and DST's code.
    """
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
    cleaned = clean_matches(matches, content.size, style.size, found.response.double().cpu().numpy()[keep], count=count)
    return matches[cleaned.kept], cleaned
