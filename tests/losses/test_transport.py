"""Style and content losses of STROTSS and DST: the reference's numbers and gradients, and what pictures without contrast do."""

from pathlib import Path

import numpy as np
import plain
import pytest
import torch

from brushwarp.losses import (
    moment_distance,
    palette_distance,
    relaxed_emd,
    self_similarity,
    self_similarity_distance,
    style_statistics,
)
from brushwarp.losses import transport as transport_module

CASE = np.load(Path(__file__).parents[1] / "data" / "transport_reference.npz")
X, STYLE, CONTENT = (torch.from_numpy(CASE[name]) for name in ("ft_X", "ft_Y", "ft_C"))

LOSSES = {
    "relaxed EMD": (lambda x, s, c: relaxed_emd(x, style_statistics(s)), lambda x, s, c: plain.relaxed_emd(x, s)),
    "moments": (lambda x, s, c: moment_distance(x, style_statistics(s)), lambda x, s, c: plain.moment_distance(x, s)),
    "moments over n": (
        lambda x, s, c: moment_distance(x, style_statistics(s, unbiased=False)),
        lambda x, s, c: plain.moment_distance(x, s, False),
    ),
    "palette": (lambda x, s, c: palette_distance(x, style_statistics(s)), lambda x, s, c: plain.palette_distance(x, s)),
    "palette with cosine": (
        lambda x, s, c: palette_distance(x, style_statistics(s), form="cos+l2"),
        lambda x, s, c: plain.palette_distance(x, s, "cos+l2"),
    ),
    "self-similarity": (
        lambda x, s, c: self_similarity_distance(x, self_similarity(c)),
        lambda x, s, c: plain.self_similarity_distance(x, c),
    ),
}
STYLE_LOSSES = [name for name in LOSSES if name != "self-similarity"]
REFERENCE = {
    "relaxed EMD": "remd_cos",
    "moments": "moment_nm1",
    "moments over n": "moment_n_strotss_official",
    "palette": "palette_dst_l2",
    "palette with cosine": "palette_strotss_cos_plus_l2",
    "self-similarity": "content_code",
}


def with_slope(loss, x, *others):
    x = x.clone().requires_grad_()
    value = loss(x, *others)
    value.backward()
    return value.item(), x.grad


@pytest.fixture
def random_sets():
    generator = torch.Generator().manual_seed(3)
    return tuple(torch.randn(rows, 40, generator=generator, dtype=torch.float64) ** 3 for rows in (60, 90, 60))


@pytest.mark.parametrize("name", LOSSES)
def test_losses_and_gradients_equal_the_reference(name):
    value, slope = with_slope(LOSSES[name][0], X, STYLE, CONTENT)
    assert value == pytest.approx(float(CASE[REFERENCE[name]]), rel=1e-9)
    if f"grad_{REFERENCE[name]}" in CASE:
        torch.testing.assert_close(slope, torch.from_numpy(CASE[f"grad_{REFERENCE[name]}"]), rtol=1e-9, atol=1e-12)


def test_the_papers_content_loss_is_ours_over_the_number_of_points():
    ours = self_similarity_distance(X, self_similarity(CONTENT)).item()
    assert ours / len(X) == pytest.approx(float(CASE["content_paper_mean"]), rel=1e-9)


@pytest.mark.parametrize("swapped", [False, True], ids=["more style than picture", "more picture than style"])
@pytest.mark.parametrize("name", LOSSES)
def test_gradients_by_hand_equal_autograd_of_the_formula(name, swapped, random_sets):
    x, style, content = random_sets
    if swapped:  # the other of the two directions of the relaxed EMD decides
        x, style, content = style, x, torch.cat([content, content[:30] + 1])
    ours, formula = LOSSES[name]
    value, slope = with_slope(ours, x, style, content)
    expected, expected_slope = with_slope(formula, x, style, content)
    assert value == pytest.approx(expected, rel=1e-9)
    torch.testing.assert_close(slope, expected_slope, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("narrow", ["picture", "style"])
def test_either_direction_of_the_relaxed_emd_may_decide(narrow, random_sets):
    """Where one set lies within the other, only the other is far from something."""
    x, style, _ = random_sets
    if narrow == "picture":
        x = style[:5].repeat(4, 1) * 1.5 + 0.01 * x[:20]
    else:
        style = x[:5] + 0.01 * style[:5]
    value, slope = with_slope(LOSSES["relaxed EMD"][0], x, style, None)
    expected, expected_slope = with_slope(LOSSES["relaxed EMD"][1], x, style, None)
    distances = plain.cosine_distances(x, style)
    assert (distances.amin(1).mean() < distances.amin(0).mean()) == (narrow == "picture")
    assert value == pytest.approx(expected, rel=1e-9)
    torch.testing.assert_close(slope, expected_slope, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("name", LOSSES)
def test_gradients_by_hand_equal_finite_differences(name):
    x, style, content = X[:7, :6].clone().requires_grad_(), STYLE[:9, :6], CONTENT[:7, :6]
    assert torch.autograd.gradcheck(lambda x: LOSSES[name][0](x, style, content), x, eps=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_a_weight_on_a_loss_weights_its_gradient(name):
    ours = LOSSES[name][0]
    _, slope = with_slope(ours, X, STYLE, CONTENT)
    _, tripled = with_slope(lambda *sets: 3 * ours(*sets), X, STYLE, CONTENT)
    torch.testing.assert_close(tripled, 3 * slope)


@pytest.mark.parametrize("name", STYLE_LOSSES)
def test_a_picture_of_the_styles_own_points_costs_nothing_in_any_order(name):
    shuffled = STYLE[torch.randperm(len(STYLE), generator=torch.Generator().manual_seed(0))]
    value, slope = with_slope(LOSSES[name][0], shuffled, STYLE, None)
    # Palette distances are clamped from below, at a root of 1e-5 / 3.
    assert abs(value) < (2e-3 if name.startswith("palette") else 1e-12)
    assert slope.isfinite().all()


def test_the_contents_own_features_cost_nothing_and_scale_does_not_matter():
    assert self_similarity_distance(CONTENT, self_similarity(CONTENT)).item() == 0
    assert self_similarity_distance(2.5 * CONTENT, self_similarity(CONTENT)).item() < 1e-13
    assert self_similarity_distance(X, self_similarity(CONTENT)).item() > 0.1


@pytest.mark.parametrize("name", STYLE_LOSSES)
def test_style_does_not_care_where_points_are(name):
    order = torch.randperm(len(X), generator=torch.Generator().manual_seed(1))
    loss = LOSSES[name][0]
    value, slope = with_slope(loss, X, STYLE, None)
    shuffled, shuffled_slope = with_slope(loss, X[order], STYLE.flip(0), None)
    assert shuffled == pytest.approx(value, rel=1e-12)
    torch.testing.assert_close(shuffled_slope, slope[order], rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", LOSSES)
def test_points_without_any_activation_give_finite_losses_and_gradients(name, dtype):
    x, style, content = X.to(dtype), STYLE.to(dtype), CONTENT.to(dtype)
    x, style, content = (torch.cat([rows[:-3], torch.zeros_like(rows[:3])]) for rows in (x, style, content))
    value, slope = with_slope(LOSSES[name][0], x, style, content)
    assert np.isfinite(value) and slope.isfinite().all()
    assert slope.abs().max() < 10, "a point without direction pulls at nothing"
    value, slope = with_slope(LOSSES[name][0], torch.zeros_like(x), style, content)
    assert np.isfinite(value) and slope.isfinite().all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_content_picture_of_one_colour_gives_no_noise(dtype):
    """All points alike: distances are rounding errors, and must not be blown up to shares of their sum."""
    flat = torch.linspace(0.1, 1, 300).to(dtype).repeat(50, 1)
    assert self_similarity(flat).abs().max() == 0
    value, slope = with_slope(self_similarity_distance, X[:, :].to(dtype), self_similarity(flat[:23]))
    assert value > 0 and slope.isfinite().all()
    value, slope = with_slope(self_similarity_distance, flat, self_similarity(flat))
    assert value == 0 and slope.abs().max() == 0


@pytest.mark.parametrize("name", LOSSES)
def test_float32_is_true_to_a_ten_thousandth(name, random_sets):
    exact, exact_slope = with_slope(LOSSES[name][0], *random_sets)
    value, slope = with_slope(LOSSES[name][0], *(rows.float() for rows in random_sets))
    assert slope.dtype == torch.float32
    assert value == pytest.approx(exact, rel=1e-4)
    torch.testing.assert_close(slope.double(), exact_slope, rtol=1e-2, atol=1e-4 * exact_slope.abs().max().item())


@pytest.mark.parametrize(("loss", "bound"), [(relaxed_emd, 1e-4), (moment_distance, 1e-4)], ids=["relaxed EMD", "moments"])
def test_products_in_bfloat16_change_little(loss, bound):
    """Positive features, as after a ReLU: cosines near 1, where bfloat16 blurs."""
    generator = torch.Generator().manual_seed(5)
    x, style = (torch.rand(rows, 200, generator=generator) + shift for rows, shift in ((300, 0.5), (400, 0.7)))
    exact, exact_slope = with_slope(loss, x, style_statistics(style))
    value, slope = with_slope(loss, x, style_statistics(style, dtype=torch.bfloat16))
    assert value == pytest.approx(exact, rel=bound)
    assert torch.cosine_similarity(slope.flatten(), exact_slope.flatten(), 0) > 0.99
    assert slope.dtype == torch.float32


def test_float64_stays_exact_whatever_type_is_fast():
    fast = style_statistics(STYLE, dtype=torch.bfloat16)
    assert relaxed_emd(X, fast).item() == pytest.approx(float(CASE["remd_cos"]), rel=1e-9)
    assert moment_distance(X, fast).item() == pytest.approx(float(CASE["moment_nm1"]), rel=1e-9)


@pytest.mark.parametrize("name", LOSSES)
def test_autocast_takes_no_digits(name):
    sets = [rows.float() for rows in (X, STYLE, CONTENT)]
    plainly, slope = with_slope(LOSSES[name][0], *sets)
    with torch.autocast("cpu", torch.bfloat16):
        inside, inside_slope = with_slope(LOSSES[name][0], *sets)
    assert inside == plainly and torch.equal(inside_slope, slope)


@pytest.mark.parametrize("block", [1, 7, 31])
@pytest.mark.parametrize("name", ["relaxed EMD", "palette", "palette with cosine"])
def test_how_many_style_points_are_compared_at_once_changes_nothing(name, block, monkeypatch):
    whole, slope = with_slope(LOSSES[name][0], X, STYLE, None)
    monkeypatch.setattr(transport_module, "BLOCK", block)
    parts, parts_slope = with_slope(LOSSES[name][0], X, STYLE, None)
    assert parts == pytest.approx(whole, rel=1e-12)
    torch.testing.assert_close(parts_slope, slope, rtol=1e-9, atol=1e-15)


def test_one_point_is_enough():
    one = style_statistics(STYLE[:1])
    for loss in (relaxed_emd, moment_distance, palette_distance):
        assert with_slope(loss, X[:1], one)[1].isfinite().all()
    assert self_similarity_distance(X[:1], self_similarity(CONTENT[:1])).item() == 0


def test_sets_that_do_not_fit_are_named():
    statistics = style_statistics(STYLE)
    with pytest.raises(ValueError, match="16 columns, the style 17"):
        relaxed_emd(X[:, :16], statistics)
    with pytest.raises(ValueError, match=r"not \(0, 17\)"):
        style_statistics(STYLE[:0])
    with pytest.raises(ValueError, match=r"\(23, 23\).*not \(22, 22\)"):
        self_similarity_distance(X, self_similarity(CONTENT[:22]))
    with pytest.raises(ValueError, match="'cosine'"):
        palette_distance(X, statistics, form="cosine")
