"""Encoders, and where their weights come from."""

from .encoder import Encoder
from .layers import STROTSS_LAYERS
from .normalisation import denormalise, normalise
from .weights import ENCODERS, is_here, load_encoder

__all__ = ["ENCODERS", "STROTSS_LAYERS", "Encoder", "denormalise", "is_here", "load_encoder", "normalise"]
