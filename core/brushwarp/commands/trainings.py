"""`trainings [cancel|resume|forget ID]`: those that run as processes of their own, wherever they were begun."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from ..bridge.trainings import TrainingStatus, cancel_training, forget_training, list_trainings, resume_training
from .terminal import say

ACTIONS: dict[str, tuple[Callable[[str], None], str, str]] = {
    "cancel": (cancel_training, "stop one; what it has learnt is kept", "will stop"),
    "resume": (resume_training, "let one that stopped go on", "goes on"),
    "forget": (forget_training, "remove what one kept; a finished style stays", "is forgotten"),
}


def register(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("trainings", help="the styles being learnt in the background")
    parser.set_defaults(run=run_list)
    actions = parser.add_subparsers(dest="action", metavar="cancel|resume|forget")
    for word, (act, words, done) in ACTIONS.items():
        action = actions.add_parser(word, help=words)
        action.add_argument("training", metavar="ID")
        action.set_defaults(run=lambda arguments, act=act, done=done: run_action(arguments.training, act, done))


def run_list(arguments: argparse.Namespace) -> None:
    trainings = list_trainings()
    if not trainings:
        say("No training runs, and none is kept.")
    for training in trainings:
        say(f"{training.id:32} {training.state:12} {_progress(training):28} {training.name}")
        if training.message:
            say(f"    {training.message}")


def run_action(training: str, act: Callable[[str], None], done: str) -> None:
    act(training)
    say(f"{training} {done}.")


def _progress(training: TrainingStatus) -> str:
    parts = [f"{training.iteration} of {training.total}"] if training.total else []
    if training.runs and training.seconds_left is not None:
        hours, minutes = divmod(round(training.seconds_left / 60), 60)
        parts.append(f"{hours} h {minutes:02} min left")
    return ", ".join(parts)
