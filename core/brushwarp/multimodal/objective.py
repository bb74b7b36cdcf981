"""The hierarchical loss L_H of Multimodal Transfer (section 3.2, equations 4 to 7).

L_H = sum over k of scale_k * (content_k + style_k + …), each subnet being under the losses of its own and all later scales,
because nothing is detached between them. The content target at every scale is the photograph at that scale; the style target
is the painting with a short side of 256, 512 and 1024. Normalisation of the terms is ours: `losses.perceptual`.

Four terms are ours too. A finer output, halved, is also under the loss of the scale before, and so on down: a picture is seen from
afar as well, and without it the fine strokes wash out the coarse forms and with them what was painted (measured: the style loss at
256 px then stays at a quarter of the photograph's). What it is to show from afar is not the photograph but the painting that it refines:
that has the style already, so that keeping its forms costs none, and faces that the coarse strokes have stay (seen: towards the photograph
either faces or style went). Beside the Gram matrices, activations are to be distributed as the painting's:
without it flat colours, which a print has beside its lines, are filled with a faint texture, and colours are fewer (seen). And a
pattern locked to the grid of the doublings is penalised: it hatched what was dark and calm (seen); and any other that is more regular
than painting and photograph are, which filled middle tones with scales (seen).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..features import Encoder, denormalise
from ..image.resample import resize
from ..losses import (
    excess,
    gram_matrix,
    grid_pattern,
    lost_structure,
    regularity,
    relative_error,
    sliced_wasserstein,
    style_loss,
    total_variation,
)
from .network import MultimodalNetwork

STYLE_SHORT_SIDES = (256, 512, 1024)
STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
CONTENT_LAYER = "relu4_1"
GRID_PERIODS = (4, 8, 8)  # pixels that the decoders of style and enhance tell apart; refine's are 4, and it sees enhance's enlarged
DIRECTIONS = 32  # along which distributions are compared, new ones in each iteration
POINTS = 4096  # of a layer, at random, in each iteration
POINTS_KEPT = 65536  # of a layer of the painting, from which they are drawn
LEAST_REGULARITY = 1e-3  # of noise
MOST_REGULAR = 2.0  # times the painting's that a regular photograph allows
BALANCED = ("style", "unpainted", "lost")  # the terms that decide how strongly the style pulls (`balance`)
CONTENT_FLOOR = 0.3  # of the painting's own energy, or variance: an empty sky's is next to none, and its relative error would drown all else


@dataclass(frozen=True)
class Weights:
    """Of the terms of L_H, by scale. Chosen by eye on the development encoder."""

    scale: tuple[float, float, float] = (1.0, 0.5, 0.25)  # lambda_k of the paper
    style: tuple[float, float, float] = (2.0, 2.0, 2.0)
    distribution: tuple[float, float, float] = (4.0, 4.0, 4.0)
    content: tuple[float, float, float] = (1.0, 1.0, 1.0)
    from_afar: float = 1.0  # of the loss of the scale before on a finer output at half its size
    refined: float = 5.0  # there, of the content loss towards the painting that was refined; with 1 half of it is forgotten (seen)
    total_variation: float = 0.01
    excess: float = 1.0
    grid_pattern: float = 4000.0  # of a mean square that is 0.0003 where the eye begins to see it
    regularity: float = 1.5  # of its excess over the painting's or the photograph's, in shares of that


@dataclass(frozen=True)
class Windows:
    """What one step looks at: the same photographs at three scales, each inside the one before.

    coarse (N, 3, S, S) is the whole photograph; middle (N, 3, W, W) and fine (N, 3, F, F) are windows at twice and four times its scale.
    middle_at is the (N, 2) corner (x, y) of the middle window in pixels of coarse, fine_at that of the fine one in pixels of
    middle: they show W / 2 and F / 2 pixels of the scale before.
    """

    coarse: Tensor
    middle: Tensor
    fine: Tensor
    middle_at: Tensor
    fine_at: Tensor

    def photos(self) -> tuple[Tensor, Tensor, Tensor]:
        return self.coarse, self.middle, self.fine


@dataclass(frozen=True)
class Output:
    """painted: what a subnet makes of its window, (N, 3, H, W), normalised. refined: what it was given, at half that size, before it was
    enlarged; None of the first subnet, which is given the photograph."""

    painted: Tensor
    refined: Tensor | None = None


def _cut_windows(pictures: Tensor, corners: Tensor, half: int) -> Tensor:
    """From each picture the square of that side at its corner (x, y)."""
    batch, channels, _, width = pictures.shape
    columns, rows = (corners[:, axis, None] + torch.arange(half, device=corners.device) for axis in (0, 1))
    cut = pictures.gather(2, rows[:, None, :, None].expand(batch, channels, half, width))
    return cut.gather(3, columns[:, None, None, :].expand(batch, channels, half, half))


def paint_windows(network: MultimodalNetwork, normalised: Tensor, windows: Windows, first: int, last: int) -> list[Output]:
    """The outputs y_first … y_last (counted from 0) of the subnets on the windows; earlier subnets run without gradients.

    Departure from the paper: the refine subnet sees its input enlarged twofold in training too, as it does when it paints. The
    paper trains it at 512 on a sharp input and enlarges only in use, which asks of it what it was not shown.
    """
    with torch.set_grad_enabled(first == 0):
        outputs = [Output(network.style(normalised))]
    finer = ((network.enhance, windows.middle_at, windows.middle), (network.refine, windows.fine_at, windows.fine))
    for scale, (subnet, corners, photo) in enumerate(finer[:last], 1):
        side = photo.shape[-1]
        with torch.set_grad_enabled(first <= scale):
            refined = _cut_windows(outputs[-1].painted, corners, side // 2)
            outputs.append(Output(subnet(resize(refined, (side, side))), refined))
    return outputs[first:]


class HierarchicalLoss:
    """L_H against paintings. Computes the style targets once; call it with pictures and photographs of the same scales."""

    def __init__(self, encoder: Encoder, style_pictures: Sequence[Sequence[Tensor]], weights: Weights) -> None:
        """style_pictures: for each scale that will be asked for, from the first, (3, H, W) RGB pictures of that scale's size: one, or
        several that are one style, and count alike."""
        self.encoder = encoder
        self.weights = weights
        self.chance = torch.Generator(style_pictures[0][0].device)
        self.draw(0)
        self.grams: list[dict[str, Tensor]] = []
        self.points: list[dict[str, Tensor]] = []
        self.content_floors: list[float] = []
        self.structure_floors: list[float] = []
        self.regularities: list[Tensor] = []
        for pictures in style_pictures:
            grams, points, energies, variances = [], [], [], []
            for picture in pictures:
                with torch.no_grad():
                    found = {layer: value.float() for layer, value in encoder(picture[None], STYLE_LAYERS).items()}
                grams.append({layer: gram_matrix(value) for layer, value in found.items()})
                points.append({layer: self._some(value, POINTS_KEPT // len(pictures))[0] for layer, value in found.items()})
                energies.append(found[CONTENT_LAYER].square().mean().item())
                variances.append(found[CONTENT_LAYER].var((2, 3), correction=0).mean().item())
            self.grams.append({layer: sum(gram[layer] for gram in grams) / len(grams) for layer in STYLE_LAYERS})
            self.points.append({layer: torch.cat([some[layer] for some in points], 1) for layer in STYLE_LAYERS})
            self.regularities.append(sum(regularity(picture[None]) for picture in pictures) / len(pictures))
            self.content_floors.append(CONTENT_FLOOR * sum(energies) / len(energies))
            self.structure_floors.append(CONTENT_FLOOR * sum(variances) / len(variances))

    def draw(self, seed: int) -> None:
        """Begins the chances of an iteration, so that a training taken up again draws as it would have."""
        self.chance.manual_seed(seed)

    def __call__(
        self, outputs: Sequence[Output], photos: Sequence[Tensor], first: int, strengths: Tensor | None = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """outputs[i] and photos[i] (RGB) are of scale first + i. Returns L_H and its terms by name, scalars without gradient.

        strengths: (2, 3), what the style's terms are multiplied by, scale by scale (`balance`): those of an output at its own scale, and
        those seen from afar; 1 by default. The terms of the last output seen from afar, which is what people will see, are called
        "afar style 1" and so on. Asks the device nothing.
        """
        if strengths is None:
            strengths = torch.ones(2, 3, device=outputs[0].painted.device)
        total = outputs[0].painted.new_zeros(())
        terms: dict[str, Tensor] = {}
        weights = self.weights
        for scale, (output, photo) in enumerate(zip(outputs, photos, strict=True), first):
            painted = denormalise(output.painted).float()
            # As it will be shown. Without this a network meets the style with colours that there are not: shown, such a picture's style
            # loss is twice what it was in training (measured). What is beyond feels `excess` alone, which brings it back.
            rgb = painted.clamp(0, 1)
            pattern = grid_pattern(rgb, GRID_PERIODS[scale])
            regular = self._regular(rgb, photo, scale)
            calm = weights.total_variation * total_variation(rgb) + weights.excess * excess(painted)
            even = weights.grid_pattern * pattern + weights.regularity * regular
            refined = None if output.refined is None else denormalise(output.refined.detach()).float().clamp(0, 1)
            seen, (found, *afar) = self._seen(rgb, photo, refined, scale, strengths)
            total = total + weights.scale[scale] * (seen + calm + even)
            found |= {"pattern": pattern.detach().sqrt(), "regular": regular.detach()}
            terms |= {f"{name} {scale + 1}": value for name, value in found.items()}
        for distance, found in enumerate(afar):
            terms |= {f"afar {name} {scale - distance}": found[name] for name in BALANCED}
        return total, terms

    def _seen(
        self, rgb: Tensor, photo: Tensor, refined: Tensor | None, scale: int, strengths: Tensor, *, afar: bool = False
    ) -> tuple[Tensor, list[dict[str, Tensor]]]:
        """Style and content of an RGB output at this scale and, halved, at the coarser ones, and each scale's terms by name.

        refined: the RGB painting whose content it is to have from afar, at half its size; or, afar, at its own."""
        with torch.no_grad():
            unpainted = self.encoder(photo, STYLE_LAYERS)
            shown = unpainted[CONTENT_LAYER].float()
            far = self._style(unpainted, scale)
            wanted = self.encoder(refined, (CONTENT_LAYER,))[CONTENT_LAYER].float() if afar else shown
        found = {layer: value.contiguous() for layer, value in self.encoder(rgb, STYLE_LAYERS).items()}  # read as lists of points, twice
        style = self._style(found, scale)
        kept = found[CONTENT_LAYER].float()
        content = relative_error(kept, wanted, self.content_floors[scale]).mean()
        with torch.no_grad():
            lost = lost_structure(kept, shown, self.structure_floors[scale]).mean()
        terms = {"style": style, "unpainted": far, "content": content, "lost": lost}
        weights = self.weights
        pull = weights.style[scale] * style
        if weights.distribution[scale]:
            terms["distribution"] = self._distribution(found, scale)
            pull = pull + weights.distribution[scale] * terms["distribution"]
        loss = strengths[int(afar), scale] * pull + (weights.refined if afar else weights.content[scale]) * content
        found_terms = [{name: value.detach() for name, value in terms.items()}]
        if scale and weights.from_afar:
            half = (rgb.shape[-2] // 2, rgb.shape[-1] // 2)
            smaller = resize(refined, half) if afar else refined
            farther, others = self._seen(resize(rgb, half), resize(photo, half), smaller, scale - 1, strengths, afar=True)
            loss, found_terms = loss + weights.from_afar * farther, found_terms + others
        return loss, found_terms

    def _regular(self, rgb: Tensor, photo: Tensor, scale: int) -> Tensor:
        """How much more regular an output is than the painting, or than the photograph if that has fences; in shares of it, 0 if less."""
        with torch.no_grad():
            painting = self.regularities[scale].clamp_min(LEAST_REGULARITY)
            allowed = torch.maximum(painting, torch.minimum(regularity(photo), MOST_REGULAR * painting))
        return (regularity(rgb) / allowed - 1).clamp_min(0)

    def _style(self, found: dict[str, Tensor], scale: int) -> Tensor:
        return style_loss({layer: gram_matrix(value) for layer, value in found.items()}, self.grams[scale]).mean()

    def _distribution(self, found: dict[str, Tensor], scale: int) -> Tensor:
        """Mean over layers and pictures of how far activations are from being distributed as the painting's."""
        distances = []
        for layer, target in self.points[scale].items():
            value = found[layer]
            count = min(POINTS, value.shape[-2] * value.shape[-1], target.shape[1])
            directions = torch.randn(DIRECTIONS, len(target), generator=self.chance, device=target.device)
            distances.append(sliced_wasserstein(self._some(value, count).float(), self._some(target, count), directions))
        return torch.stack(distances).mean()

    def _some(self, activations: Tensor, count: int) -> Tensor:
        """(…, C, n) or (N, C, H, W) to `count` of its points at random, (…, C, count), or all where there are no more."""
        points = activations.flatten(-2) if activations.ndim == 4 else activations
        size = points.shape[-1]
        if count >= size:
            return points
        chosen = torch.randint(size, (count,), generator=self.chance, device=points.device)
        return points.index_select(-1, chosen)
