"""Teaching the compact encoder what a VGG sees (knowledge distillation; hints of Romero et al. 2015).

Two things are asked of the pupil at each of its layers. A linear head (1x1 convolution) must foretell the teacher's activations
from the pupil's, so the pupil holds the same information; the heads are dropped afterwards. And the style distances between the
pictures of a batch must be those that the teacher measures (relational distillation, Park et al. 2019), for it is in Gram
matrices of the pupil's own channels that it will be used.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from .. import __version__
from ..errors import BrushwarpError
from ..training.checkpoint import (
    adam_state,
    checkpoint_path,
    deciding,
    restore_adam,
    save_checkpoint,
    take_up_checkpoint,
)
from ..training.schedule import warm_cosine
from .compact import Compact, balanced, save_compact
from .encoder import Encoder

WARM_UP = 50  # iterations over which the learning rate rises
MEMORY = 0.99  # of the running mean square of each layer
DISTANCE_FLOOR = 0.01  # style distances below it count as equal: noise between pictures that look alike


@dataclass(frozen=True)
class DistillationSettings:
    """All that decides what a distillation gives, besides teacher and pictures."""

    iterations: int = 6000
    batch: int = 8
    window: int = 128  # pixels
    learning_rate: float = 2e-3
    final_learning_rate: float = 2e-5
    style_weight: float = 0.5  # of the style distances; the activations' weight is 1
    seed: int = 0
    save_every: int = 50
    loaders: int = 1


class Distillation:
    """The state of one training: pupil, heads, optimiser. `run` goes on from wherever it stands."""

    def __init__(self, teacher: Encoder, settings: DistillationSettings, start: Compact | None = None) -> None:
        torch.manual_seed(settings.seed)
        self.teacher = teacher
        self.settings = settings
        self.pupil = (start or Compact()).requires_grad_(True)
        self.layers = self.pupil.layers
        missing = [layer for layer in self.layers if layer not in teacher.layers]
        if missing:
            raise BrushwarpError("encoder-layer", f"The teacher {teacher.name} has no {', '.join(missing)}.", "Choose a whole VGG-19.")
        self.begun_from = _fingerprint(self.pupil.state()) if start else "nothing"
        probe = torch.zeros(1, 3, 32, 32)
        widths = [{name: found.shape[1] for name, found in encoder(probe, self.layers).items()} for encoder in (self.pupil, teacher)]
        self.heads = nn.ModuleDict({layer: nn.Conv2d(widths[0][layer], widths[1][layer], 1) for layer in self.layers})
        self.optimiser = torch.optim.Adam([*self.pupil.parameters(), *self.heads.parameters()], lr=settings.learning_rate)
        self.levels: dict[str, float] = {}  # running mean square of the pupil's layers
        self.teacher_levels: dict[str, float] = {}  # and of the teacher's, from the first batch: Caffe's VGG is hundreds of times louder
        self.iteration = 0

    def run(
        self, stream: Iterator[Tensor], output: Path, on_step: Callable[[dict[str, float]], None] = lambda terms: None
    ) -> None:
        """Trains to the end, writing the encoder to `output` and, beside it, what a resumed training needs."""
        while self.iteration < self.settings.iterations:
            terms = self.step(next(stream))
            on_step(terms)
            if self.iteration % self.settings.save_every == 0 or self.iteration == self.settings.iterations:
                self.save(output)

    def step(self, rgb: Tensor) -> dict[str, float]:
        """One iteration on (N, 3, H, W) RGB in 0..1; the loss's parts by name. Raises BrushwarpError("training-diverged")."""
        with torch.inference_mode():
            known = self.teacher(rgb, self.layers)
        if not self.teacher_levels:
            self.teacher_levels = {layer: found.square().mean().item() for layer, found in known.items()}
        seen = self.pupil(rgb, self.layers)
        features = style = 0.0
        for layer in self.layers:
            target = known[layer] / self.teacher_levels[layer] ** 0.5
            features = features + (self.heads[layer](seen[layer]) - target).square().mean() / len(self.layers)
            style = style + disagreement(style_distances(seen[layer]), style_distances(target)) / len(self.layers)
        total = features + self.settings.style_weight * style
        if not math.isfinite(total.item()):
            raise BrushwarpError("training-diverged", f"The loss is no longer a number at iteration {self.iteration}.", "Lower --learning-rate.")
        high, low = self.settings.learning_rate, self.settings.final_learning_rate
        learning_rate = warm_cosine(self.iteration, self.settings.iterations, high=high, low=low, warm_up=WARM_UP)
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        self.optimiser.step()
        self._note_levels(seen)
        self.iteration += 1
        return {"features": features.item(), "style": style.item()}

    def _note_levels(self, seen: dict[str, Tensor]) -> None:
        for layer in self.layers:
            level = seen[layer].detach().square().mean().item()
            self.levels[layer] = MEMORY * self.levels.get(layer, level) + (1 - MEMORY) * level

    def save(self, output: Path) -> None:
        """The encoder as it stands, each layer of unit mean square, and the checkpoint beside it."""
        record = {
            "teacher": self.teacher.name,
            "iterations": str(self.iteration),
            "settings": json.dumps(asdict(self.settings)),
            "begun_from": self.begun_from,
            "brushwarp": __version__,
            "torch": torch.__version__,
            "input": "RGB 0..1, normalised as torchvision does",
        }
        save_compact(balanced(self.pupil.state(), self.levels), output, record)
        state = {f"model.{name}": value.detach() for name, value in self._parameters()}
        state |= adam_state(self.optimiser, self._parameters())
        levels = {"levels": json.dumps(self.levels), "teacher_levels": json.dumps(self.teacher_levels)}
        save_checkpoint(checkpoint_path(output), self._identity(), state, {"iteration": str(self.iteration), **levels})

    def resume(self, checkpoint: Path) -> bool:
        """Takes up this training's own checkpoint; False, and nothing changed, if it is another's.

        Raises BrushwarpError("checkpoint-damaged").
        """
        return take_up_checkpoint(checkpoint, self._identity(), self._take_up, made="encoder")

    def _take_up(self, record: dict[str, str], state: dict[str, Tensor]) -> None:
        for name, parameter in self._parameters():
            parameter.data.copy_(state[f"model.{name}"])
        restore_adam(self.optimiser, self._parameters(), state)
        self.levels, self.teacher_levels = json.loads(record["levels"]), json.loads(record["teacher_levels"])
        self.iteration = int(record["iteration"])

    def _parameters(self) -> list[tuple[str, nn.Parameter]]:
        return [*self.pupil.named_parameters(prefix="pupil"), *self.heads.named_parameters(prefix="heads")]

    def _identity(self) -> str:
        """What has to agree for a checkpoint to be this training's."""
        return json.dumps({"teacher": self.teacher.name, "begun_from": self.begun_from, "settings": deciding(self.settings)}, sort_keys=True)


def style_distances(features: Tensor) -> Tensor:
    """(N, C, H, W) to (N, N): the Gram matrices' squared distance of picture i to picture j, over the squared norm of j's.

    The same measure as losses.style_loss, for all pairs at once.
    """
    flat = features.flatten(2)
    grams = (flat @ flat.transpose(1, 2) / flat.shape[2]).flatten(1)
    products = grams @ grams.T
    norms = products.diagonal()
    distances = norms[:, None] + norms[None, :] - 2 * products
    return distances.clamp_min(0) / norms[None, :].clamp_min(1e-12)


def disagreement(distances: Tensor, wanted: Tensor) -> Tensor:
    """Scalar: the mean squared logarithm of the distances' ratio, over all pairs of two different pictures. (N, N) each."""
    others = ~torch.eye(len(wanted), dtype=torch.bool)
    ratio = (distances[others] + DISTANCE_FLOOR).log() - (wanted[others] + DISTANCE_FLOOR).log()
    return ratio.square().mean()


def _fingerprint(state: dict[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for key in sorted(state):
        digest.update(state[key].numpy().tobytes())
    return digest.hexdigest()
