"""Brushwarp: restyle a layer with its brushwork and its shape. The public verbs are in `brushwarp.api`."""

__version__ = "0.1.0"
