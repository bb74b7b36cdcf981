"""Pictures: files, colour, size, selections and transparency."""

from brushwarp.image.box import Box
from brushwarp.image.colour import from_srgb, keep_chroma, linear_to_srgb, luminance, srgb_to_linear, to_srgb
from brushwarp.image.files import load_picture, refuse_unsavable, save_picture
from brushwarp.image.openraster import save_openraster
from brushwarp.image.paper import Sheet, bare, on_paper, with_paper
from brushwarp.image.picture import Picture
from brushwarp.image.region import apply_region, crop, mask_bounds, paste
from brushwarp.image.resample import resize, shrink
from brushwarp.image.seen import as_seen
from brushwarp.image.transparency import extend_colours

__all__ = [
    "Box",
    "Picture",
    "Sheet",
    "apply_region",
    "as_seen",
    "bare",
    "crop",
    "extend_colours",
    "from_srgb",
    "keep_chroma",
    "linear_to_srgb",
    "load_picture",
    "luminance",
    "mask_bounds",
    "on_paper",
    "paste",
    "refuse_unsavable",
    "resize",
    "save_openraster",
    "save_picture",
    "shrink",
    "srgb_to_linear",
    "to_srgb",
    "with_paper",
]
