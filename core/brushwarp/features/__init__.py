"""Encoders, and where their weights come from."""

from .encoder import Encoder
from .layers import STROTSS_LAYERS
from .normalisation import denormalise, normalise
from .weights import ENCODERS, load_encoder

__all__ = ["ENCODERS", "STROTSS_LAYERS", "Encoder", "denormalise", "load_encoder", "normalise"]
