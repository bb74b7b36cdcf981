"""Shape: arrows, the thin-plate spline through them, and pictures bent along its flow."""

from brushwarp.geometry.arrows import (
    arrows_from_svg,
    arrows_from_text,
    arrows_to_svg,
    arrows_to_text,
    read_arrows,
    write_arrows,
)
from brushwarp.geometry.cleaning import Cleaned, clean, clean_matches
from brushwarp.geometry.coarse_flow import MovingFlow
from brushwarp.geometry.folds import calmest, folded_share
from brushwarp.geometry.forward import carried
from brushwarp.geometry.keypoints import KeypointPairs
from brushwarp.geometry.pairs import Alignment, PointPairs, align, read_pairs, write_pairs
from brushwarp.geometry.preview import WarpPreview, preview_warp
from brushwarp.geometry.similarity import Similarity, fit_similarity
from brushwarp.geometry.thin_plate import PlateFlow, border_anchors, fold_share, thin_plate_flow
from brushwarp.geometry.warp import warp, warp_tensor

__all__ = [
    "Alignment",
    "Cleaned",
    "KeypointPairs",
    "MovingFlow",
    "PlateFlow",
    "PointPairs",
    "Similarity",
    "WarpPreview",
    "align",
    "arrows_from_svg",
    "arrows_from_text",
    "arrows_to_svg",
    "arrows_to_text",
    "border_anchors",
    "calmest",
    "carried",
    "clean",
    "clean_matches",
    "fit_similarity",
    "fold_share",
    "folded_share",
    "preview_warp",
    "read_arrows",
    "read_pairs",
    "thin_plate_flow",
    "warp",
    "warp_tensor",
    "write_arrows",
    "write_pairs",
]
