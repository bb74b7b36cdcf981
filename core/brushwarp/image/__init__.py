"""Pictures: files, colour, size, selections and transparency."""

from brushwarp.image.colour import from_srgb, keep_chroma, linear_to_srgb, luminance, srgb_to_linear, to_srgb
from brushwarp.image.files import load_picture, refuse_unsavable, save_picture
from brushwarp.image.picture import Picture
from brushwarp.image.resample import resize

__all__ = [
    "Picture",
    "from_srgb",
    "keep_chroma",
    "linear_to_srgb",
    "load_picture",
    "luminance",
    "refuse_unsavable",
    "resize",
    "save_picture",
    "srgb_to_linear",
    "to_srgb",
]
