"""What a picture is measured by."""

from .perceptual import excess, gram_matrix, relative_error, style_loss, total_variation

__all__ = ["excess", "gram_matrix", "relative_error", "style_loss", "total_variation"]
