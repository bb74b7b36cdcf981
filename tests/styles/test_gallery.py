"""The shipped styles: each says what it is, none is too large, and each paints a picture without the faults that networks have."""

import pytest
import torch
import torch.nn.functional as functional

from brushwarp.api import load_painter
from brushwarp.losses import grid_pattern
from brushwarp.sample import render_sample
from brushwarp.styles import list_styles

SHIPPED = [style for style in list_styles() if style.shipped]
SKY, GROUND = (slice(20, 90), slice(300, 700)), (slice(380, 490), slice(50, 700))  # rows and columns of the sample


def mean_of_frame(picture: torch.Tensor, outer: int, inner: int) -> torch.Tensor:
    """(3,) mean colour of what lies between `outer` and `inner` pixels from the border."""
    frame = torch.zeros(picture.shape[1:], dtype=torch.bool)
    frame[outer:-outer or None, outer:-outer or None] = True
    frame[inner:-inner, inner:-inner] = False
    return picture[:, frame].mean(1)


def fine_detail(picture: torch.Tensor) -> float:
    """Standard deviation from the mean of 9 x 9 pixels."""
    return (picture - functional.avg_pool2d(picture[None], 9, 1, 4, count_include_pad=False)[0]).std().item()


@pytest.fixture(scope="module")
def sample():
    return render_sample(768, 512)


def test_there_is_a_gallery():
    sizes = [style.path.stat().st_size for style in SHIPPED]
    assert len(SHIPPED) >= 4 and max(sizes) <= 8_000_000 and sum(sizes) <= 64_000_000


@pytest.mark.parametrize("style", SHIPPED, ids=lambda style: style.path.stem)
def test_a_style_paints_and_says_what_it_is(style, sample):
    painter = load_painter(style.path.stem, "cpu")
    card = painter.pack.card
    assert card.id == style.path.stem and card.architecture == "multimodal"
    assert all((card.name, card.artist, card.year, card.source)) and card.licence == "CC BY 4.0"
    assert "VGG-19" in card.credits and "Photographs" in card.credits
    assert card.training["iterations"] > 0 and "seed" in card.training["settings"]
    assert {f"{term} {scale}" for term in ("style", "content") for scale in (1, 2, 3)} <= _all_losses(card.training)
    assert painter.pack.thumbnail.shape == (128, 192, 3)
    assert painter.pack.painting is None  # somebody's photograph of it

    painted = painter.paint(sample, painter.plan((512, 768)))
    assert (painted - sample).abs().mean() > 0.05
    halo = (mean_of_frame(painted, 0, 4) - mean_of_frame(painted, 6, 14)).abs().max()
    assert halo < 0.05  # 0.016 in the sample itself
    # The eye begins to see it at 0.016; with transposed convolutions it is 0.042, and of all that are shipped 0.006 at most (measured).
    assert grid_pattern(painted[None], 8).sqrt() < 0.01
    assert fine_detail(painted[:, *SKY]) < 0.85 * fine_detail(painted[:, *GROUND])


def _all_losses(record: dict) -> set[str]:
    """Of a training and the earlier ones that it went on from."""
    return set(record["losses"]) | (_all_losses(record["earlier"]) if record["earlier"] else set())
