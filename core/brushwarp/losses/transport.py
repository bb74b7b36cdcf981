"""Style as optimal transport between sets of hypercolumns, content as self-similarity (STROTSS; DST section 3.1).

Rows are hypercolumns: what is at one point, its RGB in the first three columns. Most of the time goes into large matrix products,
so the style's share is computed once a scale (`style_statistics`), and gradients are worked out beside the values: of the relaxed
EMD by gathering rows, of the others with one product each. Measured: tests/benchmarks/losses.py.

Rows without direction (all zeros) lie at cosine distance 1 from everything and have no gradient there, where the published code
divides by zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ..devices import may_ask
from .known_gradient import wants_gradient, with_gradient

YUV = (
    (0.577350, 0.577350, 0.577350),
    (-0.577350, 0.788675, -0.211325),
    (-0.577350, -0.211325, 0.788675),
)
"""Decorrelates colours; columns are the new axes. STROTSS and DST, published code."""

COLOURS = 3
SQUARE_RANGE = (1e-5, 1e5)
"""Squared colour distances are clamped to it (published code): the root stays differentiable."""

TINY_NORM = 1e-12
"""Rows shorter than this have no direction; ours."""

BLOCK = 1024
"""Style rows compared at once, so that no (n, m) matrix is held. With 512, 2500 or 5000 the relaxed EMD takes 1.1 to 1.3 times as
long (measured: CPU, n 2048, m 5000, d 2179)."""

_FLAT = 16  # rounding errors; columns whose mean distance is below hold nothing but those


@dataclass(frozen=True, eq=False)
class StyleStatistics:
    """What the losses need to know of a style: m hypercolumns of d columns.

    unit: (m, d) rows of length 1. centre: (d,) their mean. offset: (m,) their product with it. fast: (m, d) unit - centre in
    the type to multiply in. mean: (d,) and covariance: (d, d) of the hypercolumns. palette: (m, 3) colours on the axes of `YUV`.
    unbiased: whether covariances are divided by rows - 1.
    """

    unit: Tensor
    centre: Tensor
    offset: Tensor
    fast: Tensor
    mean: Tensor
    covariance: Tensor
    palette: Tensor
    unbiased: bool = True


def style_statistics(features: Tensor, *, unbiased: bool = True, dtype: torch.dtype | None = None) -> StyleStatistics:
    """All that is constant of a style while a picture is optimised towards it.

    features: (m, d) hypercolumns, m >= 1, d >= 3, RGB in the first three columns. unbiased: covariances of the style and of
    what is compared with it are divided by rows - 1 (DST's code), else by rows (STROTSS').
    dtype: what the large products of `relaxed_emd` and `moment_distance` are computed in, by default the features' own type:
    `devices.fast_dtype` gives bfloat16 where that pays. float64 features are always computed in float64.
    """
    with torch.no_grad(), torch.autocast(features.device.type, enabled=False):
        features = _checked(features, "features")
        unit = _unit_rows(features)[0]
        centre = unit.mean(0)
        fast = features.dtype if dtype is None or features.dtype == torch.float64 else dtype
        mean = features.mean(0)
        covariance = _covariance(features - mean, unbiased, features.dtype)
        palette = _decorrelated(features)
        return StyleStatistics(unit, centre, unit @ centre, (unit - centre).to(fast), mean, covariance, palette, unbiased)


def relaxed_emd(x: Tensor, style: StyleStatistics) -> Tensor:
    """Scalar: relaxed earth mover's distance under cosine distance, max(mean_i min_j D_ij, mean_j min_i D_ij).

    x: (n, d). Source: STROTSS section 2.2, equations 3 to 5. Only the pairs that are nearest are measured in x's own type; which
    they are is decided in the style's `fast_unit` type.
    """
    x = _checked(x, "x", style)
    differentiate = wants_gradient(x)
    with torch.no_grad(), torch.autocast(x.device.type, enabled=False):
        unit, inverse_norm = _unit_rows(x)
        nearest_style, nearest_x = _nearest(_negative_cosines(unit, style), len(x), len(style.unit), x.device)
        forth = 1 - (unit * style.unit[nearest_style]).sum(1).mean()
        back = 1 - (unit[nearest_x] * style.unit).sum(1).mean()
        gradient = None
        if differentiate:
            slope = torch.zeros_like(unit)
            forth_counts = forth >= back
            if may_ask(forth_counts):
                if forth_counts:
                    slope = style.unit[nearest_style] / -len(x)
                else:
                    slope.index_add_(0, nearest_x, style.unit, alpha=-1 / len(style.unit))
            else:
                slope.index_add_(0, nearest_x, style.unit, alpha=-1 / len(style.unit))
                slope = torch.where(forth_counts, style.unit[nearest_style] / -len(x), slope)
            gradient = _through_unit_rows(slope, unit, inverse_norm)
        value = torch.maximum(forth, back)
    return with_gradient(x, value, gradient)


def moment_distance(x: Tensor, style: StyleStatistics) -> Tensor:
    """Scalar: mean |mean(x) - style mean| over d, plus mean |cov(x) - style cov| over d x d.

    x: (n, d); its covariance is normalised as the style's. Source: STROTSS section 2.2, equation 6.
    """
    x = _checked(x, "x", style)
    fast = style.fast.dtype
    differentiate = wants_gradient(x)
    with torch.no_grad(), torch.autocast(x.device.type, enabled=False):
        mean = x.mean(0)
        centred = (x - mean).to(fast)
        mean_error = mean - style.mean
        error = _covariance(centred, style.unbiased, x.dtype).sub_(style.covariance)
        value = mean_error.abs().mean() + error.abs().mean()
        gradient = None
        if differentiate:
            # Signs are symmetric, so one product does for both factors of the covariance; and its columns sum to zero as
            # the centred ones do, so the mean needs no share of it.
            gradient = (centred @ error.sign_().to(fast)).to(x.dtype)
            gradient *= 2 / (_divisor(len(x), style.unbiased) * error.numel())
            gradient += mean_error.sign() / x.numel()
    return with_gradient(x, value, gradient)


def palette_distance(x: Tensor, style: StyleStatistics, *, form: str = "l2") -> Tensor:
    """Scalar: relaxed earth mover's distance between the colours, decorrelated by `YUV`.

    x: (n, d), RGB in the first three columns. form: "l2" takes D = |a - b| / sqrt(3) (DST's code), "cos+l2" adds the cosine
    distance (STROTSS' code; the paper has |a - b| alone). Raises ValueError for another form.
    """
    if form not in ("l2", "cos+l2"):
        raise ValueError(f'form must be "l2" or "cos+l2", not {form!r}')
    x = _checked(x, "x", style)
    with torch.autocast(x.device.type, enabled=False):
        colours = _decorrelated(x)
        with torch.no_grad():
            compare = _squares(colours, style.palette) if form == "l2" else _colour_costs(colours, style.palette)
            nearest_style, nearest_x = _nearest(compare, len(x), len(style.palette), x.device)
        forth = _colour_distance(colours, style.palette[nearest_style], form).mean()
        back = _colour_distance(colours[nearest_x], style.palette, form).mean()
        return torch.maximum(forth, back)


def self_similarity(features: Tensor) -> Tensor:
    """(n, d) to (n, n): cosine distances of all rows to each other, each column divided by its sum.

    In float32 at least: 1 - cos cancels, and in bfloat16 the content loss is off by 7 % (measured). Source: STROTSS section 2.3.
    """
    with torch.no_grad(), torch.autocast(features.device.type, enabled=False):
        return _self_similarity(_unit_rows(_checked(features, "features"))[0])[0]


def self_similarity_distance(x: Tensor, target: Tensor) -> Tensor:
    """Scalar: mean |M - target| * n for M = self_similarity(x), as in the published code; the paper's mean lacks the factor n.

    x: (n, d). target: (n, n), the content's `self_similarity` at the same positions. Raises ValueError if n differs.
    """
    x = _checked(x, "x")
    count = len(x)
    if target.shape != (count, count):
        raise ValueError(f"target must be ({count}, {count}) for x of {tuple(x.shape)}, not {tuple(target.shape)}")
    differentiate = wants_gradient(x)
    with torch.no_grad(), torch.autocast(x.device.type, enabled=False):
        unit, inverse_norm = _unit_rows(x)
        matrix, inverse_sums = _self_similarity(unit)
        error = matrix - target
        value = error.abs().sum() / count
        gradient = None
        if differentiate:
            # d|M - C|/dD for M_ij = D_ij / sum_k D_kj is (sign_ij - sum_k sign_kj M_kj) / sum_j, and D = 1 - U U^T.
            sign = error.sign_()
            slope = sign.sub_(matrix.mul_(sign).sum(0)).mul_(inverse_sums / -count)
            gradient = _through_unit_rows((slope + slope.T) @ unit, unit, inverse_norm)
    return with_gradient(x, value, gradient)


def _checked(x: Tensor, name: str, style: StyleStatistics | None = None) -> Tensor:
    """In float32 at least, so that autocast and half precision change no loss."""
    if x.ndim != 2 or len(x) == 0 or x.shape[1] < COLOURS:
        raise ValueError(f"{name} must be (rows, columns) with a row and {COLOURS} columns at least, not {tuple(x.shape)}")
    if style is not None and x.shape[1] != style.unit.shape[1]:
        raise ValueError(f"{name} has {x.shape[1]} columns, the style {style.unit.shape[1]}")
    return x if x.dtype == torch.float64 else x.float()


def _unit_rows(x: Tensor) -> tuple[Tensor, Tensor]:
    """Rows of length 1, or 0 where there is no direction; and (n, 1) the factors that made them so."""
    norm = torch.linalg.vector_norm(x, dim=1, keepdim=True)
    inverse = torch.where(norm > TINY_NORM, 1 / norm.clamp_min(TINY_NORM), 0.0)
    return x * inverse, inverse


def _through_unit_rows(slope: Tensor, unit: Tensor, inverse_norm: Tensor) -> Tensor:
    """From d/d unit to d/d x: what points along a row is lost."""
    along = (unit * slope).sum(1, keepdim=True)
    return (slope - unit * along).mul_(inverse_norm)


def _nearest(costs: Callable[[slice], Tensor], rows: int, columns: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """For each of n rows the column of least cost, for each of m columns the row. costs: columns to (n, their number)."""
    best_column = torch.zeros(rows, dtype=torch.int64, device=device)
    best_rows = []
    lowest: Tensor | None = None
    for start in range(0, columns, BLOCK):
        block = costs(slice(start, start + BLOCK))
        best_rows.append(block.argmin(0))
        value, column = block.min(1)
        if lowest is None:
            lowest, best_column = value, column
        else:
            better = value < lowest
            lowest = torch.where(better, value, lowest)
            best_column = torch.where(better, column + start, best_column)
    return best_column, torch.cat(best_rows)


def _negative_cosines(unit: Tensor, style: StyleStatistics) -> Callable[[slice], Tensor]:
    """Of unit rows to a block of the style's.

    Activations are positive, so hypercolumns point much the same way, and bfloat16 could not tell which of two cosines near 1
    is greater. Products of what is left without the style's mean direction are small, and so are their rounding errors.
    """
    fast = (unit - style.centre).to(style.fast.dtype)
    offset = (unit @ style.centre - style.centre.square().sum())[:, None]

    def costs(block: slice) -> Tensor:
        return (fast @ style.fast[block].T).to(unit.dtype).add_(offset).add_(style.offset[block]).neg_()

    return costs


def _divisor(count: int, unbiased: bool) -> int:
    return max(count - 1, 1) if unbiased else count


def _covariance(centred: Tensor, unbiased: bool, dtype: torch.dtype) -> Tensor:
    return (centred.T @ centred).to(dtype).div_(_divisor(len(centred), unbiased))


def _decorrelated(x: Tensor) -> Tensor:
    # No matrix product, which autocast would round in the backward pass; and numbers, which need not be brought to a device.
    return torch.stack([sum(x[:, row] * YUV[row][column] for row in range(COLOURS)) for column in range(COLOURS)], 1)


def _squares(a: Tensor, b: Tensor) -> Callable[[slice], Tensor]:
    """|a - b|^2 for a block of b: (|a|^2, -2 a, 1) . (1, b, |b|^2), one product and nothing beside it."""
    left = torch.cat([a.square().sum(1, keepdim=True), -2 * a, torch.ones_like(a[:, :1])], 1)
    right = torch.cat([torch.ones_like(b[:, :1]), b, b.square().sum(1, keepdim=True)], 1)
    return lambda block: left @ right[block].T


def _colour_costs(a: Tensor, b: Tensor) -> Callable[[slice], Tensor]:
    squares = _squares(a, b)
    left, right = _unit_rows(a)[0], _unit_rows(b)[0]

    def costs(block: slice) -> Tensor:
        distance = squares(block).clamp_(*SQUARE_RANGE).div_(COLOURS).sqrt_()
        return distance.sub_(left @ right[block].T)

    return costs


def _colour_distance(a: Tensor, b: Tensor, form: str) -> Tensor:
    """(k,) of row to row; differentiable."""
    distance = ((a - b).square().sum(1).clamp(*SQUARE_RANGE) / COLOURS).sqrt()
    if form == "l2":
        return distance
    return distance + 1 - (_unit_rows(a)[0] * _unit_rows(b)[0]).sum(1)


def _self_similarity(unit: Tensor) -> tuple[Tensor, Tensor]:
    """The (n, n) matrix, and (n,) the factors that its columns were multiplied by.

    A picture of one colour has nothing but rounding errors in it, which the published code divides by their own sum: zero here.
    """
    distances = (unit @ unit.T).neg_().add_(1)
    sums = distances.sum(0)
    least = _FLAT * torch.finfo(unit.dtype).eps * len(unit)
    inverse = torch.where(sums > least, 1 / sums.clamp_min(least), 0.0)
    return distances.mul_(inverse), inverse
