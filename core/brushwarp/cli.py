"""The command line: `brushwarp COMMAND …`. Parses, runs, and turns every failure into one sentence."""

from __future__ import annotations

import argparse
import os
import sys

from . import __version__
from .allocation import keep_memory
from .errors import Cancelled, explain

FAILED = 1
INTERRUPTED = 130  # what a shell expects of a program that ended on Ctrl+C


def make_parser() -> argparse.ArgumentParser:
    """Every command's words. Imports the engine, which takes a second or two."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before torch is loaded; why: bridge/launcher.py
    from .commands import batch, bench, deform, demo, distill, doctor, keypoints, paint, serve, styles, training, trainings, weights

    parser = argparse.ArgumentParser(prog="brushwarp", description="Restyle a picture with its brushwork and its shape.")
    parser.add_argument("--version", action="version", version=f"brushwarp {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (paint, batch, deform, keypoints, training, trainings, distill, styles, weights, demo, doctor, bench, serve):
        module.register(commands)
    return parser


def main(words: list[str] | None = None) -> int:
    """Runs one command; returns the exit status: 0, 1 for a failure, 2 for wrong words, 130 for Ctrl+C."""
    if words is None:  # the program itself, and not whoever asks it for something within another
        keep_memory()
    try:
        arguments = make_parser().parse_args(words)
        arguments.run(arguments)
    except (KeyboardInterrupt, Cancelled) as stop:
        print(f"Stopped. {stop}".strip(), file=sys.stderr)
        return INTERRUPTED
    except ImportError as error:
        print(f"brushwarp: A library is missing or broken: {error}. Install Brushwarp again: pip install -e . in the checkout.", file=sys.stderr)
        return FAILED
    except Exception as error:  # noqa: BLE001 - the edge of the program: every failure becomes a sentence here
        problem = explain(error)
        print(f"brushwarp: {problem}", file=sys.stderr)
        return FAILED
    return 0
