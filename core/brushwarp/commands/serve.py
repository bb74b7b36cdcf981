"""`worker`: serves Krita and GIMP. They start it themselves; by hand it is for looking into trouble."""

from __future__ import annotations

import argparse


def register(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("worker", help="paint for Krita and GIMP (they start it themselves)", add_help=False)
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    parser.set_defaults(run=run_worker)


def run_worker(arguments: argparse.Namespace) -> None:
    from ..worker.__main__ import main

    raise SystemExit(main(arguments.rest))
