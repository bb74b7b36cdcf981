"""Encoders, and where their weights come from."""

from .encoder import Encoder
from .normalisation import denormalise, normalise
from .weights import load_encoder

__all__ = ["Encoder", "denormalise", "load_encoder", "normalise"]
