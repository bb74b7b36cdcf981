"""What a picture, and a warp, are measured by."""

from .deformation import flow_variation, warp_distance
from .perceptual import excess, gram_matrix, lost_structure, relative_error, style_loss, total_variation
from .texture import grid_pattern, regularity, sliced_wasserstein
from .transport import (
    StyleStatistics,
    moment_distance,
    palette_distance,
    relaxed_emd,
    self_similarity,
    self_similarity_distance,
    style_statistics,
)

__all__ = [
    "StyleStatistics",
    "excess",
    "flow_variation",
    "gram_matrix",
    "grid_pattern",
    "lost_structure",
    "moment_distance",
    "palette_distance",
    "regularity",
    "relative_error",
    "relaxed_emd",
    "self_similarity",
    "self_similarity_distance",
    "sliced_wasserstein",
    "style_loss",
    "style_statistics",
    "total_variation",
    "warp_distance",
]
