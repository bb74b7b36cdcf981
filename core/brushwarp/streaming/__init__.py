"""A network over a picture of any size in bounded memory: layer by layer, strip by strip, and yet the same pixels.

Instance norm asks for the mean and variance of a whole map before the first of its pixels can go on. So a tile with a margin, however
wide, is never right; here every layer goes over all strips of its map before the next one begins.
"""

from .maps import Map, Resized, Whole
from .plan import FASTEST, StreamPlan, plan_strips
from .walk import Desk, Scaling, Settle, Statistics, as_found, doubled, streamed

__all__ = ["FASTEST", "Desk", "Map", "Resized", "Scaling", "Settle", "Statistics", "StreamPlan", "Whole", "as_found", "doubled", "plan_strips", "streamed"]
