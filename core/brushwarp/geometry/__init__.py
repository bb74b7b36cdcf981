"""Shape: arrows, the thin-plate spline through them, and pictures bent along its flow."""

from brushwarp.geometry.arrows import (
    arrows_from_svg,
    arrows_from_text,
    arrows_to_svg,
    arrows_to_text,
    read_arrows,
    write_arrows,
)
from brushwarp.geometry.keypoints import KeypointPairs
from brushwarp.geometry.thin_plate import PlateFlow, border_anchors, fold_share, thin_plate_flow
from brushwarp.geometry.warp import warp, warp_tensor

__all__ = [
    "KeypointPairs",
    "PlateFlow",
    "arrows_from_svg",
    "arrows_from_text",
    "arrows_to_svg",
    "arrows_to_text",
    "border_anchors",
    "fold_share",
    "read_arrows",
    "thin_plate_flow",
    "warp",
    "warp_tensor",
    "write_arrows",
]
