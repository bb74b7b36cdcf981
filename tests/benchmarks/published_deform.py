"""Deformable Style Transfer as its authors' code computes it, plainly: the side that ours is compared with.

    BRUSHWARP_DEV_DATA=… .venv/bin/python tests/benchmarks/published_deform.py CONTENT STYLE [--size 256] [--iterations 5]

In eager PyTorch and autograd, for any encoder. As published: whole loss matrices, the style's and the content's share computed again
in each iteration, one encoder pass each for the picture and the warped picture, the spline evaluated at every pixel with all
control points, stochastic gradient descent (rate 0.3, momentum 0.9) on pyramid and spline alike. Left out is how the published code
saves: nearest-neighbour warp and a stretch of the colours. Inside, pictures are -1..1 and points (row, column) at pixel centres.
The command prints the CPU seconds of an iteration at each scale.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as functional
from PIL import Image
from torch import Tensor
from torchvision.transforms.functional import to_tensor

from brushwarp.features import Encoder, load_encoder, normalise

sys.path.insert(0, str(Path(__file__).parents[1] / "losses"))
import plain  # noqa: E402

Positions = tuple[Tensor, Tensor]
"""Rows and columns, whole pixels of the scale's picture: (n,) each."""

LAYERS = ("relu1_1", "relu1_2", "relu2_1", "relu2_2", "relu3_1", "relu3_2", "relu3_3", "relu4_3", "relu5_3")
PYRAMID_LEVELS = 5
BORDER_PER_EDGE = 80
STYLE_DRAWS, STYLE_POINTS = 5, 1000


@dataclass(frozen=True)
class PublishedSettings:
    """The published job's defaults. samples: positions an iteration. content_weight doubles with each coarser scale."""

    content_weight: float = 8.0
    warp_weight: float = 0.5
    variation_weight: float = 50.0
    rate: float = 0.3
    momentum: float = 0.9
    scales: int = 3
    samples: int = 2048


class PublishedDeform:
    """One run: `begin(scale)` for scale 0 (coarsest) onwards, then `step()` as often as wanted.

    content (3, H, W), style (3, h, w): RGB in 0..1, no side of the content below 82. source, target: (k, 2) points (x, y) in
    pixels of the content, the centre of the first pixel at (0.5, 0.5). layer_scales: what each layer is divided by (1, as
    published, by default). Positions may be handed in, so that another implementation sees the same ones.
    """

    def __init__(
        self,
        encoder: Encoder,
        content: Tensor,
        style: Tensor,
        source: Tensor,
        target: Tensor,
        *,
        layers: Sequence[str] = LAYERS,
        layer_scales: dict[str, float] | None = None,
        seed: int = 0,
        settings: PublishedSettings | None = None,
    ) -> None:
        self.encoder, self.layers, self.layer_scales = encoder, tuple(layers), layer_scales or {}
        self.settings = settings or PublishedSettings()
        self.generator = torch.Generator().manual_seed(seed)
        self.content, self.style = content * 2 - 1, style * 2 - 1
        self.source, self.target = (points.flip(1).to(content) - 0.5 for points in (source, target))
        self.border = published_border(content.shape[1], content.shape[2]).to(content)
        self.pyramid = [band.clone().requires_grad_() for band in laplacian_pyramid(self.content)]
        self.theta = (torch.rand(source.shape, generator=self.generator) * 1e-4).to(content).requires_grad_()
        self.optimizer = torch.optim.SGD([*self.pyramid, self.theta], lr=self.settings.rate, momentum=self.settings.momentum)
        self.begin(0)

    def begin(self, scale: int, style_positions: Positions | None = None) -> None:
        """The scale's pictures, its lattice, and its style hypercolumns: a thousand from each of five passes."""
        finest = self.settings.scales - 1 - scale
        self.bands = self.pyramid[finest:]
        self.size = self.bands[0].shape[1:]
        self.content_weight = self.settings.content_weight * 2**finest
        style_size = [side // 2**finest for side in self.style.shape[1:]]
        self.content_now, self.style_now = resized(self.content, self.size), resized(self.style, style_size)
        self.lattice = lattice(self.size, self.generator)
        draws = []
        with torch.no_grad():
            for draw in range(STYLE_DRAWS):
                if style_positions is None:
                    at = [torch.randint(side, (STYLE_POINTS,), generator=self.generator) for side in style_size]
                else:
                    at = [axis.chunk(STYLE_DRAWS)[draw] for axis in style_positions]
                draws.append(self.columns(self.maps(self.style_now), at))
            self.style_columns = torch.cat(draws)
            self.content_maps = self.maps(self.content_now)

    def step(self, positions: Positions | None = None) -> dict[str, float]:
        """One iteration of the published loop, and the losses before it."""
        self.optimizer.zero_grad()
        parts = self.losses(positions)
        parts["total"].backward()
        self.optimizer.step()
        return {name: float(value.detach()) for name, value in parts.items()}

    def losses(self, positions: Positions | None = None) -> dict[str, Tensor]:
        """content, style, warped_style, warp (pixels), variation, and their weighted total; differentiable."""
        at = self.draw() if positions is None else positions
        picture, flow = collapse(self.bands), self.flow()
        ours = self.columns(self.maps(picture), at)
        warped = self.columns(self.maps(warp(picture, flow)), at)
        theirs = self.columns(self.content_maps, at)
        parts = {
            "content": plain.self_similarity_distance(ours, theirs),
            "style": self.style_loss(ours),
            "warped_style": self.style_loss(warped),
            "warp": (self.source + self.theta - self.target).norm(dim=1).mean(),
            "variation": published_variation(flow),
        }
        weights = (self.content_weight, 1, 1, self.settings.warp_weight, self.settings.variation_weight)
        parts["total"] = sum(weight * value for weight, value in zip(weights, parts.values(), strict=True))
        return parts

    def picture(self) -> Tensor:
        """(3, H, W) RGB in 0..1 at the scale's size, not warped."""
        return (collapse(self.bands).detach().clamp(-1, 1) + 1) / 2

    def moved(self) -> Tensor:
        """(k, 2) points (x, y): where the source points have been carried."""
        return (self.source + self.theta).detach().flip(1) + 0.5

    def draw(self) -> Positions:
        """Rows and columns of the lattice's points, shuffled apart; the first of them."""
        rows, columns = (axis[torch.randperm(len(axis), generator=self.generator)] for axis in self.lattice)
        return rows[: self.settings.samples], columns[: self.settings.samples]

    def maps(self, picture: Tensor) -> list[Tensor]:
        """Normalised colours, then the layers: (C, h, w) each."""
        rgb = (picture[None] + 1) / 2
        found = self.encoder(rgb, self.layers)
        return [normalise(rgb)[0], *(found[layer][0] / self.layer_scales.get(layer, 1.0) for layer in self.layers)]

    def columns(self, maps: list[Tensor], positions: Sequence[Tensor]) -> Tensor:
        """(n, d) hypercolumns."""
        return hypercolumns(maps, *(axis.to(self.content) for axis in positions))

    def style_loss(self, columns: Tensor) -> Tensor:
        palette = plain.palette_distance(columns, self.style_columns) / max(self.content_weight, 1.0)
        return plain.relaxed_emd(columns, self.style_columns) + plain.moment_distance(columns, self.style_columns) + palette

    def flow(self) -> Tensor:
        """(H, W, 2) in pixels of the scale, (row, column): points are scaled by their largest coordinate, then to its size."""
        source = torch.cat([self.source, self.border])
        moved = torch.cat([self.source + self.theta, self.border])
        largest = source.amax(0)
        side = source.new_tensor(self.size)
        return thin_plate_flow(source / largest * side, (moved / largest).clamp(0, 1) * side, self.size)


def resized(picture: Tensor, size: Sequence[int]) -> Tensor:
    return functional.interpolate(picture[None], size=tuple(size), mode="bilinear", align_corners=False)[0]


def laplacian_pyramid(picture: Tensor) -> list[Tensor]:
    bands = []
    for _ in range(PYRAMID_LEVELS):
        smaller = resized(picture, [side // 2 for side in picture.shape[1:]])
        bands.append(picture - resized(smaller, picture.shape[1:]))
        picture = smaller
    return [*bands, picture]


def collapse(bands: list[Tensor]) -> Tensor:
    picture = bands[-1]
    for band in bands[-2::-1]:
        picture = resized(picture, band.shape[1:]) + band
    return picture


def lattice(size: Sequence[int], generator: torch.Generator) -> Positions:
    """Every point of a grid of about 16384 from a random offset on."""
    share = math.sqrt(size[0] * size[1] // 128**2)
    steps = max(1, math.floor(share)), max(1, math.ceil(share))
    offsets = [int(torch.randint(step, (1,), generator=generator)) for step in steps]
    axes = [torch.arange(offset, side, step) for offset, side, step in zip(offsets, size, steps, strict=True)]
    rows, columns = torch.meshgrid(*axes, indexing="ij")
    return rows.flatten(), columns.flatten()


def hypercolumns(maps: list[Tensor], rows: Tensor, columns: Tensor) -> Tensor:
    """(n, d): coordinates halve where a map is lower than the one before; bilinear, indices clipped."""
    found, height = [], maps[0].shape[1]
    for layer in maps:
        if layer.shape[1] < height:
            rows, columns = rows / 2, columns / 2
        height, width = layer.shape[1:]
        top, left = rows.floor(), columns.floor()
        down, across = rows - top, columns - left

        def pixel(row: Tensor, column: Tensor, layer: Tensor = layer) -> Tensor:
            return layer[:, row.long().clamp(0, layer.shape[1] - 1), column.long().clamp(0, layer.shape[2] - 1)]

        upper = pixel(top, left) * (1 - across) + pixel(top, left + 1) * across
        lower = pixel(top + 1, left) * (1 - across) + pixel(top + 1, left + 1) * across
        found.append(upper * (1 - down) + lower * down)
    return torch.cat(found).T


def published_border(height: int, width: int) -> Tensor:
    """(324, 2) points that stay: the corners, and 80 on each edge at multiples of its whole 81st part."""
    if min(height, width) < BORDER_PER_EDGE + 2:
        raise ValueError(f"the published border needs sides of {BORDER_PER_EDGE + 2} pixels, not {height} x {width}")
    counted = torch.arange(1, BORDER_PER_EDGE + 1.0)
    rows, columns = (counted * (side // (BORDER_PER_EDGE + 1)) for side in (height, width))
    corners = torch.tensor([[0, 0], [0, width - 1], [height - 1, 0], [height - 1, width - 1.0]])
    down = [torch.stack([rows, torch.full_like(rows, column)], 1) for column in (0, width - 1)]
    across = [torch.stack([torch.full_like(columns, row), columns], 1) for row in (0, height - 1)]
    return torch.cat([corners, *down, *across])


def thin_plate_flow(source: Tensor, moved: Tensor, size: Sequence[int]) -> Tensor:
    """(H, W, 2): centres where points arrive, r^2 log r, no regularisation; differentiable in both."""

    def kernel(a: Tensor, b: Tensor) -> Tensor:
        squares = (a[:, None] - b[None]).square().sum(2)
        return 0.5 * squares * squares.clamp_min(1e-10).log()

    def affine(points: Tensor) -> Tensor:
        return torch.cat([points, torch.ones_like(points[:, :1])], 1)

    plane = affine(moved)
    system = torch.cat([torch.cat([kernel(moved, moved), plane], 1), torch.cat([plane.T, plane.new_zeros(3, 3)], 1)])
    weights = torch.linalg.solve(system, torch.cat([moved - source, plane.new_zeros(3, 2)]))
    pixels = torch.cartesian_prod(*(torch.arange(side) for side in size)).to(moved)
    return (kernel(pixels, moved) @ weights[:-3] + affine(pixels) @ weights[-3:]).reshape(*size, 2)


def warp(picture: Tensor, flow: Tensor) -> Tensor:
    """output(q) = picture(q - flow(q)), bilinear, clamped to the edge; (C, H, W)."""
    height, width = flow.shape[:2]
    at = torch.stack(torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij"), 2).to(flow) - flow
    grid = (at / flow.new_tensor([max(height - 1, 1), max(width - 1, 1)]) * 2 - 1).flip(2)
    return functional.grid_sample(picture[None], grid[None], padding_mode="border", align_corners=True)[0]


def published_variation(flow: Tensor) -> Tensor:
    """Squared differences down, across and along both diagonals, averaged; flow (H, W, 2)."""
    down, across = flow[1:] - flow[:-1], flow[:, 1:] - flow[:, :-1]
    diagonals = flow[1:, 1:] - flow[:-1, :-1], flow[1:, :-1] - flow[:-1, 1:]
    return sum(difference.square().mean() for difference in (down, across, *diagonals)) / 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("content", type=Path)
    parser.add_argument("style", type=Path)
    parser.add_argument("--encoder", default="vgg19-dev")
    parser.add_argument("--size", type=int, default=256, help="the long side")
    parser.add_argument("--iterations", type=int, default=5, help="at each scale")
    parser.add_argument("--points", type=int, default=17, help="arrows at random, 10 pixels or so long")
    arguments = parser.parse_args()

    def opened(path: Path) -> Tensor:
        picture = Image.open(path).convert("RGB")
        share = arguments.size / max(picture.size)
        return to_tensor(picture.resize([round(side * share) for side in picture.size], Image.Resampling.BICUBIC))

    encoder = load_encoder(arguments.encoder, folder=Path(os.environ["BRUSHWARP_DEV_DATA"]) / "weights")
    content, style = opened(arguments.content), opened(arguments.style)
    generator = torch.Generator().manual_seed(0)
    sides = torch.tensor([content.shape[2], content.shape[1]])
    source = (0.1 + 0.8 * torch.rand(arguments.points, 2, generator=generator)) * sides
    target = source + 7 * torch.randn(arguments.points, 2, generator=generator)
    layers = [layer for layer in (*LAYERS, "relu5_1") if layer in encoder.layers]  # a VGG-19 of ours ends at relu5_1
    # As they are, the development encoder's deep layers make a style loss of 13,000, and the published rate blows up.
    scales = {layer: float(value.square().mean().sqrt()) for layer, value in encoder(style[None], layers).items()}
    run = PublishedDeform(encoder, content, style, source, target, layers=layers, layer_scales=scales)
    for scale in range(run.settings.scales):
        run.begin(scale)
        seconds = []
        for _ in range(arguments.iterations):
            start = time.process_time()
            parts = run.step()
            seconds.append(time.process_time() - start)
        told = ", ".join(f"{name} {value:.4f}" for name, value in parts.items())
        print(f"{run.size[1]} x {run.size[0]}: {sorted(seconds)[len(seconds) // 2]:.2f} CPU s an iteration; {told}", flush=True)


if __name__ == "__main__":
    main()
