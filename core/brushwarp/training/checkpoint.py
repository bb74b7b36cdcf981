"""The checkpoint beside what a training makes: all that it needs to go on as if it had never stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from ..bridge.language import _
from ..errors import BrushwarpError
from ..image.atomic import atomic_write

HOW_ALONE = ("save_every", "save_seconds", "loaders")  # settings that may change while a training goes on: what it gives stays the same

Named = Iterable[tuple[str, nn.Parameter]]


def checkpoint_path(output: Path) -> Path:
    """Where the training that writes `output` keeps its state."""
    return output.with_suffix(".training")


def deciding(settings: Any) -> dict[str, Any]:
    """Those of a dataclass of settings that have to agree for a checkpoint to be this training's."""
    return {name: value for name, value in asdict(settings).items() if name not in HOW_ALONE}


def save_checkpoint(path: Path, identity: str, state: dict[str, Tensor], record: dict[str, str]) -> None:
    """identity: of the training, to be asked for by `take_up_checkpoint`; record: what is no tensor."""
    with atomic_write(path) as file:
        # On a GPU the weights lie channels last, which safetensors refuses.
        file.write(save_tensors({key: value.contiguous() for key, value in state.items()}, {"identity": identity, **record}))


def take_up_checkpoint(
    path: Path, identity: str, take_up: Callable[[dict[str, str], dict[str, Tensor]], None], *, made: str
) -> bool:
    """Hands record and state to `take_up`; False, and nothing is called, if the checkpoint belongs to another training.

    made: the word for what the training makes. Raises BrushwarpError("checkpoint-damaged"), also where `take_up` misses
    something or finds it of another shape.
    """
    try:
        with safe_open(path, "pt") as file:
            record = file.metadata()
            if record["identity"] != identity:
                return False
            take_up(record, {key: file.get_tensor(key) for key in file.keys()})
    except torch.OutOfMemoryError:
        raise
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:  # the last for tensors that do not fit
        raise BrushwarpError(
            "checkpoint-damaged", _("The training kept in {} can't be read.").format(path),
            _("Remove {}, and begin again with --from and the last {}.").format(path.name, made),
        ) from error
    return True


def adam_state(optimiser: torch.optim.Adam, parameters: Named) -> dict[str, Tensor]:
    """Adam's moments as adam.KEY.NAME; a parameter that has not been trained yet has none."""
    return {
        f"adam.{key}.{name}": value.detach().float().cpu().clone()
        for name, parameter in parameters
        for key, value in optimiser.state.get(parameter, {}).items()
    }


def restore_adam(optimiser: torch.optim.Adam, parameters: Named, state: dict[str, Tensor]) -> None:
    """The inverse of `adam_state`; other keys of `state` are passed over."""
    optimiser.state.clear()
    (on_device,) = {group["capturable"] for group in optimiser.param_groups}  # where Adam counts its steps; else on the CPU
    for name, parameter in parameters:
        if f"adam.step.{name}" in state:
            step = state[f"adam.step.{name}"].clone()
            moments = {key: torch.empty_like(parameter, requires_grad=False) for key in ("exp_avg", "exp_avg_sq")}  # as it lies in memory
            for key, moment in moments.items():
                moment.copy_(state[f"adam.{key}.{name}"])
            optimiser.state[parameter] = {"step": step.to(parameter.device) if on_device else step, **moments}
