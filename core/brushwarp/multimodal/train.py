"""Training one style: coarse to fine, then all subnets together under the hierarchical loss (MT section 3.2).

The paper takes joint steps from the start. Training the subnets one after the other, each under its own scale's loss on windows, reaches
the same losses in a fraction of the work; the joint stage that may follow is the paper's.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import ClassVar

import torch
from torch import Tensor

from .. import __version__
from ..architectures import make_network
from ..bridge.language import _
from ..devices import device_memory, fast_dtype
from ..errors import BrushwarpError
from ..features import Encoder, normalise
from ..replay import adam, set_rate
from ..styles import StyleCard, StylePack, save_pack
from ..training.checkpoint import (
    adam_state,
    checkpoint_path,
    deciding,
    restore_adam,
    save_checkpoint,
    take_up_checkpoint,
)
from ..training.iteration import Iteration
from ..training.parallel import ALONE, Fellows
from ..training.schedule import warm_cosine
from .balance import Aim, Balance
from .objective import HierarchicalLoss, Weights, Windows, paint_windows
from .photos import stream_windows, style_pyramid

WARM_UP = 40  # iterations; without it a good network that is trained on loses in ten steps what hundreds gave it (seen)
SMOOTHING = 50  # iterations over which final losses are averaged for the card
KEEP_EVERY = 50  # iterations, for the state to step back to should the loss stop being a number
MOST_SETBACKS = 4  # of a training, each of which halves the learning rate


# (name, first subnet, last subnet): each subnet learns on what the one before it has learnt, then the fine ones, then all.
STAGES = (("style", 0, 0), ("enhance", 1, 1), ("refine", 2, 2), ("finer", 1, 2), ("together", 0, 2))


@dataclass(frozen=True)
class Stage:
    """Subnets first … last train (0 style, 1 enhance, 2 refine) under the losses of those scales."""

    name: str
    first: int
    last: int
    iterations: int


@dataclass(frozen=True)
class TrainingSettings:
    """Everything that decides what a training gives, besides the pictures."""

    order: ClassVar[tuple[tuple[str, int, int], ...]] = STAGES
    iterations: tuple[int, int, int, int, int] = (1000, 850, 500, 0, 0)  # of the stages, in their order
    batch: int = 1
    window: int = 384
    fine_window: int | None = None  # as `window` by default, twice that at most
    learning_rate: float = 1e-3
    final_learning_rate: float = 2e-4
    weights: Weights = Weights()
    aim: Aim = Aim()
    seed: int = 0
    save_seconds: float = 60.0
    loaders: int = 1

    @property
    def stages(self) -> list[Stage]:
        return [Stage(*stage, count) for stage, count in zip(self.order, self.iterations, strict=True) if count]

    @property
    def total(self) -> int:
        return sum(self.iterations)


# The stages that train several subnets cost most and change least (seen): only the longest training has them.
QUALITIES = {
    "quick": (500, 400, 200, 0, 0),
    "standard": TrainingSettings.iterations,
    "best": (2000, 1500, 1000, 0, 1000),
}
IN_LARGE = 0.4  # of the iterations with fine strokes, where a CPU practises them on larger windows: as long as all of them on small ones


# Bytes that a device should have for large fine windows (in float32 they take 7 GB on a CUDA device, and 4 on a CPU that isn't the
# training's alone): those sold as 12 GB.
LARGE_MEMORY = 11 * 2**30


def usual_windows(device: torch.device) -> tuple[int, int]:
    """Pixels of the middle and the fine window: on a CUDA device whole pictures, where norms and style losses see what they will see when
    it paints; on others three quarters of them, which take half the time; smaller fine ones where memory is short. Each window has to have
    all that the painting has, a whole picture has room for it: with those the style is met with more of the photograph left (measured). Of a
    fine window of 384 pixels 96 are left at the coarsest scale, and what the coarser strokes had met there was lost again (measured)."""
    window = 512 if device.type == "cuda" else TrainingSettings.window
    return window, 2 * window if device_memory(device).total >= LARGE_MEMORY else window


def usual_iterations(quality: str, device: torch.device, fine_window: int) -> tuple[int, int, int, int, int]:
    """Of the stages. quality: one of QUALITIES."""
    counts = QUALITIES[quality]
    if device.type == "cuda" or fine_window <= TrainingSettings.window:
        return counts
    return tuple(round(IN_LARGE * count) if last == 2 else count for count, (*_names, last) in zip(counts, STAGES, strict=True))


Paintings = tuple[tuple[Path, ...], tuple[Path, ...], tuple[Path, ...]]
"""Whose coarse, medium and fine strokes are to be learnt: mostly the same one painting, or several of one painter."""


@dataclass(frozen=True)
class Report:
    """Handed to the caller after every iteration. `terms` are the loss's parts by name. setbacks: how often so far the loss was no
    number, so that the training stepped back and goes on at half the rate."""

    iteration: int
    total: int
    stage: str
    terms: dict[str, float]
    seconds_left: float
    setbacks: int = 0


class Training:
    """The state of one training: network, optimiser, history. `run` goes on from wherever it stands.

    What it does to Multimodal Transfer's network in particular is in `style_pictures`, `batches` and `losses`.
    """

    def __init__(
        self, card: StyleCard, paintings: Paintings, encoder: Encoder, settings: TrainingSettings, device: torch.device,
        fellows: Fellows = ALONE,
    ) -> None:
        torch.manual_seed(settings.seed)
        self.fellows = fellows
        self.card = card
        self.settings = settings
        self.device = device
        # channels_last is what tensor cores want, and bfloat16 on a CPU (with AVX512-BF16 an iteration takes 7 to 18 % less); in float32
        # it slows the backward pass down there (measured on AVX2: a tenth).
        by_pixel = device.type == "cuda" or fast_dtype(device) == torch.bfloat16
        self.memory_format = torch.channels_last if by_pixel else torch.contiguous_format
        self.network = make_network(card).to(device=device, memory_format=self.memory_format).train()
        self.optimiser = adam([{"params": list(self.network.parameters()), "lr": settings.learning_rate}])
        pictures = [[rgb.to(device) for rgb in pictures] for pictures in self.style_pictures(paintings)]
        self.loss = HierarchicalLoss(encoder.to(device=device, memory_format=self.memory_format), pictures, settings.weights)
        self.picture_hashes = [[hashlib.sha256(path.read_bytes()).hexdigest() for path in paths] for paths in paintings]
        self.encoder_name = encoder.name
        self.iteration = 0
        self.history: list[dict[str, float]] = []
        self.balance = self._balance([])
        self.strengths = torch.ones(2, 3, device=device)
        self.setbacks = 0

    def start_from(self, pack: StylePack) -> None:
        """Takes a pack's weights for a beginning. Raises BrushwarpError("pack-widths") if its network has another shape."""
        if (pack.card.architecture, pack.card.widths) != (self.card.architecture, self.card.widths):
            raise BrushwarpError(
                "pack-widths", _("That pack's network has another architecture or other widths."), _("Train on from a pack of the same.")
            )
        self.network.load_state_dict(pack.weights)

    def run(self, photos: list[Path], output: Path, on_report: Callable[[Report], None], on_save: Callable[[Training], None]) -> StylePack:
        """Trains to the end of the stages, saving pack and checkpoint as it goes, and returns the finished pack. Of several fellows the
        first one saves."""
        settings = self.settings
        stages = [stage for stage in settings.stages for _ in range(stage.iterations)]
        clock, saved = _Clock(), time.monotonic()
        while self.iteration < settings.total:
            stream = self.batches(photos, self.iteration * settings.batch * self.fellows.count)
            for stage, terms in self._until_setback(stages, stream):
                seconds_left = clock.left(stage.name, Counter(later.name for later in stages[self.iteration :]))
                on_report(Report(self.iteration, settings.total, stage.name, terms, seconds_left, self.setbacks))
                if self.fellows.first and time.monotonic() - saved >= settings.save_seconds and self.iteration < settings.total:
                    self.save(output)
                    on_save(self)
                    saved = time.monotonic()
        if not self.fellows.first:
            return self.pack()
        pack = self.save(output)
        on_save(self)
        return pack

    def _until_setback(self, stages: list[Stage], stream: Iterator[Sequence[Tensor]]) -> Iterator[tuple[Stage, dict[str, float]]]:
        """Each iteration's stage and terms, to the end or until the loss is no number: then back to the last state known to be good."""
        good, stage, again = (self.iteration, self._state()), None, None
        while self.iteration < self.settings.total:
            batch = next(stream)
            if stages[self.iteration] != stage:
                stage = stages[self.iteration]
                losses = partial(self.losses, stage)
                again = Iteration(losses, self.optimiser, batch, self.device, [self.loss.chance], self.fellows)
            before = (self.iteration, self._state()) if self.iteration % KEEP_EVERY == 0 else None
            self._prepare(stage)
            loss, terms = again(batch)
            if not math.isfinite(loss):
                self._step_back(*good)
                return
            good = before or good  # what gave a loss was good itself
            self.history.append(terms)
            self.balance.note(terms)
            self.iteration += 1
            yield stage, terms

    def _step_back(self, iteration: int, state: dict[str, Tensor]) -> None:
        """To an earlier iteration. Raises BrushwarpError("training-diverged") after too many."""
        setbacks = self.setbacks + 1
        if setbacks > MOST_SETBACKS:
            raise BrushwarpError(
                "training-diverged", _("The loss is no number again and again, the last time at iteration {}.").format(self.iteration),
                _("Train on from the last pack with a --learning-rate lower than {:.2g}.").format(self.settings.learning_rate / 2 ** self.setbacks),
            )
        self._take_up(iteration, self.history[:iteration], setbacks, state)

    def style_pictures(self, paintings: Paintings) -> list[list[Tensor]]:
        """For each scale that the loss has the style pictures, (3, H, W)."""
        pyramids = {path: style_pyramid(path) for path in dict.fromkeys(chain(*paintings))}
        return [[pyramids[path][scale] for path in paths] for scale, paths in enumerate(paintings)]

    def batches(self, photos: list[Path], start: int) -> Iterator[Sequence[Tensor]]:
        """What each iteration sees, from sample number `start` on."""
        settings = self.settings
        sides = (settings.window, settings.fine_window or settings.window)
        return stream_windows(
            photos, sides=sides, batch=settings.batch, seed=settings.seed, start=start, loaders=settings.loaders, fellows=self.fellows
        )

    def losses(self, stage: Stage, batch: Sequence[Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss of a batch, and its terms by name."""
        windows = Windows(*batch)
        photos = windows.photos()[stage.first : stage.last + 1]
        outputs = paint_windows(self.network, normalise(windows.coarse), windows, stage.first, stage.last)
        return self.loss(outputs, photos, stage.first, self.strengths)

    def _prepare(self, stage: Stage) -> None:
        """What an iteration depends on besides its batch."""
        for group in self.optimiser.param_groups:
            set_rate(group, self._learning_rate(stage))
        self.strengths.copy_(torch.tensor([self.balance.strengths, [*self.balance.afar_strengths, 1.0]]))
        seed = (self.settings.seed * self.settings.total + self.iteration) * self.fellows.count + self.fellows.rank
        torch.manual_seed(seed)  # for networks that are fed noise
        self.loss.draw(seed)

    def _learning_rate(self, stage: Stage) -> float:
        """Begins anew in every stage, and is halved by every setback."""
        before = 0
        for earlier in self.settings.stages:
            if earlier == stage:
                break
            before += earlier.iterations
        high, low = (rate / 2**self.setbacks for rate in (self.settings.learning_rate, self.settings.final_learning_rate))
        return warm_cosine(self.iteration - before, stage.iterations, high=high, low=low, warm_up=WARM_UP)

    @property
    def subnets(self) -> int:
        """How many of the three, from the coarse one on, have learnt anything."""
        if self.card.training:  # trained on from a pack
            return 3
        return max((scale for scale in range(1, 4) if any(f"style {scale}" in terms for terms in self.history)), default=1)

    def recent_terms(self) -> dict[str, float]:
        """Each term's mean over its last iterations."""
        values: dict[str, list[float]] = {}
        for terms in self.history:
            for name, value in terms.items():
                values.setdefault(name, []).append(value)
        return {name: sum(found[-SMOOTHING:]) / len(found[-SMOOTHING:]) for name, found in sorted(values.items())}

    def pack(self) -> StylePack:
        """The style as it stands."""
        record = {
            "iterations": self.iteration,
            "losses": {name: round(value, 5) for name, value in self.recent_terms().items()},
            "strengths": [round(strength, 3) for strength in (*self.balance.strengths, *self.balance.afar_strengths)],
            "encoder": self.encoder_name,
            "device": self.device.type,
            "brushwarp": __version__,
            "torch": torch.__version__,
            "settings": asdict(self.settings),
            "earlier": self.card.training,
        }
        return StylePack(replace(self.card, training=record), self._weights())

    def _weights(self) -> dict[str, Tensor]:
        return {name: value.detach().float().cpu().clone() for name, value in self.network.state_dict().items()}

    def save(self, output: Path) -> StylePack:
        """Writes the pack to `output` and, beside it, what a resumed training needs.

        That comes first: a pack without it is taken for a finished one, and on a full disk the second may fail.
        """
        pack = self.pack()
        record = {"iteration": str(self.iteration), "history": json.dumps(self.history), "setbacks": str(self.setbacks)}
        save_checkpoint(checkpoint_path(output), self._identity(), self._state(), record)
        save_pack(pack, output)
        return pack

    def _state(self) -> dict[str, Tensor]:
        """What the iterations change, on the CPU."""
        network = {f"network.{name}": value for name, value in self._weights().items()}
        return network | adam_state(self.optimiser, self.network.named_parameters())

    def resume(self, checkpoint: Path) -> bool:
        """Takes up this training's own checkpoint; False, and nothing changed, if it belongs to another one.

        Raises BrushwarpError("checkpoint-damaged").
        """
        return take_up_checkpoint(
            checkpoint,
            self._identity(),
            lambda record, state: self._take_up(int(record["iteration"]), json.loads(record["history"]), int(record["setbacks"]), state),
            made="pack",
        )

    def _take_up(self, iteration: int, history: list[dict[str, float]], setbacks: int, state: dict[str, Tensor]) -> None:
        self.network.load_state_dict({key.removeprefix("network."): value for key, value in state.items() if key.startswith("network.")})
        restore_adam(self.optimiser, self.network.named_parameters(), state)
        self.iteration, self.history, self.setbacks = iteration, history, setbacks
        self.balance = self._balance(history)

    def _balance(self, history: list[dict[str, float]]) -> Balance:
        stages = self.settings.stages
        from_nothing = bool(stages) and stages[0].first == 0 and not self.card.training
        return Balance(self.settings.aim, history, learning=stages[0].iterations if from_nothing else 0)

    def _identity(self) -> str:
        """What has to agree for a checkpoint to be this training's: all that decides what it gives, but for the photographs."""
        network = {"architecture": self.card.architecture, "widths": asdict(self.card.widths)}
        what = {
            "pictures": self.picture_hashes, "encoder": self.encoder_name, "settings": deciding(self.settings),
            "trained on": bool(self.card.training),
        }
        return json.dumps(network | what, sort_keys=True)


class _Clock:
    """Time left, from the median step of each stage so far (a stage that has not begun is taken to be like the last one)."""

    def __init__(self) -> None:
        self.last = time.monotonic()
        self.steps: dict[str, deque[float]] = {}

    def left(self, stage: str, to_come: dict[str, int]) -> float:
        """After an iteration of a stage. to_come: how many more, by stage."""
        now = time.monotonic()
        self.steps.setdefault(stage, deque(maxlen=101)).append(now - self.last)
        self.last = now
        typical = {name: sorted(steps)[len(steps) // 2] for name, steps in self.steps.items()}
        return sum(count * typical.get(name, typical[stage]) for name, count in to_come.items())
